package preview_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/wiggleverse/rfcdigest/core"
)

// listed returns the IDs of the people on a page, with their statuses.
func (a answer) listed() (ids []int64, statuses []string) {
	for _, n := range a.all(func(n *html.Node) bool { return n.Data == "a" && attr(n, "data-person") != "" }) {
		id, err := strconv.ParseInt(attr(n, "data-person"), 10, 64)
		require.NoError(a, err)
		ids, statuses = append(ids, id), append(statuses, attr(n, "data-status"))
	}
	return ids, statuses
}

func from(first, last int64) (ids []int64) {
	for id := first; id <= last; id++ {
		ids = append(ids, id)
	}
	return ids
}

func TestTheListSaysInAWordWhatBecomesOfEach(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	a := s.get("/")
	ids, statuses := a.listed()
	assert.Equal(t, []int64{1, 2, 3, 4, 5, 6, 7, 9}, ids, "those without digests are found by searching only")
	assert.Equal(t, []string{"due", "waiting", "due", "quiet", "suppressed", "unusable", "sending", "nothing"}, statuses)
	assert.Equal(t, "Ada Lovelace ● due p1@rfc.example due since 2026-03-29 11:00", a.text("person-1"))
	assert.Equal(t, "no name ◇ not due p2@rfc.example next 2026-03-30 07:00", a.text("person-2"))
	for id, words := range map[string]string{"person-4": "quiet hours", "person-5": "suppressed", "person-6": "address unusable", "person-7": "still being sent", "person-9": "nothing new"} {
		assert.Contains(t, a.text(id), words)
	}
	assert.Contains(t, a.text("welcome-due"), "6 of the 8 on this page of the list are due.")
	due, _ := s.follow(a, "list-due").listed()
	assert.Equal(t, []int64{1, 3, 4, 5, 6, 9}, due)
	_, statuses = s.get("/?q=8").listed()
	assert.Equal(t, []string{"none"}, statuses)
	assert.Contains(t, s.get("/?q=8").text("person-8"), "no digests")
}

func TestThoseWhoseAddressWasRefusedAreListedWithTheCommandThatLifts(t *testing.T) {
	t.Parallel()
	w := world(12)
	for id, p := range map[int64]core.Preferences{
		suppressed: {Failures: 3, SuppressedReason: "RCPT: 550 " + evil, RetryAt: noon.AddDate(0, 0, 30)},
		off:        {SuppressedReason: "complaint"},
		waiting:    {Failures: 1, RetryAt: noon.Add(time.Hour)},
		10:         {Failures: 3, RetryAt: noon},
	} {
		p.SuppressedAddress = w.Users[id-1].Address
		w.Users[id-1].Preferences = p
	}
	w.Users[11].Preferences = core.Preferences{SuppressedAddress: "old@rfc.example", Failures: 3}
	s := newSite(t, w)
	a := s.follow(s.get("/?after=60"), "list-suppressed")
	ids, statuses := a.listed()
	assert.Equal(t, []int64{waiting, suppressed, off, 10}, ids)
	assert.Equal(t, []string{"refused", "suppressed", "suppressed", "refused"}, statuses)
	assert.Equal(t, "true", attr(a.find("list-suppressed"), "aria-current"))
	row := text(a.find("person-5").Parent)
	assert.Contains(t, row, "suppressed p5@rfc.example")
	assert.Contains(t, row, "on 3 days in a row, the last time with: RCPT: 550 "+evil)
	assert.Contains(t, row, "One mail is tried from 2026-04-28 12:00:00 on. To lift it: rfcdigest suppressed --lift 5")
	assert.Contains(t, text(a.find("person-8").Parent), "entered as suppressed: complaint. That stays until somebody lifts it. To lift it: rfcdigest suppressed --lift 8")
	assert.Contains(t, text(a.find("person-2").Parent), "refused lately p2@rfc.example")
	assert.Contains(t, text(a.find("person-10").Parent), "tried next")

	one := s.follow(a, "person-2")
	assert.Equal(t, "The address was refused for good, with: no reason was noted. It is tried again from 2026-03-29 13:00:00 on. If the address works again, have mail go there with rfcdigest suppressed --lift 2",
		one.text("person-refused"), "though no digest is due")
	assert.Equal(t, "If the address works again, have mail go there with rfcdigest suppressed --lift 5", s.follow(a, "person-5").text("person-refused"), "the reason is said above")
	assert.False(t, s.get("/?person=12").has("person-refused"), "of another address")
	assert.Contains(t, s.get("/").text("person-2"), "not due")

	ids, _ = s.get("/?q=lovelace&list=suppressed").listed()
	assert.Empty(t, ids)
	assert.Contains(t, s.get("/?q=lovelace&list=suppressed").text("empty"), "Nobody whose address is suppressed has that")
	ids, _ = s.get("/?q=p5@&list=suppressed").listed()
	assert.Equal(t, []int64{5}, ids)
	ids, _ = s.get("/?list=suppressed&at=2026-03-01T12:00:00").listed()
	assert.Equal(t, []int64{waiting, suppressed, off, 10}, ids, "as they are today")
	assert.Equal(t, "No address is suppressed, and none was refused lately.", newSite(t, core.World{}).get("/?list=suppressed").text("empty"))
}

func TestSuppressedPeopleAreListedInPages(t *testing.T) {
	t.Parallel()
	w := world(120)
	for i := range w.Users {
		w.Users[i].Preferences.SuppressedAddress = w.Users[i].Address
	}
	s := newSite(t, w)
	first := s.get("/?list=suppressed")
	ids, _ := first.listed()
	assert.Equal(t, from(1, 50), ids)
	second := s.follow(first, "next")
	ids, _ = second.listed()
	assert.Equal(t, from(51, 100), ids)
	ids, _ = s.follow(second, "next").listed()
	assert.Equal(t, from(101, 120), ids)
}

func TestSearchingFindsByNameAddressAndID(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(30))
	for query, want := range map[string][]int64{
		"lovelace": {1}, "P2@RFC": {2}, "+17+": {17}, "on+2": {20, 21, 22, 23, 24, 25, 26, 27, 28, 29}, "%3Cscript%3E": {3}, "nowhere": {6},
	} {
		a := s.get("/?q=%s", query)
		ids, _ := a.listed()
		assert.Equal(t, want, ids, query)
	}
	a := s.get("/?q=zebra")
	assert.Contains(t, a.text("empty"), "Search for less")
	assert.Equal(t, "zebra", attr(a.find("search"), "value"))
	assert.Contains(t, s.get("/?q=lovelace&list=due&at=2026-03-29T12:00:00").text("person-1"), "due")
	assert.Contains(t, s.get("/?q=no&list=due").text("person-6"), "unusable")
	assert.Contains(t, s.get("/?q=p2@&list=due").text("empty"), "Look among everybody")
	assert.Contains(t, newSite(t, core.World{}).get("/").text("empty"), "Nobody has digests")
}

func TestPagesOfFiftyWithAWayBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(120))
	first := s.get("/?person=60&view=why")
	ids, _ := first.listed()
	assert.Equal(t, append(from(1, 7), from(9, 51)...), ids)
	assert.False(t, first.has("to-start"))
	second := s.follow(first, "next")
	ids, _ = second.listed()
	assert.Equal(t, from(52, 101), ids)
	assert.Equal(t, "Person 60 ● due", second.text("person-name"), "whoever is chosen stays")
	assert.Equal(t, "true", attr(second.find("person-60"), "aria-current"))
	assert.Empty(t, attr(second.find("person-61"), "aria-current"))
	third := s.follow(second, "next")
	ids, _ = third.listed()
	assert.Equal(t, from(102, 120), ids)
	assert.False(t, third.has("next"))
	ids, _ = s.follow(third, "to-start").listed()
	assert.Equal(t, int64(1), ids[0])
	assert.Contains(t, s.get("/?after=120").text("empty"), "Go back to the start")
}
