package page

// Text returns l as plain text, lines ending with LF. A link stands on a line of its own, below what it is about. What
// people write stands behind a mark or a blank, so that no title looks like a line of the program.
func (l *Letter) Text() string {
	t := make(plain, 0, 3<<10).paragraph(l.Notice) // as much as most have
	for _, s := range l.Intro {
		t = t.line("", s)
	}
	t = append(t.link("", l.Inbox), '\n')
	t = t.needs(&l.Needs, l.RightToLeft)
	for i := range l.Cards {
		t = t.section(&l.Cards[i], " ", " · ", l.RightToLeft)
	}
	for _, line := range l.Rest {
		t = t.sentence(" · ", line, l.RightToLeft).links("   ", line)
	}
	if len(l.Rest) > 0 {
		t = append(t, '\n')
	}
	for _, note := range l.Notes {
		t = t.paragraph(note)
	}
	t = append(t.link("", l.Inbox), "\n-- \n"...).line("", l.Why)
	for _, link := range l.Footer {
		t = t.link("", link)
	}
	return string(t)
}

// plain is plain text. Its methods return it with more at its end: so it can be on the stack.
type plain []byte

// line adds one line; nothing if it has no text.
func (t plain) line(indent, text string) plain {
	if text == "" {
		return t
	}
	return append(append(append(t, indent...), text...), '\n')
}

// paragraph is a line with an empty one after it.
func (t plain) paragraph(text string) plain {
	if text == "" {
		return t
	}
	return append(t.line("", text), '\n')
}

func (t plain) link(indent string, l Link) plain {
	if l.URL == "" {
		return t
	}
	return append(append(t, indent...), l.Label...).line(": ", l.URL)
}

// needs adds what waits for the reader, each with its link.
func (t plain) needs(n *Needs, rightToLeft bool) plain {
	if len(n.Asks) == 0 {
		return t
	}
	t = t.line("", n.Heading)
	for i := range n.Asks {
		ask := &n.Asks[i]
		t = t.sentence(" ! ", ask.What, rightToLeft).line("   ", ask.About).link("   ", ask.Link)
	}
	return append(t.line("   ", n.More), '\n')
}

// section adds a title and where it is read, and its lines. If that is nowhere, the lines have their own addresses.
func (t plain) section(s *Section, indent, bullet string, rightToLeft bool) plain {
	t = t.line("# ", s.Title).line(indent, s.Open.URL)
	for _, line := range s.Lines {
		t = t.sentence(bullet, line, rightToLeft)
		if s.Open.URL == "" {
			t = t.links("   ", line)
		}
	}
	return append(t.line(bullet, s.More).link(indent, s.Mute), '\n')
}

// sentence adds a line without its links.
func (t plain) sentence(indent string, line Line, rightToLeft bool) plain {
	t = append(t, indent...)
	for i := range line {
		text := line[i].Text
		if line[i].Foreign && !line.isForeign() {
			text = Isolate(text, rightToLeft)
		}
		t = append(t, text...)
	}
	return append(t, '\n')
}

// links adds the first place that a line leads to.
func (t plain) links(indent string, line Line) plain {
	for i := range line {
		if line[i].URL != "" {
			return t.line(indent, line[i].URL)
		}
	}
	return t
}
