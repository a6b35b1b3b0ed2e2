package letter

import (
	"slices"
	"strconv"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// fewSummaries is up to how many events of a kind are told one by one if each has a summary.
const fewSummaries = 3

// teller tells of the events of one RFC, or of those of none.
type teller struct {
	*words
	at place
	// bare says that lines have no links.
	bare bool
}

// bundle is events that one sentence tells of.
type bundle struct {
	bundleKey
	kind   *telling
	events []*Event
}

// bundleKey is what the events of a bundle have in common.
type bundleKey struct {
	name   string
	pr     int64
	branch string
}

// lines are what is to be told of events, a line for each kind and, for some kinds, each PR or branch, in the order of
// their first events.
func (t *teller) lines(events []*Event) (lines []page.Line) {
	lines = make([]page.Line, 0, min(len(events), 8))
	for _, b := range t.bundles(events) {
		if summaries := b.summaries(); summaries != nil {
			for _, e := range summaries {
				lines = append(lines, t.summary(e))
			}
			continue
		}
		lines = append(lines, t.bundle(b))
	}
	return lines
}

// bundles sorts events by what one sentence can tell.
func (t *teller) bundles(events []*Event) []bundle {
	all := make([]bundle, 0, len(events))
	var at map[bundleKey]int // where they are in all; few are found as fast without it
	if len(events) > fewEvents {
		at = make(map[bundleKey]int, len(events))
	}
	each := make([]*Event, len(events)) // room for bundles of one
	for i, e := range events {
		kind := t.kinds[e.Kind]
		key := bundleKey{name: e.Kind}
		if kind != nil && kind.about == OnPR {
			key.pr = e.PR
		} else if kind != nil && kind.about == OnBranch {
			key.branch = e.Branch
		}
		n, ok := at[key]
		if at == nil {
			n = slices.IndexFunc(all, func(b bundle) bool { return b.bundleKey == key })
			ok = n >= 0
		}
		if ok {
			all[n].events = append(all[n].events, e)
			continue
		}
		each[i] = e
		all = append(all, bundle{key, kind, each[i : i+1 : i+1]})
		if at != nil {
			at[key] = len(all) - 1
		}
	}
	return all
}

// fewEvents is how many are sorted without a map.
const fewEvents = 16

// summaries returns the events of b if they are few and their summaries say more than their number would.
func (b *bundle) summaries() []*Event {
	if len(b.events) > fewSummaries {
		return nil
	}
	for _, e := range b.events {
		if !texts.Shows(texts.Clean(e.Payload.Summary)) {
			return nil
		}
	}
	return b.events
}

// bundle tells of the events of b in one sentence.
func (t *teller) bundle(b bundle) page.Line {
	newest := b.events[len(b.events)-1]
	if len(b.events) == 1 {
		return t.one(newest)
	}
	if b.kind == nil {
		return t.counted(b, kindWords(newest.Kind))
	}
	list, n := t.things(b)
	if n == 1 || b.kind.many == nil && b.kind.own == "" {
		return t.one(newest) // what happens to an RFC happens once
	}
	if b.kind.many == nil {
		return t.counted(b, b.kind.own)
	}
	line := t.fill(nil, b.kind.many.of(t.Language, n), func(line page.Line, h hole) page.Line {
		switch h {
		case number:
			return line.Add(t.number(n))
		case prs, branches:
			return append(line, list...)
		}
		return t.target(line, h, newest)
	})
	how := By
	if list != nil {
		how = Listed
	}
	return t.ended(t.by(line, how, b.events), newest)
}

// things lists the PRs or branches that b is about, and counts them: what happens to one happens once. Of other kinds all
// events count.
func (t *teller) things(b bundle) (list page.Line, n int) {
	if b.kind.about != PRs && b.kind.about != Branches {
		return nil, len(b.events)
	}
	var different []*Event
	unnamed := 0
	seen := map[page.Part]bool{}
	for _, e := range b.events {
		part := t.thing(b.kind.about, e)
		if part.Text == "" {
			unnamed++
		} else if !seen[part] {
			seen[part], different = true, append(different, e)
		}
	}
	if len(different) == 0 {
		return page.Line{{Text: "…"}}, unnamed
	}
	list = t.named(nil, MoreItems, len(different), mostPRs, unnamed, func(i int) page.Part { return t.thing(b.kind.about, different[i]) })
	return list, len(different) + unnamed
}

// thing names the PR or the branch that e is about in a list; it has no text if that is not known.
func (t *teller) thing(about About, e *Event) page.Part {
	if about == Branches {
		return t.branchPart(texts.Clean(e.Branch))
	}
	if e.PR <= 0 {
		return page.Part{}
	}
	return page.Part{Text: "#" + strconv.FormatInt(e.PR, 10), URL: t.at.pr(e.PR)}
}

// by says who did what a line tells of, if it is known.
func (t *teller) by(line page.Line, how Message, events []*Event) page.Line {
	who := t.actors(events)
	if who == nil {
		return line
	}
	return t.fill(nil, t.messages[how][0].sentence, func(whole page.Line, h hole) page.Line {
		if h == what {
			return append(whole, line...)
		}
		return append(whole, who...)
	})
}

// counted says how many events of a kind there are that no sentence is known for.
func (t *teller) counted(b bundle, kindName string) page.Line {
	if kindName == "" {
		return t.by(page.Line{}.Add(t.count(Updates, len(b.events))), By, b.events)
	}
	line := t.fill(nil, t.messages[KindMany].of(t.Language, len(b.events)), func(line page.Line, h hole) page.Line {
		if h == number {
			return line.Add(t.number(len(b.events)))
		}
		return append(line, page.Part{Text: kindName, Foreign: true})
	})
	return t.by(line, By, b.events)
}

// fill appends a sentence whose gaps are filled by gap.
func (w *words) fill(line page.Line, s sentence, gap func(page.Line, hole) page.Line) page.Line {
	for _, p := range s {
		if p.hole == "" {
			line = append(line, page.Part{Text: p.text})
		} else {
			line = gap(line, p.hole)
		}
	}
	return line
}
