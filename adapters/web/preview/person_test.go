package preview_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/wiggleverse/rfcdigest/core"
)

func TestAPersonIsShownWithThePlanInASentence(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	a := s.get("/?person=%d", asleep)
	assert.Equal(t, "Person 4 ◐ quiet hours", a.text("person-name"))
	assert.Equal(t, "p4@rfc.example · ID 4", a.text("person-address"))
	facts := []string{}
	for _, n := range a.all(func(n *html.Node) bool { return n.Data == "dd" }) {
		facts = append(facts, text(n))
	}
	assert.Equal(t, []string{"daily", "UTC", "11:00 to 13:00", "none"}, facts)
	assert.Contains(t, a.text("person-why"), "a tick from 2026-03-29 13:00:00 on takes it")
	assert.Equal(t, "Person 4 · Mail · Wiggle <verse> digest preview", text(a.all(func(n *html.Node) bool { return n.Data == "title" })[0]))
	assert.Equal(t, "A draft: at this instant it does not go out. The reason: quiet hours.", a.text("draft"))
	assert.False(t, s.get("/?person=%d", ada).has("draft"))
	assert.Equal(t, "No name ◇ not due", s.get("/?person=%d", waiting).text("person-name"))
	assert.Contains(t, s.get("/?person=%d", waiting).text("draft"), "not due yet")
}

func TestWhatIsOddAboutSettingsIsSaid(t *testing.T) {
	t.Parallel()
	w := world(9)
	for i := range w.Users {
		if w.Users[i].ID == ada {
			w.Users[i].Preferences.TimeZone, w.Users[i].Preferences.QuietStart, w.Users[i].Preferences.QuietEnd = "Mars/<Olympus>", "0:00", "24:00"
		}
	}
	s := newSite(t, w)
	assert.Equal(t, `The time zone "Mars/<Olympus>" is not known, so it is UTC; a name like Europe/Berlin would be.`+
		"The quiet hours from 0:00 to 24:00 leave none of the ticks outside, which are 1 h apart, so there are none.", s.get("/?person=%d", ada).text("remarks"))
	assert.False(t, s.get("/?person=%d", asleep).has("remarks"))
}

func TestWithoutAnAddressNoDigestGoesOut(t *testing.T) {
	t.Parallel()
	w := world(9)
	for i := range w.Users {
		if w.Users[i].ID == ada {
			w.Users[i].Address, w.Users[i].Preferences.QuietStart = "", "22:00"
		}
	}
	s := newSite(t, w)
	a := s.get("/?person=%d", ada)
	assert.Equal(t, "No digest can go out: there is no e-mail address to send to.", a.text("person-why"))
	assert.Equal(t, "A draft: at this instant it does not go out. The reason: no address.", a.text("draft"))
	assert.Contains(t, a.text("facts"), "22:00, without an end")
	why := s.follow(a, "view-why")
	assert.Contains(t, why.text("verdict-included"), "in the digest, if there were one")
	assert.Contains(t, why.body, "It would be in a digest, but none can go out: there is no e-mail address.")
}

func TestTheMailAsAListOfMailsShowsIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	a := s.get("/?person=%d", ada)
	assert.Equal(t, "RFCs <digest@rfc.example>", a.text("mail-from"))
	assert.Equal(t, "Ada Lovelace <p1@rfc.example>", a.text("mail-to"))
	assert.Equal(t, "Trust & Safety (Sun 29 Mar)", a.text("mail-subject"))
	assert.Equal(t, "Someone opened PR #100", a.text("mail-preheader"))
	frame := a.find("mail")
	assert.Contains(t, frame.Attr, html.Attribute{Key: "sandbox"}, "nothing in a mail may run")
	assert.NotEmpty(t, attr(frame, "title"))
	assert.Equal(t, "600", attr(frame, "width"))
	assert.Contains(t, s.get("%s", attr(frame, "src")).body, "Your daily digest")
	narrow := s.follow(s.follow(a, "show-320"), "show-dark")
	assert.Equal(t, "320", attr(narrow.find("mail"), "width"))
	assert.Equal(t, "/mail?person=1&scheme=dark", attr(narrow.find("mail"), "src"))
	assert.Equal(t, "true", attr(narrow.find("show-dark"), "aria-current"))
	german := s.follow(narrow, "show-de")
	assert.Equal(t, "/mail?language=de&person=1&scheme=dark", attr(german.find("mail"), "src"))
	assert.Contains(t, s.get("%s", attr(german.find("mail"), "src")).body, `<html lang="de" dir="ltr">`)
	assert.Contains(t, s.follow(german, "view-text").text("text"), "Inbox öffnen", "each view is in the language that is chosen")
	assert.Equal(t, "/mail?person=1&scheme=dark", attr(s.follow(german, "show-theirs").find("mail"), "src"))
	assert.NotContains(t, s.get("/?person=%d", unusable).body, `id="mail-from"`, "no mail can be made, but its HTML can")
}

func TestTextHeadersAndSourceAreThoseOfTheMail(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	a := s.get("/?person=%d", ada)
	assert.Contains(t, s.follow(a, "view-text").text("text"), "# Trust & Safety https://rfc.example/rfc/rfc-0001 · Someone opened PR #100")
	headers := s.follow(a, "view-headers").text("headers")
	assert.Contains(t, headers, "SubjectTrust & Safety (Sun 29 Mar)")
	assert.Regexp(t, `Message-ID<[0-9a-f]{32}@rfc.example>`, headers)
	assert.Less(t, strings.Index(headers, "Date"), strings.Index(headers, "Subject"))
	source := s.follow(a, "view-source")
	raw := source.find("source").FirstChild.Data
	assert.True(t, strings.HasPrefix(raw, "Auto-Submitted: auto-generated\n"))
	assert.Equal(t, fmt.Sprintf("%d bytes, as it would travel.", len(raw)+strings.Count(raw, "\n")), source.text("size"), "each line ends with two")
	for _, view := range []string{"headers", "source"} {
		assert.Equal(t, "No mail can be made of this: recipient: not an address that mail can be sent to; want local-part@domain.", s.get("/?person=%d&view=%s", unusable, view).text("nothing"))
	}
	assert.Contains(t, s.get("/?person=%d&view=text", idle).text("nothing"), "nothing in the window is for a digest")
	assert.Contains(t, s.get("/?person=%d", off).text("nothing"), "cadence has no digests")
}

// verdicts returns the number of rows of each verdict, and how many there should be.
func (a answer) verdicts() (rows, counts map[string]int) {
	rows, counts = map[string]int{}, map[string]int{}
	for _, n := range a.all(func(n *html.Node) bool { return attr(n, "data-verdict") != "" }) {
		switch n.Data {
		case "tr":
			rows[attr(n, "data-verdict")]++
		case "a":
			count, err := strconv.Atoi(attr(n, "data-count"))
			require.NoError(a, err)
			counts[attr(n, "data-verdict")] = count
		}
	}
	return rows, counts
}

func TestWhyCountsAddUpAndFilter(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	a := s.get("/?person=%d&view=why", ada)
	rows, counts := a.verdicts()
	assert.Equal(t, 8, counts["all"])
	delete(counts, "all")
	assert.Equal(t, rows, counts)
	assert.Len(t, counts, len(core.Verdicts()))
	assert.Equal(t, "8 notifications since 2026-02-27 12:00:00, by what becomes of them:", a.text("total"))
	ids := []string{}
	for _, n := range a.all(func(n *html.Node) bool { return attr(n, "data-notification") != "" }) {
		ids = append(ids, attr(n, "data-notification"))
	}
	assert.Equal(t, []string{"11", "100", "16", "15", "14", "13", "12", "10"}, ids, "the newest first")
	read := s.follow(a, "verdict-already_read")
	rows, _ = read.verdicts()
	assert.Equal(t, map[string]int{"already_read": 1}, rows)
	assert.Contains(t, read.text("reasons"), "Someone opened PR #14Trust & Safety rfc-0001 already_readalready read in the app Read in the app on 2026-03-29 11:30:00.")
	assert.Contains(t, s.get("/?person=%d&view=why&verdict=already_read", hostile).text("no-reasons"), "None has this verdict")
	assert.Contains(t, s.get("/?person=%d&view=why", idle).text("no-reasons"), "nothing to tell")
}

func TestWhyHasTwoHundredOnAPage(t *testing.T) {
	t.Parallel()
	w := world(9)
	for id := range int64(450) {
		w.Notifications = append(w.Notifications, event(1000+id, idle, before(time.Duration(id)*time.Minute)))
	}
	s := newSite(t, w)
	a := s.get("/?person=%d&view=why", idle)
	for _, want := range []string{"Notifications 1 to 200 of 450", "Notifications 201 to 400 of 450", "Notifications 401 to 450 of 450"} {
		assert.Contains(t, a.text("reasons"), want)
		if a.has("older") {
			a = s.follow(a, "older")
		}
	}
	assert.False(t, a.has("older"))
	assert.Contains(t, s.follow(a, "newest").text("reasons"), "1 to 200")
}

func TestAWindowLeadsToTheDigestThatItWas(t *testing.T) {
	t.Parallel()
	w := world(9)
	end := w.Ledger[ada-1].Window.End
	w.Notifications[len(w.Notifications)-7+2].IncludedAt = core.At(end) // included at the last window's end
	w.Notifications[len(w.Notifications)-7+2].CreatedAt = end.Add(-time.Hour)
	s := newSite(t, w)
	a := s.get("/?person=%d&view=windows", ada)
	assert.Contains(t, a.text("windows"), "2026-03-28 11:00:00 2026-03-27 11:00:00 sent 0 2026-03-28 11:00:00 m1@rfc.example")
	row := attr(a.all(func(n *html.Node) bool { return attr(n, "data-window") != "" })[0], "data-window")
	then := s.follow(a, "window-"+row)
	assert.Contains(t, then.text("instant-note"), "A past instant")
	assert.Contains(t, then.text("person-name"), "due")
	told := s.get("%s", attr(then.find("view-why"), "href")+"&verdict=included")
	assert.Contains(t, told.text("reasons"), "Someone opened PR #12", "it was told of by that digest, and so not before")
	assert.Contains(t, s.get("/?person=%d&view=windows&at=2026-03-27T00:00:00", ada).text("windows"), "after the instant shown")
	w.Ledger = nil
	assert.Contains(t, newSite(t, w).get("/?person=1&view=windows").text("no-windows"), "No window was recorded")
}

func TestWhoIsNotThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	for _, id := range []string{fmt.Sprint(nobody), "Ada", "-1", "0", "99999999999999999999999"} {
		a := s.ask("/?q=person&person=" + id)
		assert.Equal(t, http.StatusNotFound, a.status, id)
		assert.Contains(t, a.text("trouble"), "Nobody has the ID "+id+".")
		ids, _ := a.listed()
		assert.NotEmpty(t, ids, "the rest stays usable")
		assert.True(t, s.follow(a, "back").has("welcome"))
		assert.Equal(t, http.StatusNotFound, s.ask("/mail?person="+id).status)
	}
	a := s.ask("/nowhere?person=1")
	assert.Equal(t, http.StatusNotFound, a.status)
	assert.True(t, s.follow(a, "back").has("welcome"))
	assert.Equal(t, http.StatusNotFound, s.ask(fmt.Sprintf("/mail?person=%d", idle)).status)
	assert.Equal(t, http.StatusNotFound, s.ask("/assets/preview.css").status)
}

func TestHeldMailStandsInThePersonsHistory(t *testing.T) {
	t.Parallel()
	w := world(9)
	for i := range w.Users {
		if w.Users[i].ID == asleep {
			w.Users[i].Preferences.TimeZone, w.Users[i].Preferences.OddHour = "Europe/Berlin", "nine"
			w.Users[i].Preferences.QuietStart, w.Users[i].Preferences.QuietEnd = "13:00", "15:00"
		}
	}
	at := time.Date(2026, 3, 29, 11, 30, 0, 0, time.UTC)
	w.Held = []core.HeldRow{
		{HeldMail: core.HeldMail{ID: 70, Recipient: asleep, Subject: "A <review>", Text: "Hello", Status: core.Held, CreatedAt: at}},
		{HeldMail: core.HeldMail{ID: 71, Recipient: asleep, Subject: "Another", Text: "Hello", Status: "pending", CreatedAt: at}},
	}
	a := newSite(t, w).get("/?person=%d&view=windows", asleep)
	for _, words := range []string{
		"2026-03-29 11:30:00 (13:30 Europe/Berlin)", "A <review>", "Waits for the end of quiet hours at 15:00 (Europe/Berlin), 2026-03-29 13:00:00 UTC.",
		"pending", "Waits for ever. ignored: status 'pending'; held can be.",
	} {
		assert.Contains(t, a.text("held"), words)
	}
	assert.Contains(t, a.text("remarks"), "ignored: send hour 'nine'; 0 to 23 can be.")
	assert.False(t, newSite(t, world(9)).get("/?person=%d&view=windows", ada).has("held"))
}
