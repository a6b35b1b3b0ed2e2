package preview_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html"
)

// maxPages is how many pages are looked at; days go on for ever.
const maxPages = 60

// Every state is an address: all links of a page lead to pages, which are as well made.
func TestEveryLinkLeadsSomewhereAndEveryPageIsWellMade(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(60))
	seen := map[string]bool{"/": true, "/?person=1&view=why": true, "/?person=4&view=windows": true, "/?q=zebra": true, "/?list=suppressed": true, "/?person=1&view=headers": true}
	todo := []string{}
	for path := range seen {
		todo = append(todo, path)
	}
	for n := 0; n < maxPages && len(todo) > 0; n++ {
		path := todo[0]
		todo = todo[1:]
		a := s.ask(path)
		if !assert.Equal(t, http.StatusOK, a.status, path) || strings.HasPrefix(path, "/mail") || strings.HasPrefix(path, "/assets/") {
			continue
		}
		a.wellMade(path)
		for _, n := range a.all(func(*html.Node) bool { return true }) {
			for _, name := range []string{"href", "src"} {
				if to := attr(n, name); strings.HasPrefix(to, "/") && !seen[to] {
					seen[to] = true
					todo = append(todo, to)
				}
			}
		}
	}
}

// wellMade checks what people need who cannot see the page, or have no mouse.
func (a answer) wellMade(path string) {
	a.Helper()
	ids, level, labels := map[string]bool{}, 0, map[string]bool{}
	for _, n := range a.all(func(*html.Node) bool { return true }) {
		if id := attr(n, "id"); id != "" {
			assert.False(a, ids[id], "%s: two #%s", path, id)
			ids[id] = true
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	count := map[string]int{}
	for _, n := range a.all(func(*html.Node) bool { return true }) {
		count[n.Data]++
		for _, name := range []string{"aria-labelledby", "aria-describedby"} {
			for id := range strings.FieldsSeq(attr(n, name)) {
				assert.True(a, ids[id], "%s: %s names #%s", path, name, id)
			}
		}
		switch n.Data {
		case "h1", "h2", "h3":
			at := int(n.Data[1] - '0')
			assert.LessOrEqual(a, at, level+1, "%s: %s", path, text(n))
			level = at
		case "input":
			assert.True(a, attr(n, "type") == "hidden" || labels[attr(n, "id")], "%s: an input without a label", path)
		case "th":
			assert.NotEmpty(a, attr(n, "scope"), path)
		case "table":
			count["table without caption"]++
		case "caption":
			count["table without caption"]--
		case "a":
			assert.NotEmpty(a, text(n), "%s: an empty link to %s", path, attr(n, "href"))
		}
		if attr(n, "tabindex") == "0" {
			assert.NotEmpty(a, attr(n, "aria-label"), "%s: a region that has the focus, and no name", path)
		}
	}
	assert.Equal(a, 1, count["h1"], path)
	assert.Equal(a, 1, count["main"], path)
	assert.Zero(a, count["table without caption"], path)
	assert.Equal(a, "en", attr(a.all(func(n *html.Node) bool { return n.Data == "html" })[0], "lang"))
}
