package core

import (
	"cmp"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// hostile are texts that would be something else than text, in one place or another.
var hostile = []string{
	`<script>alert(1)</script>`, `</title><script>alert(1)</script>`, `</style><img src=x onerror=alert(1)>`,
	`--><img src=x onerror=alert(1)>`, `<!--`, `<![endif]-->`, `" onmouseover="x`, `' onmouseover='x`, "` onmouseover=`x",
	`javascript:alert(1)`, `data:text/html,<b>`, `//evil.example/`, `</a></h2></td></tr></table><h1>Hello`, `<table><tr><td>`,
	`[[.Name]]`, `{{.}}`, `{{`, `}}`, `⟦.Subject⟧`, `⟦end⟧`, gapOpen + ".Subject" + gapClose, gapOpen, `{{template "x"}}`, `%s%!d`,
	`&lt;b&gt;`, `&amp;`, `&#x3c;b>`, `&`, `<`, `>`, `"`, `'`, `\u003cb>`, "a\x00b", `=`, `</`, `<a href=x>`, `]]>`, `<?php ?>`,
}

// hostileDigest says text wherever a digest says anything.
func hostileDigest(s *Style, text string) Digest {
	title := cmp.Or(Clean(text), "x")
	linked := section(s, "x"+text, title, title, "Ada: "+title)
	if linked.Link == "" { // too long for one
		linked.Link = s.link("x")
	}
	linked.More = 1
	return Digest{Cadence: Daily, Events: 3, RFCs: 3, More: 1, Groups: []Group{linked, {Title: title, Lines: []string{title}}}}
}

func checkHostile(t require.TestingT, s *Style, want, text string) {
	d := hostileDigest(s, text)
	_, page := s.fit(d, extras{})
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
	s := plainStyle(t)
	_, page := s.fit(hostileDigest(s, "harmless"), extras{})
	want := shape(parseHTML(t, page))
	for _, text := range hostile {
		checkHostile(t, s, want, text)
	}
}

func TestHTMLHostileTextAtRandom(t *testing.T) {
	t.Parallel()
	s := plainStyle(t)
	_, page := s.fit(hostileDigest(s, "harmless"), extras{})
	want := shape(parseHTML(t, page))
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()), 1, 4).Draw(t, "parts")
		checkHostile(t, s, want, strings.Join(parts, ""))
	})
}

// What the installation sets reaches hermes, and must be no more than text to it.
func TestHTMLHostileBrand(t *testing.T) {
	t.Parallel()
	harmless := plainStyle(t)
	_, page := harmless.fit(sampleDigest(harmless, Daily), extras{})
	want := shape(parseHTML(t, page))
	for _, text := range hostile {
		name := Clean(text)
		if name == "" {
			continue
		}
		s, err := NewStyle(Brand{Name: text, AppURL: "https://rfc.example/" + url.PathEscape(text), Domain: "rfc.example"})
		require.NoError(t, err, "%q", text)
		d := sampleDigest(s, Daily)
		_, page := s.fit(d, extras{})
		root := parseHTML(t, page)
		require.Equal(t, want, shape(root), "%q", text)
		require.Equal(t, name, words(all(root, "p", "brand")...))
		require.Equal(t, s.Subject(d), words(all(root, "title", "")...))
		require.Equal(t, s.InboxURL(), attribute(all(all(root, "table", "button")[0], "a", "")[0], "href"))
	}
	for _, path := range []string{"[[.Subject]]", "⟦.Subject⟧", "{{.}}", `"><b>`, "'&amp;", "%2F"} {
		s, err := NewStyle(Brand{AppURL: "http://[::1]:8000/" + path, Domain: "rfc.example"})
		require.NoError(t, err, path)
		_, page := s.fit(sampleDigest(s, Daily), extras{})
		require.Equal(t, strings.ReplaceAll(want, `"https"`, `"http"`), shape(parseHTML(t, page)), path)
	}
}
