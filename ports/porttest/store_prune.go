package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// pruned prunes what from its beginning to its end, and returns how many rows went.
func (s *storeTest) pruned(what core.Prunable, before time.Time) (deleted int) {
	s.Helper()
	for after := int64(0); ; {
		n, next, err := s.Prune(s.ctx, what, before, after)
		require.NoError(s, err)
		deleted += n
		if next == 0 {
			return deleted
		}
		require.Greater(s, next, after)
		after = next
	}
}

// window is a ledger row whose window ended so many days before noon.
func window(id, recipient int64, days int, status core.Status) core.LedgerRow {
	end := noon.AddDate(0, 0, -days)
	row := core.LedgerRow{Claim: core.Claim{ID: id, Recipient: recipient, Window: core.Window{Start: end.AddDate(0, 0, -1), End: end}}, Status: status}
	if status == core.Sent {
		row.SentAt = end
	}
	return row
}

var pruneCases = []storeCase{
	{"old windows go, but for the newest that stays", func(s *storeTest) {
		w := pair()
		w.Ledger = []core.LedgerRow{
			window(1, 1, 900, ""), window(2, 1, 800, core.Sent), window(3, 2, 700, core.Empty), window(4, 1, 500, core.Empty), window(5, 1, 3, core.Sent),
			window(6, 2, 450, core.Redirected), window(7, 3, 600, core.Sent), window(8, 3, 500, core.Sending),
		}
		s.fill(w)
		before := [2]core.Entry{s.user(1).Latest, s.user(2).Latest}
		assert.Equal(s, 3, s.pruned(core.OldWindows, noon.AddDate(0, 0, -400)))
		var left []int64
		for _, row := range s.ledger() {
			left = append(left, row.ID)
		}
		assert.ElementsMatch(s, []int64{3, 5, 6, 7, 8}, left)
		assert.Equal(s, before, [2]core.Entry{s.user(1).Latest, s.user(2).Latest})
		assert.Zero(s, s.pruned(core.OldWindows, noon.AddDate(0, 0, -400)))
	}},

	{"who is due and what they rest on is the same after old windows went", func(s *storeTest) {
		w := pair()
		hour := 23
		w.Users[0].Preferences.SendHour = &hour
		w.Ledger = []core.LedgerRow{window(1, 1, 900, core.Sent), window(2, 2, 900, core.Sent), window(3, 1, 500, core.Sent), window(4, 1, 1, core.Sent)}
		s.fill(w)
		early := noon.Add(-time.Hour)
		found := s.rests(early)
		require.NoError(s, s.Rest(s.ctx, found))
		resting := s.listed(early, 100)
		assert.Equal(s, 2, s.pruned(core.OldWindows, noon.AddDate(0, 0, -400)))
		assert.Equal(s, resting, s.listed(early, 100))
		require.NoError(s, s.Rest(s.ctx, found), "of a tick that looked before")
		assert.Equal(s, resting, s.listed(early, 100))
		c := claim(1, 1, 2)
		c.Previous = 4
		s.made(c)
	}},

	{"of many rows, those beyond the first few hundred go too", func(s *storeTest) {
		w := pair()
		for i := range int64(1200) {
			w.Ledger = append(w.Ledger, window(i+1, 1, 2000-int(i), core.Sent))
		}
		s.fill(w)
		assert.Equal(s, 1199, s.pruned(core.OldWindows, noon))
	}},

	{"held e-mail that is done goes when it is old", func(s *storeTest) {
		w := pair()
		for i, status := range []core.Status{core.Held, core.Sending, core.Sent, core.Dropped, core.Failed, core.Redirected, core.Sent} {
			m := core.HeldRow{HeldMail: core.HeldMail{ID: int64(i + 1), Recipient: 1, Subject: "s", Text: "t", Status: status, CreatedAt: noon.AddDate(0, 0, -500)}}
			if i == 6 {
				m.CreatedAt = noon.AddDate(0, 0, -3)
			}
			w.Held = append(w.Held, m)
		}
		s.fill(w)
		assert.Equal(s, 3, s.pruned(core.OldMails, noon.AddDate(0, 0, -400)))
		var left []int64
		for _, m := range s.dump().Held {
			left = append(left, m.ID)
		}
		assert.ElementsMatch(s, []int64{1, 2, 6, 7}, left)
	}},
}
