package letter

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// stillUnread ends every line of a classic letter.
const stillUnread = " (still unread in your inbox)"

// classicSteps are limits for the HTML of classic letters, as [steps] are.
var classicSteps = []limits{{cards: 1 << 20, lines: 1 << 20}, {cards: 1 << 20, lines: 10}, {cards: 1 << 20, lines: 3}, {cards: 20, lines: 3}, {cards: 5, lines: 3}, {cards: 1, lines: 1}}

// Classic returns the letter of f in the words of the Python scheduler, in English: its numbers, its plain text to the
// byte, and the same as a letter and as HTML.
func (w *Writer) Classic(f Facts) (Digest, page.Letter, string, string) {
	c := &classic{teller: teller{pen: pen{words: w.byTag["en"]}}, writer: w, facts: f}
	c.group()
	for i, limit := range classicSteps {
		l := c.letter(limit)
		if html := w.HTML(&l); len(html) <= page.MaxHTML || i == len(classicSteps)-1 {
			return c.numbers, l, c.text(), html
		}
	}
	panic("unreachable: the last step returns")
}

// classic words a digest as the Python scheduler did.
type classic struct {
	teller
	writer  *Writer
	facts   Facts
	numbers Digest
	groups  []classicGroup
	// more counts the RFCs that are left out.
	more int
}

type classicGroup struct {
	topic
	lines []string
}

// group sorts events by RFC: those with most events come first, and ties are in the order of their first events.
func (c *classic) group() {
	all := c.note(c.facts.Events)
	gather(all, func(e *noted) string { return e.Slug })
	for len(all) > 0 {
		var g classicGroup
		g.events, all = first(all)
		g.slug = g.events[0].Slug
		c.groups = append(c.groups, g)
	}
	slices.SortStableFunc(c.groups, func(a, b classicGroup) int { return cmp.Compare(len(b.events), len(a.events)) })
	listed := 0
	c.groups = slices.DeleteFunc(c.groups, func(g classicGroup) bool {
		if g.slug != "" {
			listed++
		}
		return g.slug != "" && listed > c.writer.maxRFCs
	})
	c.numbers = Digest{Events: len(c.facts.Events), RFCs: listed}
	c.more = max(0, listed-c.writer.maxRFCs)
	for i := range c.groups {
		c.groups[i].word(c)
	}
}

// word titles a group, and writes a line for each kind, in the order of their first events.
func (g *classicGroup) word(c *classic) {
	for _, e := range g.events {
		if g.title = texts.Clean(e.Title); g.title != "" {
			break
		}
	}
	g.title = cmp.Or(g.title, texts.Clean(g.slug), "(no RFC)")
	rest := g.events
	gather(rest, func(e *noted) string { return e.Kind })
	for len(rest) > 0 {
		var events []noted
		if events, rest = first(rest); len(events) == 1 {
			g.lines = append(g.lines, c.summaryOf(events[0]))
			continue
		}
		g.lines = append(g.lines, strings.ReplaceAll(strconv.Itoa(len(events))+" "+kindWords(events[0].Kind)+" events", "  ", " "))
	}
}

// summaryOf words one event.
func (c *classic) summaryOf(e noted) string {
	if text := texts.Clean(e.Payload.Summary); text != "" {
		return text
	}
	if e.kind != nil && e.kind.one != nil {
		c.sentence(e.kind.one, e)
		return c.line().String()
	}
	return cmp.Or(texts.Clean(e.Actor), "Someone") + ": " + cmp.Or(kindWords(e.Kind), "activity")
}

// Count says how much there is, in English, as in "5 events across 2 RFCs".
func (d Digest) Count() string {
	return texts.Plural(d.Events, "event") + " across " + texts.Plural(d.RFCs, "RFC")
}

func (c *classic) opening() string {
	return "Activity on RFCs you watch, " + [...]string{"from the past day", "from the past week", "since your last digest"}[c.facts.Span] + "."
}

// moreRFCs is the last line if RFCs are left out; else empty.
func moreRFCs(n int) string {
	if n == 0 {
		return ""
	}
	return "… and " + strings.Replace(texts.Plural(n, "RFC"), " ", " more ", 1)
}

const (
	classicInbox       = "Open your inbox"
	classicPreferences = "Manage digest preferences"
)

// text is the plain text.
func (c *classic) text() string {
	var b strings.Builder
	b.WriteString(c.opening() + "\n\n")
	for i := range c.groups {
		g := &c.groups[i]
		b.WriteString("\n" + g.title + "\n")
		if url := c.writer.rfc(g.slug, &c.ink).url; url != "" {
			b.WriteString(" " + url + "\n")
		}
		for _, line := range g.lines {
			b.WriteString(" · " + line + stillUnread + "\n")
		}
	}
	if c.more > 0 {
		b.WriteString("\n " + moreRFCs(c.more) + "\n")
	}
	b.WriteString("\n" + classicInbox + ": " + c.writer.InboxURL() + "\n" + classicPreferences + ": " + c.writer.PreferencesURL() + "\n")
	for _, l := range c.own() {
		if l.URL != "" {
			b.WriteString(l.Label + ": " + l.URL + "\n")
		}
	}
	if c.facts.Notice != "" {
		return c.facts.Notice + "\n\n" + b.String()
	}
	return b.String()
}

// own are the reader's own addresses, which the Python scheduler did not have.
func (c *classic) own() []page.Link {
	return []page.Link{{Label: "When digests come", URL: c.facts.Preferences}, {Label: "Unsubscribe", URL: c.facts.Unsubscribe}}
}

// letter is the same for the HTML, within a limit.
func (c *classic) letter(limit limits) page.Letter {
	name := [...]string{"Daily digest", "Weekly digest", "Digest"}[c.facts.Span]
	l := page.Letter{
		Language: "en", Notice: c.facts.Notice, Heading: "Your " + strings.ToLower(name),
		Subject: "[" + c.writer.Name() + "] " + name + " — " + c.numbers.Count(),
		Intro:   []string{c.numbers.Count(), c.opening() + " All still unread in your inbox."},
		Inbox:   page.Link{Label: classicInbox, URL: c.writer.InboxURL()},
		Footer:  append([]page.Link{{Label: classicPreferences, URL: c.writer.PreferencesURL()}}, c.own()...),
	}
	var titles []string
	more := c.more
	for i := range c.groups {
		g := &c.groups[i]
		if len(l.Cards) >= limit.cards && g.slug != "" {
			more++
			continue
		}
		s := page.Section{Title: g.title}
		for _, line := range g.lines[:min(limit.lines, len(g.lines))] {
			s.Lines = append(s.Lines, page.Line{{Text: line, Foreign: true, Sentence: true}})
		}
		if rest := len(g.lines) - len(s.Lines); rest > 0 {
			s.More = "… and " + strconv.Itoa(rest) + " more"
		}
		s.Open = page.Link{Label: c.say(OpenRFC), URL: c.writer.rfc(g.slug, &c.ink).url}
		l.Cards, titles = append(l.Cards, s), append(titles, g.title)
	}
	if more > 0 {
		l.Notes = []string{moreRFCs(more)}
	}
	l.Preheader = c.joinShort(titles)
	return l
}
