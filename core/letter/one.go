package letter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// one tells of one event: its summary, else the sentence for its kind, else the name of that.
func (t *teller) one(e *Event) page.Line {
	if texts.Shows(texts.Clean(e.Payload.Summary)) {
		return t.summary(e)
	}
	k, known := t.kinds[e.Kind]
	s := t.messages[KindOne][0].sentence
	if known && k.one != nil {
		s = k.one
	}
	return t.ended(t.sentence(s, e), e)
}

// asking tells of an event that waits for the reader by a rule: its summary, else the rule's sentence, else that of its
// kind.
func (t *teller) asking(e *Event, rule Ask) page.Line {
	if rule.Message == 0 || texts.Shows(texts.Clean(e.Payload.Summary)) {
		return t.one(e)
	}
	return t.ended(t.sentence(t.messages[rule.Message][0].sentence, e), e)
}

// sentence fills a sentence about one event.
func (t *teller) sentence(s sentence, e *Event) page.Line {
	return t.fill(make(page.Line, 0, len(s)+2), s, func(line page.Line, h hole) page.Line {
		switch h {
		case actor:
			if who := texts.Clean(e.Actor); texts.Shows(who) {
				return append(line, page.Part{Text: who, Foreign: true})
			}
			return line.Add(t.say(Someone))
		case kind:
			if name := kindWords(e.Kind); name != "" {
				return append(line, page.Part{Text: name, Foreign: true})
			}
			return line.Add(t.count(Updates, 1))
		}
		return t.target(line, h, e)
	})
}

// target names the PR or the branch that e is about, in a sentence.
func (t *teller) target(line page.Line, h hole, e *Event) page.Line {
	branchName := texts.Clean(e.Branch)
	switch {
	case h == pr && e.PR > 0:
		return append(line, t.prPart(e.PR))
	case h == pr:
		return line.Add(t.say(APR))
	case !texts.Shows(branchName):
		return line.Add(t.say(ABranch))
	case h == ref:
		return append(line, t.branchPart(branchName))
	}
	return t.fill(line, t.messages[Branch][0].sentence, func(line page.Line, _ hole) page.Line { return append(line, t.branchPart(branchName)) })
}

func (t *teller) prPart(n int64) page.Part {
	return page.Part{Text: t.say(PR, value{number, strconv.FormatInt(n, 10)}), URL: t.at.pr(n)}
}

// branchPart names a branch. It is a link only if no filter can take the name for that of a host.
func (t *teller) branchPart(branchName string) page.Part {
	p := page.Part{Text: branchName, Foreign: true}
	if !strings.ContainsAny(branchName, ".:@\\") {
		p.URL = t.at.branch(branchName)
	}
	return p
}

// summary tells of an event in the words of the app. A PR that they name is a link.
func (t *teller) summary(e *Event) page.Line {
	text := texts.Clean(e.Payload.Summary)
	if from, to := findPR(text, e.PR); to > 0 && t.at.url != "" {
		line := page.Line{{Text: text[:from], Foreign: true, Sentence: true}, {Text: text[from:to], URL: t.at.pr(e.PR)}, {Text: text[to:], Foreign: true}}
		if from == 0 {
			line = line[1:]
			line[0].Sentence = true
		}
		return line
	}
	return t.ended(page.Line{{Text: text, Foreign: true, Sentence: true}}, e)
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

// ended returns a line with a link at its end to what it is about, unless it has one.
func (t *teller) ended(line page.Line, e *Event) page.Line {
	if t.bare {
		return line
	}
	for i := range line {
		if line[i].URL != "" {
			return line
		}
	}
	if e.PR > 0 && t.at.url != "" {
		return append(line.Add(" · "), t.prPart(e.PR))
	}
	if url := t.at.branch(texts.Clean(e.Branch)); url != "" {
		return append(line.Add(" · "), page.Part{Text: t.say(Open), URL: url})
	}
	return line
}

func lastRune(text string) rune {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r
}
