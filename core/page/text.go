package page

import "strings"

// Text returns l as plain text, lines ending with LF. A link stands on a line of its own, below what it is about. What
// people write stands behind a mark or a blank, so that no title looks like a line of the program.
func (l *Letter) Text() string {
	t := textWriter{rightToLeft: l.RightToLeft}
	t.Grow(l.room())
	t.paragraph(l.Notice)
	for _, s := range l.Intro {
		t.line("", s)
	}
	t.link("", l.Inbox)
	t.WriteString("\n")
	t.needs(&l.Needs)
	for i := range l.Cards {
		t.section(&l.Cards[i], " ", " · ")
	}
	for _, line := range l.Rest {
		t.sentence(" · ", line)
		t.links("   ", line)
	}
	if len(l.Rest) > 0 {
		t.WriteString("\n")
	}
	for _, note := range l.Notes {
		t.paragraph(note)
	}
	t.link("", l.Inbox)
	t.WriteString("\n-- \n")
	t.line("", l.Why)
	for _, link := range l.Footer {
		t.link("", link)
	}
	return t.String()
}

// textWriter writes plain text.
type textWriter struct {
	strings.Builder
	rightToLeft bool
}

// line writes one line; nothing if it has no text.
func (t *textWriter) line(indent, text string) {
	if text != "" {
		t.WriteString(indent)
		t.WriteString(text)
		t.WriteByte('\n')
	}
}

// paragraph is a line with an empty one after it.
func (t *textWriter) paragraph(text string) {
	if text != "" {
		t.line("", text)
		t.WriteByte('\n')
	}
}

func (t *textWriter) link(indent string, l Link) {
	if l.URL != "" {
		t.WriteString(indent)
		t.WriteString(l.Label)
		t.line(": ", l.URL)
	}
}

// needs writes what waits for the reader, each with its link.
func (t *textWriter) needs(n *Needs) {
	if len(n.Asks) == 0 {
		return
	}
	t.line("", n.Heading)
	for i := range n.Asks {
		ask := &n.Asks[i]
		t.sentence(" ! ", ask.What)
		t.line("   ", ask.About)
		t.link("   ", ask.Link)
	}
	t.line("   ", n.More)
	t.WriteByte('\n')
}

// section writes a title and where it is read, and its lines. If that is nowhere, the lines have their own addresses.
func (t *textWriter) section(s *Section, indent, bullet string) {
	t.line("# ", s.Title)
	t.line(indent, s.Open.URL)
	for _, line := range s.Lines {
		t.sentence(bullet, line)
		if s.Open.URL == "" {
			t.links("   ", line)
		}
	}
	t.line(bullet, s.More)
	t.link(indent, s.Mute)
	t.WriteByte('\n')
}

// sentence writes a line without its links.
func (t *textWriter) sentence(indent string, line Line) {
	t.WriteString(indent)
	for _, p := range line {
		if p.Foreign && !line.isForeign() {
			p.Text = Isolate(p.Text, t.rightToLeft)
		}
		t.WriteString(p.Text)
	}
	t.WriteByte('\n')
}

// links writes the first place that a line leads to.
func (t *textWriter) links(indent string, line Line) {
	for _, p := range line {
		if p.URL != "" {
			t.line(indent, p.URL)
			return
		}
	}
}
