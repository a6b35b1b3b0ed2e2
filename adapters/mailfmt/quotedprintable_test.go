package mailfmt

import (
	"bytes"
	"io"
	"math"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A line by RFC 2045 §6.7: white space inside, never at its end.
var encodedLine = regexp.MustCompile(`^(([!-<>-~ \t]|=[0-9A-F]{2})*([!-<>-~]|=[0-9A-F]{2}|=))?$`)

// checkQuotedPrintable fails if text is not encoded as it must be.
func checkQuotedPrintable(t require.TestingT, text string) {
	const before = "what was there before\r\n"
	got := string(quoted([]byte(before), text))
	require.True(t, strings.HasPrefix(got, before))
	got = got[len(before):]
	for line := range strings.SplitSeq(got, "\r\n") {
		require.LessOrEqual(t, len(line), 76)
		require.Regexp(t, encodedLine, line)
	}
	back, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got)))
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(text, "\n", "\r\n"), string(back))

	// The standard library takes CR for a line end; bodies have none.
	text = strings.ReplaceAll(text, "\r", "")
	require.Equal(t, inQuotedPrintable(text), string(quoted(nil, text)))
}

// quoted appends text, however long it becomes.
func quoted(dst []byte, text string) []byte {
	dst, _ = appendQuotedPrintable(dst, text, math.MaxInt)
	return dst
}

// inQuotedPrintable returns text as the standard library writes it.
func inQuotedPrintable(text string) string {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	_, err := io.WriteString(w, text)
	must(err)
	must(w.Close())
	return out.String()
}

func TestQuotedPrintable(t *testing.T) {
	t.Parallel()
	full := strings.Repeat("x", 75)
	for text, want := range map[string]string{
		"":                             "",
		"\n":                           "\r\n",
		"1 = 1\n":                      "1 =3D 1\r\n",
		"größer, 漢 ":                   "gr=C3=B6=C3=9Fer, =E6=BC=A2=20",
		"space \ntab\t\n":              "space=20\r\ntab=09\r\n",
		" \n\t":                        "=20\r\n=09",
		"nul \x00 cr \r del \x7f \xff": "nul =00 cr =0D del =7F =FF",
		".\n..dots\nFrom here":         ".\r\n..dots\r\nFrom here",
		full + "\n":                    full + "\r\n",
		full + "y\n":                   full + "=\r\ny\r\n",
		full[:74] + " \n":              full[:74] + "=\r\n=20\r\n",
		full[:72] + "=\n":              full[:72] + "=3D\r\n",
		full[:73] + "=\n":              full[:73] + "=\r\n=3D\r\n",
		full + " " + full:              full + "=\r\n " + full[:74] + "=\r\nx",
	} {
		assert.Equal(t, want, string(quoted(nil, text)), "%q", text)
		checkQuotedPrintable(t, text)
	}
}

func TestQuotedPrintableIsGivenUpAtTheEndOfALine(t *testing.T) {
	t.Parallel()
	const line = "=C3=A9\r\n"
	for limit, lines := range map[int]int{24: 3, 23: 3, 16: 3, 15: 2, 8: 2, 7: 1, 0: 1} {
		got, fits := appendQuotedPrintable(nil, "é\né\né\n", limit)
		assert.Equal(t, strings.Repeat(line, lines), string(got), limit)
		assert.Equal(t, limit == 24, fits, limit)
	}
	_, fits := appendQuotedPrintable(nil, "é", 5)
	assert.False(t, fits)
}

func TestQuotedPrintableOfAnyText(t *testing.T) {
	t.Parallel()
	pieces := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"=", " ", "\t", "\n", "\r\n", ".", "é", "漢字", "👩‍💻", "\xff", "\x00", "a word", strings.Repeat("x", 70), strings.Repeat(" ", 74), strings.Repeat("é", 13),
	}))
	rapid.Check(t, func(t *rapid.T) {
		checkQuotedPrintable(t, strings.Join(rapid.SliceOfN(pieces, 0, 20).Draw(t, "pieces"), ""))
	})
}

func FuzzQuotedPrintable(f *testing.F) {
	for _, text := range []string{"", " ", "a=b\n", "größer\r\n.\r\n", "\xff\x00\t\n", strings.Repeat("x ", 100), strings.Repeat("漢", 30) + "\n\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkQuotedPrintable(t, text) })
}

func BenchmarkQuotedPrintable(b *testing.B) {
	for name, text := range map[string]string{
		"markup":  strings.Repeat("<p class=\"footer\" style=\"margin:40px 0 0;border-top:1px solid #dddad1\">word</p>\n", 120),
		"Chinese": strings.Repeat("信任與安全\n", 60),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			dst := quoted(nil, text)
			for b.Loop() {
				dst = quoted(dst[:0], text)
			}
		})
		b.Run(name+" by the standard library", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				w := quotedprintable.NewWriter(&out)
				_, _ = io.WriteString(w, text)
				_ = w.Close()
			}
		})
	}
}
