package mailfmt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFieldIsFolded(t *testing.T) {
	t.Parallel()
	a, b, long := strings.Repeat("a", 67), strings.Repeat("b", 75), strings.Repeat("c", 300)
	for value, want := range map[string]string{
		"":                    "Subject: ",
		"one two":             "Subject: one two",
		a:                     "Subject: " + a,
		a[1:] + " b":          "Subject: " + a[1:] + "\r\n b",
		a[2:] + " b":          "Subject: " + a[2:] + " b",
		b:                     "Subject:\r\n " + b,
		"a " + b + " c":       "Subject: a\r\n " + b + "\r\n c",
		long:                  "Subject: " + long,
		"a " + long + " c":    "Subject: a\r\n " + long + "\r\n c",
		long + " " + b + " c": "Subject: " + long + "\r\n " + b + "\r\n c",
	} {
		assert.Equal(t, want+"\r\n", string(appendField(nil, "Subject", value)))
	}
}

func TestFieldOfAnyWords(t *testing.T) {
	t.Parallel()
	words := rapid.SliceOfN(rapid.OneOf(rapid.StringMatching("[!-~]{1,20}"), rapid.StringMatching("[!-~]{60,90}")), 1, 20)
	rapid.Check(t, func(t *rapid.T) {
		value := strings.Join(words.Draw(t, "words"), " ")
		name := rapid.StringMatching("[A-Z][a-z]{1,30}").Draw(t, "name")
		field, ended := strings.CutSuffix(string(appendField([]byte("x"), name, value)), "\r\n")
		require.True(t, ended)
		require.Equal(t, "x"+name+": "+value, strings.ReplaceAll(field, "\r\n ", " "))
		for line := range strings.SplitSeq(field[1:], "\r\n") {
			require.NotEmpty(t, strings.TrimSpace(line))
			_, rest, fold := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(line, name+":"), " "), " ")
			require.True(t, len(line) <= maxHeaderLine || !fold && rest == "", "%q", line)
		}
	})
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	pieces := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{" ", "  ", "\t", "\r\n", "\u2028", "\u00A0", "\u0085", "\xff", "\uFFFD", "é", "a"}))
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(pieces, 0, 8).Draw(t, "pieces"), "")
		want := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), separates), " ")
		require.Equal(t, want, oneLine(s))
		require.Equal(t, s == want, isOneLine(s))
	})
}
