package core

import (
	"strconv"
	"strings"
)

// The labels of the links at the end of every digest.
const (
	inboxLabel       = "Open your inbox"
	preferencesLabel = "Manage digest preferences"
)

// noRFC is the title of the events that belong to no RFC.
const noRFC = "(no RFC)"

// unreadRemark ends every line: what a digest lists is unread, or it would not list it.
const unreadRemark = " (still unread in your inbox)"

// unreadAll says the same of all lines at once, in the HTML, where the remark would take as much room as
// what it stands behind.
const unreadAll = " All still unread in your inbox."

// adjective and span name a cadence in a subject and in a sentence.
func (c Cadence) adjective() string {
	if c == Weekly {
		return "Weekly"
	}
	return "Daily"
}

func (c Cadence) span() string {
	if c == Weekly {
		return "the past week"
	}
	return "the past day"
}

// count says how much there is in d: "5 events across 2 RFCs".
func (d Digest) count() string {
	return string(d.appendCount(make([]byte, 0, 64)))
}

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
func (c Cadence) heading() string {
	return "Your " + strings.ToLower(c.adjective()) + " digest"
}

// opening is the first sentence of the mail.
func (d Digest) opening() string {
	return "Activity on RFCs you watch, from " + d.Cadence.span() + "."
}

// moreRFCs is the last group where d leaves some out, else empty.
func (d Digest) moreRFCs() string {
	if d.More == 0 {
		return ""
	}
	if d.More == 1 {
		return "… " + andMore(1) + " RFC"
	}
	return "… " + andMore(d.More) + " RFCs"
}

// moreLines is the last line of a group that leaves some out, else empty.
func (g *Group) moreLines() string {
	if g.More == 0 {
		return ""
	}
	return "… " + andMore(g.More)
}

// andMore says how much is left out.
func andMore(n int) string { return "and " + strconv.Itoa(n) + " more" }

// Subject returns the subject of d.
func (s *Style) Subject(d Digest) string {
	b := append(make([]byte, 0, 256), '[')
	b = append(append(b, s.name...), "] "...)
	b = append(append(b, d.Cadence.adjective()...), " digest — "...)
	return string(d.appendCount(b))
}

// Text returns d as plain text, lines ending with LF.
func (s *Style) Text(d Digest) string {
	var b strings.Builder
	b.Grow(s.guessText(d))
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
	write("\n", inboxLabel, ": ", s.appURL, inboxPath, "\n")
	write(preferencesLabel, ": ", s.appURL, preferencesPath, "\n")
	return b.String()
}

// guessText returns about how many bytes the text of d has; rather too many than too few.
func (s *Style) guessText(d Digest) int {
	n := 256 + 2*len(s.appURL)
	for i := range d.Groups {
		g := &d.Groups[i]
		n += len(g.Title) + len(g.Link) + 8
		for _, line := range g.Lines {
			n += len(line) + len(" · \n")
		}
	}
	return n
}
