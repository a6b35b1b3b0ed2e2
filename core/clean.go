package core

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// MaxTextLength is where a text from the database is cut, in code points.
const MaxTextLength = 200

// Clean returns text from the database as one line that shows what it says:
//
//   - control characters and line and paragraph separators, alone or in a row, become one space;
//   - characters that reorder or hide text go; the joiners that scripts and emoji need stay;
//   - invalid UTF-8 becomes U+FFFD;
//   - white space at either end goes, so that no text can pass for an indented line;
//   - what is longer than [MaxTextLength] is cut, between graphemes (UAX #29), and ends with an ellipsis.
func Clean(text string) string {
	if isClean(text) {
		return text
	}
	var b strings.Builder
	length := 0      // code points in b
	gap := false     // a run of control characters awaits its space
	started := false // something other than white space was written
	for rest := text; rest != "" && length <= 2*MaxTextLength; {
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
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

// isClean reports whether Clean has nothing to do, for the common case of short printable ASCII.
func isClean(text string) bool {
	if len(text) > MaxTextLength {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return text == "" || text[0] != ' ' && text[len(text)-1] != ' '
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

// cut returns s, or its whole graphemes within MaxTextLength code points and an ellipsis. A
// grapheme that is longer than that all by itself is cut all the same.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= MaxTextLength {
		return s
	}
	end, length := 0, 0
	for rest, state := s, -1; rest != ""; {
		var grapheme string
		grapheme, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		length += utf8.RuneCountInString(grapheme)
		if length > MaxTextLength {
			break
		}
		end += len(grapheme)
	}
	if end == 0 {
		for range MaxTextLength {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
	}
	return strings.TrimRightFunc(s[:end], unicode.IsSpace) + "…"
}
