package porttest

import (
	"context"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

var redirectCases = []storeCase{
	{"a redirected window is closed, and nothing else says that anybody was told", func(s *storeTest) {
		s.fill(pair())
		before := s.dump()
		c := claim(1, 1, 2)
		held, err := s.Redirect(s.ctx, []core.Claim{c, {Recipient: 2, Window: c.Window}})
		require.NoError(s, err)
		assert.Equal(s, 2, held)
		after := s.dump()
		require.Len(s, after.Ledger, 2)
		for i, row := range after.Ledger {
			assert.Equal(s, core.Redirected, row.Status)
			assert.Equal(s, c.Window, row.Window)
			assert.Equal(s, row.ID, s.user(int64(i+1)).Latest.ID)
			assert.Zero(s, row.Lease)
		}
		assert.Equal(s, []int64{1, 2}, after.Ledger[0].Notifications)
		assert.Equal(s, c.MessageID, after.Ledger[0].MessageID)
		assert.Equal(s, c.Dated, after.Ledger[0].Dated)
		assert.Equal(s, c.Language, after.Ledger[0].Language)
		assert.Zero(s, after.Ledger[1].Dated)
		assert.Empty(s, after.Ledger[1].Notifications)
		before.Ledger = after.Ledger
		assert.Equal(s, before, after)
		doubts, err := s.InDoubt(s.ctx, noon.Add(time.Hour), 0, 10)
		require.NoError(s, err)
		assert.Empty(s, doubts)

		held, err = s.Redirect(s.ctx, []core.Claim{c})
		require.NoError(s, err)
		assert.Zero(s, held, "it has lost its place")
		held, err = s.Redirect(s.ctx, nil)
		require.NoError(s, err)
		assert.Zero(s, held)
	}},

	{"what was redirected can be forgotten, and all is as before", func(s *storeTest) {
		s.fill(pair())
		sent, other := s.made(claim(1, 1)), s.hold()
		require.NoError(s, s.Settle(s.ctx, sent, noon))
		before, later := s.dump(), noon.Add(24*time.Hour)
		var due []core.Entry
		for _, r := range s.listed(later, 10) {
			due = append(due, r.Latest)
		}
		n, err := s.Unredirect(s.ctx)
		require.NoError(s, err)
		assert.Zero(s, n)

		next := claim(1, 2)
		next.Previous, next.Window = sent.ID, core.Window{Start: noon, End: noon.Add(24 * time.Hour)}
		held, err := s.Redirect(s.ctx, []core.Claim{next, {Recipient: 2, Window: next.Window}})
		require.NoError(s, err)
		require.Equal(s, 2, held)
		next.Previous, next.Window = s.user(1).Latest.ID, core.Window{Start: next.Window.End, End: noon.Add(48 * time.Hour)}
		held, err = s.Redirect(s.ctx, []core.Claim{next})
		require.NoError(s, err)
		require.Equal(s, 1, held)
		require.NoError(s, s.ReturnHeld(s.ctx, s.sending(other, noon.Add(time.Minute)), core.Redirected, "went to you@rfc.example"))
		assert.Empty(s, s.waiting(noon.Add(time.Hour)))

		n, err = s.Unredirect(s.ctx)
		require.NoError(s, err)
		assert.Equal(s, 4, n)
		after := s.dump()
		require.Len(s, after.Held, 1)
		after.Held[0].MessageID, after.Held[0].Lease = before.Held[0].MessageID, before.Held[0].Lease
		assert.Equal(s, before, after)
		for i, r := range s.listed(later, 10) {
			assert.Equal(s, due[i], r.Latest)
		}
		assert.Len(s, due, 2)
		s.nobodyIsLeftOut()
		assert.Len(s, s.waiting(noon), 1)
	}},

	{"what is redirected after its context has ended is an error", func(s *storeTest) {
		s.fill(pair())
		ended, end := context.WithCancel(s.ctx)
		end()
		_, err := s.Redirect(ended, []core.Claim{claim(1, 1)})
		assert.ErrorIs(s, err, context.Canceled)
		_, err = s.Unredirect(ended)
		assert.ErrorIs(s, err, context.Canceled)
		assert.Empty(s, s.ledger())
	}},
}
