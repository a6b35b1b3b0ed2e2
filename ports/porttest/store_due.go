package porttest

import (
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// listed returns everybody whom Due lists at now, read limit at a time.
func (s *storeTest) listed(now time.Time, limit int) (all []core.Recipient) {
	s.Helper()
	for after := int64(0); ; {
		page, err := s.Due(s.ctx, now, after, limit)
		require.NoError(s, err)
		require.LessOrEqual(s, len(page), limit)
		for _, r := range page {
			require.Greater(s, r.ID, after)
			after = r.ID
		}
		all = append(all, page...)
		if len(page) == 0 {
			return all
		}
		if len(page) < limit {
			page, err = s.Due(s.ctx, now, after, limit)
			require.NoError(s, err)
			require.Empty(s, page, "a short page is the last")
			return all
		}
	}
}

// isDue reports whether r has a digest due at now, or will have one when the digest that is being
// sent is settled. No other change is needed for that, so a store has to count them in.
func (s *storeTest) isDue(r core.Recipient, now time.Time) bool {
	s.Helper()
	if r.Latest.Status == core.Sending {
		r.Latest.Status = core.Sent
	}
	return core.Schedule{}.Look(r, s.zone(r), now).Action != core.Skip
}

func (s *storeTest) zone(r core.Recipient) *time.Location {
	s.Helper()
	zone, err := time.LoadLocation(r.Preferences.TimeZone)
	require.NoError(s, err)
	return zone
}

// nobodyIsLeftOut requires that Due lists everybody who is due, with all that is known of them: days
// before noon, more than a week after, and at the very second at which each person becomes due.
func (s *storeTest) nobodyIsLeftOut() {
	s.Helper()
	var ids []int64
	for _, u := range s.dump().Users {
		ids = append(ids, u.ID)
	}
	people, err := s.Lookup(s.ctx, ids)
	require.NoError(s, err)
	instants := []time.Time{noon.Add(-4 * 24 * time.Hour), noon, noon.Add(9 * 24 * time.Hour)}
	for _, r := range people {
		if at := (core.Schedule{}).Look(r, s.zone(r), noon).DueAt; !at.IsZero() {
			instants = append(instants, at, at.Add(time.Second))
		}
	}
	slices.SortFunc(instants, time.Time.Compare)
	for _, now := range slices.CompactFunc(instants, time.Time.Equal) {
		page, err := s.Due(s.ctx, now, 0, 100)
		require.NoError(s, err)
		require.Less(s, len(page), 100, "this is all of it")
		for _, r := range people {
			if !s.isDue(r, now) {
				continue
			}
			i := slices.IndexFunc(page, func(d core.Recipient) bool { return d.ID == r.ID })
			require.GreaterOrEqual(s, i, 0, "due at %v and left out: %+v", now, r)
			page[i].Revision = 0
			assert.Equal(s, r, page[i])
		}
	}
}

// clockwork returns a recipient whose windows end at eight in the morning.
func clockwork(id int64) core.Recipient {
	eight := 8
	r := someone(id)
	r.Preferences.SendHour = &eight
	return r
}

// closed returns the ledger row of a window of the recipient that ended that much before noon.
func closed(recipient int64, before time.Duration) core.LedgerRow {
	end := noon.Add(-before)
	return core.LedgerRow{Claim: core.Claim{Recipient: recipient, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}}, Status: core.Sent}
}

// varied is a world of people of every kind: new, due, not due yet, with and without a send hour, in
// quiet hours, suppressed, and unable to have a digest.
func varied() core.World {
	var w core.World
	add := func(r core.Recipient, before ...time.Duration) {
		r.ID = int64(len(w.Users) + 1)
		w.Users = append(w.Users, r)
		for _, b := range before {
			w.Ledger = append(w.Ledger, closed(r.ID, b))
		}
	}
	day := 24 * time.Hour
	for _, r := range []core.Recipient{someone(0), clockwork(0)} {
		for _, cadence := range []core.Cadence{core.Daily, core.Weekly, core.Off, "monthly"} {
			r.Cadence = cadence
			add(r)
			add(r, time.Hour)
			add(r, 3*day, day)
			add(r, time.Hour, 8*day) // the newer row is of an older window
			add(r, -2*day)
		}
	}
	for _, p := range []core.Preferences{
		{TimeZone: "Pacific/Apia"}, {QuietStart: "11:00", QuietEnd: "13:00"}, {SuppressedAddress: someone(0).Address}, {SendWeekday: "friday"},
	} {
		for _, r := range []core.Recipient{someone(0), clockwork(0)} {
			hour := r.Preferences.SendHour
			r.Preferences, r.Cadence = p, core.Weekly
			r.Preferences.SendHour = hour
			add(r, 5*day)
		}
	}
	odd, never := clockwork(0), 24
	odd.Preferences.SendHour = &never
	add(odd, time.Hour)
	odd = someone(0)
	odd.Address = "not an address"
	add(odd, time.Hour)
	odd.Address = ""
	add(odd)
	unreadable := closed(1, 0)
	unreadable.Window.End = time.Time{}
	w.Ledger = append(w.Ledger, unreadable)
	return w
}

var dueCases = []storeCase{
	{"who is due is paged by ascending ID, and is who they are on the roster", func(s *storeTest) {
		w := varied()
		s.fill(w)
		roster, err := s.Recipients(s.ctx, 0, 100)
		require.NoError(s, err)
		for _, now := range []time.Time{noon.Add(-90 * 24 * time.Hour), noon, noon.Add(90 * 24 * time.Hour)} {
			all := s.listed(now, 100)
			for _, limit := range []int{1, 7, len(all) + 1} {
				assert.Equal(s, all, s.listed(now, limit))
			}
			for _, r := range all {
				r.Revision = 0
				assert.Contains(s, roster, r)
			}
		}
		page, err := s.Due(s.ctx, noon, big, 10)
		require.NoError(s, err)
		assert.Empty(s, page)
	}},

	{"everybody is listed who is due, whenever that is asked", func(s *storeTest) {
		s.fill(varied())
		s.nobodyIsLeftOut()
	}},
}
