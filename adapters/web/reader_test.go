package web_test

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/adapters/zonedata"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// now is the instant at which readers open their pages, a Sunday.
var now = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)

// pages is the page of readers on a test server, on a store in memory.
type pages struct {
	*httptest.Server
	testing.TB
	store *memory.Store
	// faults may make calls of the store fail.
	faults *porttest.Faulty
	clock  *memory.Clock
	ring   links.Keyring
	log    *bytes.Buffer

	mu    sync.Mutex
	asked []string
}

func newPages(t *testing.T) *pages { return newPagesOf(t, core.Brand{}) }

// newPagesOf returns those of an installation with a brand that lacks its addresses.
func newPagesOf(t *testing.T, brand core.Brand) *pages {
	ring, err := links.NewKeyring([]byte(strings.Repeat("s", links.MinSecret)))
	require.NoError(t, err)
	last := now.Add(-2 * time.Hour)
	p := &pages{TB: t, ring: ring, log: new(bytes.Buffer), clock: memory.NewClock(now), store: memory.New(core.World{
		Users: []core.Recipient{
			{ID: 1, Address: "ada@rfc.example", Name: "Ada Lovelace", Cadence: core.Weekly}, {ID: 2, Address: "grace@rfc.example", Cadence: core.Daily},
		},
		Notifications: []core.Notification{{ID: 1, Recipient: 1, Kind: "pr_opened", Slug: "rfc-1", PR: 12, CreatedAt: last.Add(-time.Hour), IncludedAt: core.At(last)},
			{ID: 2, Recipient: 2, Kind: "pr_opened", Slug: "secret-rfc", PR: 13, CreatedAt: last.Add(-time.Hour), IncludedAt: core.At(last)}},
		Ledger: []core.LedgerRow{
			{Claim: core.Claim{ID: 1, Recipient: 1, Window: core.Window{Start: last.Add(-24 * time.Hour), End: last}, Notifications: []int64{1}}, Status: core.Sent, SentAt: last},
			{Claim: core.Claim{ID: 2, Recipient: 2, Window: core.Window{Start: last.Add(-24 * time.Hour), End: last}, Notifications: []int64{2}}, Status: core.Sent, SentAt: last},
		},
		RFCs: []core.RFC{{Slug: "rfc-1", Title: "Payments for <Hosts>\n"}, {Slug: "secret-rfc", Title: "Secret"}},
		Watches: []core.Watch{{User: 1, Slug: "rfc-1", State: core.Watching, Participation: core.At(last)}, {User: 1, Slug: "rfc-2", State: core.Dormant},
			{User: 2, Slug: "rfc-1", State: core.Watching}},
	})}
	p.faults = &porttest.Faulty{Store: p.store}
	brand.AppURL, brand.Domain = "https://rfc.example", "rfc.example"
	style, err := core.NewStyle(brand)
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(p.log, nil))
	ticker, err := app.New(app.Config{Style: style, Log: log, Zones: zonedata.Source{Folders: []string{}}}, p.faults, new(memory.Mailer), p.clock)
	require.NoError(t, err)
	mux := http.NewServeMux()
	readers := web.ReaderPage{
		Ring: ring, Readers: ticker.Planner(), Store: p.faults, Clock: p.clock, Brand: "Wiggle <verse>", PreferencesURL: "https://rfc.example/settings?a&b", Log: log, Count: func(what string) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.asked = append(p.asked, what)
		},
	}
	mux.Handle(links.PreferencesPath, web.Preferences(readers))
	mux.Handle(links.MutePath, web.Mute(readers))
	mux.Handle(links.Path, web.Unsubscribe(web.Page{Ring: ring, Readers: ticker.Planner(), Store: p.store, Clock: p.clock, Brand: "Wiggle <verse>", Log: log}))
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// token is a good one of a person's, made that long ago.
func (p *pages) token(recipient int64, age time.Duration) string {
	return p.ring.ReaderToken(links.Reader{Recipient: recipient, Made: now.Add(-age)})
}

// ask makes a request to a reader's page; one with a form is a POST. It returns the status and the page.
func (p *pages) ask(path string, form url.Values) (int, string) {
	p.Helper()
	return p.askAt(links.PreferencesPath+path, form)
}

func (p *pages) askAt(path string, form url.Values) (int, string) {
	p.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(p.Context(), method, p.URL+path, strings.NewReader(body))
	require.NoError(p, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.Client().Do(r)
	require.NoError(p, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(p, err)
	assert.Empty(p, answer.Cookies())
	h := answer.Header
	assert.Equal(p, "no-store", h.Get("Cache-Control"))
	assert.Equal(p, "no-referrer", h.Get("Referrer-Policy"))
	assert.Contains(p, h.Get("X-Robots-Tag"), "noindex")
	assert.Contains(p, h.Get("Content-Security-Policy"), "default-src 'none'")
	return answer.StatusCode, string(text)
}

func (p *pages) person(id int64) core.Recipient {
	p.Helper()
	found, err := p.store.Lookup(p.Context(), []int64{id})
	require.NoError(p, err)
	require.Len(p, found, 1)
	return found[0]
}

func TestAReadersPageShowsWhatTheySetAndWhatComes(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	before := p.person(1)
	status, page := p.ask(p.token(1, 0), nil)
	assert.Equal(t, http.StatusOK, status)
	for _, want := range []string{"Wiggle &lt;verse&gt;", "a…@rfc.example", "Once a week, at no fixed hour", "Sunday, 6 December 2026, 08:00", "1 event<", "By the clocks of UTC", `<option value="Europe/Berlin">`} {
		assert.Contains(t, page, want)
	}
	assert.NotContains(t, page, "ada@rfc.example")
	assert.Equal(t, before, p.person(1))
	assert.NotContains(t, p.log.String(), "rfc.example")
}

// unsubscribed unsubscribes, and returns the buttons of the page that says so: by their names, what they post and where.
func (p *pages) unsubscribed(token string) (page string, action string, again map[string]string) {
	p.Helper()
	status, page := p.askAt(links.Path+token, url.Values{})
	require.Equal(p, http.StatusOK, status)
	found := regexp.MustCompile(`<form method="post" action="([^"]+)">`).FindStringSubmatch(page)
	require.Len(p, found, 2, page)
	again = map[string]string{}
	for _, b := range regexp.MustCompile(`<button name="again" value="([^"]+)">([^<]+)</button>`).FindAllStringSubmatch(page, -1) {
		again[b[2]] = b[1]
	}
	return page, found[1], again
}

func TestWhoUnsubscribedMayComeBack(t *testing.T) {
	t.Parallel()
	const undo, weekly = "Undo", "A digest each week instead"
	p := newPages(t)
	back := func(action, how string) string {
		status, page := p.askAt(action, url.Values{"again": {how}})
		assert.Equal(t, http.StatusOK, status)
		assert.NotContains(t, page, links.PreferencesPath, "who has an old mail is not to open the reader's page")
		return page
	}
	_, action, again := p.unsubscribed(p.ring.Token(1, 0))
	assert.Equal(t, core.Off, p.person(1).Cadence)
	assert.Equal(t, map[string]string{undo: "weekly"}, again, "they had one each week")
	back(action, again[undo])
	assert.Equal(t, core.Weekly, p.person(1).Cadence)
	p.unsubscribed(p.ring.Token(1, 0))
	_, action, again = p.unsubscribed(p.ring.Token(1, 0))
	assert.Equal(t, map[string]string{"Digests again, each day": "daily", "Digests again, each week": "weekly"}, again, "the second time it is not known how often they came")
	back(action, "weekly")
	assert.Equal(t, core.Weekly, p.person(1).Cadence)

	p.ask(p.token(2, 0), url.Values{"digests": {"daily"}, "rhythm": {"workdays at 7, 15"}, "zone": {"Asia/Tokyo"}})
	_, action, again = p.unsubscribed(p.ring.Token(2, 0))
	back(action, again[undo])
	assert.Equal(t, core.Daily, p.person(2).Cadence)
	assert.Equal(t, core.Preferences{Rhythm: "workdays at 7, 15", TimeZone: "Asia/Tokyo"}, p.person(2).Preferences)
	good, action, again := p.unsubscribed(p.ring.Token(2, 0))
	back(action, again[weekly])
	assert.Equal(t, core.Weekly, p.person(2).Cadence)
	assert.Equal(t, core.Preferences{Rhythm: "monday at 7", TimeZone: "Asia/Tokyo"}, p.person(2).Preferences)

	// A token that nobody signed gets the same pages.
	bad, nobodys, _ := p.unsubscribed("nonsense")
	token := regexp.MustCompile(links.Path + `[^"]+`)
	assert.Equal(t, token.ReplaceAllString(good, ""), token.ReplaceAllString(bad, ""))
	assert.Len(t, bad, len(good))
	done := back(action, "weekly")
	for _, address := range []string{nobodys, links.Path + "nonsense/undo", links.Path + p.ring.Token(2, 0) + "/undo", links.Path + p.token(2, 0) + "/undo"} {
		p.ask(p.token(2, 0), url.Values{"digests": {"off"}, "rhythm": {""}})
		assert.Equal(t, done, back(address, "daily"))
		assert.Equal(t, core.Off, p.person(2).Cadence)
	}
	_, action, _ = p.unsubscribed(p.ring.Token(2, 0))
	status, _ := p.ask(strings.TrimSuffix(strings.TrimPrefix(action, links.Path), "/undo"), nil)
	assert.Equal(t, http.StatusNotFound, status, "it opens no page")
	p.clock.Set(now.Add(time.Hour + time.Second))
	back(action, "daily")
	assert.Equal(t, core.Off, p.person(2).Cadence, "for an hour")
}

func TestAReaderEndsOldLinks(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	old := p.token(1, time.Hour)
	p.ask(old, url.Values{"digests": {"daily"}, "rhythm": {"workdays at 7"}})
	status, page := p.ask(old, url.Values{"end_links": {"yes"}})
	assert.Equal(t, http.StatusOK, status, "it leads on to the new link")
	assert.Contains(t, page, "no longer lead to this page")
	assert.NotContains(t, page, ">Undo<")
	assert.Equal(t, "workdays at 7", p.person(1).Preferences.Rhythm)
	for _, path := range []string{old, old + "/digest/1"} {
		status, page = p.ask(path, nil)
		assert.Equal(t, http.StatusNotFound, status)
		assert.Contains(t, page, "This link is no longer good")
	}
	status, _ = p.ask(old, url.Values{"digests": {"off"}, "rhythm": {""}})
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, core.Weekly, p.person(1).Cadence)
	for _, good := range []string{p.token(1, 0), p.token(2, time.Hour)} {
		status, _ = p.ask(good, nil)
		assert.Equal(t, http.StatusOK, status)
	}
	status, page = p.askAt(p.muteLink(1, "rfc-1", time.Hour), url.Values{})
	assert.Equal(t, http.StatusNotFound, status)
	assert.Contains(t, page, "This link is no longer good")
	assert.Equal(t, core.Watching, p.watch(1, "rfc-1"))
	status, _ = p.askAt(p.muteLink(1, "rfc-1", 0), url.Values{})
	assert.Equal(t, http.StatusOK, status, "new ones mute")
	p.unsubscribed(p.ring.Token(1, 0))
	assert.Equal(t, core.Off, p.person(1).Cadence, "the links to unsubscribe stay good")
}

func TestAReadersPageHasARateLimit(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for range 30 {
		status, _ := p.ask(p.token(1, 0), nil)
		require.Equal(t, http.StatusOK, status)
	}
	status, page := p.ask(p.token(1, time.Hour), url.Values{"digests": {"off"}})
	assert.Equal(t, http.StatusTooManyRequests, status, "by the person, whatever the token")
	assert.Contains(t, page, "Too many requests")
	assert.Equal(t, core.Weekly, p.person(1).Cadence)
	status, _ = p.ask(p.token(2, 0), nil)
	assert.Equal(t, http.StatusOK, status)
	p.clock.Set(now.Add(2 * time.Second))
	status, _ = p.ask(p.token(1, 0), url.Values{"digests": {"off"}, "rhythm": {""}})
	assert.Equal(t, http.StatusOK, status)
	status, _ = p.ask(p.token(1, 0), nil)
	assert.Equal(t, http.StatusTooManyRequests, status)
	assert.Equal(t, []string{web.PageLimited, web.PageShown, web.PageSaved, web.PageLimited}, p.asked[30:])
}

func TestAReaderChoosesAndUndoes(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	token := p.token(1, 0)
	status, page := p.ask(token, url.Values{"digests": {"daily"}, "days": {"workdays"}, "hour": {"7"}, "zone": {"Asia/Kathmandu"}, "paused": {"2026-12-05"}, "from": {"22:00"}, "to": {"06:00"}, "language": {"de"}})
	assert.Equal(t, http.StatusOK, status)
	for _, want := range []string{"They come on workdays at 07:00.", "Your clock is that of Asia/Kathmandu.", "Quiet hours are 22:00 to 06:00.", "They pause until 2026-12-05.", "Your digests are in Deutsch.",
		"Monday, 7 December 2026, 07:00", "Tuesday, 8 December 2026, 07:00", "By the clocks of Asia/Kathmandu"} {
		assert.Contains(t, page, want)
	}
	assert.Equal(t, core.Preferences{TimeZone: "Asia/Kathmandu", Rhythm: "workdays at 7", PausedUntil: "2026-12-05", QuietStart: "22:00", QuietEnd: "06:00", Language: "de"}, p.person(1).Preferences)
	assert.Equal(t, core.Weekly, p.person(1).Cadence)

	undo := hidden(page)
	require.Len(t, undo, 7)
	status, _ = p.ask(token, undo)
	assert.Equal(t, http.StatusOK, status)
	assert.Zero(t, p.person(1).Preferences)
	assert.Equal(t, []string{web.PageSaved, web.PageSaved}, p.asked)
}

// hidden returns what the button of a page sends that undoes.
func hidden(page string) url.Values {
	sent := url.Values{}
	for _, field := range regexp.MustCompile(`type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		sent.Add(field[1], html.UnescapeString(field[2]))
	}
	return sent
}

func TestWhatAFormSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		person int64
		form   url.Values
		want   string
	}{
		{2, url.Values{"days": {"daily"}, "hour": {"7", "17"}}, "daily at 7, 17"},
		{2, url.Values{"days": {"daily"}}, "daily at 8"},
		{2, url.Values{"days": {"chosen"}, "weekday": {"monday", "thursday"}, "hour": {"9"}}, "monday, thursday at 9"},
		{2, url.Values{"days": {"fortnight"}, "weekday": {"friday", "sunday"}, "hour": {"9"}, "since": {"2026-12-04"}}, "every two weeks on friday at 9 from 2026-12-04"},
		{2, url.Values{"days": {"monthly"}, "monthday": {"31"}, "hour": {"9"}}, "monthly on 31 at 9"},
		{2, url.Values{"days": {"app"}}, ""},
		// Who ticks an hour or a day means it.
		{2, url.Values{"days": {"app"}, "hour": {"9"}}, "daily at 9"},
		{1, url.Values{"days": {"app"}, "hour": {"9"}}, "monday at 9"},
		{2, url.Values{"days": {"app"}, "weekday": {"tuesday"}}, "tuesday at 8"},
	} {
		p := newPages(t)
		c.form.Set("digests", "daily")
		cadence := p.person(c.person).Cadence
		status, page := p.ask(p.token(c.person, 0), c.form)
		require.Equal(t, http.StatusOK, status, page)
		assert.Equal(t, c.want, p.person(c.person).Preferences.Rhythm)
		assert.Equal(t, cadence, p.person(c.person).Cadence)
		// The form then shows it, and says the same once more.
		status, page = p.ask(p.token(c.person, 0), nil)
		require.Equal(t, http.StatusOK, status)
		_, page = p.ask(p.token(c.person, 0), shown(page))
		assert.Equal(t, c.want, p.person(c.person).Preferences.Rhythm)
		assert.Contains(t, page, "Nothing is different from before.")
		assert.NotContains(t, page, ">Undo<")
	}
}

// shown returns what the form of a page shows, as a browser would send it.
func shown(page string) url.Values {
	sent := url.Values{}
	for _, field := range regexp.MustCompile(`type="(?:radio|checkbox)" name="(\w+)" value="([^"]*)" checked`).FindAllStringSubmatch(page, -1) {
		sent.Add(field[1], field[2])
	}
	for _, field := range regexp.MustCompile(`<input (?:[^>]*? )?name="(\w+)"[^>]*? value="([^"]*)"[^>]*>`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(field[0], "radio") && !strings.Contains(field[0], "checkbox") && !strings.Contains(field[0], "hidden") {
			sent.Set(field[1], html.UnescapeString(field[2]))
		}
	}
	if list := regexp.MustCompile(`(?s)<select [^>]*name="(\w+)".*?</select>`).FindStringSubmatch(page); list != nil {
		sent.Set(list[1], "") // the first of the list
		for _, option := range regexp.MustCompile(`<option value="([^"]*)"[^>]* selected>`).FindAllStringSubmatch(list[0], -1) {
			sent.Set(list[1], html.UnescapeString(option[1]))
		}
	}
	return sent
}

// What was ticked before is not meant anew: else nobody could go back to no fixed hour.
func TestTheAppsOwnRhythmCanBeChosenAgain(t *testing.T) {
	t.Parallel()
	for _, rhythm := range []string{"workdays at 7, 12", "daily at 9", "every two weeks on friday at 9", "monthly on 3 at 10"} {
		p := newPages(t)
		require.NoError(t, p.store.Choose(t.Context(), 2, 0, core.Choice{Cadence: core.Daily, Rhythm: rhythm}))
		_, page := p.ask(p.token(2, 0), nil)
		form := shown(page)
		form.Set("days", "app")
		p.ask(p.token(2, 0), form)
		assert.Empty(t, p.person(2).Preferences.Rhythm, rhythm)
	}
}

func TestWhoHasNoDigestsChoosesHowOftenTheyCome(t *testing.T) {
	t.Parallel()
	for days, want := range map[string]core.Cadence{"app": core.Daily, "weekly": core.Weekly, "workdays": core.Daily} {
		p := newPages(t)
		p.ask(p.token(2, 0), url.Values{"digests": {"off"}})
		_, page := p.ask(p.token(2, 0), nil)
		assert.Contains(t, page, `value="weekly"`)
		p.ask(p.token(2, 0), url.Values{"digests": {"daily"}, "days": {days}})
		assert.Equal(t, want, p.person(2).Cadence, days)
	}
}

func TestAFormThatCannotBeSavedSaysWhyAndKeepsWhatWasEntered(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for want, form := range map[string]url.Values{
		"The time zone is not known.":                      {"days": {"daily"}, "hour": {"7"}, "zone": {"Mars/Olympus"}},
		"The language is not known.":                       {"days": {"daily"}, "hour": {"7"}, "language": {"de-AT"}},
		"Choose at least one day of the week.":             {"days": {"chosen"}, "hour": {"7"}, "language": {"ja"}},
		"Choose at least one day and one hour.":            {"days": {"sometimes"}, "hour": {"7"}},
		"The day of the month is a number from 1 to 31.":   {"days": {"monthly"}, "monthday": {"99"}, "hour": {"7"}},
		"The date in the first of the two weeks cannot be": {"days": {"fortnight"}, "weekday": {"monday"}, "hour": {"7"}, "since": {"9999-12-31"}},
		"The date until which you pause cannot be read.":   {"days": {"daily"}, "hour": {"7"}, "paused": {"soon"}},
		"You can pause for 5 years at the most.":           {"days": {"daily"}, "hour": {"7"}, "paused": {"2036-01-01"}},
		"Quiet hours need a start and an end":              {"days": {"daily"}, "hour": {"7"}, "from": {"22:00"}},
		"Choose whether digests are sent.":                 {"days": {"daily"}, "hour": {"7"}, "digests": {"hourly"}},
	} {
		if !form.Has("digests") {
			form.Set("digests", "daily")
		}
		status, page := p.ask(p.token(1, 0), form)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Contains(t, page, want)
		assert.Contains(t, page, "Nothing was saved.")
		kept := shown(page)
		for name, values := range form {
			if !strings.Contains("hourly sometimes de-AT", values[0]) {
				assert.Equal(t, values, kept[name], "%s: %s", want, name)
			}
		}
	}
	assert.Zero(t, p.person(1).Preferences)
}

// A reader who wants no digests gets none, even if the rest of the form is wrong.
func TestDigestsCanAlwaysBeEnded(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	require.NoError(t, p.store.Choose(t.Context(), 2, 0, core.Choice{Cadence: core.Daily, TimeZone: "Mars/Olympus", PausedUntil: "soon"}))
	status, _ := p.ask(p.token(2, 0), url.Values{"digests": {"daily"}, "days": {"app"}, "zone": {"Mars/Olympus"}})
	assert.Equal(t, http.StatusOK, status, "what is as it was does no harm")
	status, _ = p.ask(p.token(2, 0), url.Values{"digests": {"off"}, "days": {"monthly"}, "zone": {"Pluto"}})
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, core.Off, p.person(2).Cadence)
	assert.Equal(t, core.Preferences{TimeZone: "Mars/Olympus"}, p.person(2).Preferences)
}

func TestAPauseThatIsOverIsNone(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for _, past := range []string{"2020-01-01", "2026-11-29"} {
		p.ask(p.token(2, 0), url.Values{"digests": {"daily"}, "days": {"app"}, "paused": {past}})
		assert.Zero(t, p.person(2).Preferences)
	}
}

func TestReadersTurnDigestsOffAndOnAgain(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	_, page := p.ask(p.token(1, 0), url.Values{"digests": {"off"}, "days": {"app"}})
	assert.Contains(t, page, "You get no more digests.")
	assert.Contains(t, page, "No digests come.")
	assert.Equal(t, core.Off, p.person(1).Cadence)
	_, page = p.ask(p.token(1, 0), url.Values{"digests": {"daily"}, "days": {"app"}})
	assert.Contains(t, page, "You get digests again.")
	assert.Equal(t, core.Daily, p.person(1).Cadence)
}

// Only a link that was sent to a person lets anybody in, and only to that person's page.
func TestOtherTokensLetNobodyIn(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	form := url.Values{"digests": {"off"}}
	good := p.token(1, 0)
	other, err := links.NewKeyring([]byte(strings.Repeat("t", links.MinSecret)))
	require.NoError(t, err)
	tokens := []string{"nonsense", p.token(3, 0), p.token(1, 61*24*time.Hour), p.ring.Token(1, 0), p.ring.ReaderToken(links.Reader{Recipient: 1, Mark: 5, Made: now}),
		other.ReaderToken(links.Reader{Recipient: 1, Made: now}), good[:len(good)-1], good + "A"}
	for i := range good {
		changed := []byte(good)
		if changed[i] ^= 1; changed[i] != good[i] && regexp.MustCompile(`^[\w-]+$`).Match(changed) {
			tokens = append(tokens, string(changed))
		}
	}
	for _, token := range tokens {
		for _, sent := range []url.Values{nil, form} {
			status, page := p.ask(token, sent)
			assert.Equal(t, http.StatusNotFound, status, token)
			assert.Contains(t, page, "no longer good")
		}
	}
	assert.Equal(t, core.Weekly, p.person(1).Cadence)
	status, _ := p.ask(p.token(1, 59*24*time.Hour), nil)
	assert.Equal(t, http.StatusOK, status)
}

func TestADigestIsReadAgainByItsReaderAlone(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	status, page := p.ask(p.token(1, 0)+"/digest/1", nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, page, "https://rfc.example/rfc/rfc-1")
	for _, path := range []string{p.token(1, 0) + "/digest/2", p.token(1, 0) + "/digest/99", p.token(1, 0) + "/digest/x", "nonsense/digest/1"} {
		status, page = p.ask(path, nil)
		assert.Equal(t, http.StatusNotFound, status, path)
		assert.NotContains(t, page, "secret-rfc")
	}
}

// Readers who get no digests now can still read those that they got.
func TestADigestIsReadAgainByThoseWhoGetNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]core.Choice{"digests off": {Cadence: core.Off}, "quiet hours": {Cadence: core.Daily, QuietStart: "09:00", QuietEnd: "12:00"}} {
		p := newPages(t)
		require.NoError(t, p.store.Choose(t.Context(), 1, 0, c))
		status, page := p.ask(p.token(1, 0)+"/digest/1", nil)
		assert.Equal(t, http.StatusOK, status, name)
		assert.Contains(t, page, "https://rfc.example/rfc/rfc-1", name)
	}
}

func TestAReadersPageSaysWhatKeepsDigestsFromComing(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	back := core.Return{Kind: returned.Complaint, Why: string(returned.Spam), At: now.Add(-time.Hour), To: links.AddressMark("ada@rfc.example")}
	_, err := p.store.NoteReturn(t.Context(), links.Return{Kind: links.ReturnDigest, ID: 1}, back, 0)
	require.NoError(t, err)
	_, page := p.ask(p.token(1, 0), nil)
	assert.Contains(t, page, "Digests ended on 29 November 2026, since one was reported as spam.")
	_, page = p.ask(p.token(1, 0), url.Values{"digests": {"daily"}, "days": {"app"}})
	assert.NotContains(t, page, "reported as spam")

	for at := now.AddDate(0, 0, -2); !at.After(now); at = at.AddDate(0, 0, 1) {
		require.NoError(t, p.store.CountRefusals(t.Context(), []core.Refusal{{Recipient: 2, Address: "grace@rfc.example", Reason: "550", At: at}}))
	}
	_, page = p.ask(p.token(2, 0), nil)
	assert.Contains(t, page, "Mail to your address was refused, so no digests are sent there until the first date below.")
	assert.Contains(t, page, "Tuesday, 29 December 2026, 10:00")
}

func TestALongFormIsRefused(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	status, _ := p.ask(p.token(1, 0), url.Values{"zone": {strings.Repeat("x", 20_000)}})
	assert.Equal(t, http.StatusBadRequest, status)
}
