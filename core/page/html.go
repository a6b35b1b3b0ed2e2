package page

import "strings"

// MaxHTML is the most that the HTML of a digest may have, in bytes: Gmail shows 102 kB of a mail and hides the rest, mail
// systems on the way add to it, and the links at the end must not be hidden.
const MaxHTML = 98_000

// HTML returns l as HTML. Every text and every address of l is escaped.
func (y *Layout) HTML(l *Letter) string {
	content := make(markup, 0, 4<<10) // as much as most have in the slots
	var ends [len(slots)]int          // of what is in each slot
	for i, slot := range slots {
		content = content.slot(slot, l)
		ends[i] = len(content)
	}
	size := len(content)
	for _, s := range y.frame {
		size += len(s)
	}
	var b strings.Builder
	b.Grow(size)
	for i, begin := 0, 0; i < len(slots); i++ {
		b.WriteString(y.frame[i])
		b.Write(content[begin:ends[i]])
		begin = ends[i]
	}
	b.WriteString(y.frame[len(slots)])
	return b.String()
}

// slots are the places in the frame, in their order.
var slots = [...]string{"LANG", "DIR", "SUBJECT", "PREHEADER", "NOTICE", "HEADING", "INTRO", "NEEDS", "CARDS", "INBOX", "FOOTER"}

// markup is HTML. Its methods return it with more at its end: so it can be on the stack.
type markup []byte

// slot adds what stands in a slot.
func (b markup) slot(name string, l *Letter) markup {
	switch name {
	case "LANG":
		return b.text(l.Language)
	case "DIR":
		if l.RightToLeft {
			return append(b, "rtl"...)
		}
		return append(b, "ltr"...)
	case "SUBJECT":
		return b.text(l.Subject)
	case "PREHEADER":
		return b.text(l.Preheader)
	case "NOTICE":
		return b.element(`<p class="notice">`, l.Notice, "</p>\n")
	case "HEADING":
		return b.text(l.Heading)
	case "INTRO":
		return b.intro(l)
	case "NEEDS":
		return b.needs(&l.Needs, l.RightToLeft)
	case "CARDS":
		return b.cards(l)
	case "INBOX":
		return b.link(buttonLink, l.Inbox.URL, l.Inbox.Label)
	case "FOOTER":
		return b.element("", l.Why, "<br>\n").links(l.Footer...)
	}
	panic("no such slot as " + name)
}

// escapes are what stands for characters that could be markup, between tags or in quotes. NUL is not allowed in HTML.
var escapes = [256]string{'"': "&#34;", '&': "&amp;", '\'': "&#39;", '<': "&lt;", '>': "&gt;", 0: "\uFFFD"}

// text adds a text so that nothing in it is markup.
func (b markup) text(s string) markup {
	for i := range len(s) {
		if escape := escapes[s[i]]; escape != "" {
			return append(append(b, s[:i]...), escape...).text(s[i+1:])
		}
	}
	return append(b, s...)
}

// element adds a text between tags; nothing if it is empty.
func (b markup) element(open, s, end string) markup {
	if s == "" {
		return b
	}
	return append(append(b, open...).text(s), end...)
}

// link adds a link; its label alone if it leads nowhere. class is a whole attribute, or empty.
func (b markup) link(class, url, label string) markup {
	if url == "" {
		return b.text(label)
	}
	b = append(append(append(b, "<a"...), class...), ` href="`...)
	b = append(b.text(url), `">`...)
	return append(b.text(label), "</a>"...)
}

// line adds the parts of a line.
func (b markup) line(line Line, rightToLeft bool) markup {
	for i := range line {
		p := &line[i]
		apart := p.Foreign && !line.isForeign() && crosses(p.Text, rightToLeft)
		if apart {
			b = append(b, `<span dir="auto">`...) // stands apart like bdi, which Gmail and Outlook do not know
		}
		b = b.link("", p.URL, p.Text)
		if apart {
			b = append(b, "</span>"...)
		}
	}
	return b
}

// open begins an element with a line in it. A sentence from the database is written as its first letter says (HTML, the
// dir attribute).
func (b markup) open(name string, line Line) markup {
	b = append(b, name...)
	if line.isForeign() {
		b = append(b, ` dir="auto"`...)
	}
	return append(b, '>')
}

func (b markup) intro(l *Letter) markup {
	for _, s := range l.Intro {
		b = b.element(`<p class="intro">`, s, "</p>\n")
	}
	b = append(b, `<p class="intro">`...).link("", l.Inbox.URL, l.Inbox.Label)
	return append(b, "</p>\n"...)
}

func (b markup) needs(n *Needs, rightToLeft bool) markup {
	if len(n.Asks) == 0 {
		return b
	}
	b = append(b, needsOpen...).element("<h2>", n.Heading, "</h2>\n")
	for i := range n.Asks {
		ask := &n.Asks[i]
		b = append(b.open("<p", ask.What), "<b>"...).line(ask.What, rightToLeft)
		b = append(b, "</b><br>\n"...).element(`<span dir="auto">`, ask.About, "</span>")
		if ask.Link.URL != "" {
			b = append(b, " &nbsp;"...).link("", ask.Link.URL, ask.Link.Label)
		}
		b = append(b, "</p>\n"...)
	}
	return append(b.element(`<p class="quiet">`, n.More, "</p>\n"), cardClose...)
}

func (b markup) cards(l *Letter) markup {
	for i := range l.Cards {
		b = b.card(&l.Cards[i], l.RightToLeft)
	}
	if len(l.Rest) > 0 {
		b = append(b, `<ul class="rest">`+"\n"...).items(l.Rest, l.RightToLeft)
		b = append(b, "</ul>\n"...)
	}
	for _, note := range l.Notes {
		b = b.element(`<p class="intro">`, note, "</p>\n")
	}
	return b
}

func (b markup) card(s *Section, rightToLeft bool) markup {
	b = append(b, cardOpen...).element(`<h2><span dir="auto">`, s.Title, "</span></h2>\n")
	b = append(b, "<ul>\n"...).items(s.Lines, rightToLeft).element(`<li class="quiet">`, s.More, "</li>\n")
	b = append(b, "</ul>\n"...)
	if s.Open.URL != "" || s.Mute.URL != "" {
		b = append(b, `<p class="quiet">`...).links(s.Open, s.Mute)
		b = append(b, "</p>\n"...)
	}
	return append(b, cardClose...)
}

func (b markup) items(lines []Line, rightToLeft bool) markup {
	for _, line := range lines {
		b = append(b.open("<li", line).line(line, rightToLeft), "</li>\n"...)
	}
	return b
}

// links adds links in a row; those that lead nowhere are left out.
func (b markup) links(links ...Link) markup {
	first := true
	for _, l := range links {
		if l.URL == "" {
			continue
		}
		if !first {
			b = append(b, " &nbsp;·&nbsp; "...)
		}
		first = false
		b = b.link("", l.URL, l.Label)
	}
	return b
}
