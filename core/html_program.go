package core

import "strings"

// program writes a page as its template would. It is what html/template has decided, with every
// look-up done beforehand: a look-up of each field by its name, anew for each mail, is what takes
// html/template most of its time.
type program []part

// part is a piece of a program.
type part interface {
	// write appends what the part comes to at a place in a page. When out has an error, nothing
	// that is in it will be used.
	write(out *bounded, at place)
}

// place is where in a page a program is: in a card or not, in an entry of it or not.
type place struct {
	page  *page
	card  *card
	entry *entry
}

// field is a text that a page has at some place.
type field func(at place) string

// The parts.
type (
	// static is the same in every page.
	static string
	// text is a field between tags, where any character may stand once it is escaped.
	text struct{ of field }
	// link is a field that is the whole of an address in quotes.
	link struct{ of field }
	// choice is one of two programs.
	choice struct {
		holds           func(at place) bool
		then, otherwise program
	}
	// cards is a program for each card of a page.
	cards struct{ each program }
	// entries is a program for each entry of a card.
	entries struct{ each program }
)

func (p program) write(out *bounded, at place) {
	for _, part := range p {
		if out.err != nil {
			return
		}
		part.write(out, at)
	}
}

func (s static) write(out *bounded, _ place) { out.add(string(s)) }

func (t text) write(out *bounded, at place) { out.addEscaped(t.of(at)) }

func (l link) write(out *bounded, at place) {
	address := l.of(at)
	if !isOrdinaryLink(address) {
		out.err = errUnusual
		return
	}
	out.addEscaped(address)
}

func (c choice) write(out *bounded, at place) {
	if c.holds(at) {
		c.then.write(out, at)
	} else {
		c.otherwise.write(out, at)
	}
}

func (c cards) write(out *bounded, at place) {
	for i := range at.page.Cards {
		at.card = &at.page.Cards[i]
		c.each.write(out, at)
	}
}

func (e entries) write(out *bounded, at place) {
	for i := range at.card.Lines {
		at.entry = &at.card.Lines[i]
		e.each.write(out, at)
	}
}

// markup are the bytes that html/template writes as something else in text and in quotes, a bit each.
const markup = 1<<0 | 1<<'"' | 1<<'&' | 1<<'\'' | 1<<'+' | 1<<'<' | 1<<'>'

// escape returns what is written for a byte of markup.
func escape(c byte) string {
	switch c {
	case '"':
		return "&#34;"
	case '&':
		return "&amp;"
	case '\'':
		return "&#39;"
	case '+':
		return "&#43;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	}
	return "\uFFFD" // NUL, which is not allowed in HTML
}

// addEscaped appends s so that nothing in it is markup.
func (b *bounded) addEscaped(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 64 && markup>>c&1 != 0 {
			b.add(s[from:i])
			b.add(escape(c))
			from = i + 1
		}
	}
	b.add(s[from:])
}

// isOrdinaryLink reports whether address is one that html/template neither refuses nor rewrites,
// before it escapes it: an absolute one, without any character that is rare in addresses.
func isOrdinaryLink(address string) bool {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return false
	}
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case 'a' <= c && c <= 'z', '-' <= c && c <= ';', 'A' <= c && c <= 'Z': // from - to ; are - . / 0 to 9 : ;
		case c == '%':
			if i+2 >= len(address) || !isHex(address[i+1]) || !isHex(address[i+2]) {
				return false
			}
		case strings.IndexByte("_~!#$&*+,=?@[]", c) < 0:
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
