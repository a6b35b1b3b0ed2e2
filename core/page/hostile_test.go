package page

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// hostile are texts that would be something else than text, in one place or another.
var hostile = []string{
	`<script>alert(1)</script>`, `</title><script>alert(1)</script>`, `</style><img src=x onerror=alert(1)>`,
	`--><img src=x onerror=alert(1)>`, `<!--`, `<![endif]-->`, `" onmouseover="x`, `' onmouseover='x`, "` onmouseover=`x",
	`javascript:alert(1)`, `data:text/html,<b>`, `//evil.example/`, `</a></h2></td></tr></table><h1>Hello`, `<table><tr><td>`,
	`[[.Name]]`, `{{.}}`, `{{`, `}}`, slotMark + "SUBJECT" + slotMark, slotMark, `{{template "x"}}`, `%s%!d`,
	`&lt;b&gt;`, `&amp;`, `&#x3c;b>`, `&`, `<`, `>`, `"`, `'`, `\u003cb>`, "a\x00b", `=`, `</`, `<a href=x>`, `]]>`, `<?php ?>`,
}

// hostileLetter says the same wherever a letter says anything.
func hostileLetter(said string) Letter {
	link := Link{Label: said, URL: "https://h.example/" + said}
	line := Line{{Text: said, Foreign: true, Sentence: true}, {Text: said, URL: link.URL, Foreign: true}}
	section := Section{Title: said, Open: link, Mute: link, Lines: []Line{line}, More: said}
	return Letter{
		Language: "en", Subject: said, Preheader: said, Notice: said, Heading: said, Intro: []string{said},
		Needs: Needs{said, []Ask{{line, said, link}}, said}, Cards: []Section{section}, Rest: []Line{line}, Notes: []string{said},
		Inbox: link, Why: said, Footer: []Link{link},
	}
}

func checkHostile(t require.TestingT, y *Layout, want, text string) {
	said := cmp.Or(texts.Clean(text), "x")
	l := hostileLetter(said)
	root := parseHTML(t, y.HTML(&l))
	require.Equal(t, want, shape(root), "%q", text)
	title := strings.Join(strings.Fields(said), " ")
	require.Equal(t, title, words(all(root, "h2", "")[1]), "%q", text)
	require.Equal(t, title, words(all(root, "title", "")...), "%q", text)
	for _, a := range all(root, "a", "") {
		require.Equal(t, "https://h.example/"+said, attribute(a, "href"), "%q", text)
	}
}

func TestHTMLHostileText(t *testing.T) {
	t.Parallel()
	y := plainLayout(t)
	harmless := hostileLetter("harmless")
	want := shape(parseHTML(t, y.HTML(&harmless)))
	for _, text := range hostile {
		checkHostile(t, y, want, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()), 1, 4).Draw(t, "parts")
		checkHostile(t, y, want, strings.Join(parts, ""))
	})
}

// What the installation sets reaches hermes, and must be no more than text to it.
func TestHTMLHostileBrand(t *testing.T) {
	t.Parallel()
	harmless := hostileLetter("harmless")
	want := shape(parseHTML(t, plainLayout(t).HTML(&harmless)))
	for _, brand := range hostile {
		name := texts.Clean(brand)
		if name == "" {
			continue
		}
		y, err := New(brand)
		require.NoError(t, err, "%q", brand)
		root := parseHTML(t, y.HTML(&harmless))
		require.Equal(t, want, shape(root), "%q", brand)
		require.Equal(t, strings.Join(strings.Fields(name), " "), words(all(root, "p", "brand")...))
	}
}
