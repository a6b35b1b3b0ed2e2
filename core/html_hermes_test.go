package core

import (
	"html/template"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// filled is the theme with a digest's content in its gaps, for hermes to dress the slow way.
type filled struct {
	theme
	source string
}

func (f filled) HTMLTemplate() string { return f.source }

// slowly returns the HTML of d with hermes working on the content itself. Braces in the content
// must not be actions to hermes, so they take a detour.
func slowly(t require.TestingT, s *Style, d Digest) string {
	const brace = "\x04"
	gaps, err := template.New("").Delims(gapOpen, gapClose).Parse(theme{}.HTMLTemplate())
	require.NoError(t, err)
	p := s.page(d, extras{})
	detour := func(text *string) { *text = strings.ReplaceAll(*text, "{", brace) }
	for i := range p.Cards {
		detour(&p.Cards[i].Title)
		for j := range p.Cards[i].Lines {
			detour(&p.Cards[i].Lines[j].Text)
		}
	}
	detour(&p.Preheader)
	var source strings.Builder
	require.NoError(t, gaps.Execute(&source, p))
	page, err := dress(filled{source: strings.ReplaceAll(source.String(), brace, `{{"{"}}`)}, s, d.Cadence)
	require.NoError(t, err)
	return page
}

// normal returns a page as the tree that a mail program makes of it, white space collapsed.
func normal(t require.TestingT, page string) string {
	root := parseHTML(t, page)
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			n.Data = strings.Join(strings.Fields(" "+n.Data+" "), " ")
		}
	}
	var b strings.Builder
	require.NoError(t, html.Render(&b, root))
	return b.String()
}

// Filling the frame gives what hermes would give if it had the content.
func TestHTMLIsWhatHermesWouldMake(t *testing.T) {
	t.Parallel()
	s := plainStyle(t)
	for _, c := range []Cadence{Daily, Weekly} {
		braced := sampleDigest(s, c)
		braced.Groups[0].Title = `{{.Hermes}} <!-- "x" --> [[.Name]]`
		for _, d := range []Digest{sampleDigest(s, c), braced, {Cadence: c}, {Cadence: c, Groups: many(s, 15, 3)}} {
			fitted, page := s.fit(d, extras{})
			require.Equal(t, d, fitted)
			require.Equal(t, normal(t, slowly(t, s, d)), normal(t, page))
		}
	}
}

func TestHTMLIsWhatHermesWouldMakeOfAnything(t *testing.T) {
	t.Parallel()
	s := plainStyle(t)
	text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.SampledFrom([]string{"a", "b", "Trust & Safety"}))
	rapid.Check(t, func(t *rapid.T) {
		ns := drawNotifications(t, 12, 1)
		included := make([]judged, len(ns))
		for i := range ns {
			ns[i].Slug, ns[i].Title, ns[i].Actor, ns[i].Branch = text.Draw(t, "slug"), text.Draw(t, "title"), text.Draw(t, "actor"), text.Draw(t, "branch")
			included[i] = judged{&ns[i], payload{summary: text.Draw(t, "summary")}}
		}
		d := group(included, rapid.SampledFrom([]Cadence{Daily, Weekly}).Draw(t, "cadence"), s)
		fitted, page := s.fit(d, extras{})
		require.Equal(t, d, fitted)
		require.Equal(t, normal(t, slowly(t, s, d)), normal(t, page))
	})
}

func TestHTMLUnsubscribe(t *testing.T) {
	t.Parallel()
	s := plainStyle(t)
	p := s.page(sampleDigest(s, Daily), extras{})
	p.Unsubscribe = "https://digest.example/unsubscribe/a.b-c_d"
	page, err := fill(s.html.daily, p, maxHTML)
	require.NoError(t, err)
	footer := all(parseHTML(t, page), "p", "footer")
	assert.Equal(t, "Manage digest preferences · Unsubscribe", words(footer...))
	assert.Equal(t, p.Unsubscribe, attribute(all(footer[0], "a", "")[1], "href"))
}

func TestHTMLFromManyGoroutines(t *testing.T) {
	t.Parallel()
	s := plainStyle(t)
	_, daily := s.fit(sampleDigest(s, Daily), extras{})
	_, weekly := s.fit(sampleDigest(s, Weekly), extras{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				_, page := s.fit(sampleDigest(s, Daily), extras{})
				assert.Equal(t, daily, page)
				_, page = s.fit(sampleDigest(s, Weekly), extras{})
				assert.Equal(t, weekly, page)
			}
		})
	}
	all.Wait()
	again := plainStyle(t)
	_, page := again.fit(sampleDigest(again, Daily), extras{})
	assert.Equal(t, daily, page)
}
