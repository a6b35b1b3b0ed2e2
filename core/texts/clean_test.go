package texts

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	family := "👩‍👩‍👧" // five code points, one grapheme
	for in, want := range map[string]string{
		"":                        "",
		"Trust & Safety":          "Trust & Safety",
		"two  spaces":             "two  spaces",
		" edges ":                 "edges",
		"\u00a0\u3000edges\u2003": "edges",
		"a\r\nb":                  "a b",
		"a\n\n\tb\x00c":           "a b c",
		"a\u2028b\u2029c\u0085d":  "a b c d",
		"\n · forged line":        "· forged line",
		"a\n":                     "a",
		"a\n\u200b\nb":            "a b",
		"\u202eevil\u202c":        "evil",
		"a\u2066b\u2069c":         "abc",
		"zero\u200bwidth\ufeff":   "zerowidth",
		"می\u200cخواهم":           "می\u200cخواهم",
		"क्\u200dष":               "क्\u200dष",
		family:                    family,
		"❤️":                      "❤️",
		"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F": "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
		"bad \xff\xfe bytes":                 "bad \uFFFD\uFFFD bytes",
		"cut \xe2\x82":                       "cut \uFFFD\uFFFD",
		"\x1b[31mred":                        "[31mred",
		long:                                 long,
		long + "y":                           long + "…",
		strings.Repeat("x", 199) + " yz":     strings.Repeat("x", 199) + "…",
		strings.Repeat(family, 41):           strings.Repeat(family, 40) + "…",
		strings.Repeat("x", 198) + family:    strings.Repeat("x", 198) + "…",
		strings.Repeat("e\u0301", 101):       strings.Repeat("e\u0301", 100) + "…",
		"a" + strings.Repeat("\u0301", 5000): "a" + strings.Repeat("\u0301", 8),
		strings.Repeat(" ", 5000) + "x":      "x",
	} {
		assert.Equal(t, want, Clean(in), "%q", in)
	}
	assert.Equal(t, 201, utf8.RuneCountInString(Clean(strings.Repeat("ÿ", 1<<20))))
}

func TestCleanTextIsOneVisibleLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(
			rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.StringOfN(rapid.RuneFrom(nil, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Zs), 0, 500, -1),
		).Draw(t, "text")
		out := Clean(in)
		assert.True(t, utf8.ValidString(out))
		assert.LessOrEqual(t, utf8.RuneCountInString(out), MaxLength+1)
		assert.Equal(t, strings.TrimSpace(out), out)
		for _, r := range out {
			assert.False(t, unicode.IsControl(r) || hides(r) || r == '\u2028' || r == '\u2029', "%U", r)
		}
		if utf8.RuneCountInString(out) <= MaxLength {
			assert.Equal(t, out, Clean(out), "clean text stays as it is")
		}
	})
}

func TestGraphemesAreThoseOfUniseg(t *testing.T) {
	t.Parallel()
	pieces := rapid.OneOf(
		rapid.SampledFrom([]string{"a", "b ", ",", "\r", "\n", "\u0301", "\u200d", "👩", "🇩", "🇪", "\u0600", "क", "\u094d", "한", "\u1161", "\ufe0f", "\xff", "\x00", "\x7f"}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 20).Draw(t, "pieces"), "")
		assert.Equal(t, uniseg.GraphemeClusterCount(text), Graphemes(text), "%q", text)
		for n := range 12 {
			short, want := Shorten(text, n), 0
			for g, left := uniseg.NewGraphemes(text), n; left > 0 && g.Next(); left-- {
				_, want = g.Positions()
			}
			if want == len(text) {
				assert.Equal(t, text, short)
			} else {
				assert.Equal(t, strings.TrimRight(text[:want], " ")+"…", short, "%q", text)
			}
		}
	})
}

func TestAtMostEightMarksStandOnALetter(t *testing.T) {
	t.Parallel()
	mark := "\u0301"
	assert.Equal(t, "Z"+strings.Repeat(mark, 8)+"o"+mark, Clean("Z"+strings.Repeat(mark, 180)+"o"+mark))
	for _, text := range []string{"क्षेत्रीय", "নির্বাচন", "ผู้ใช้ที่", "བརྒྱུད", "Việt Nam", "שָׁלוֹם", "👩🏽‍💻"} {
		assert.Equal(t, text, Clean(text), "is as it is written")
	}
}

func TestShows(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a", "7", "李", "!", "👍", "क्ष", "\u115Fa", "=", "\u00ADx"} {
		assert.True(t, Shows(text), "%q", text)
	}
	for _, text := range []string{"", " ", "\u00A0", "\u200D", "\u200C", "\u00AD", "\u3164", "\u2800", "\u115F", "\u1160", "\uFFA0", "\u0301", "\uFE0F", "\u034F", "\U000E0061\U000E0062", "\u2800 \u3164", "\u17B4"} {
		assert.False(t, Shows(text), "%q", text)
	}
}
