package page

import "strings"

// MaxHTML is the most that the HTML of a digest may have, in bytes: Gmail shows 102 kB of a mail and hides the rest, mail
// systems on the way add to it, and the links at the end must not be hidden.
const MaxHTML = 98_000

// HTML returns l as HTML. Every text and every address of l is escaped.
func (y *Layout) HTML(l *Letter) string {
	w := htmlWriter{rightToLeft: l.RightToLeft}
	w.Grow(y.size + 3*l.room()/2 + 200*len(l.Cards)) // most have so much markup
	for i, s := range y.frame {
		w.WriteString(s)
		if i < len(slots) {
			w.fill(slots[i], l)
		}
	}
	return w.String()
}

// slots are the places in the frame, in their order.
var slots = []string{"LANG", "DIR", "SUBJECT", "PREHEADER", "NOTICE", "HEADING", "INTRO", "NEEDS", "CARDS", "INBOX", "FOOTER"}

// fill fills a slot.
func (w *htmlWriter) fill(slot string, l *Letter) {
	switch slot {
	case "LANG":
		w.text(l.Language)
	case "DIR":
		w.WriteString(direction(l.RightToLeft))
	case "SUBJECT":
		w.text(l.Subject)
	case "PREHEADER":
		w.text(l.Preheader)
	case "NOTICE":
		w.element(`<p class="notice">`, l.Notice, "</p>\n")
	case "HEADING":
		w.text(l.Heading)
	case "INTRO":
		w.intro(l)
	case "NEEDS":
		w.needs(&l.Needs)
	case "CARDS":
		w.cards(l)
	case "INBOX":
		w.link(buttonLink, l.Inbox.URL, l.Inbox.Label)
	case "FOOTER":
		w.element("", l.Why, "<br>\n")
		w.links(l.Footer...)
	}
}

func direction(rightToLeft bool) string {
	if rightToLeft {
		return "rtl"
	}
	return "ltr"
}

// htmlWriter writes HTML.
type htmlWriter struct {
	strings.Builder
	rightToLeft bool
}

// escapes are what stands for characters that could be markup, between tags or in quotes. NUL is not allowed in HTML.
var escapes = [256]string{'"': "&#34;", '&': "&amp;", '\'': "&#39;", '<': "&lt;", '>': "&gt;", 0: "\uFFFD"}

// text writes a text so that nothing in it is markup.
func (w *htmlWriter) text(s string) {
	from := 0
	for i := range len(s) {
		if escape := escapes[s[i]]; escape != "" {
			w.WriteString(s[from:i])
			w.WriteString(escape)
			from = i + 1
		}
	}
	w.WriteString(s[from:])
}

// element writes a text between tags; nothing if it is empty.
func (w *htmlWriter) element(open, s, end string) {
	if s != "" {
		w.WriteString(open)
		w.text(s)
		w.WriteString(end)
	}
}

// link writes a link; its label alone if it leads nowhere. class is a whole attribute, or empty.
func (w *htmlWriter) link(class, url, label string) {
	if url == "" {
		w.text(label)
		return
	}
	w.WriteString("<a")
	w.WriteString(class)
	w.WriteString(` href="`)
	w.text(url)
	w.WriteString(`">`)
	w.text(label)
	w.WriteString("</a>")
}

// line writes the parts of a line.
func (w *htmlWriter) line(line Line) {
	for i := range line {
		p := &line[i]
		apart := p.Foreign && !line.isForeign() && crosses(p.Text, w.rightToLeft)
		if apart {
			w.WriteString(`<span dir="auto">`) // stands apart like bdi, which Gmail and Outlook do not know
		}
		w.link("", p.URL, p.Text)
		if apart {
			w.WriteString("</span>")
		}
	}
}

// open begins an element with a line in it. A sentence from the database is written as its first letter says (HTML, the
// dir attribute).
func (w *htmlWriter) open(name string, line Line) {
	w.WriteString(name)
	if line.isForeign() {
		w.WriteString(` dir="auto"`)
	}
	w.WriteString(">")
}

func (w *htmlWriter) intro(l *Letter) {
	for _, s := range l.Intro {
		w.element(`<p class="intro">`, s, "</p>\n")
	}
	w.WriteString(`<p class="intro">`)
	w.link("", l.Inbox.URL, l.Inbox.Label)
	w.WriteString("</p>\n")
}

func (w *htmlWriter) needs(n *Needs) {
	if len(n.Asks) == 0 {
		return
	}
	w.WriteString(needsOpen)
	w.element("<h2>", n.Heading, "</h2>\n")
	for i := range n.Asks {
		ask := &n.Asks[i]
		w.open("<p", ask.What)
		w.WriteString("<b>")
		w.line(ask.What)
		w.WriteString("</b><br>\n")
		w.element(`<span dir="auto">`, ask.About, "</span>")
		if ask.Link.URL != "" {
			w.WriteString(" &nbsp;")
			w.link("", ask.Link.URL, ask.Link.Label)
		}
		w.WriteString("</p>\n")
	}
	w.element(`<p class="quiet">`, n.More, "</p>\n")
	w.WriteString(cardClose)
}

func (w *htmlWriter) cards(l *Letter) {
	for i := range l.Cards {
		w.card(&l.Cards[i])
	}
	if len(l.Rest) > 0 {
		w.WriteString(`<ul class="rest">` + "\n")
		w.items(l.Rest)
		w.WriteString("</ul>\n")
	}
	for _, note := range l.Notes {
		w.element(`<p class="intro">`, note, "</p>\n")
	}
}

func (w *htmlWriter) card(s *Section) {
	w.WriteString(cardOpen)
	w.element(`<h2><span dir="auto">`, s.Title, "</span></h2>\n")
	w.WriteString("<ul>\n")
	w.items(s.Lines)
	w.element(`<li class="quiet">`, s.More, "</li>\n")
	w.WriteString("</ul>\n")
	if s.Open.URL != "" || s.Mute.URL != "" {
		w.WriteString(`<p class="quiet">`)
		w.links(s.Open, s.Mute)
		w.WriteString("</p>\n")
	}
	w.WriteString(cardClose)
}

func (w *htmlWriter) items(lines []Line) {
	for _, line := range lines {
		w.open("<li", line)
		w.line(line)
		w.WriteString("</li>\n")
	}
}

// links writes links in a row; those that lead nowhere are left out.
func (w *htmlWriter) links(links ...Link) {
	first := true
	for _, l := range links {
		if l.URL == "" {
			continue
		}
		if !first {
			w.WriteString(" &nbsp;·&nbsp; ")
		}
		first = false
		w.link("", l.URL, l.Label)
	}
}
