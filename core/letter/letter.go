// Package letter says digests in words: it groups events, words them in the language of the reader, and puts first what
// waits for them. [page] lays out what it returns.
//
// A catalog has the sentences of one language, in catalogs/TAG.json; how the language counts, lists and writes dates is
// in [cldr].
package letter

import (
	"cmp"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Span is how often digests come, as far as words go.
type Span int

// The spans. Other is any that is neither.
const (
	Day Span = iota
	Week
	Other
)

// Facts are what one letter is made from.
type Facts struct {
	// Language is what [Writer.Language] returned.
	Language string
	// Events are in the order of their notifications, one at the least.
	Events []Event
	Span   Span
	// Start and End are the window, in the reader's time zone. First says that there was none before it.
	Start, End time.Time
	First      bool
	// Usual is how long a window is if none is left out. Often says that several may end on one day.
	Usual time.Duration
	Often bool
	// Mute returns the address at which the reader stops to hear of an RFC; empty if there is none.
	Mute func(slug string) string
	// Preferences and Unsubscribe are the reader's own addresses; empty if there are none.
	Preferences, Unsubscribe string
	// Notice stands above everything else; empty for most.
	Notice string
}

// Digest is what a letter tells of, in numbers.
type Digest struct {
	// Events counts what is told of, each once, listed or not, and RFCs the RFCs that it is about.
	Events, RFCs int
	// Needs counts the events among them that wait for the reader.
	Needs int
}

// inFull is how much of a long time is told in full, if windows are not as long by themselves; the rest is counted.
const inFull = 14 * 24 * time.Hour

// limits are how much a letter says at the most.
type limits struct{ asks, cards, lines, rest int }

// steps are limits, each for a letter that would be too long with those before it. A letter by the last is never too
// long.
var steps = []limits{{10, 10, 10, 1 << 20}, {10, 10, 5, 40}, {8, 10, 3, 40}, {5, 5, 3, 20}, {3, 3, 3, 10}, {1, 1, 1, 5}, {1, 1, 1, 0}}

// Write returns the letter of f: its numbers, what it says, and its HTML, at most [page.MaxHTML] bytes. What is left out of a
// long one is counted in it.
func (w *Writer) Write(f Facts) (Digest, page.Letter, string) {
	var d draft
	d.sortOut(w, f)
	for i, limit := range steps {
		limit.rest = min(limit.rest, max(0, w.maxRFCs-limit.cards))
		limit.cards = min(limit.cards, w.maxRFCs)
		l := d.letter(limit)
		if html := w.HTML(&l); len(html) <= page.MaxHTML || i == len(steps)-1 {
			return d.numbers, l, html
		}
	}
	panic("unreachable: the last step returns")
}

// draft is a letter before its length is known.
type draft struct {
	Facts
	teller
	writer  *Writer
	numbers Digest
	// volume says how much there is.
	volume string
	asks   []asked
	topics []topic
	// older counts the events that are not told in full.
	older int
}

// asked is an event that waits for the reader.
type asked struct {
	noted
	rule *Ask
}

// topic is what is told of one RFC, or of none.
type topic struct {
	slug, title string
	events      []noted
	// older counts those that are not told in full.
	older int
}

// sortOut sorts the events of f.
func (d *draft) sortOut(w *Writer, f Facts) {
	n := min(len(f.Events), 20) // that are told, in about four parts and a hundred bytes each; of more, most are counted
	*d = draft{Facts: f, teller: teller{pen: pen{words: w.in(f.Language)}, told: make(page.Line, 0, 4*n), lines: make([]page.Line, 0, n)}, writer: w}
	d.Grow(100 * n)
	all := d.note(f.Events)
	d.topics = make([]topic, 0, gather(all, func(e *noted) string { return e.Slug }))
	for len(all) > 0 {
		var t topic
		t.events, all = first(all)
		t.slug = t.events[0].Slug
		t.title = cmp.Or(title(t.events...), d.say(NoRFC))
		t.events = once(t.events)
		d.numbers.Events += len(t.events)
		if t.slug != "" {
			d.numbers.RFCs++
		}
		d.sort(t)
	}
	slices.SortStableFunc(d.topics, func(a, b topic) int { return cmp.Compare(len(b.events), len(a.events)) })
	slices.SortStableFunc(d.asks, func(a, b asked) int { return b.At.Compare(a.At) })
	d.numbers.Needs = len(d.asks)
	d.volume = d.sayVolume()
}

// sort sorts the events of one RFC: what waits for the reader, however long, what is told, and what is only counted.
func (d *draft) sort(t topic) {
	told := t.events[:0]
	for _, e := range t.events {
		switch rule := d.writer.asks.of(e); {
		case rule != nil && d.isAsked(e.Event):
			d.numbers.Events--
		case rule != nil:
			d.asks = append(d.asks, asked{e, rule})
		case !e.At.IsZero() && e.At.Before(d.End.Add(-d.toldInFull(e.Event))):
			t.older++
		default:
			told = append(told, e)
		}
	}
	d.older += t.older
	if t.events = told; len(told)+t.older > 0 {
		d.topics = append(d.topics, t)
	}
}

// isAsked reports whether e was asked for a moment before. Unlike a push, a request is no other one if nothing is said of it.
func (d *draft) isAsked(e *Event) bool {
	return slices.ContainsFunc(d.asks[max(0, len(d.asks)-mostCompared):], func(a asked) bool { return e.isLike(a.Event) })
}

// toldInFull is how much of the time before the end is told in full, if it is such as e.
func (d *draft) toldInFull(e *Event) time.Duration {
	if d.isLong() || e.Moved {
		return max(inFull, d.Usual)
	}
	return d.End.Sub(d.Start) + lateEvents
}

// lateEvents is more than events can lie before the window that tells of them.
const lateEvents = 24 * time.Hour

// isLong reports whether the window is too long to tell all of it in full.
func (d *draft) isLong() bool { return d.End.Sub(d.Start) > max(inFull, d.Usual+d.Usual/2) }

// letter says what d has, within a limit.
func (d *draft) letter(limit limits) page.Letter {
	l := page.Letter{
		Language: d.Tag, RightToLeft: d.RightToLeft,
		Notice: d.Notice, Heading: d.say([...]Message{HeadingDay, HeadingWeek, HeadingOther}[d.Span]),
		Intro: []string{d.span() + " · " + d.volume, d.say(Unread)},
		Inbox: page.Link{Label: d.say(OpenInbox), URL: d.writer.InboxURL()},
		Why:   d.say([...]Message{WhyDay, WhyWeek, WhyOther}[d.Span]),
		Footer: []page.Link{{Label: d.say(Preferences), URL: d.writer.PreferencesURL()}, {Label: d.say(WhenDigests), URL: d.Preferences},
			{Label: d.say(Unsubscribe), URL: d.Unsubscribe}},
	}
	l.Needs = d.needs(limit.asks)
	left := d.cards(&l, limit)
	if left > 0 {
		l.Notes = append(l.Notes, d.count(MoreRFCs, left))
	}
	if d.older > 0 {
		l.Notes = append(l.Notes, d.count(Older, d.older))
	}
	l.Subject, l.Preheader = d.subject(), d.preheader(&l)
	return l
}

// needs are what waits for the reader.
func (d *draft) needs(limit int) (n page.Needs) {
	if len(d.asks) == 0 {
		return n
	}
	n.Heading = d.count(NeedsYou, len(d.asks))
	for i := range d.asks[:min(limit, len(d.asks))] {
		n.Asks = append(n.Asks, d.ask(&d.asks[i]))
	}
	if rest := len(d.asks) - len(n.Asks); rest > 0 {
		n.More = d.count(More, rest)
	}
	return n
}

// ask tells of one event that waits for the reader. Its one link stands behind what it is about.
func (d *draft) ask(a *asked) page.Ask {
	d.at = d.writer.rfc(a.Slug, &d.ink)
	out := page.Ask{About: title(a.noted), Link: page.Link{Label: d.say(OpenRFC), URL: d.at.url}}
	if a.PR > 0 {
		pr := d.prPart(a.PR)
		out.Link = page.Link{Label: pr.Text, URL: pr.URL}
	}
	if out.Link.URL == "" || a.PR <= 0 && d.at.branch(texts.Clean(a.Branch), &d.ink) != "" {
		out.Link = d.elsewhere(a.Event)
	}
	d.at = place{}
	d.asking(a.noted, a.rule)
	out.What = d.line()
	return out
}

// elsewhere is where an event is read that is about no PR: at its branch, else in the inbox.
func (d *draft) elsewhere(e *Event) page.Link {
	if branch := d.branchPart(texts.Clean(e.Branch)); branch.URL != "" {
		return page.Link{Label: branch.Text, URL: branch.URL}
	}
	if url := d.at.branch(texts.Clean(e.Branch), &d.ink); url != "" {
		return page.Link{Label: d.say(Open), URL: url}
	}
	return page.Link{Label: d.say(OpenInbox), URL: d.writer.InboxURL()}
}

// cards fills in the RFCs, those with most events first, and returns how many are left out. Events of no RFC are never
// left out, since nothing would say so.
func (d *draft) cards(l *page.Letter, limit limits) (left int) {
	l.Cards = make([]page.Section, 0, min(len(d.topics), limit.cards))
	for i := range d.topics {
		topic := &d.topics[i]
		switch {
		case len(l.Cards) < limit.cards && len(topic.events) > 0:
			l.Cards = append(l.Cards, d.card(topic, limit.lines))
		case len(l.Rest) < limit.rest || topic.slug == "":
			l.Rest = append(l.Rest, d.short(topic))
		default:
			left++
		}
	}
	return left
}

// card tells of one RFC.
func (d *draft) card(topic *topic, limit int) page.Section {
	d.at = d.writer.rfc(topic.slug, &d.ink)
	s := page.Section{Title: topic.title, Lines: d.all(topic.events)}
	if rest := len(s.Lines) - limit; rest > 0 {
		s.Lines, s.More = s.Lines[:limit], d.count(More, rest)
	}
	s.Open = page.Link{Label: d.say(OpenRFC), URL: d.at.url}
	if d.Mute != nil {
		s.Mute = page.Link{Label: d.say(Mute), URL: d.Mute(topic.slug)}
	}
	return s
}

// short tells of one RFC in a line.
func (d *draft) short(topic *topic) page.Line {
	return page.Line{{Text: topic.title, Foreign: true}, {Text: " · "}, {Text: d.count(Updates, len(topic.events)+topic.older), URL: d.writer.rfc(topic.slug, &d.ink).url}}
}

// span says which time the letter is of.
func (d *draft) span() string {
	days := int((d.End.Sub(d.Start) + 12*time.Hour) / (24 * time.Hour))
	switch {
	case d.First, days > 300: // a day without its year would be read as one of this year
		return d.count(LastDays, days)
	case d.isLong():
		return d.say(SinceDay, value{day, d.DayMonth(d.Start)})
	}
	return d.say(FromTo, value{start, d.DayAndClock(d.Start)}, value{end, d.DayAndClock(d.End)})
}

// sayVolume says how much there is.
func (d *draft) sayVolume() string {
	events := d.count(Updates, d.numbers.Events)
	if d.numbers.RFCs == 0 {
		return events
	}
	return d.say(InRFCs, value{updates, events}, value{rfcs, d.count(RFCs, d.numbers.RFCs)})
}
