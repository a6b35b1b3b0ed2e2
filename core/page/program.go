package page

import "strings"

// program writes a page as its template would, with every field looked up beforehand. html/template looks them up by
// name for each mail, which takes most of its time.
type program []part

// part is a piece of a program.
type part interface {
	// write appends the part at a place in a page. If out has an error, its text is not used.
	write(out *bounded, at place)
}

// place is where in a page a program is. card and entry are nil outside of cards and entries.
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
	// escaped is a field between tags, where any character may stand once it is escaped.
	escaped struct{ of field }
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

func (e escaped) write(out *bounded, at place) { out.add(escaper.Replace(e.of(at))) }

func (l link) write(out *bounded, at place) {
	address := l.of(at)
	if !isOrdinaryLink(address) {
		out.err = errUnusual
		return
	}
	out.add(escaper.Replace(address))
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

// escaper writes a text as html/template does in text and in quotes, so that nothing in it is markup. NUL is not
// allowed in HTML.
var escaper = strings.NewReplacer(`"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;", "\x00", "\uFFFD")

// isOrdinaryLink reports whether html/template escapes address and does nothing else to it: an absolute address
// without rare characters is ordinary. Others it may refuse or rewrite.
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
