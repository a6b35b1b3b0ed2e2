package preview_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html"
)

// The rules that the page replaces must be in core's HTML: if core writes them differently, this fails.
func TestAMailIsLightOrDarkWhateverTheBrowserPrefers(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	for scheme, rules := range map[string]string{"light": "@media not all {", "dark": "@media all {"} {
		a := s.get("/mail?person=%d&scheme=%s", ada, scheme)
		assert.NotContains(t, a.body, "prefers-color-scheme")
		assert.NotContains(t, a.body, "light dark")
		assert.Equal(t, 1, strings.Count(a.body, rules+"\n\tbody, .page { background-color: #14171a"), "the rules for dark mail")
		metas := a.all(func(n *html.Node) bool {
			return strings.HasSuffix(attr(n, "name"), "color-schemes") || attr(n, "name") == "color-scheme"
		})
		assert.Len(t, metas, 2)
		for _, n := range metas {
			assert.Equal(t, scheme, attr(n, "content"))
		}
		assert.Contains(t, a.body, ":root { color-scheme: "+scheme+";")
	}
	assert.Equal(t, s.get("/mail?person=1").body, s.get("/mail?person=1&scheme=light").body)
}

// A title of an RFC is not mistaken for a rule.
func TestOnlyTheHeadOfAMailIsChanged(t *testing.T) {
	t.Parallel()
	w := world(9)
	const title = "light dark @media (prefers-color-scheme: dark)"
	w.RFCs[0].Title = title
	body := newSite(t, w).get("/mail?person=%d&scheme=dark", ada).body
	assert.Contains(t, body, title+"</span></h2>")
}
