package porttest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// pair is a world of two people; the first has two notifications, the second one.
func pair() core.World {
	return core.World{Users: []core.Recipient{someone(1), someone(2)},
		Notifications: []core.Notification{event(1, 1, 0), event(2, 1, 0), event(3, 2, 0)}}
}

// made claims c and returns it with the ID of its row.
func (s *storeTest) made(c core.Claim) core.Claim {
	s.Helper()
	id, err := s.Claim(s.ctx, c)
	require.NoError(s, err)
	c.ID = id
	return c
}

var ledgerCases = []storeCase{
	{"a claim is a ledger row, and blocks the next", func(s *storeTest) {
		s.fill(pair())
		c := s.made(claim(1, 1, 2))
		assert.NotZero(s, c.ID)
		rows := s.ledger()
		require.Len(s, rows, 1)
		c.Previous = 0
		assert.Equal(s, core.LedgerRow{Claim: c, Status: core.Sending, SentAt: noon}, rows[0])
		assert.Equal(s, core.Entry{ID: c.ID, End: noon, Status: core.Sending}, s.user(1).Latest)

		_, err := s.Claim(s.ctx, claim(1, 1, 2))
		assert.ErrorIs(s, err, ports.ErrConflict, "nor is the same claim made twice: it would be somebody else's")
		other := claim(1, 1, 2)
		other.MessageID = "other@rfc.example"
		_, err = s.Claim(s.ctx, other)
		assert.ErrorIs(s, err, ports.ErrConflict)
		other.Previous = c.ID
		_, err = s.Claim(s.ctx, other)
		assert.ErrorIs(s, err, ports.ErrConflict, "the row before is still being sent")
		s.made(claim(2, 3))
	}},

	{"a claim from a plan that is no longer true conflicts", func(s *storeTest) {
		w := pair()
		w.Ledger = []core.LedgerRow{{Claim: core.Claim{ID: 4, Recipient: 1, Window: core.Window{Start: noon.Add(-48 * time.Hour), End: noon.Add(-24 * time.Hour)}}}}
		s.fill(w)
		_, err := s.Claim(s.ctx, claim(1, 1))
		assert.ErrorIs(s, err, ports.ErrConflict)
		c := claim(1, 1)
		c.Previous = 3
		_, err = s.Claim(s.ctx, c)
		assert.ErrorIs(s, err, ports.ErrConflict)
		c.Previous = 4
		s.made(c)
	}},

	{"of many claims at once one wins", func(s *storeTest) {
		s.fill(pair())
		var wg sync.WaitGroup
		var won, lost atomic.Int32
		for range 20 {
			wg.Go(func() {
				switch _, err := s.Claim(s.ctx, claim(1, 1)); {
				case err == nil:
					won.Add(1)
				case assert.ErrorIs(s, err, ports.ErrConflict):
					lost.Add(1)
				}
			})
		}
		wg.Wait()
		assert.Equal(s, int32(1), won.Load())
		assert.Equal(s, int32(19), lost.Load())
		assert.Len(s, s.ledger(), 1)
	}},

	{"settling marks the row and its notifications, together and once", func(s *storeTest) {
		w := pair()
		w.Notifications[1].IncludedAt = core.At(noon.Add(-time.Hour))
		s.fill(w)
		c := s.made(claim(1, 1, 2, 3, 404))
		at := noon.Add(time.Minute)
		require.NoError(s, s.Settle(s.ctx, c, at))
		d := s.dump()
		assert.Equal(s, core.Sent, d.Ledger[0].Status)
		assert.Equal(s, at, d.Ledger[0].SentAt)
		assert.Zero(s, d.Ledger[0].Lease)
		assert.Equal(s, core.At(at), d.Notifications[0].IncludedAt)
		assert.Equal(s, core.At(noon.Add(-time.Hour)), d.Notifications[1].IncludedAt, "shipped before, and stays so")
		assert.Equal(s, core.Stamp{}, d.Notifications[2].IncludedAt, "somebody else's")

		require.NoError(s, s.Settle(s.ctx, c, at.Add(time.Hour)))
		assert.Equal(s, d, s.dump())
		assert.NoError(s, s.Release(s.ctx, c), "too late")
		assert.Equal(s, d, s.dump())
	}},

	{"a claim of very many notifications settles them all", func(s *storeTest) {
		w := core.World{Users: []core.Recipient{someone(1)}}
		var ids []int64
		for id := int64(1); id <= 3000; id++ {
			w.Notifications = append(w.Notifications, event(id, 1, 0))
			ids = append(ids, id)
		}
		s.fill(w)
		c := s.made(claim(1, ids...))
		require.NoError(s, s.Settle(s.ctx, c, noon))
		for _, n := range s.dump().Notifications {
			require.Equal(s, core.At(noon), n.IncludedAt)
		}
		assert.Equal(s, ids, s.ledger()[0].Notifications)
		found, err := s.ByID(s.ctx, ids)
		require.NoError(s, err)
		assert.Equal(s, ids, notificationIDs(found))
	}},

	{"releasing a claim leaves no trace of it", func(s *storeTest) {
		s.fill(pair())
		before := s.dump()
		c := s.made(claim(1, 1))
		require.NoError(s, s.Release(s.ctx, c))
		assert.Equal(s, before, s.dump())
		require.NoError(s, s.Release(s.ctx, c))
		s.made(claim(1, 1))
	}},

	{"a claim that another took over is not released, but can still be settled", func(s *storeTest) {
		s.fill(pair())
		c := s.made(claim(1, 1))
		require.NoError(s, s.Reclaim(s.ctx, c, noon.Add(time.Hour)))
		require.NoError(s, s.Release(s.ctx, c))
		require.Len(s, s.ledger(), 1)
		assert.Zero(s, s.user(1).Preferences)
		require.NoError(s, s.Settle(s.ctx, c, noon))
		assert.Equal(s, core.Sent, s.ledger()[0].Status)
	}},

	{"acceptance leaves an address alone that somebody else suppressed, and other preferences", func(s *storeTest) {
		w := pair()
		w.Users[0].Preferences = core.Preferences{TimeZone: "Europe/Berlin", SuppressedAddress: "x@y", SuppressedReason: "complaint"}
		w.Users[1].Preferences = core.Preferences{TimeZone: "Europe/Berlin", Failures: 1, SuppressedAddress: "x@y"}
		s.fill(w)
		require.NoError(s, s.Settle(s.ctx, s.made(claim(1, 1)), noon))
		require.NoError(s, s.Settle(s.ctx, s.made(claim(2, 3)), noon))
		assert.Equal(s, w.Users[0].Preferences, s.user(1).Preferences)
		assert.Equal(s, core.Preferences{TimeZone: "Europe/Berlin"}, s.user(2).Preferences)
	}},

	{"empty windows are recorded together, but for those that lost their place", func(s *storeTest) {
		s.fill(pair())
		c := s.made(claim(1, 1))
		empty := core.Claim{Recipient: 2, Window: core.Window{Start: noon.Add(-24 * time.Hour), End: noon}}
		stale := empty
		stale.Recipient = 1
		held, err := s.Roll(s.ctx, []core.Claim{stale, empty})
		require.NoError(s, err)
		assert.Equal(s, 1, held)
		rows := s.ledger()
		require.Len(s, rows, 2)
		assert.Equal(s, c.ID, rows[0].ID)
		assert.Equal(s, core.Empty, rows[1].Status)
		assert.Equal(s, empty.Window, rows[1].Window)
		assert.Empty(s, rows[1].Notifications)
		held, err = s.Roll(s.ctx, []core.Claim{empty})
		require.NoError(s, err)
		assert.Zero(s, held)
		held, err = s.Roll(s.ctx, nil)
		require.NoError(s, err)
		assert.Zero(s, held)
	}},

	{"what was being sent is in doubt when its lease ends, not before", func(s *storeTest) {
		s.fill(pair())
		a, b := s.made(claim(1, 1, 2)), s.made(claim(2, 3))
		doubts, err := s.InDoubt(s.ctx, a.Lease.Add(-time.Second), 0, 10)
		require.NoError(s, err)
		assert.Empty(s, doubts)
		doubts, err = s.InDoubt(s.ctx, a.Lease, 0, 10)
		require.NoError(s, err)
		assert.Equal(s, []core.Claim{a, b}, doubts)
		doubts, err = s.InDoubt(s.ctx, a.Lease, 0, 1)
		require.NoError(s, err)
		assert.Equal(s, []core.Claim{a}, doubts)
		doubts, err = s.InDoubt(s.ctx, a.Lease, a.ID, 10)
		require.NoError(s, err)
		assert.Equal(s, []core.Claim{b}, doubts)
		require.NoError(s, s.Settle(s.ctx, a, noon))
		require.NoError(s, s.Release(s.ctx, b))
		doubts, err = s.InDoubt(s.ctx, a.Lease, 0, 10)
		require.NoError(s, err)
		assert.Empty(s, doubts)
	}},

	{"a row that is being sent under no lease is in doubt", func(s *storeTest) {
		w := pair()
		w.Ledger = []core.LedgerRow{{Claim: core.Claim{ID: 1, Recipient: 1, MessageID: "x@y", Notifications: []int64{1}}, Status: core.Sending}}
		s.fill(w)
		doubts, err := s.InDoubt(s.ctx, noon, 0, 10)
		require.NoError(s, err)
		require.Len(s, doubts, 1)
		require.NoError(s, s.Reclaim(s.ctx, doubts[0], noon))
	}},

	{"of two who take over a claim in doubt one wins", func(s *storeTest) {
		s.fill(pair())
		c := s.made(claim(1, 1))
		lease := c.Lease.Add(time.Hour)
		require.NoError(s, s.Reclaim(s.ctx, c, lease))
		assert.ErrorIs(s, s.Reclaim(s.ctx, c, lease), ports.ErrConflict, "at the very same instant, too")
		row := s.ledger()[0]
		assert.Equal(s, lease, row.Lease)
		assert.Equal(s, 2, row.Attempts)
		assert.Equal(s, c.Dated, row.Dated, "the second copy is the same mail")
		assert.Equal(s, c.Language, row.Language)
		require.NoError(s, s.Settle(s.ctx, c, noon))
		assert.ErrorIs(s, s.Reclaim(s.ctx, row.Claim, lease.Add(time.Hour)), ports.ErrConflict)
	}},
}
