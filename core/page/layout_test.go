package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

func plainLayout(t testing.TB) *Layout {
	t.Helper()
	l, err := New("", "https://rfc.example")
	require.NoError(t, err)
	return l
}

// section returns a group as core makes one, with lines that end with the remark.
func section(l *Layout, slug, title string, lines ...string) Group {
	g := Group{Slug: slug, Title: title, Link: l.Link(slug)}
	for _, line := range lines {
		g.Lines = append(g.Lines, line+Unread)
	}
	return g
}

// sampleDigest has ten lines, and one of everything.
func sampleDigest(l *Layout, span Span) Digest {
	return Digest{
		Span: span, Events: 19, RFCs: 9, More: 4,
		Groups: []Group{
			section(l, "rfc-0001", "Trust & Safety", "3 pr opened events", "Ada Lovelace: vote cast", "Grace Hopper pushed to feat/x"),
			section(l, "area/consent 2+é", "Layered Consent", "2 pr commented events", "Barbara Liskov merged PR #41"),
			section(l, "rfc-0003", "الموافقة متعددة الطبقات", "ليلى opened PR #12", "Someone created branch <main>"),
			{Slug: strings.Repeat("x", maxSlug+1), Title: "Too Long to Link", Lines: []string{"Someone: vote cast" + Unread}, More: 7},
			section(l, "rfc-0004", `"Quoted" & 'quoted'`, "Someone proposed this RFC"),
			section(l, "", "(no RFC)", "Someone: two words"),
		},
	}
}

func parseHTML(t require.TestingT, text string) *html.Node {
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	return root
}

// all returns the elements below n of one name, and of one class unless class is empty.
func all(n *html.Node, name, class string) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name && (class == "" || attribute(d, "class") == class) {
			found = append(found, d)
		}
	}
	return found
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// words returns the text below the given nodes, white space collapsed.
func words(nodes ...*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
		b.WriteString(" ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestHTMLStructure(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	for span, heading := range map[Span]string{Day: "Your daily digest", Week: "Your weekly digest", Other: "Your digest"} {
		d := sampleDigest(l, span)
		_, text := l.HTML(d, Extras{})
		assert.Less(t, len(text), 12_000)
		root := parseHTML(t, text)

		assert.True(t, strings.HasPrefix(text, "<!DOCTYPE html>"))
		assert.True(t, strings.HasSuffix(text, "</html>\n"))
		assert.Equal(t, "en", attribute(all(root, "html", "")[0], "lang"))
		assert.Equal(t, "en", attribute(all(root, "div", "")[1], "lang"), "web mail drops the html element")
		assert.Equal(t, "utf-8", attribute(all(root, "meta", "")[0], "charset"))
		assert.Contains(t, text, `<meta name="viewport" content="width=device-width, initial-scale=1"/>`)
		assert.Contains(t, text, `<meta name="color-scheme" content="light dark"/>`)
		assert.Equal(t, l.Subject(d), words(all(root, "title", "")...))

		preheader := all(root, "div", "preheader")
		assert.Equal(t, d.preheader(), words(preheader...))
		assert.Contains(t, attribute(preheader[0], "style"), "display:none")

		assert.Equal(t, heading, words(all(root, "h1", "")...))
		assert.Equal(t, "19 events across 9 RFCs", words(all(root, "p", "count")...))
		assert.Equal(t, d.opening()+" All still unread in your inbox.", words(all(root, "p", "opening")...))
		assert.Equal(t, "Wiggleverse", words(all(root, "p", "brand")...))
		assert.Equal(t, "… and 4 more RFCs", words(all(root, "p", "more")...))
		assert.Len(t, all(root, "table", "card"), 6)
		assert.Len(t, all(root, "li", ""), 11)
		for _, n := range all(root, "h2", "") {
			assert.Equal(t, "auto", attribute(n, "dir"))
		}
		for _, n := range all(root, "li", "")[:7] {
			assert.Equal(t, "ltr", attribute(n, "dir"), "a sentence in English, though about %s", words(n))
		}
		assert.Equal(t, "Open your inbox", words(all(root, "table", "button")...))
		assert.Equal(t, "Manage digest preferences", words(all(root, "p", "footer")...))
		for _, name := range []string{"img", "script", "link", "form", "iframe"} {
			assert.Empty(t, all(root, name, ""), name)
		}
	}
}

func TestHTMLLinks(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	_, text := l.HTML(sampleDigest(l, Day), Extras{})
	var hrefs []string
	for _, a := range all(parseHTML(t, text), "a", "") {
		hrefs = append(hrefs, attribute(a, "href"))
	}
	assert.Equal(t, []string{
		"https://rfc.example/rfc/rfc-0001",
		"https://rfc.example/rfc/area%2Fconsent%202+%C3%A9",
		"https://rfc.example/rfc/rfc-0003",
		"https://rfc.example/rfc/rfc-0004",
		"https://rfc.example/inbox",
		"https://rfc.example/settings/notifications",
	}, hrefs)
}

// Styles must be in the elements, for mail programs that know no style sheet, and what goes by the
// reader's window and colours must still be in one, and win.
func TestHTMLStyles(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	_, text := l.HTML(sampleDigest(l, Day), Extras{})
	root := parseHTML(t, text)
	sheet := words(all(root, "style", "")...)
	assert.Contains(t, sheet, "@media (prefers-color-scheme: dark){")
	assert.Contains(t, sheet, "@media (max-width: 480px){")
	assert.Equal(t, strings.Count(sheet, ": "), strings.Count(sheet, "!important")+strings.Count(sheet, "@media"))
	for _, name := range []string{"body", "td", "h1", "h2", "ul", "li", "p", "a", "span"} {
		for _, n := range all(root, name, "") {
			assert.NotEmpty(t, attribute(n, "style"), name)
		}
	}
	assert.Equal(t, "600", attribute(all(root, "table", "column")[0], "width"))
}

// The HTML says what the text says, in the same order; but that all is unread it says once.
func TestHTMLSaysWhatTheTextSays(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	d := sampleDigest(l, Week)
	_, page := l.HTML(d, Extras{})
	root := parseHTML(t, page)
	text := words(all(root, "p", "opening")...) + "\n\n"
	for _, card := range all(root, "table", "card") {
		text += "\n" + words(all(card, "h2", "")...) + "\n"
		for _, a := range all(card, "a", "") {
			text += " " + attribute(a, "href") + "\n"
		}
		for _, li := range all(card, "li", "") {
			line := words(li)
			if !strings.HasPrefix(line, "…") {
				line += Unread
			}
			text += " · " + line + "\n"
		}
	}
	text += "\n " + words(all(root, "p", "more")...) + "\n\n"
	for _, at := range [][2]string{{"table", "button"}, {"p", "footer"}} {
		a := all(all(root, at[0], at[1])[0], "a", "")[0]
		text += words(a) + ": " + attribute(a, "href") + "\n"
	}
	assert.Equal(t, l.Text(d), strings.Replace(text, unreadAll, "", 1))
}

// shape returns the tree with texts and addresses left out.
func shape(root *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) == "":
			return
		case n.Type == html.TextNode && n.Parent.Data != "style":
			fmt.Fprintf(&b, "%*stext\n", depth, "")
			return
		}
		fmt.Fprintf(&b, "%*s%d %s", depth, "", n.Type, n.Data)
		for _, a := range n.Attr {
			switch {
			case a.Key == "href":
				a.Val, _, _ = strings.Cut(a.Val, ":")
			case n.Data == "li" && a.Key == "dir" && a.Val == "ltr":
				a.Val = "auto" // as the text has it
			}
			fmt.Fprintf(&b, " %s=%q", a.Key, a.Val)
		}
		b.WriteString("\n")
		for c := range n.ChildNodes() {
			walk(c, depth+1)
		}
	}
	walk(root, 0)
	return b.String()
}

func TestALineReadsAsItsLastLetterDoes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"Ada Lovelace opened PR #12": true, "محمد الخوارزمي opened PR #12": true, "李雷": true, "": false, "12": false, "تمت الموافقة على الطلب 12.": false,
		"שלום עולם": false, "Ada: שלום": false, "🎉 done 🎉": true,
	} {
		assert.Equal(t, want, endsLeftToRight(line), line)
	}
}
