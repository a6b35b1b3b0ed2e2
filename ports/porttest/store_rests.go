package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// rests returns the rests of those whom a tick at now finds not due.
func (s *storeTest) rests(now time.Time) (rests []core.Rest) {
	s.Helper()
	for _, r := range s.listed(now, 100) {
		if p := (core.Schedule{}).Look(r, s.zone(r), now); p.Reason == core.NotDue {
			rests = append(rests, core.Rest{Recipient: r.ID, Revision: r.Revision, Until: p.DueAt})
		}
	}
	return rests
}

// rest has everybody rest who is not due at now.
func (s *storeTest) rest(now time.Time) {
	s.Helper()
	require.NoError(s, s.Rest(s.ctx, s.rests(now)))
}

var restCases = []storeCase{
	{"who rests is listed again at their time", func(s *storeTest) {
		s.fill(varied())
		for _, now := range []time.Time{noon, noon.Add(-3 * 24 * time.Hour), noon.Add(25 * time.Hour)} {
			s.rest(now)
			s.nobodyIsLeftOut()
		}
	}},

	{"who rests is woken, and not put to rest by what was found before", func(s *storeTest) {
		s.fill(varied())
		early := noon.Add(-40 * 24 * time.Hour)
		late := s.rests(noon)
		require.NotEmpty(s, late)
		s.rest(noon)
		require.NoError(s, s.Wake(s.ctx))
		everybody, err := s.Recipients(s.ctx, 0, 1000)
		require.NoError(s, err)
		ids := func(rs []core.Recipient) (ids []int64) {
			for _, r := range rs {
				ids = append(ids, r.ID)
			}
			return ids
		}
		assert.Equal(s, ids(everybody), ids(s.listed(early, 100)), "the rules of their zones may have changed, so all are looked at")
		require.NoError(s, s.Rest(s.ctx, late), "by another scheduler, who went by the old rules")
		assert.Equal(s, ids(everybody), ids(s.listed(early, 100)))
		s.rest(noon)
		s.nobodyIsLeftOut()
		require.NoError(s, s.Wake(s.ctx))
		require.NoError(s, s.Wake(s.ctx), "there is nobody left to wake")
		s.nobodyIsLeftOut()
	}},

	{"nobody is hidden by a rest who can have no digest, or is gone", func(s *storeTest) {
		s.fill(pair())
		require.NoError(s, s.Rest(s.ctx, nil))
		require.NoError(s, s.Rest(s.ctx, []core.Rest{{Recipient: 404, Revision: 7, Until: noon}}))
		require.NoError(s, s.Unsubscribe(s.ctx, 1, 0))
		require.NoError(s, s.Rest(s.ctx, []core.Rest{{Recipient: 1, Revision: 7, Until: noon.Add(time.Hour)}}))
		s.nobodyIsLeftOut()
	}},

	{"a change is seen, whether it comes before a rest is noted or after", func(s *storeTest) {
		var w core.World
		for range 2 { // the first of them change before, the others after
			for range changes {
				for _, r := range []core.Recipient{someone(0), clockwork(0)} {
					r.ID = int64(len(w.Users) + 1)
					w.Users = append(w.Users, r)
					w.Ledger = append(w.Ledger, closed(r.ID, 2*time.Hour))
				}
			}
		}
		s.fill(w)
		late := s.rests(noon)
		for i, c := range changes {
			c(s, s.user(int64(2*i+1)))
			c(s, s.user(int64(2*i+2)))
		}
		s.nobodyIsLeftOut()
		require.NoError(s, s.Rest(s.ctx, late))
		for i, c := range changes {
			c(s, s.user(int64(2*(len(changes)+i)+1)))
			c(s, s.user(int64(2*(len(changes)+i)+2)))
		}
		s.nobodyIsLeftOut()
		require.NoError(s, s.Rest(s.ctx, late), "by another scheduler, who is slow")
		s.nobodyIsLeftOut()
		s.rest(noon)
		s.rest(noon.Add(20 * time.Hour))
		s.nobodyIsLeftOut()
	}},

	{"a rest from before a change stays without effect when all is as it was", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{someone(1), clockwork(2)}, Ledger: []core.LedgerRow{closed(1, 26*time.Hour), closed(2, 2*time.Hour)}})
		late := s.rests(noon.Add(-25 * time.Hour))
		for id := int64(1); id <= 2; id++ {
			c := claim(id)
			c.Previous = s.user(id).Latest.ID
			require.NoError(s, s.Release(s.ctx, s.made(c)))
		}
		s.rest(noon)
		require.NoError(s, s.Rest(s.ctx, late))
		s.nobodyIsLeftOut()
	}},

	{"who came to the store after others rest is listed", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{clockwork(2)}, Ledger: []core.LedgerRow{closed(2, time.Hour)}})
		s.rest(noon)
		s.fill(core.World{Users: []core.Recipient{someone(1), clockwork(3)}, Ledger: []core.LedgerRow{closed(3, 48*time.Hour)}})
		s.nobodyIsLeftOut()
		s.rest(noon)
		s.nobodyIsLeftOut()
	}},
}

// change does something to r that may make them due at another time.
type change func(s *storeTest, r core.Recipient)

// windowOf returns the next claim of r, whose window ends that much before noon.
func windowOf(r core.Recipient, before time.Duration) core.Claim {
	c := claim(r.ID)
	c.Previous, c.Window.End = r.Latest.ID, noon.Add(-before)
	return c
}

// changes are about a person whose window ended two hours before noon.
var changes = []change{
	func(s *storeTest, r core.Recipient) { require.NoError(s, s.Unsubscribe(s.ctx, r.ID, 0)) },
	func(s *storeTest, r core.Recipient) { s.made(windowOf(r, 0)) },
	func(s *storeTest, r core.Recipient) { s.made(windowOf(r, 50*time.Hour)) },
	func(s *storeTest, r core.Recipient) {
		require.NoError(s, s.Settle(s.ctx, s.made(windowOf(r, 30*time.Hour)), noon))
	},
	func(s *storeTest, r core.Recipient) {
		require.NoError(s, s.Release(s.ctx, s.made(windowOf(r, -50*time.Hour))))
	},
	func(s *storeTest, r core.Recipient) {
		held, err := s.Roll(s.ctx, []core.Claim{windowOf(r, 20*time.Hour)})
		require.NoError(s, err)
		require.Equal(s, 1, held)
	},
	func(s *storeTest, r core.Recipient) {
		_, _, claimed := s.SettleAndClaim(s.ctx, core.Claim{ID: big}, noon, windowOf(r, 40*time.Hour))
		require.NoError(s, claimed)
	},
	func(s *storeTest, r core.Recipient) {
		done := s.made(windowOf(r, 5*time.Hour))
		next := windowOf(r, 23*time.Hour)
		next.Previous = done.ID
		_, settled, claimed := s.SettleAndClaim(s.ctx, done, noon, next)
		require.NoError(s, settled)
		require.NoError(s, claimed)
	},
	func(s *storeTest, r core.Recipient) {
		s.fill(core.World{Ledger: []core.LedgerRow{closed(r.ID, 60*time.Hour)}})
	},
	func(s *storeTest, r core.Recipient) {
		row := closed(r.ID, 0)
		row.Window.End, row.Status = time.Time{}, ""
		s.fill(core.World{Ledger: []core.LedgerRow{row}})
	},
	func(s *storeTest, r core.Recipient) {
		row := closed(r.ID, 33*time.Hour)
		row.Status = core.Empty
		s.fill(core.World{Ledger: []core.LedgerRow{row, closed(r.ID, -30*time.Hour)}})
	},
}
