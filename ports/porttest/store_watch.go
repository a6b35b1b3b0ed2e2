package porttest

import (
	"context"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

func (s *storeTest) backlog(now time.Time) core.Backlog {
	s.Helper()
	b, err := s.Backlog(s.ctx, now)
	require.NoError(s, err)
	return b
}

var watchCases = []storeCase{
	{"an empty store has no backlog", func(s *storeTest) {
		assert.Zero(s, s.backlog(noon))
	}},

	{"the backlog has everybody who is due, and nobody who cannot be", func(s *storeTest) {
		w := core.World{Users: []core.Recipient{someone(1), someone(2), someone(3), someone(4)}}
		w.Users[2].Cadence, w.Users[3].Address = core.Off, ""
		s.fill(w)
		page, err := s.Due(s.ctx, noon, 0, 10)
		require.NoError(s, err)
		assert.Len(s, page, 2)
		assert.Equal(s, core.Backlog{Due: 2}, s.backlog(noon))
	}},

	{"the backlog has the digests in doubt whose lease has ended", func(s *storeTest) {
		s.fill(pair())
		_, err := s.Claim(s.ctx, claim(1))
		require.NoError(s, err)
		assert.Zero(s, s.backlog(noon.Add(10*time.Minute-time.Second)).InDoubt)
		for _, later := range []time.Duration{10 * time.Minute, time.Hour} {
			assert.Equal(s, 1, s.backlog(noon.Add(later)).InDoubt, later)
		}
		unleased := claim(2)
		unleased.Lease = time.Time{}
		s.fill(core.World{Ledger: []core.LedgerRow{{Claim: unleased, Status: core.Sending}, {Claim: claim(2), Status: core.Sent}}})
		assert.Equal(s, 1, s.backlog(noon).InDoubt, "one without a lease, and none that was sent")
		require.NoError(s, s.Unsubscribe(s.ctx, 2, 0))
		assert.Zero(s, s.backlog(noon).InDoubt, "of somebody who wants digests")
		assert.Equal(s, 1, s.backlog(noon.Add(time.Hour)).InDoubt)
	}},

	{"the backlog has the held mail that is not done with", func(s *storeTest) {
		s.fill(pair())
		s.hold()
		s.sending(s.hold(), noon.Add(time.Minute))
		for _, status := range []core.Status{core.Dropped, core.Failed} {
			require.NoError(s, s.ReturnHeld(s.ctx, s.hold(), status, ""))
		}
		require.NoError(s, s.SettleHeld(s.ctx, s.sending(s.hold(), noon.Add(time.Minute)), noon))
		assert.Equal(s, 2, s.backlog(noon).Held)
	}},

	{"the backlog has the held mail that was given up, and what waits for ever", func(s *storeTest) {
		w := pair()
		for i, status := range []core.Status{"", "pending", "HELD", core.Failed, core.Failed, core.Held, core.Sending, core.Sent, core.Dropped, core.Redirected} {
			w.Held = append(w.Held, core.HeldRow{HeldMail: core.HeldMail{ID: int64(i + 1), Recipient: 1, Status: status}})
		}
		s.fill(w)
		assert.Equal(s, core.Backlog{Due: 2, Held: 2, GivenUp: 2, LastGivenUp: 5, Stuck: 3, LastStuck: 3}, s.backlog(noon))
	}},

	{"there is one mark of the last tick, to the second", func(s *storeTest) {
		m, err := s.LastTick(s.ctx)
		require.NoError(s, err)
		assert.Zero(s, m)
		berlin := time.FixedZone("", 2*60*60)
		before := s.dump()
		for _, trouble := range []string{"", "mail.example: Schlüssel « abgelaufen »\n" + strings.Repeat("x", 2000), ""} {
			m := core.TickMark{Instant: noon.In(berlin), EndedAt: noon.Add(90*time.Second + time.Millisecond), Trouble: trouble}
			require.NoError(s, s.Ticked(s.ctx, m))
			found, err := s.LastTick(s.ctx)
			require.NoError(s, err)
			assert.Equal(s, core.TickMark{Instant: noon, EndedAt: noon.Add(90 * time.Second), Trouble: trouble}, found)
		}
		assert.Equal(s, before, s.dump(), "it is about nobody")
	}},

	{"what is counted and marked after its context has ended is an error", func(s *storeTest) {
		ended, end := context.WithCancel(s.ctx)
		end()
		_, err := s.Backlog(ended, noon)
		assert.ErrorIs(s, err, context.Canceled)
		_, err = s.LastTick(ended)
		assert.ErrorIs(s, err, context.Canceled)
		assert.ErrorIs(s, s.Ticked(ended, core.TickMark{Instant: noon, EndedAt: noon}), context.Canceled)
		m, err := s.LastTick(s.ctx)
		require.NoError(s, err)
		assert.Zero(s, m)
	}},
}
