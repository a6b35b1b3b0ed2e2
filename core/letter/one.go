package letter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// one tells of one event: its summary, else the sentence for its kind, else the name of that.
func (t *teller) one(e noted) {
	if e.summary != "" {
		t.summary(e)
		return
	}
	s := t.messages[KindOne][0].sentence
	if e.kind != nil && e.kind.one != nil {
		s = e.kind.one
	}
	t.sentence(s, e)
	t.end(e)
}

// asking tells of an event that waits for the reader by a rule: its summary, else the rule's sentence, else that of its
// kind.
func (t *teller) asking(e noted, rule *Ask) {
	if rule == nil || rule.Message == 0 || e.summary != "" {
		t.one(e)
		return
	}
	t.sentence(t.messages[rule.Message][0].sentence, e)
	t.end(e)
}

// sentence adds a sentence about one event.
func (t *teller) sentence(s sentence, e noted) {
	t.fill(s, func(h hole) {
		switch h {
		case actor:
			t.name(shown(e.Actor), t.say(Someone))
		case kind:
			t.name(kindWords(e.Kind), t.count(Updates, 1))
		default:
			t.target(h, e)
		}
	})
}

// name adds a name or, if there is none, a text of the letter's own language.
func (t *teller) name(name, otherwise string) {
	if name == "" {
		t.add(otherwise)
	} else {
		t.part(page.Part{Text: name, Foreign: true})
	}
}

// target names the PR or the branch that e is about, in a sentence.
func (t *teller) target(h hole, e noted) {
	if h == pr {
		if e.PR > 0 {
			t.part(t.prPart(e.PR))
		} else {
			t.add(t.say(APR))
		}
		return
	}
	branchName := shown(e.Branch)
	switch {
	case branchName == "":
		t.add(t.say(ABranch))
	case h == ref:
		t.part(t.branchPart(branchName))
	default:
		t.fill(t.messages[Branch][0].sentence, func(hole) { t.part(t.branchPart(branchName)) })
	}
}

func (t *teller) prPart(n int64) page.Part {
	return page.Part{Text: t.say(PR, value{number, strconv.FormatInt(n, 10)}), URL: t.at.pr(n, &t.ink)}
}

// branchPart names a branch. It is a link only if no filter can take the name for that of a host.
func (t *teller) branchPart(branchName string) page.Part {
	p := page.Part{Text: branchName, Foreign: true}
	if !strings.ContainsAny(branchName, ".:@\\") {
		p.URL = t.at.branch(branchName, &t.ink)
	}
	return p
}

// summary tells of an event in the words of the app. A PR that they name is a link.
func (t *teller) summary(e noted) {
	text := e.summary
	from, to := findPR(text, e.PR)
	if to == 0 || t.at.url == "" {
		t.part(page.Part{Text: text, Foreign: true, Sentence: true})
		t.end(e)
		return
	}
	if from > 0 {
		t.part(page.Part{Text: text[:from], Foreign: true, Sentence: true})
	}
	t.part(page.Part{Text: text[from:to], URL: t.at.pr(e.PR, &t.ink), Sentence: from == 0})
	t.part(page.Part{Text: text[to:], Foreign: true})
}

// findPR finds #12 in a text, with "PR " before it if that is there; to is 0 if it is not found.
func findPR(text string, n int64) (from, to int) {
	if n <= 0 {
		return 0, 0
	}
	mark := "#" + strconv.FormatInt(n, 10)
	from = strings.Index(text, mark)
	if to = from + len(mark); from < 0 || to < len(text) && '0' <= text[to] && text[to] <= '9' || from > 0 && !strings.ContainsRune(" (\"“„«", lastRune(text[:from])) {
		return 0, 0
	}
	if strings.HasSuffix(text[:from], "PR ") {
		from -= len("PR ")
	}
	return from, to
}

// end adds to a line a link to what it is about, unless it has one.
func (t *teller) end(e noted) {
	for _, p := range t.told[t.begun:] {
		if p.URL != "" {
			return
		}
	}
	if e.PR > 0 && t.at.url != "" {
		t.add(" · ")
		t.part(t.prPart(e.PR))
	} else if url := t.at.branch(texts.Clean(e.Branch), &t.ink); url != "" {
		t.add(" · ")
		t.part(page.Part{Text: t.say(Open), URL: url})
	}
}

func lastRune(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}
