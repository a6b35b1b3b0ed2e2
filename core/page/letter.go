package page

import (
	"strings"
	"unicode"
)

// Letter is a digest in words, in the order in which it is read. Every text is one clean line. A text that is empty, or a
// list, is left out.
type Letter struct {
	// Language is a BCP 47 tag, and RightToLeft the direction in which that is written.
	Language    string
	RightToLeft bool
	Subject     string
	// Preheader is what lists of mails show beside the subject.
	Preheader string
	// Notice stands above everything else.
	Notice  string
	Heading string
	// Intro are the first sentences: which time the digest is of, and how much there is.
	Intro []string
	// Needs is what waits for the reader. It comes first, and looks like nothing else.
	Needs Needs
	// Cards are sections that each have a place of their own, and Rest are those of one line.
	Cards []Section
	Rest  []Line
	// Notes say what is left out.
	Notes []string
	// Inbox is where all of it is read.
	Inbox Link
	// Why says why the reader gets the mail, and Footer how to change that.
	Why    string
	Footer []Link
}

// Needs is what waits for the reader.
type Needs struct {
	Heading string
	Asks    []Ask
	// More says that there are others.
	More string
}

// Ask is one thing that waits for the reader.
type Ask struct {
	What Line
	// About is the title of what it is about.
	About string
	Link  Link
}

// Section is a title with lines below it.
type Section struct {
	Title string
	// Open is where the whole of it is read, and Mute how the reader hears no more of it.
	Open, Mute Link
	Lines      []Line
	// More says that lines are left out.
	More string
}

// Line is a sentence in parts.
type Line []Part

// isForeign reports whether the sentence itself is from the database. Then its first letter says how it is written, and
// its parts need not stand apart.
func (l Line) isForeign() bool { return len(l) > 0 && l[0].Sentence }

// Part is a piece of a sentence.
type Part struct {
	Text string
	// URL is where the piece leads; empty for most.
	URL string
	// Foreign says that the text is from the database: it may be of another script than the sentence.
	Foreign bool
	// Sentence says that a whole sentence is from the database, which this part begins.
	Sentence bool
}

// Link is a place to go to, and what it is called.
type Link struct{ Label, URL string }

// Add appends a text of the letter's own language.
func (l Line) Add(text string) Line {
	if text == "" {
		return l
	}
	return append(l, Part{Text: text})
}

// crosses reports whether text has a letter of the other direction, so that it could mix up the order of what stands
// beside it (UAX #9).
func crosses(text string, rightToLeft bool) bool {
	for _, r := range text {
		if r < 0x80 && !rightToLeft {
			continue
		}
		if unicode.IsLetter(r) && isRightToLeft(r) != rightToLeft {
			return true
		}
	}
	return false
}

// isRightToLeft reports whether a letter is of a script that is written from right to left.
func isRightToLeft(r rune) bool {
	return r >= 0x590 && unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam,
		unicode.Hanifi_Rohingya, unicode.Mandaic, unicode.Samaritan)
}

// Isolate returns text so that it does not mix up the order of what stands beside it in plain text: between U+2068 and
// U+2069 (UAX #9 §2.7) if it is written in the other direction, else as it is.
func Isolate(text string, rightToLeft bool) string {
	if !crosses(text, rightToLeft) {
		return text
	}
	return "\u2068" + text + "\u2069"
}

// String returns what the line says.
func (l Line) String() string {
	if len(l) == 1 {
		return l[0].Text
	}
	var b strings.Builder
	for _, p := range l {
		b.WriteString(p.Text)
	}
	return b.String()
}
