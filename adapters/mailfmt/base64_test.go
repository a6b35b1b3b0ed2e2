package mailfmt

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inBase64 returns text as the standard library writes it, in lines as long as RFC 2045 §6.8 allows.
func inBase64(text string) string {
	letters := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	var lines strings.Builder
	for ; len(letters) > 76; letters = letters[76:] {
		lines.WriteString(letters[:76] + "\r\n")
	}
	if letters != "" {
		lines.WriteString(letters + "\r\n")
	}
	return lines.String()
}

func TestTheSmallerEncoding(t *testing.T) {
	t.Parallel()
	hindi := "भुगतान: मेज़बानों के लिए\n"
	for text, want := range map[string]string{
		"plain\n": "quoted-printable",
		"Größe, naïve, Øresund, and what is said of them\n": "quoted-printable",
		hindi:                                 "base64",
		"信任與安全\n":                             "base64",
		strings.Repeat("plain\n", 60) + hindi: "quoted-printable",
		strings.Repeat(hindi, 40) + "plain\n": "base64",
	} {
		part := string(appendPart(nil, "text/plain", text))
		assert.Contains(t, part, "Content-Transfer-Encoding: "+want+"\r\n", "%q", text)
	}
}

func TestNoPartIsLargerThanInTheOtherEncoding(t *testing.T) {
	t.Parallel()
	pieces := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"=", " ", "\n", "\n\n", "é", "漢字", "हिन्दी", "👩\u200d💻", "a word", strings.Repeat("x", 30), strings.Repeat("é", 13), strings.Repeat("x", 150),
	}))
	rapid.Check(t, func(t *rapid.T) {
		const before = "what was there before\r\n"
		text := body(strings.Join(rapid.SliceOfN(pieces, 1, 30).Draw(t, "pieces"), "") + ".")
		quoted, letters := inQuotedPrintable(text), inBase64(text)
		require.Equal(t, letters, string(appendBase64(nil, text)))
		require.Equal(t, len(letters), base64Size(text))

		part, there := strings.CutPrefix(string(appendPart([]byte(before), "text/html", text)), before)
		require.True(t, there)
		fields, got, _ := strings.Cut(part, "\r\n\r\n")
		want, encoding := quoted, "quoted-printable"
		if len(letters) < len(quoted) {
			want, encoding = letters, "base64"
		}
		require.Equal(t, want, got)
		require.Equal(t, "Content-Transfer-Encoding: "+encoding+"\r\nContent-Type: text/html; charset=UTF-8", fields)
	})
}
