package letter

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/cldr"
)

func TestEveryLanguageHasACatalog(t *testing.T) {
	t.Parallel()
	files, err := catalogs.ReadDir("catalogs")
	require.NoError(t, err)
	assert.Len(t, files, len(cldr.Languages()))
	english, err := KnownCatalog(cldr.Find("en"))
	require.NoError(t, err)
	for _, language := range cldr.Languages() {
		c, err := KnownCatalog(language)
		require.NoError(t, err, language.Tag)
		assert.Equal(t, english.Len(), c.Len())
		same := 0
		for name, forms := range c.text {
			if forms[other] != "" && forms[other] == english.text[name][other] {
				same++
			}
		}
		if language.Tag != "en" {
			assert.Less(t, same, 12, "%s: more than a few sentences are English", language.Tag)
		}
	}
}

func TestReadCatalog(t *testing.T) {
	t.Parallel()
	file, err := catalogs.ReadFile("catalogs/pl.json")
	require.NoError(t, err)
	for _, c := range []struct{ name, old, new, wrong string }{
		{"nothing", "", "", ""},
		{"no JSON", "{", "", "no JSON object"},
		{"a message too many", `"mute"`, `"mute_all": "x", "mute"`, "mute_all: no such message"},
		{"a message is missing", `"mute"`, `"muted"`, "mute: missing"},
		{"a form is missing", `"few"`, `"some"`, "subject_needs: no sentence for few; want one for each of: one, few, many"},
		{"a form too many", `"few"`, `"two": "x", "few"`, "subject_needs: want a sentence for each of: one, few, many, and no other"},
		{"no forms", `"subject_needs": {`, `"subject_needs": "x", "was": {`, "subject_needs: want an object with a string for each of: one, few, many"},
		{"forms of what counts nothing", `"someone": "Ktoś"`, `"someone": {"one": "Ktoś"}`, "someone: want one string"},
		{"an unknown gap", "{n} aktualizacji", "{m} aktualizacji", "no such gap as {m}"},
		{"an open gap", "PR #{n}", "PR #{n", "pr: no such gap as {n}"},
		{"a gap is missing", "PR #{n}", "PR", `pr: {n} is missing in "PR"`},
		{"an empty sentence", `"Ktoś"`, `" "`, "someone: empty"},
		{"a mark of byte order", "{", "\uFEFF{", ""},
		{"an override", `"Ktoś"`, `"\u202EKtoś"`, "someone: want one line, without characters that control directions"},
		{"a long sentence", `"Ktoś"`, `"` + strings.Repeat("o", 201) + `"`, "someone: 201 characters are more than the 200"},
		{"two lines", `"Ktoś"`, `"Kto\nś"`, "someone: want one line"},
	} {
		text := strings.Replace(string(file), c.old, c.new, 1)
		if c.name != "nothing" {
			require.NotEqual(t, string(file), text, c.name)
		}
		_, err := ReadCatalog(cldr.Find("pl"), []byte(text))
		if c.wrong == "" {
			assert.NoError(t, err, c.name)
		} else {
			assert.ErrorContains(t, err, c.wrong, c.name)
		}
	}
}

func TestTheLanguageOfALetter(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(Manner{AppURL: "https://rfc.example", MaxRFCs: 50, Language: "it"})
	require.NoError(t, err)
	for preferred, want := range map[string]string{
		"": "it", "de": "de", "de-AT": "de", "DE_at": "de", "pt": "pt-BR", "pt-PT": "pt-BR", "zh": "zh-Hans", "zh-CN": "zh-Hans", "eo": "it", "sw": "it", "be": "it", "nb": "it", "x": "it", "\u202e": "it", "en-GB": "en", "iw": "he", "de_DE.UTF-8": "de", " de ": "de",
	} {
		assert.Equal(t, want, w.Language(preferred), preferred)
	}
	assert.Equal(t, "de", w.in("de").Tag)
	assert.Equal(t, "it", w.in("tlh").Tag)
}
