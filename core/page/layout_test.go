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
	y, err := New("")
	require.NoError(t, err)
	return y
}

// foreign is a line that the app has written.
func foreign(text string) Line { return Line{{Text: text, Foreign: true, Sentence: true}} }

// sampleLetter has ten lines, and one of everything.
func sampleLetter() Letter {
	at := func(path string) string { return "https://rfc.example/" + path }
	open := func(slug string) Link { return Link{"Open this RFC", at("rfc/" + slug)} }
	mute := func(slug string) Link { return Link{"Mute this RFC", "https://digest.example/mute/" + slug} }
	return Letter{
		Language: "en", Subject: "2 need you: Trust & Safety (Sat 28 Nov)", Preheader: "Ada asks you, Federation", Heading: "Your daily digest",
		Intro: []string{"Fri 27 Nov, 20:00 to Sat 28 Nov, 20:00 · 19 updates in 4 RFCs", "All of it is still unread in your inbox."},
		Needs: Needs{"2 need you", []Ask{
			{foreign("Ada Lovelace requested changes on your PR #44"), "Trust & Safety", Link{"PR #44", at("rfc/1/pr/44")}},
			{Line{{Text: "ליאורה", Foreign: true}, {Text: " mentioned you"}}, "Federation", Link{"Open this RFC", at("rfc/2")}},
		}, "… and 1 more"},
		Cards: []Section{
			{"Trust & Safety", open("1"), mute("1"), []Line{
				{{Text: "3 PRs opened: "}, {Text: "#12", URL: at("rfc/1/pr/12")}, {Text: ", "}, {Text: "#13", URL: at("rfc/1/pr/13")}},
				{{Text: "9 pushes to "}, {Text: "main", URL: at("rfc/1/branch/main"), Foreign: true}, {Text: " by "}, {Text: "Ada", Foreign: true}},
				foreign("<b>bold</b> & 'quoted'"),
			}, "… and 4 more"},
			{"الموافقة متعددة الطبقات", open("3"), mute("3"), []Line{{{Text: "ليلى", Foreign: true}, {Text: " opened PR #12"}}, foreign("ליאורה פתחה בקשה")}, ""},
			{"Other activity", Link{}, Link{}, []Line{{{Text: "Someone: two words"}}}, ""},
		},
		Rest:   []Line{{{Text: "Layered Consent", Foreign: true}, {Text: " · "}, {Text: "3 updates", URL: at("rfc/4")}}},
		Notes:  []string{"… and 5 more RFCs", "84 older updates are in your inbox."},
		Inbox:  Link{"Open your inbox", at("inbox")},
		Why:    "You get this mail because you chose a daily digest.",
		Footer: []Link{{"Digest settings in the app", at("settings")}, {"When digests come", ""}, {"Unsubscribe", "https://digest.example/unsubscribe/a.b-c_d"}},
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
	l := sampleLetter()
	root := parseHTML(t, plainLayout(t).HTML(&l))
	require.Len(t, all(root, "html", ""), 1)
	assert.Equal(t, "en", attribute(all(root, "html", "")[0], "lang"))
	assert.Equal(t, "ltr", attribute(all(root, "html", "")[0], "dir"))
	assert.Equal(t, l.Subject, words(all(root, "title", "")...))
	assert.Equal(t, l.Preheader, words(all(root, "div", "preheader")...))
	assert.Equal(t, "Wiggleverse", words(all(root, "p", "brand")...))
	assert.Equal(t, l.Heading, words(all(root, "h1", "")...))
	assert.Empty(t, all(root, "p", "notice"))
	assert.Len(t, all(root, "table", "needs"), 1)
	assert.Len(t, all(root, "table", "card"), 3)
	cards := all(root, "table", "card")
	assert.Equal(t, "Trust & Safety 3 PRs opened: #12, #13 9 pushes to main by Ada <b>bold</b> & 'quoted' … and 4 more Open this RFC · Mute this RFC", words(cards[0]))
	assert.Equal(t, "Layered Consent · 3 updates", words(all(root, "ul", "rest")...))
	assert.Equal(t, "You get this mail because you chose a daily digest. Digest settings in the app · Unsubscribe", words(all(root, "p", "footer")...))
	assert.Equal(t, "Open your inbox", words(all(root, "p", "button")...))
}

// What waits for the reader stands before everything that does not.
func TestWhatWaitsStandsFirst(t *testing.T) {
	t.Parallel()
	l := sampleLetter()
	for name, text := range map[string]string{"HTML": words(parseHTML(t, plainLayout(t).HTML(&l))), "text": l.Text()} {
		needs := strings.Index(text, "2 need you\n") + strings.Index(text, " 2 need you ") // a line of its own, not the subject
		assert.Positive(t, needs, name)
		assert.Less(t, needs, strings.Index(text, "3 PRs opened"), name)
		assert.Greater(t, needs, strings.Index(text, "Open your inbox"), name)
	}
	l.Needs = Needs{}
	assert.Empty(t, all(parseHTML(t, plainLayout(t).HTML(&l)), "table", "needs"))
	assert.NotContains(t, l.Text(), " ! ")
}

// A title may look like the name of a host, and filters take a link with such a text for a trap. So titles are no links,
// and the text of a link is ours, or a name that is none of a host.
func TestTitlesAreNoLinks(t *testing.T) {
	t.Parallel()
	l := sampleLetter()
	root := parseHTML(t, plainLayout(t).HTML(&l))
	for _, title := range append(all(root, "h2", ""), all(root, "h1", "")...) {
		assert.Empty(t, all(title, "a", ""), words(title))
	}
}

func TestDirections(t *testing.T) {
	t.Parallel()
	y := plainLayout(t)
	l := sampleLetter()
	page := y.HTML(&l)
	assert.Contains(t, page, `<span dir="auto">ליאורה</span> mentioned you`, "a name of another direction stands apart")
	assert.Contains(t, page, `<li dir="auto">ליאורה פתחה בקשה</li>`, "a sentence of the app is written as its first letter says")
	assert.NotContains(t, page, `<span dir="auto">Ada`)
	assert.Contains(t, page, `<h2><span dir="auto">الموافقة متعددة الطبقات</span></h2>`, "a title stands at the side of the page, and is written in its own direction")
	assert.Contains(t, l.Text(), "\u2068ליאורה\u2069 mentioned you")
	assert.NotContains(t, l.Text(), "\u2068Ada")
	l.Language, l.RightToLeft = "he", true
	page = y.HTML(&l)
	assert.Contains(t, page, `<html lang="he" dir="rtl">`)
	assert.Contains(t, page, `<span dir="auto">Ada</span>`)
	assert.NotContains(t, page, `<span dir="auto">ליאורה`)
	assert.Contains(t, l.Text(), "\u2068Ada\u2069")
	assert.Equal(t, "#12", Isolate("#12", true), "numbers have no direction of their own")
}

// Nothing that a reader needs hangs on a style sheet, which some programs throw away.
func TestWithoutStyles(t *testing.T) {
	t.Parallel()
	l := sampleLetter()
	page := plainLayout(t).HTML(&l)
	root := parseHTML(t, page)
	button := all(all(root, "p", "button")[0], "a", "")[0]
	assert.Contains(t, attribute(button, "style"), "border:2px solid")
	assert.Contains(t, attribute(all(root, "table", "column")[0], "style"), "max-width:100%")
	inline := 0
	for d := range root.Descendants() {
		inline += len(attribute(d, "style"))
	}
	assert.Less(t, inline, 400, "all other styles are rules, said once")
	for _, gone := range []string{"aria-", `role="article"`, "<img", "http://www.w3.org", "@import", "url("} {
		assert.NotContains(t, page, gone)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	l := sampleLetter()
	l.Notice = "This is a test."
	assert.Equal(t, `This is a test.

Fri 27 Nov, 20:00 to Sat 28 Nov, 20:00 · 19 updates in 4 RFCs
All of it is still unread in your inbox.
Open your inbox: https://rfc.example/inbox

2 need you
 ! Ada Lovelace requested changes on your PR #44
   Trust & Safety
   PR #44: https://rfc.example/rfc/1/pr/44
 ! `+"\u2068ליאורה\u2069"+` mentioned you
   Federation
   Open this RFC: https://rfc.example/rfc/2
   … and 1 more

# Trust & Safety
 https://rfc.example/rfc/1
 · 3 PRs opened: #12, #13
 · 9 pushes to main by Ada
 · <b>bold</b> & 'quoted'
 · … and 4 more
 Mute this RFC: https://digest.example/mute/1

# الموافقة متعددة الطبقات
 https://rfc.example/rfc/3
 · `+"\u2068ليلى\u2069"+` opened PR #12
 · ליאורה פתחה בקשה
 Mute this RFC: https://digest.example/mute/3

# Other activity
 · Someone: two words

 · Layered Consent · 3 updates
   https://rfc.example/rfc/4

… and 5 more RFCs

84 older updates are in your inbox.

Open your inbox: https://rfc.example/inbox

-- 
You get this mail because you chose a daily digest.
Digest settings in the app: https://rfc.example/settings
Unsubscribe: https://digest.example/unsubscribe/a.b-c_d
`, l.Text())
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
		case n.Type == html.ElementNode && n.Data == "span": // stands apart because it is of another direction
			for c := range n.ChildNodes() {
				walk(c, depth)
			}
			return
		}
		fmt.Fprintf(&b, "%*s%d %s", depth, "", n.Type, n.Data)
		for _, a := range n.Attr {
			if a.Key == "href" {
				a.Val, _, _ = strings.Cut(a.Val, ":")
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
