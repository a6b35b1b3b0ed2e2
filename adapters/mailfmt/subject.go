package mailfmt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWord is the longest word of a subject or of a name, as written: the first one shares its line with the field name.
const maxWord = 60

// subject returns s on one line and in ASCII. It encodes (RFC 2047) text that is not ASCII, looks
// encoded, or has a word that is too long for a line. The standard library makes encoded words so
// long that even the first would need a new line.
func subject(s string) string {
	s = oneLine(s)
	if isASCII(s) && !strings.Contains(s, "=?") && longestWord(s) <= maxWord {
		return s
	}
	return encodedWords(s, unicode.MaxASCII, "=?_")
}

// phrase returns the name of a mailbox as encoded words. There fewer characters may stand for themselves (RFC 2047 §5 (3)).
func phrase(name string) string { return encodedWords(name, 'z', "\"#$%&'(),.:;<=>?@[\\]^_`") }

// encodedWords encodes a text. Characters after last, and those in special, do not stand for themselves.
func encodedWords(s string, last rune, special string) string {
	const start, end = "=?UTF-8?Q?", "?="
	var b strings.Builder
	b.Grow(2*len(s) + maxWord)
	length := maxWord // of the word that is being written
	var char [3 * utf8.UTFMax]byte
	for _, r := range s {
		char := appendQ(char[:0], r, last, special)
		if length+len(char)+len(end) > maxWord {
			if b.Len() > 0 {
				b.WriteString(end + " ")
			}
			b.WriteString(start)
			length = len(start)
		}
		b.Write(char)
		length += len(char)
	}
	b.WriteString(end)
	return b.String()
}

// appendQ appends r to dst in the Q encoding (RFC 2047 §4.2).
func appendQ(dst []byte, r, last rune, special string) []byte {
	switch {
	case r == ' ':
		return append(dst, '_')
	case r > ' ' && r <= last && r < unicode.MaxASCII && strings.IndexByte(special, byte(r)) < 0:
		return append(dst, byte(r))
	}
	var utf [utf8.UTFMax]byte
	for _, c := range utf[:utf8.EncodeRune(utf[:], r)] {
		dst = appendHex(dst, c)
	}
	return dst
}

func longestWord(s string) int {
	longest := 0
	for word := range strings.SplitSeq(s, " ") {
		longest = max(longest, len(word))
	}
	return longest
}
