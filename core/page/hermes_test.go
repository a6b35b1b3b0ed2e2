package page

import (
	"html/template"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// filled is the theme with a digest's content in its gaps, for hermes to dress the slow way.
type filled struct {
	theme
	source string
}

func (f filled) HTMLTemplate() string { return f.source }

// slowly returns the HTML of d with hermes working on the content itself. Braces in the content
// must not be actions to hermes, so they take a detour.
func slowly(t require.TestingT, l *Layout, d Digest) string {
	const brace = "\x04"
	gaps, err := template.New("").Delims(gapOpen, gapClose).Parse(theme{}.HTMLTemplate())
	require.NoError(t, err)
	p := l.page(d, Extras{})
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
	page, err := dress(filled{source: strings.ReplaceAll(source.String(), brace, `{{"{"}}`)}, l, d.Span)
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
	l := plainLayout(t)
	for span := range spans {
		braced := sampleDigest(l, span)
		braced.Groups[0].Title = `{{.Hermes}} <!-- "x" --> [[.Name]]`
		for _, d := range []Digest{sampleDigest(l, span), braced, {Span: span}, {Span: span, Groups: many(l, 15, 3)}} {
			fitted, page := l.HTML(d, Extras{})
			require.Equal(t, d, fitted)
			require.Equal(t, normal(t, slowly(t, l, d)), normal(t, page))
		}
	}
}

func TestHTMLIsWhatHermesWouldMakeOfAnything(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	some := rapid.Map(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.SampledFrom([]string{"a", "b", "Trust & Safety"})), texts.Clean)
	rapid.Check(t, func(t *rapid.T) {
		d := Digest{Span: Span(rapid.IntRange(0, int(spans)-1).Draw(t, "span")), More: rapid.IntRange(0, 2).Draw(t, "more")}
		for range rapid.IntRange(0, 12).Draw(t, "groups") {
			g := section(l, some.Draw(t, "slug"), some.Draw(t, "title"), rapid.SliceOfN(some, 0, 4).Draw(t, "lines")...)
			g.More = rapid.IntRange(0, 2).Draw(t, "more lines")
			d.Groups, d.Events, d.RFCs = append(d.Groups, g), d.Events+len(g.Lines), d.RFCs+1
		}
		fitted, page := l.HTML(d, Extras{})
		require.Equal(t, d, fitted)
		require.Equal(t, normal(t, slowly(t, l, d)), normal(t, page))
	})
}

func TestHTMLUnsubscribe(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	p := l.page(sampleDigest(l, Day), Extras{})
	p.Unsubscribe = "https://digest.example/unsubscribe/a.b-c_d"
	page, err := fill(l.frames[Day], p, maxHTML)
	require.NoError(t, err)
	footer := all(parseHTML(t, page), "p", "footer")
	assert.Equal(t, "Manage digest preferences · Unsubscribe", words(footer...))
	assert.Equal(t, p.Unsubscribe, attribute(all(footer[0], "a", "")[1], "href"))
}

func TestHTMLFromManyGoroutines(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	_, daily := l.HTML(sampleDigest(l, Day), Extras{})
	_, weekly := l.HTML(sampleDigest(l, Week), Extras{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				_, page := l.HTML(sampleDigest(l, Day), Extras{})
				assert.Equal(t, daily, page)
				_, page = l.HTML(sampleDigest(l, Week), Extras{})
				assert.Equal(t, weekly, page)
			}
		})
	}
	all.Wait()
	again := plainLayout(t)
	_, page := again.HTML(sampleDigest(again, Day), Extras{})
	assert.Equal(t, daily, page)
}
