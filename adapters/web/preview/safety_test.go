package preview_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/wiggleverse/rfcdigest/core"
)

func TestTextFromTheDatabaseStaysText(t *testing.T) {
	t.Parallel()
	w := world(9)
	u := &w.Users[hostile-1]
	u.Address, u.Cadence = evil+"@rfc.example", core.Daily
	u.Preferences.TimeZone, u.Preferences.QuietStart, u.Preferences.SendWeekday = evil, evil, evil
	for i := range w.Notifications {
		w.Notifications[i].Kind, w.Notifications[i].Actor, w.Notifications[i].Slug = "kind "+evil, evil, "rfc-0002"
	}
	for i := range w.Ledger {
		w.Ledger[i].MessageID, w.Ledger[i].Error = evil, evil
	}
	s := newSite(t, w)
	harmless := func(a answer) {
		for _, n := range a.all(func(*html.Node) bool { return true }) {
			if n.Data == "script" {
				assert.Regexp(t, `^/assets/preview\.[0-9a-f]{12}\.js$`, attr(n, "src"))
			}
			assert.NotEqual(t, "img", n.Data)
			for _, at := range n.Attr {
				assert.False(t, strings.HasPrefix(at.Key, "on") || at.Key == "style", "%s=%q", at.Key, at.Val)
			}
		}
	}
	for _, view := range []string{"mail", "text", "headers", "source", "why", "windows"} {
		a := s.get("/?person=%d&view=%s&q=%s", hostile, view, url.QueryEscape("script"))
		harmless(a)
		assert.Contains(t, a.text("person-name"), evil, view)
	}
	for _, name := range []string{"q", "at", "list", "after", "person", "view", "width", "scheme", "verdict", "skip"} {
		harmless(s.ask("/?person=3&" + name + "=" + url.QueryEscape(evil)))
		harmless(s.ask("/?" + name + "=%ff%00%0d%0a"))
	}
	for _, n := range s.get("/mail?person=%d", hostile).all(func(n *html.Node) bool { return n.Data == "script" || n.Data == "img" }) {
		assert.Fail(t, "in the mail", n.Data)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	sheet := attr(s.get("/").all(func(n *html.Node) bool { return attr(n, "rel") == "stylesheet" })[0], "href")
	const page = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	for path, policy := range map[string]string{
		"/": page, "/?person=1": page, "/?person=999": page, "/?at=x": page, "/nowhere": page, "/mail?person=999": page, sheet: page,
		"/mail?person=1": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
	} {
		h := s.ask(path).header
		assert.Equal(t, policy, h.Get("Content-Security-Policy"), path)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
		assert.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), path)
		assert.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), path)
		assert.Regexp(t, `^total;dur=\d+\.\d$`, h.Get("Server-Timing"), path)
		keep := "no-store"
		if path == sheet {
			keep = "public, max-age=31536000, immutable"
		}
		assert.Equal(t, keep, h.Get("Cache-Control"), path)
		assert.Empty(t, h.Values("Set-Cookie"), path)
	}
}

func TestOnlyLoopbackNamesAreAnswered(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	for host, status := range map[string]int{
		"127.0.0.1": 200, "127.0.0.1:8094": 200, "localhost:1": 200, "LOCALHOST": 200, "[::1]": 200, "[::1]:8094": 200,
		"evil.example": 421, "evil.example:8094": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "": 421, "192.168.0.1:8094": 421, "0.0.0.0": 421,
	} {
		a := s.ask("/?person=1", func(r *http.Request) { r.Host = host })
		assert.Equal(t, status, a.status, host)
		if status != http.StatusOK {
			assert.Equal(t, "The preview answers only as 127.0.0.1 or localhost.\n", a.body)
		}
	}
}

func TestOnlyLookingIsPossible(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
		a := s.ask("/", func(r *http.Request) { r.Method = method })
		assert.Equal(t, http.StatusMethodNotAllowed, a.status, method)
		assert.Equal(t, "GET, HEAD", a.header.Get("Allow"))
	}
	assert.Equal(t, http.StatusOK, s.ask("/?person=1", func(r *http.Request) { r.Method = http.MethodHead }).status)
}

// source is a source that fails: with its error, or with a panic if it has none.
type source struct{ list, explain error }

func (s source) List(context.Context, core.View, core.Query) (core.Listing, error) {
	return core.Listing{}, s.list
}

func (s source) Explain(context.Context, core.View, int64) (core.Explanation, bool, error) {
	if s.explain == nil {
		panic("a bug")
	}
	return core.Explanation{}, false, s.explain
}

func TestAStoreThatDoesNotAnswerIsOneSentence(t *testing.T) {
	t.Parallel()
	gone := errors.New("the <disk> is gone")
	for _, broken := range []source{{list: gone}, {explain: gone}} {
		s := siteOf(t, broken)
		a := s.ask("/?person=1&view=why")
		assert.Equal(t, http.StatusServiceUnavailable, a.status)
		assert.Contains(t, a.text("trouble"), "The database did not answer (the <disk> is gone). Nothing was changed; try again in a moment.")
		assert.Equal(t, "/?person=1&view=why", attr(a.find("back"), "href"))
		assert.Equal(t, "Recipients", a.text("people-heading"))
		assert.Contains(t, s.log.String(), "the <disk> is gone")
	}
	assert.Equal(t, http.StatusServiceUnavailable, siteOf(t, source{explain: gone}).ask("/mail?person=1").status)
}

func TestABugIsLoggedAndAnswered(t *testing.T) {
	t.Parallel()
	s := siteOf(t, source{})
	a := s.ask("/?person=1")
	assert.Equal(t, http.StatusInternalServerError, a.status)
	assert.Contains(t, a.body, "a fault, which it has logged")
	assert.Contains(t, s.log.String(), "a bug")
	require.Contains(t, s.log.String(), "path=/")
}
