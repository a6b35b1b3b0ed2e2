// Package texts reads texts as the app's databases have them, and writes those that people see.
package texts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// MaxLength is where a text from the database is cut, in code points.
const MaxLength = 200

// Clean returns text from the database as one line that shows what it says:
//
//   - control characters and line and paragraph separators, alone or in a row, become one space;
//   - characters that reorder or hide text go; the joiners that scripts and emoji need stay;
//   - invalid UTF-8 becomes U+FFFD;
//   - of more than [maxMarks] combining marks in a row the rest go: they would be drawn over what stands above and below;
//   - white space at either end goes, so that no text can pass for an indented line;
//   - what is longer than [MaxLength] is cut, between graphemes (UAX #29), and ends with an ellipsis.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	var b strings.Builder
	length := 0      // code points in b
	marks := 0       // combining marks in a row
	gap := false     // a run of control characters awaits its space
	started := false // something other than white space was written
	for rest := text; rest != "" && length <= 2*MaxLength; {
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		switch {
		case hides(r):
			continue
		case r == '\u2028' || r == '\u2029' || unicode.IsControl(r):
			gap = true
			continue
		case !started && unicode.IsSpace(r):
			continue
		}
		if gap && started {
			b.WriteByte(' ')
			length++
		}
		gap, started = false, true
		b.WriteRune(r)
		length++
	}
	return cut(strings.TrimRightFunc(b.String(), unicode.IsSpace))
}

// maxMarks is how many combining marks stand on one letter at the most. Writing needs four or five.
const maxMarks = 8

// isClean reports whether text is short and needs no cleaning, like most.
func isClean(text string) bool {
	if len(text) > MaxLength {
		return false
	}
	for i, r := range text {
		switch {
		case ' ' < r && r <= '~', r == ' ' && i > 0 && i < len(text)-1, unicode.IsLetter(r):
		case r < 0xA0: // a control character, or a space at an end
			return false
		case unicode.In(r, unicode.Mn, unicode.Me): // perhaps too many
			return false
		case r == utf8.RuneError || r == '\u2028' || r == '\u2029' || hides(r) || unicode.IsSpace(r):
			return false
		}
	}
	return true
}

// hides reports whether r reorders text or takes part of it out of sight: the bidirectional
// controls (UAX #9 §2), zero-width spaces and word joiners, invisible operators, annotations,
// and the byte order mark. U+200C and U+200D are not among them, nor are the tags in flags.
func hides(r rune) bool {
	switch {
	case r == '\u061C', r == '\u180E', r == '\u200B', r == '\u200E', r == '\u200F', r == '\uFEFF', r == '\U000E0001':
		return true
	case '\u202A' <= r && r <= '\u202E', '\u2060' <= r && r <= '\u206F', '\uFFF9' <= r && r <= '\uFFFB':
		return true
	}
	return false
}

// Shows reports whether something of text is to be seen: a letter, a number, a mark of punctuation or a symbol that is not
// blank. Joiners, marks without a letter, variation selectors and tags alone show nothing, nor do the letters that Unicode
// keeps blank.
func Shows(text string) bool {
	for _, r := range text {
		switch r {
		case '\u115F', '\u1160', '\u3164', '\uFFA0', '\u2800', '\U0001D159': // fillers of Hangul, braille and musical blanks
			continue
		}
		if unicode.IsLetter(r) || unicode.In(r, unicode.N, unicode.P, unicode.S) {
			return true
		}
	}
	return false
}

// cut returns s, or its whole graphemes within MaxLength code points and an ellipsis. A grapheme that is longer by
// itself is cut.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= MaxLength {
		return s
	}
	end, length := 0, 0
	for end < len(s) {
		size := firstGrapheme(s[end:])
		length += utf8.RuneCountInString(s[end : end+size])
		if length > MaxLength {
			break
		}
		end += size
	}
	if end == 0 {
		for range MaxLength {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
	}
	return strings.TrimRightFunc(s[:end], unicode.IsSpace) + "…"
}

// firstGrapheme returns the length in bytes of the first grapheme of s, which is not empty. Between two printable
// characters of ASCII a grapheme always ends.
func firstGrapheme(s string) int {
	if len(s) > 1 && isPrintable(s[0]) && isPrintable(s[1]) {
		return 1
	}
	grapheme, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return len(grapheme)
}

// Graphemes counts the graphemes of s.
func Graphemes(s string) (n int) {
	for ; s != ""; n++ {
		s = s[firstGrapheme(s):]
	}
	return n
}

func isPrintable(c byte) bool { return ' ' <= c && c <= '~' }

// Shorten returns the first graphemes of s, n at most, with an ellipsis if that is not all.
func Shorten(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
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
