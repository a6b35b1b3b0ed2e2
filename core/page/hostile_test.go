package page

import (
	"cmp"
	"net/url"
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
	`[[.Name]]`, `{{.}}`, `{{`, `}}`, `⟦.Subject⟧`, `⟦end⟧`, gapOpen + ".Subject" + gapClose, gapOpen, `{{template "x"}}`, `%s%!d`,
	`&lt;b&gt;`, `&amp;`, `&#x3c;b>`, `&`, `<`, `>`, `"`, `'`, `\u003cb>`, "a\x00b", `=`, `</`, `<a href=x>`, `]]>`, `<?php ?>`,
}

// hostileDigest says the same wherever a digest says anything.
func hostileDigest(l *Layout, said string) Digest {
	title := cmp.Or(texts.Clean(said), "x")
	linked := section(l, "x"+said, title, title, "Ada: "+title)
	if linked.Link == "" { // too long for one
		linked.Link = l.Link("x")
	}
	linked.More = 1
	return Digest{Events: 3, RFCs: 3, More: 1, Groups: []Group{linked, {Title: title, Lines: []string{title}}}}
}

func checkHostile(t require.TestingT, l *Layout, want, text string) {
	d := hostileDigest(l, text)
	_, page := l.HTML(d, Extras{})
	root := parseHTML(t, page)
	require.Equal(t, want, shape(root), "%q", text)
	title := strings.Join(strings.Fields(d.Groups[1].Title), " ")
	require.Equal(t, title, words(all(root, "h2", "")[1]), "%q", text)
	require.Equal(t, title, words(all(root, "li", "")[3]), "%q", text)
	href := attribute(all(root, "h2", "")[0].FirstChild, "href")
	require.Equal(t, d.Groups[0].Link, href, "%q", text)
}

func TestHTMLHostileText(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	_, page := l.HTML(hostileDigest(l, "harmless"), Extras{})
	want := shape(parseHTML(t, page))
	for _, text := range hostile {
		checkHostile(t, l, want, text)
	}
}

func TestHTMLHostileTextAtRandom(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	_, page := l.HTML(hostileDigest(l, "harmless"), Extras{})
	want := shape(parseHTML(t, page))
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()), 1, 4).Draw(t, "parts")
		checkHostile(t, l, want, strings.Join(parts, ""))
	})
}

// What the installation sets reaches hermes, and must be no more than text to it.
func TestHTMLHostileBrand(t *testing.T) {
	t.Parallel()
	harmless := plainLayout(t)
	_, page := harmless.HTML(sampleDigest(harmless, Day), Extras{})
	want := shape(parseHTML(t, page))
	for _, brand := range hostile {
		name := texts.Clean(brand)
		if name == "" {
			continue
		}
		l, err := New(brand, "https://rfc.example/"+url.PathEscape(brand))
		require.NoError(t, err, "%q", brand)
		d := sampleDigest(l, Day)
		_, page := l.HTML(d, Extras{})
		root := parseHTML(t, page)
		require.Equal(t, want, shape(root), "%q", brand)
		require.Equal(t, name, words(all(root, "p", "brand")...))
		require.Equal(t, l.Subject(d), words(all(root, "title", "")...))
		require.Equal(t, l.InboxURL(), attribute(all(all(root, "table", "button")[0], "a", "")[0], "href"))
	}
	for _, path := range []string{"[[.Subject]]", "⟦.Subject⟧", "{{.}}", `"><b>`, "'&amp;", "%2F"} {
		l, err := New("", "http://[::1]:8000/"+path)
		require.NoError(t, err, path)
		_, page := l.HTML(sampleDigest(l, Day), Extras{})
		require.Equal(t, strings.ReplaceAll(want, `"https"`, `"http"`), shape(parseHTML(t, page)), path)
	}
}
