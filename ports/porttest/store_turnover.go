package porttest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

var turnoverCases = []storeCase{
	{"a turnover settles one claim and makes the next", func(s *storeTest) {
		w := pair()
		w.Users[0].Preferences = core.Preferences{SuppressedAddress: "ada@rfc.example", SuppressedReason: "RCPT: 550", Failures: 2}
		w.Notifications[1].IncludedAt = core.At(noon.Add(-time.Hour))
		s.fill(w)
		done, next, at := s.made(claim(1, 1, 2, 3, 404)), claim(2, 3), noon.Add(time.Minute)
		id, settled, claimed := s.SettleAndClaim(s.ctx, done, at, next)
		require.NoError(s, settled)
		require.NoError(s, claimed)
		assert.NotZero(s, id)
		assert.NotEqual(s, done.ID, id)
		d := s.dump()
		require.Len(s, d.Ledger, 2)
		assert.Equal(s, core.Sent, d.Ledger[0].Status)
		assert.Equal(s, at, d.Ledger[0].SentAt)
		assert.Zero(s, d.Ledger[0].Lease)
		next.ID = id
		assert.Equal(s, core.LedgerRow{Claim: next, Status: core.Sending, SentAt: next.Window.End}, d.Ledger[1])
		assert.Equal(s, core.At(at), d.Notifications[0].IncludedAt)
		assert.Equal(s, core.At(noon.Add(-time.Hour)), d.Notifications[1].IncludedAt, "shipped before, and stays so")
		assert.Equal(s, core.Stamp{}, d.Notifications[2].IncludedAt, "somebody else's, and only claimed")
		assert.Zero(s, d.Users[0].Preferences, "an acceptance ends the run of refusals")

		require.NoError(s, s.Settle(s.ctx, done, at.Add(time.Hour)))
		assert.Equal(s, d, s.dump())
	}},

	{"what is settled counts as included before it is marked, and is marked once", func(s *storeTest) {
		w := pair()
		w.Notifications[1].IncludedAt = core.At(noon.Add(-time.Hour))
		s.fill(w)
		at := noon.Add(time.Minute)
		for _, done := range []core.Claim{s.made(claim(1, 1, 2, 3, 404)), s.made(claim(2, 3))} {
			results, err := s.Record(s.ctx, ports.Settle(done, at))
			require.NoError(s, err)
			require.NoError(s, results[0].Err)
		}
		included := func() map[int64]core.Stamp {
			stamps := make(map[int64]core.Stamp)
			found, err := s.Since(s.ctx, []core.Span{{Recipient: 1, Since: noon.AddDate(0, -1, 0)}, {Recipient: 2, Since: noon.AddDate(0, -1, 0)}})
			require.NoError(s, err)
			byID, err := s.ByID(s.ctx, []int64{1, 2, 3})
			require.NoError(s, err)
			for _, n := range found {
				stamps[n.ID] = n.IncludedAt
			}
			for _, n := range byID {
				assert.Equal(s, stamps[n.ID], n.IncludedAt, n.ID)
			}
			return stamps
		}
		want := map[int64]core.Stamp{1: core.At(at), 2: core.At(noon.Add(-time.Hour)), 3: core.At(at)}
		assert.Equal(s, want, included())
		require.NoError(s, s.Mark(s.ctx))
		assert.Equal(s, want, included())
		d := s.dump()
		for _, n := range d.Notifications {
			assert.Equal(s, want[n.ID], n.IncludedAt, n.ID)
		}
		require.NoError(s, s.Mark(s.ctx))
		assert.Equal(s, d, s.dump())
	}},

	{"what was settled for somebody who is gone is marked for nobody else", func(s *storeTest) {
		s.fill(pair())
		c := s.made(next(s.user(1), 1, 77))
		_, err := s.Record(s.ctx, ports.Settle(c, noon))
		require.NoError(s, err)
		s.succeeded()
		s.fill(core.World{Notifications: []core.Notification{event(77, 1, 0)}}) // the newcomer's, with an ID that was used before
		assert.Equal(s, []int64{77}, s.since(s.user(1)))
		require.NoError(s, s.Mark(s.ctx))
		for _, n := range s.dump().Notifications {
			if n.ID == 77 {
				assert.False(s, n.IncludedAt.Set)
			}
		}
	}},

	{"a turnover makes its claim also where there is nothing to settle", func(s *storeTest) {
		w := pair()
		w.Users = append(w.Users, someone(3), someone(4))
		s.fill(w)
		sent := s.made(claim(1, 1))
		gone, other, stranger := sent, sent, sent
		gone.ID, other.MessageID, stranger.Recipient = big, "other@rfc.example", 2
		for i, done := range []core.Claim{gone, other, stranger} {
			id, settled, claimed := s.SettleAndClaim(s.ctx, done, noon, claim(int64(i+2)))
			assert.ErrorIs(s, settled, ports.ErrConflict)
			require.NoError(s, claimed)
			row := s.ledger()[i+1]
			assert.Equal(s, id, row.ID)
			assert.Equal(s, core.Sending, row.Status)
		}
		d := s.dump()
		assert.Equal(s, core.Sending, d.Ledger[0].Status)
		for _, n := range d.Notifications {
			assert.Equal(s, core.Stamp{}, n.IncludedAt)
		}
	}},

	{"a turnover settles also where the claim does not hold", func(s *storeTest) {
		w := pair()
		w.Ledger = []core.LedgerRow{closed(2, 24*time.Hour)}
		s.fill(w)
		newest := s.user(2).Latest.ID
		first := s.made(claim(1, 1))
		stale := claim(2, 3)
		_, settled, claimed := s.SettleAndClaim(s.ctx, first, noon, stale)
		require.NoError(s, settled)
		require.ErrorIs(s, claimed, ports.ErrConflict, "the plan is from before the newest row")
		assert.Equal(s, core.At(noon), s.dump().Notifications[0].IncludedAt)

		second := windowOf(s.user(1), 0)
		second.Notifications = []int64{2}
		second = s.made(second)
		stale.Previous = newest
		busy := s.made(stale)
		stale.Previous = busy.ID
		_, settled, claimed = s.SettleAndClaim(s.ctx, second, noon, stale)
		require.NoError(s, settled)
		require.ErrorIs(s, claimed, ports.ErrConflict, "the row before is still being sent")
		d := s.dump()
		assert.Equal(s, core.At(noon), d.Notifications[1].IncludedAt)
		require.Len(s, d.Ledger, 4)
		assert.Equal(s, core.Sending, d.Ledger[3].Status)

		_, settled, claimed = s.SettleAndClaim(s.ctx, core.Claim{ID: big}, noon, stale)
		assert.ErrorIs(s, settled, ports.ErrConflict)
		assert.ErrorIs(s, claimed, ports.ErrConflict)
		assert.Equal(s, d, s.dump(), "neither, and nothing")
	}},

	{"what a turnover has settled is settled again without harm", func(s *storeTest) {
		s.fill(pair())
		done := s.made(claim(1, 1))
		require.NoError(s, s.Settle(s.ctx, done, noon))
		_, settled, claimed := s.SettleAndClaim(s.ctx, done, noon.Add(time.Hour), claim(2, 3))
		require.NoError(s, settled)
		require.NoError(s, claimed)
		d := s.dump()
		assert.Equal(s, noon, d.Ledger[0].SentAt)
		assert.Equal(s, core.At(noon), d.Notifications[0].IncludedAt)
		_, settled, claimed = s.SettleAndClaim(s.ctx, done, noon.Add(time.Hour), claim(2, 3))
		require.NoError(s, settled)
		require.ErrorIs(s, claimed, ports.ErrConflict, "nor is a claim made twice: it would be somebody else's")
		assert.Equal(s, d, s.dump())
	}},

	{"a turnover can be from one window of a person to their next", func(s *storeTest) {
		s.fill(pair())
		done := s.made(claim(1, 1))
		next := claim(1, 2)
		next.Window = core.Window{Start: noon, End: noon.Add(24 * time.Hour)}
		next.Previous = done.ID
		id, settled, claimed := s.SettleAndClaim(s.ctx, done, noon, next)
		require.NoError(s, settled)
		require.NoError(s, claimed, "the row before is not being sent any more")
		assert.Equal(s, core.Entry{ID: id, End: noon.Add(24 * time.Hour), Status: core.Sending}, s.user(1).Latest)
	}},

	{"a turnover that nobody waits for changes nothing", func(s *storeTest) {
		s.fill(pair())
		done := s.made(claim(1, 1))
		before := s.dump()
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		_, settled, claimed := s.SettleAndClaim(ctx, done, noon, claim(2, 3))
		assert.ErrorIs(s, settled, context.Canceled)
		assert.ErrorIs(s, claimed, context.Canceled)
		_, err := s.Due(ctx, noon, 0, 10)
		assert.ErrorIs(s, err, context.Canceled)
		assert.ErrorIs(s, s.Rest(ctx, []core.Rest{{Recipient: 1, Until: noon}}), context.Canceled)
		assert.ErrorIs(s, s.Rest(ctx, nil), context.Canceled)
		assert.Equal(s, before, s.dump())
	}},

	{"of many turnovers to the same claim one makes it, and all settle", func(s *storeTest) {
		var w core.World
		for id := int64(1); id <= 12; id++ {
			w.Users = append(w.Users, someone(id))
			w.Notifications = append(w.Notifications, event(id, id, 0))
		}
		s.fill(w)
		var wg sync.WaitGroup
		var won atomic.Int32
		for id := int64(2); id <= 12; id++ {
			done := s.made(claim(id, id))
			wg.Go(func() {
				_, settled, claimed := s.SettleAndClaim(s.ctx, done, noon, claim(1, 1))
				assert.NoError(s, settled)
				if claimed == nil {
					won.Add(1)
				} else {
					assert.ErrorIs(s, claimed, ports.ErrConflict)
				}
			})
		}
		wg.Wait()
		assert.Equal(s, int32(1), won.Load())
		d := s.dump()
		require.Len(s, d.Ledger, 12)
		for i, row := range d.Ledger {
			assert.Equal(s, row.Recipient == 1, row.Status == core.Sending)
			assert.Equal(s, i > 0, d.Notifications[i].IncludedAt.Set)
		}
	}},
}
