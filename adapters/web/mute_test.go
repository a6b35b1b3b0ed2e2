package web_test

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// muteLink is the path of a good link of a person's, made that long ago.
func (p *pages) muteLink(recipient int64, slug string, age time.Duration) string {
	p.Helper()
	const site = "https://digest.rfc.example"
	l, err := links.New(site, p.ring, "")
	require.NoError(p, err)
	link := l.Mute(links.Reader{Recipient: recipient, Mark: p.person(recipient).Person.Mark, Made: now.Add(-age)}, slug)
	require.NotEmpty(p, link)
	return strings.TrimPrefix(link, site)
}

// watches returns all watches.
func (p *pages) watches() []core.Watch {
	p.Helper()
	w, err := p.store.Dump(p.Context())
	require.NoError(p, err)
	return w.Watches
}

// watch returns the state of a person's watch; empty if there is none.
func (p *pages) watch(user int64, slug string) string {
	p.Helper()
	for _, w := range p.watches() {
		if w.User == user && w.Slug == slug {
			return w.State
		}
	}
	return ""
}

// muted mutes an RFC for person 1, and returns the page that says so, and its button with where that posts to.
func (p *pages) muted(slug string) (page, label, action string) {
	p.Helper()
	status, page := p.askAt(p.muteLink(1, slug, 0), url.Values{})
	require.Equal(p, http.StatusOK, status)
	require.Equal(p, core.Muted, p.watch(1, slug))
	found := regexp.MustCompile(`<form method="post" action="([^"]+)"><button>([^<]+)</button></form>`).FindStringSubmatch(page)
	require.Len(p, found, 3, page)
	return page, found[2], found[1]
}

func TestToLookAtALinkMutesNothing(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	before := p.watches()
	for slug, name := range map[string]string{"rfc-1": "Payments for &lt;Hosts&gt;", "rfc-2": "rfc-2", "ا <b>\u202e": "ا &lt;b&gt;", "a/b?c#d": "a/b?c#d"} {
		status, page := p.askAt(p.muteLink(1, slug, 60*24*time.Hour), nil)
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, `<p class="about" dir="auto">`+name+`</p>`)
		assert.Equal(t, 1, strings.Count(page, "<button"))
		assert.Contains(t, page, `<form method="post"><button>Mute this RFC</button></form>`)
		assert.Contains(t, page, "Wiggle &lt;verse&gt;")
		assert.Contains(t, page, `<a href="https://rfc.example/settings?a&amp;b">`)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, p.URL+p.muteLink(1, slug, 0), nil)
		require.NoError(t, err)
		answer, err := p.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusOK, answer.StatusCode)
	}
	assert.Equal(t, before, p.watches())
	assert.NotContains(t, p.asked, web.PageSaved)
	assert.Empty(t, p.log.String())
}

func TestAReaderMutesAnRFCAndUndoesIt(t *testing.T) {
	t.Parallel()
	for slug, c := range map[string]struct{ state, says, undone string }{
		"rfc-1":     {core.Watching, "The app no longer notifies you of it.", "You watch it."},
		"rfc-2":     {core.Dormant, "The app no longer notifies you of it.", "It is as it was before you muted it."},
		"not there": {"", "You did not watch it", "It is as it was before you muted it."},
	} {
		p := newPages(t)
		before := p.watches()
		page, label, action := p.muted(slug)
		assert.Equal(t, "Undo", label)
		assert.Contains(t, page, c.says)
		assert.Contains(t, page, "may still be in your next digest")
		assert.NotContains(t, page, links.PreferencesPath, "who has an old mail is not to open the reader's page")
		assert.Contains(t, p.log.String(), "recipient=1")

		// A second click says that nothing changed. What it was before that, it cannot know.
		again, label, watch := p.muted(slug)
		assert.Equal(t, "Watch this RFC", label)
		assert.Contains(t, again, "It was muted already")

		status, page := p.askAt(action, url.Values{})
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, c.undone)
		assert.NotContains(t, page, "<form")
		assert.Equal(t, before, p.watches(), slug)
		for _, late := range []string{action, watch} {
			_, page = p.askAt(late, url.Values{})
			assert.Contains(t, page, "It was not muted any more, so nothing was changed.")
			assert.Equal(t, before, p.watches(), slug)
		}
		p.muted(slug)
		_, page = p.askAt(watch, url.Values{})
		assert.Contains(t, page, "You watch it.")
		assert.Equal(t, core.Watching, p.watch(1, slug))
		assert.Equal(t, core.Watching, p.watch(2, "rfc-1"), "another person's is theirs")
		assert.NotContains(t, p.asked, web.PageRefused)
	}
}

func TestAnUndoIsGoodForAnHourAndNothingElse(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	_, _, action := p.muted("rfc-1")
	token := strings.TrimSuffix(strings.TrimPrefix(action, links.MutePath), "/undo")
	for _, path := range []string{links.PreferencesPath + token, links.MutePath + token} {
		status, _ := p.askAt(path, nil)
		assert.Equal(t, http.StatusNotFound, status)
	}
	status, _ := p.askAt(p.muteLink(1, "rfc-1", 0)+"/undo", url.Values{})
	assert.Equal(t, http.StatusNotFound, status, "a link in a mail undoes nothing")
	assert.Equal(t, core.Muted, p.watch(1, "rfc-1"))
	p.clock.Set(now.Add(time.Hour + time.Second))
	status, page := p.askAt(action, url.Values{})
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, page, "This link is no longer good")
	assert.Equal(t, core.Muted, p.watch(1, "rfc-1"))
}

// Links that are dead, and links that never were, get one answer: a page that names no RFC.
func TestALinkToMuteThatIsNotGoodGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	require.NoError(t, p.store.Add(t.Context(), core.Recipient{ID: 3, Address: "new@rfc.example", Cadence: core.Daily}))
	dead := p.muteLink(3, "secret-rfc", 0)
	require.NoError(t, p.store.Remove(t.Context(), 3))
	other, err := links.NewKeyring([]byte(strings.Repeat("o", links.MinSecret)))
	require.NoError(t, err)
	p.ring, other = other, p.ring
	unsigned := p.muteLink(1, "rfc-1", 0)
	p.ring = other
	good := p.muteLink(1, "rfc-1", 0)
	bad := map[string]string{
		"nonsense": links.MutePath + "nonsense", "cut": good[:len(good)-1], "longer": good + "A", "of another secret": unsigned, "of a person who is gone": dead,
		"old": p.muteLink(1, "rfc-1", 60*24*time.Hour+time.Second), "to unsubscribe": links.MutePath + p.ring.Token(1, 0), "to the reader's page": links.MutePath + p.token(1, 0),
	}
	before := p.watches()
	status, want := p.askAt(links.MutePath+"x", nil)
	assert.Equal(t, http.StatusNotFound, status)
	assert.NotContains(t, want, "<form")
	for name, path := range bad {
		for _, form := range []url.Values{nil, {}} {
			status, page := p.askAt(path, form)
			assert.Equal(t, http.StatusNotFound, status, name)
			assert.Equal(t, want, page, name)
		}
		status, page := p.askAt(path+"/undo", url.Values{})
		assert.Equal(t, http.StatusNotFound, status, name)
		assert.Equal(t, want, page, name)
	}
	require.NoError(t, p.store.Add(t.Context(), core.Recipient{ID: 3, Address: "newer@rfc.example", Cadence: core.Daily}))
	_, page := p.askAt(dead, url.Values{})
	assert.Equal(t, want, page, "who has the number of somebody else is not meant")
	assert.Equal(t, before, p.watches())
	assert.NotContains(t, p.asked, web.PageSaved)
	for _, path := range []string{links.PreferencesPath, links.Path} {
		p.askAt(path+strings.TrimPrefix(good, links.MutePath), url.Values{"digests": {"off"}})
	}
	assert.Equal(t, core.Weekly, p.person(1).Cadence, "nor is a link to mute good for other pages")
}

// No text is a link by accident.
func TestHostileTokensMuteNothing(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	before := p.watches()
	good := strings.TrimPrefix(p.muteLink(1, "rfc-1", 0), links.MutePath)
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.String().Draw(t, "token")
		if rapid.Bool().Draw(t, "like a good one") {
			at := rapid.IntRange(0, len(good)-1).Draw(t, "at")
			token = good[:at] + string(rapid.SampledFrom([]rune("AZaz09-_.~é%")).Draw(t, "letter")) + good[at+1:]
		}
		if token == good {
			return
		}
		path := links.MutePath + url.PathEscape(token) + rapid.SampledFrom([]string{"", "/undo"}).Draw(t, "what")
		answer, err := p.Client().Post(p.URL+path, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		assert.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, answer.StatusCode)
	})
	assert.Equal(t, before, p.watches())
}

func TestMutingHasALimitForEachPerson(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for range 30 {
		status, _ := p.askAt(p.muteLink(1, "rfc-1", 0), nil)
		require.Equal(t, http.StatusOK, status)
	}
	status, page := p.askAt(p.muteLink(1, "rfc-2", time.Hour), url.Values{})
	assert.Equal(t, http.StatusTooManyRequests, status)
	assert.Contains(t, page, "Too many requests")
	assert.Equal(t, core.Dormant, p.watch(1, "rfc-2"))
	status, _ = p.askAt(p.muteLink(2, "rfc-1", 0), url.Values{})
	assert.Equal(t, http.StatusOK, status)
	p.clock.Set(now.Add(2 * time.Second))
	p.muted("rfc-2")
	assert.Equal(t, []string{web.PageLimited, web.PageSaved, web.PageSaved}, p.asked[30:])
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+p.muteLink(2, "rfc-1", 0), strings.NewReader(strings.Repeat("x", 5000)))
	require.NoError(t, err)
	answer, err := p.Client().Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusRequestEntityTooLarge, answer.StatusCode)
}

func TestAStoreInTroubleMutesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		call   string
		err    error
		status int
		says   string
	}{
		{"Mute", errors.New("disk full"), http.StatusServiceUnavailable, "That did not work just now"},
		{"Title", errors.New("disk full"), http.StatusServiceUnavailable, "That did not work just now"},
		{"Lookup", errors.New("disk full"), http.StatusServiceUnavailable, "That did not work just now"},
		{"Mute", ports.ErrRejected, http.StatusConflict, "The app does not allow this"},
		{"Mute", ports.ErrConflict, http.StatusNotFound, "This link is no longer good"},
		{"Unmute", errors.New("disk full"), http.StatusServiceUnavailable, "That did not work just now"},
		{"Unmute", ports.ErrRejected, http.StatusConflict, "The app does not allow this"},
		{"Unmute", ports.ErrConflict, http.StatusNotFound, "This link is no longer good"},
	} {
		p := newPages(t)
		path := p.muteLink(1, "rfc-1", 0)
		if c.call == "Unmute" {
			_, _, path = p.muted("rfc-1")
		}
		before := p.watches()
		p.faults.Fault = func(call string) (bool, error) {
			if call == c.call {
				return false, c.err
			}
			return true, nil
		}
		status, page := p.askAt(path, url.Values{})
		assert.Equal(t, c.status, status, c)
		assert.Contains(t, page, c.says)
		assert.NotContains(t, html.UnescapeString(page), c.err.Error())
		assert.NotContains(t, page, "<form")
		assert.Equal(t, before, p.watches())
		if c.status != http.StatusNotFound {
			assert.Contains(t, p.log.String(), c.err.Error(), "the operator gets to read it")
		}
	}
}
