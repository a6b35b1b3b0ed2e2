package page

import (
	"errors"
	"html/template"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// links are addresses that html/template takes as they are, and such that it rewrites or refuses.
var links = []string{
	"https://rfc.example/rfc/rfc-0001", "https://rfc.example/rfc/area%2Fconsent%202+%C3%A9", "http://[::1]:8000/a?b=c&d=e;f#g~h_i!j$k*l,m@n", "https://",
	"https://x/%", "https://x/%2", "https://x/%zz", "https://x/%2G%2f", "https://x/'", `https://x/"`, "https://x/(a)", "https://x/<b>", "https://x/é", "https://x/\xff", "https://x/ a",
	"https://x/\x00", "https://x/\n", "https://x/`{|}^\\", "HTTPS://x/", "mailto:a@b", "javascript:alert(1)", "//evil.example/", "/rfc", "data:,x", ":", "x", "",
}

func drawPage(t *rapid.T) *page {
	text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	link := rapid.OneOf(rapid.SampledFrom(links[:4]), rapid.SampledFrom(links), rapid.Map(text, func(s string) string { return "https://x/" + s }), text)
	if rapid.Bool().Draw(t, "ordinary links") {
		link = rapid.SampledFrom(links[:4])
	}
	entries := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) entry {
		return entry{Text: text.Draw(t, "text"), LeftToRight: rapid.Bool().Draw(t, "left to right")}
	}), 0, 4)
	cards := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card {
		return card{Title: text.Draw(t, "title"), Link: link.Draw(t, "link"), Lines: entries.Draw(t, "lines"), More: text.Draw(t, "more lines")}
	}), 0, 4)
	return &page{
		Subject: text.Draw(t, "subject"), Preheader: text.Draw(t, "preheader"), Count: text.Draw(t, "count"), Cards: cards.Draw(t, "cards"),
		More: text.Draw(t, "more"), Extras: Extras{Unsubscribe: link.Draw(t, "unsubscribe"), Notice: text.Draw(t, "notice")},
	}
}

// checkProgram holds what fills p equal to html/template, to the byte, and to the limit.
func checkProgram(t require.TestingT, f *frame, p *page, limit int) {
	want, wantErr := f.execute(p, limit)
	got, err := fill(f, p, limit)
	require.Equal(t, wantErr == nil, err == nil)
	require.Equal(t, errors.Is(wantErr, errTooLong), errors.Is(err, errTooLong))
	require.Equal(t, want, got)
}

func TestTheProgramWritesWhatHTMLTemplateWould(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	for _, text := range hostile {
		for _, link := range append([]string{"https://x/" + text}, links...) {
			lines := []entry{{Text: text, LeftToRight: true}, {Text: text}, {}}
			p := &page{Subject: text, Preheader: text, Count: text, More: text, Cards: []card{{Title: text, Link: link, Lines: lines, More: text}, {}}}
			checkProgram(t, l.frames[Day], p, maxHTML)
			p.Unsubscribe = link
			checkProgram(t, l.frames[Week], p, maxHTML)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawPage(t)
		full, err := l.frames[Day].execute(p, 10*maxHTML)
		require.NoError(t, err)
		for _, limit := range []int{10 * maxHTML, len(full), len(full) - 1, rapid.IntRange(0, len(full)).Draw(t, "limit")} {
			checkProgram(t, l.frames[Day], p, limit)
		}
	})
}

func FuzzProgram(f *testing.F) {
	l := plainLayout(f)
	for i, text := range hostile {
		f.Add(text, links[i%len(links)], text, i%2 == 0, uint(maxHTML-1))
	}
	for _, link := range links {
		f.Add("Trust & Safety", link, "Ada Lovelace: vote cast", true, uint(8_000))
	}
	f.Fuzz(func(t *testing.T, title, link, line string, unread bool, limit uint) {
		cards := []card{{Title: title, Link: link, Lines: []entry{{line, unread}, {title, !unread}}, More: line}, {Title: line}}
		checkProgram(t, l.frames[Day], &page{Subject: line, Preheader: title, Count: line, Cards: cards, More: title, Extras: Extras{Unsubscribe: link, Notice: title}}, int(limit%maxHTML))
	})
}

// Ordinary digests must not be left to the template, which gives the same pages and takes its time.
func TestTheProgramTakesOrdinaryLinks(t *testing.T) {
	t.Parallel()
	for i, link := range links {
		assert.Equal(t, i < 4, isOrdinaryLink(link), link)
	}
	l := plainLayout(t)
	for _, slug := range append([]string{"rfc-0001", "a b/c?d#e%f", "一致性", "~_!$&'()*+,;=:@"}, hostile...) {
		if link := l.Link(slug); link != "" {
			assert.True(t, isOrdinaryLink(link), link)
		}
	}
}

// What a program cannot do, or what html/template would escape in another way, is no program.
func TestCompileRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`{{.}}`, `{{.Cards}}`, `{{.Nothing}}`, `{{.Cards.Nothing}}`, `{{$x := .Count}}`, `{{with $x := .Count}}{{$x}}{{end}}`, `{{"constant"}}`, `{{len .Cards}}`, `{{.Count | printf "%s"}}`,
		`{{printf "%s" .Count}}`, `{{if .Cards}}x{{end}}`, `{{if eq .Count "x"}}x{{end}}`, `{{with .Cards}}x{{end}}`, `{{range .Count}}x{{end}}`, `{{range .Cards}}x{{else}}y{{end}}`,
		`{{range .Cards}}{{.Count}}{{end}}`, `{{range .Cards}}{{.Lines}}{{end}}`, `{{range .Cards}}{{range .Lines}}{{.LeftToRight}}{{end}}{{end}}`, `{{range .Cards}}{{$.Count}}{{end}}`,
		`{{range .Cards}}{{break}}{{end}}`, `{{range $i, $c := .Cards}}x{{end}}`, `{{range .Cards}}{{range .Lines}}{{with .LeftToRight}}x{{end}}{{end}}{{end}}`, `{{with .Count}}{{.Title}}{{end}}`,
		`{{if .Count}}{{else}}{{len .Cards}}{{end}}`, `{{with .Count}}{{else}}{{.}}{{end}}`, `{{define "x"}}x{{end}}{{template "x"}}`,
		`<p title="{{.Count}}">`, `<p title={{.Count}}>`, `<a href="x?{{.Count}}">`, `<a href="/{{.Count}}">`, `<a href={{.Count}}>`, `<script>{{.Count}}</script>`, `<style>{{.Count}}</style>`,
		`<p style="{{.Count}}">`, `<p onclick="{{.Count}}">`, `<p {{.Count}}>`, `<img srcset="{{.Count}}">`, `<!--{{.Count}}-->{{.Nothing}}`,
	} {
		tmpl := template.Must(template.New("frame").Parse(source))
		_ = tmpl.Execute(&bounded{limit: maxHTML}, &page{}) // what matters is only that it was judged
		_, err := compile(tmpl)
		assert.ErrorContains(t, err, "no part of a program does", source)
	}
}

// A program that does not do what its template does is found out before anybody gets a mail of it.
func TestAFrameTriesItsProgram(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	f := *l.frames[Day]
	require.NoError(t, f.try())
	f.program = f.program[1:]
	assert.ErrorContains(t, f.try(), "disagree")
	f.program = append(program{link{func(place) string { return "x" }}}, l.frames[Day].program...)
	assert.ErrorContains(t, f.try(), "disagree")
}

// Another release of Go may take away what compile reads. The mails stay the same.
func TestMailsAreTheSameWithoutAProgram(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	require.NoError(t, l.SlowHTML())
	fails := func(*template.Template) (program, error) { return nil, errors.New("unknown escaper") }
	lies := func(*template.Template) (program, error) { return program{static("hello")}, nil }
	for why, made := range map[string]func(*template.Template) (program, error){"unknown escaper": fails, "html/template and the program made of it disagree": lies} {
		slow, daily := *l, *l.frames[Day]
		daily.speedUp(made)
		slow.frames[Day] = &daily
		assert.EqualError(t, slow.SlowHTML(), why)
		d := sampleDigest(l, Day)
		_, want := l.HTML(d, Extras{Notice: "Hello"})
		_, got := slow.HTML(d, Extras{Notice: "Hello"})
		assert.Equal(t, want, got)
		rapid.Check(t, func(t *rapid.T) {
			p := drawPage(t)
			limit := rapid.SampledFrom([]int{0, 10_000, maxHTML}).Draw(t, "limit")
			want, wantErr := fill(l.frames[Day], p, limit)
			got, err := fill(&daily, p, limit)
			require.Equal(t, wantErr == nil, err == nil)
			require.Equal(t, want, got)
		})
	}
}
