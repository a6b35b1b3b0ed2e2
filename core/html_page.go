package core

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// page is a digest as its frame wants it: every field is text, for html/template to escape where it stands.
type page struct {
	Subject   string
	Preheader string
	Count     string
	Cards     []card
	More      string
	// Unsubscribe is an address for the footer; empty where there is none.
	Unsubscribe string
	// Notice stands above everything else; empty for most.
	Notice string
}

// card is a [Group].
type card struct {
	Title string
	Link  string
	Lines []entry
	More  string
}

// entry is a line, with its remark taken off: the frame says that once for all.
type entry struct {
	Text string
	// LeftToRight says that the line reads from left to right, whatever its first letter is; else its
	// first letter decides.
	LeftToRight bool
}

// page returns d as a page.
func (s *Style) page(d Digest, x extras) *page {
	lines := 0
	for _, g := range d.Groups {
		lines += len(g.Lines)
	}
	p := &page{
		Subject:     s.Subject(d),
		Preheader:   d.preheader(),
		Count:       d.count(),
		Cards:       make([]card, len(d.Groups)),
		More:        d.moreRFCs(),
		Unsubscribe: x.unsubscribe,
		Notice:      x.notice,
	}
	entries := make([]entry, 0, lines) // of all cards
	for i, g := range d.Groups {
		first := len(entries)
		for _, line := range g.Lines {
			text := strings.TrimSuffix(line, unreadRemark)
			entries = append(entries, entry{text, endsLeftToRight(text)})
		}
		p.Cards[i] = card{Title: g.Title, Link: g.Link, Lines: entries[first:], More: g.moreLines()}
	}
	return p
}

// endsLeftToRight reports whether the last letter of a line belongs to a script that is written from left
// to right. Sentences about people begin with a name in any script, and go on in English: such a line
// is English, though browsers go by its first letter (HTML, the dir attribute).
func endsLeftToRight(line string) bool {
	for line != "" {
		r, size := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-size]
		if unicode.IsLetter(r) {
			return !unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam,
				unicode.Hanifi_Rohingya, unicode.Mandaic, unicode.Samaritan)
		}
	}
	return false
}

// maxPreheader is about what mail programs show beside a subject, in graphemes.
const maxPreheader = 120

// preheader is what lists of mails show beside the subject: the first titles, as many as there is
// room for, and how many more RFCs there are. Without any RFC, it is the first line.
func (d Digest) preheader() string {
	const join = ", "
	text, shown := make([]byte, 0, 3*maxPreheader), 0
	for i := range d.Groups {
		g := &d.Groups[i]
		if !g.isRFC() {
			continue
		}
		if shown == 0 {
			text, shown = append(text, shorten(g.Title, maxPreheader)...), 1
			continue
		}
		if !fitTogether(text, g.Title, maxPreheader-len(join)) {
			break
		}
		text = append(append(text, join...), g.Title...)
		shown++
	}
	switch rest := d.RFCs - shown; {
	case shown == 0 && len(d.Groups) > 0 && len(d.Groups[0].Lines) > 0:
		return shorten(strings.TrimSuffix(d.Groups[0].Lines[0], unreadRemark), maxPreheader)
	case shown > 0 && rest > 0:
		text = append(append(text, ' '), andMore(rest)...)
	}
	return string(text)
}

// isRFC reports whether g is the section of an RFC, not that of the events that belong to none.
func (g *Group) isRFC() bool { return g.Slug != "" }

// fitTogether reports whether a and b have no more than n graphemes. To count code points is quick,
// and most often enough: there are never fewer of them.
func fitTogether(a []byte, b string, n int) bool {
	return utf8.RuneCount(a)+utf8.RuneCountInString(b) <= n || graphemes(string(a))+graphemes(b) <= n
}

// shorten returns the first graphemes of s, n at most, with an ellipsis if that is not all.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	end := 0
	for ; end < len(s) && n > 0; n-- {
		end += firstGrapheme(s[end:])
	}
	if end == len(s) {
		return s
	}
	return strings.TrimRight(s[:end], " ") + "…"
}
