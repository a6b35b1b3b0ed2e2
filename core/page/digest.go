package page

import (
	"strconv"
	"strings"
)

// Digest is the content of one catch-up mail.
type Digest struct {
	// Span is the time that it is of.
	Span Span
	// Events counts the notifications, listed or not.
	Events int
	// RFCs counts the distinct RFCs among them, listed or not.
	RFCs int
	// Groups are the sections, in the order in which they are read.
	Groups []Group
	// More counts the RFCs that are left out of Groups.
	More int
}

// Span is the time that a digest is of, as far as words go.
type Span int

// The spans.
const (
	Day Span = iota
	Week
	// Other is any other time since the last digest.
	Other
	spans
)

// Group is the section of one RFC, or of the events that belong to none.
type Group struct {
	// Slug names the RFC; empty for the events that belong to none.
	Slug string
	// Title is one clean line.
	Title string
	// Link is the RFC's page; empty if there is none.
	Link string
	// Lines are clean, one for each kind of event, without a bullet; each ends with [Unread].
	Lines []string
	// More counts the lines that are left out.
	More int
}

// The labels of the links at the end of every digest.
const (
	inboxLabel       = "Open your inbox"
	preferencesLabel = "Manage digest preferences"
)

// Unread ends every line: what a digest lists is unread, or it would not list it.
const Unread = " (still unread in your inbox)"

// unreadAll says so once for all lines, in the HTML: there the remark would take as much room as the line.
const unreadAll = " All still unread in your inbox."

// name is what d is called in a subject.
func (s Span) name() string { return [spans]string{"Daily digest", "Weekly digest", "Digest"}[s] }

// from names the time that it is of in a sentence.
func (s Span) from() string {
	return [spans]string{"from the past day", "from the past week", "since your last digest"}[s]
}

// Count says how much there is in d: "5 events across 2 RFCs".
func (d Digest) Count() string {
	return string(d.appendCount(make([]byte, 0, 64)))
}

// appendCount appends Count.
func (d Digest) appendCount(b []byte) []byte {
	b = append(appendPlural(b, d.Events, "event"), " across "...)
	return appendPlural(b, d.RFCs, "RFC")
}

// appendPlural says "1 thing" or "n things".
func appendPlural(b []byte, n int, thing string) []byte {
	b = append(strconv.AppendInt(b, int64(n), 10), ' ')
	b = append(b, thing...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// heading is the first thing to read in the HTML.
func (d Digest) heading() string {
	return "Your " + strings.ToLower(d.Span.name())
}

// opening is the first sentence of the mail.
func (d Digest) opening() string {
	return "Activity on RFCs you watch, " + d.Span.from() + "."
}

// moreRFCs is the last line if d leaves RFCs out; else empty.
func (d Digest) moreRFCs() string {
	if d.More == 0 {
		return ""
	}
	if d.More == 1 {
		return "… " + andMore(1) + " RFC"
	}
	return "… " + andMore(d.More) + " RFCs"
}

// moreLines is the last line of a group that leaves lines out; else empty.
func (g *Group) moreLines() string {
	if g.More == 0 {
		return ""
	}
	return "… " + andMore(g.More)
}

// andMore says how much is left out.
func andMore(n int) string { return "and " + strconv.Itoa(n) + " more" }

// Subject returns the subject of d.
func (l *Layout) Subject(d Digest) string {
	b := append(make([]byte, 0, 256), '[')
	b = append(append(b, l.name...), "] "...)
	b = append(append(b, d.Span.name()...), " — "...)
	return string(d.appendCount(b))
}

// Text returns d as plain text, lines ending with LF.
func (l *Layout) Text(d Digest) string {
	var b strings.Builder
	b.Grow(2000) // as much as most have
	write := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	write(d.opening(), "\n\n")
	for i := range d.Groups {
		g := &d.Groups[i]
		write("\n", g.Title, "\n")
		if g.Link != "" {
			write(" ", g.Link, "\n")
		}
		for _, line := range g.Lines {
			write(" · ", line, "\n")
		}
		if more := g.moreLines(); more != "" {
			write(" · ", more, "\n")
		}
	}
	if more := d.moreRFCs(); more != "" {
		write("\n ", more, "\n")
	}
	write("\n", inboxLabel, ": ", l.appURL, inboxPath, "\n")
	write(preferencesLabel, ": ", l.appURL, preferencesPath, "\n")
	return b.String()
}
