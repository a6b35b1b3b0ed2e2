package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// page is a digest as its frame needs it. html/template escapes each field at its place.
type page struct {
	Subject string
	// Preheader is what lists of mails show beside the subject.
	Preheader string
	Count     string
	Cards     []card
	// More is the last line if RFCs are left out; else empty.
	More string
	Extras
}

// card is a [Group].
type card struct {
	Title string
	// Link is the address of the RFC; empty if there is none.
	Link  string
	Lines []entry
	// More is the last line if others are left out; else empty.
	More string
}

// entry is a line without [Unread], which the frame says once for all lines.
type entry struct {
	Text string
	// LeftToRight says that the line reads from left to right. Otherwise its first letter decides.
	LeftToRight bool
}

// Extras are what a mail has beside its digest.
type Extras struct {
	// Preferences and Unsubscribe are addresses for the footer; empty if there are none.
	Preferences, Unsubscribe string
	// Notice stands above everything else; empty for most.
	Notice string
}

// page returns d as a page.
func (l *Layout) page(d Digest, x Extras) *page {
	lines := 0
	for _, g := range d.Groups {
		lines += len(g.Lines)
	}
	p := &page{
		Subject:   l.Subject(d),
		Preheader: d.preheader(),
		Count:     d.Count(),
		Cards:     make([]card, len(d.Groups)),
		More:      d.moreRFCs(),
		Extras:    x,
	}
	entries := make([]entry, 0, lines) // of all cards
	for i, g := range d.Groups {
		first := len(entries)
		for _, line := range g.Lines {
			text := strings.TrimSuffix(line, Unread)
			entries = append(entries, entry{text, endsLeftToRight(text)})
		}
		p.Cards[i] = card{Title: g.Title, Link: g.Link, Lines: entries[first:], More: g.moreLines()}
	}
	return p
}

// endsLeftToRight reports whether the last letter of a line is of a script that is written from left to right. A
// sentence may begin with a name in any script, and go on in English. Browsers go by the first letter (HTML, the dir
// attribute), which would be wrong then.
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

// preheader is what lists of mails show beside the subject: as many titles as there is room for, and how many more
// RFCs there are. If there is no RFC, it is the first line.
func (d Digest) preheader() string {
	const join = ", "
	b, shown := make([]byte, 0, 3*maxPreheader), 0
	for i := range d.Groups {
		g := &d.Groups[i]
		if !g.isRFC() {
			continue
		}
		if shown == 0 {
			b, shown = append(b, texts.Shorten(g.Title, maxPreheader)...), 1
			continue
		}
		if !fitTogether(b, g.Title, maxPreheader-len(join)) {
			break
		}
		b = append(append(b, join...), g.Title...)
		shown++
	}
	switch rest := d.RFCs - shown; {
	case shown == 0 && len(d.Groups) > 0 && len(d.Groups[0].Lines) > 0:
		return texts.Shorten(strings.TrimSuffix(d.Groups[0].Lines[0], Unread), maxPreheader)
	case shown > 0 && rest > 0:
		b = append(append(b, ' '), andMore(rest)...)
	}
	return string(b)
}

// isRFC reports whether g is the section of an RFC, not that of the events that belong to none.
func (g *Group) isRFC() bool { return g.Slug != "" }

// fitTogether reports whether a and b have no more than n graphemes. There are never more graphemes than code points,
// which are quick to count.
func fitTogether(a []byte, b string, n int) bool {
	return utf8.RuneCount(a)+utf8.RuneCountInString(b) <= n || uniseg.GraphemeClusterCount(string(a))+uniseg.GraphemeClusterCount(b) <= n
}
