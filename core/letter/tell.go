package letter

import (
	"slices"
	"strconv"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// fewSummaries is up to how many events of a kind are told one by one if each has a summary.
const fewSummaries = 3

// The most that a list in a sentence names.
const (
	mostActors = 3
	mostPRs    = 6
)

// teller tells of events, line by line.
type teller struct {
	pen
	// at is the RFC that the events belong to. Its zero value is none, and then nothing that is told leads anywhere.
	at place
	// told are the parts of all lines. The line that is being told begins at begun.
	told  page.Line
	begun int
	// lines are those of all RFCs.
	lines []page.Line
}

// line ends the line that was told, and returns it.
func (t *teller) line() page.Line {
	line := t.told[t.begun:len(t.told):len(t.told)]
	t.begun = len(t.told)
	return line
}

// add adds a text of the letter's own language.
func (t *teller) add(text string) { t.told = t.told.Add(text) }

// part adds a part.
func (t *teller) part(p page.Part) { t.told = append(t.told, p) }

// fill adds a sentence whose gaps are filled by gap.
func (t *teller) fill(s sentence, gap func(hole)) {
	for i := range s {
		t.add(s[i].text)
		if s[i].hole != "" {
			gap(s[i].hole)
		}
	}
}

// about is what the events that one sentence tells of have in common.
type about struct {
	kind   string
	pr     int64
	branch string
}

func (e *noted) about() about {
	key := about{kind: e.Kind}
	if e.kind != nil && e.kind.about == OnPR {
		key.pr = e.PR
	} else if e.kind != nil && e.kind.about == OnBranch {
		key.branch = e.Branch
	}
	return key
}

// all tells of the events of one RFC, in a line for each kind and, for some kinds, each PR or branch, in the order of their
// first events.
func (t *teller) all(events []noted) []page.Line {
	before := len(t.lines)
	gather(events, (*noted).about)
	for len(events) > 0 {
		some, rest := first(events)
		if areSummed(some) {
			some, rest = events[:1], events[1:]
		}
		t.tell(some)
		t.lines, events = append(t.lines, t.line()), rest
	}
	return t.lines[before:len(t.lines):len(t.lines)]
}

// areSummed reports whether events are few, and their summaries say more than their number would.
func areSummed(events []noted) bool {
	return len(events) <= fewSummaries && !slices.ContainsFunc(events, func(e noted) bool { return e.summary == "" })
}

// tell tells of events in one sentence.
func (t *teller) tell(events []noted) {
	newest := events[len(events)-1]
	kind := newest.kind
	named, n := t.things(events)
	switch {
	case n == 1, kind != nil && kind.many == nil && kind.own == "":
		t.one(newest) // what happens to an RFC happens once
	case kind == nil:
		t.counted(events, kindWords(newest.Kind))
	case kind.many == nil:
		t.counted(events, kind.own)
	default:
		how := By
		if named != nil {
			how = Listed
		}
		t.by(how, events, func() {
			t.fill(kind.many.of(t.Language, n), func(h hole) {
				switch {
				case h == number:
					t.add(t.number(n))
				case h != prs && h != branches:
					t.target(h, newest)
				case len(named) > 0:
					t.list(MoreItems, named, mostPRs, n-len(named))
				case named != nil:
					t.add("…")
				}
			})
		})
		t.end(newest)
	}
}

// things returns the PRs or branches that several events are about, and counts them with those that have no name: what
// happens to one happens once. Of other kinds all events count, and named is nil.
func (t *teller) things(events []noted) (named []page.Part, n int) {
	kind := events[0].kind
	if len(events) == 1 || kind == nil || kind.about != PRs && kind.about != Branches {
		return nil, len(events)
	}
	named = make([]page.Part, 0, min(len(events), mostPRs))
	seen := map[string]bool{}
	for _, e := range events {
		part := t.thing(kind.about, e)
		if seen[part.Text] {
			continue
		}
		n++
		if part.Text != "" {
			seen[part.Text], named = true, append(named, part)
		}
	}
	return named, n
}

// thing names the PR or the branch that e is about in a list; it has no text if that is not known.
func (t *teller) thing(of About, e noted) page.Part {
	if of == Branches {
		return t.branchPart(texts.Clean(e.Branch))
	}
	if e.PR <= 0 {
		return page.Part{}
	}
	return page.Part{Text: "#" + strconv.FormatInt(e.PR, 10), URL: t.at.pr(e.PR, &t.ink)}
}

// by adds what tell tells and, if it is known, who did it.
func (t *teller) by(how Message, events []noted, tell func()) {
	who, unknown := actorsOf(events)
	if who == nil {
		tell()
		return
	}
	t.fill(t.messages[how][0].sentence, func(h hole) {
		if h == what {
			tell()
		} else {
			t.list(Others, who, mostActors, unknown)
		}
	})
}

// actorsOf returns who did events, and 1 if it is not known of some.
func actorsOf(events []noted) (named []page.Part, unknown int) {
	var ids []int64
next:
	for _, e := range events {
		name := shown(e.Actor)
		if name == "" {
			unknown = 1
			continue
		}
		for i := range named {
			if named[i].Text == name && ids[i] == e.ActorID {
				continue next
			}
		}
		named, ids = append(named, page.Part{Text: name, Foreign: true}), append(ids, e.ActorID)
	}
	return named, unknown
}

// list adds a list of people or things, of which it names at most most. The rest, and those that have no name, are
// counted in the words of a message.
func (t *teller) list(rests Message, named []page.Part, most, unnamed int) {
	shown := min(len(named), most)
	rest := len(named) - shown + unnamed
	total := shown
	if rest > 0 {
		total++
	}
	for i, part := range named[:shown] {
		t.part(part)
		if i < total-1 {
			t.add(t.Between(i, total))
		}
	}
	if rest > 0 {
		t.add(t.count(rests, rest))
	}
}

// counted says how many events of a kind there are that no sentence is known for.
func (t *teller) counted(events []noted, kindName string) {
	t.by(By, events, func() {
		if kindName == "" {
			t.add(t.count(Updates, len(events)))
			return
		}
		t.fill(t.messages[KindMany].of(t.Language, len(events)), func(h hole) {
			if h == number {
				t.add(t.number(len(events)))
			} else {
				t.part(page.Part{Text: kindName, Foreign: true})
			}
		})
	})
}
