package sqlite

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestATurnoverToSomebodyWhoIsGoneSettlesAllTheSame(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(2)}))
	s := opened(t, path, hasty())
	done := claimOf(1)
	id, err := porttest.On(s).Claim(t.Context(), done)
	require.NoError(t, err)
	done.ID = id
	execute(t, path, "DELETE FROM users WHERE id = 2")
	_, settled, claimed := porttest.On(s).SettleAndClaim(t.Context(), done, noon, claimOf(2))
	require.NoError(t, settled)
	require.ErrorIs(t, claimed, ports.ErrConflict)
	assert.Equal(t, []string{"1|sent"}, query(t, path, "SELECT recipient_user_id, status FROM notification_digests"))
	assert.Equal(t, []string{"1"}, query(t, path, "SELECT user_id FROM digest_due"))
}

func TestATurnoverThatFailsInHalfIsUndoneAsAWhole(t *testing.T) {
	t.Parallel()
	for half, statement := range map[string]string{
		"the claim":      "CREATE TRIGGER app BEFORE INSERT ON notification_digests WHEN NEW.recipient_user_id = 2 BEGIN SELECT RAISE(ABORT, 'says the app'); END",
		"the settlement": "CREATE TRIGGER app BEFORE UPDATE ON notification_digests WHEN NEW.status = 'sent' BEGIN SELECT RAISE(ABORT, 'says the app'); END",
	} {
		path := migrated(t)
		require.NoError(t, Fill(t.Context(), path, core.World{Users: people(4), Notifications: []core.Notification{{ID: 1, Recipient: 1, CreatedAt: noon}}}))
		s := opened(t, path, hasty())
		done := claimOf(1, 1)
		id, err := porttest.On(s).Claim(t.Context(), done)
		require.NoError(t, err)
		done.ID = id
		execute(t, path, statement)
		before := query(t, path, "SELECT * FROM notification_digests, digest_due, notifications")
		_, settled, claimed := porttest.On(s).SettleAndClaim(t.Context(), done, noon, claimOf(2))
		require.ErrorContains(t, settled, "says the app", half)
		require.ErrorContains(t, claimed, "says the app", half)
		assert.Equal(t, before, query(t, path, "SELECT * FROM notification_digests, digest_due, notifications"), half)

		// What shares the commit with it is made all the same.
		var wg sync.WaitGroup
		for _, who := range []int64{3, 4} {
			wg.Go(func() { _, _, _ = porttest.On(s).SettleAndClaim(t.Context(), done, noon, claimOf(2)) })
			wg.Go(func() {
				_, err := porttest.On(s).Claim(t.Context(), claimOf(who))
				assert.NoError(t, err, half)
			})
		}
		wg.Wait()
		assert.Equal(t, []string{"1", "3", "4"}, query(t, path, "SELECT recipient_user_id FROM notification_digests WHERE status = 'sending' ORDER BY 1"), half)
	}
}

func TestATurnoverAndARestMayHaveHappenedWhateverTheCommitSays(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		path := migrated(t)
		require.NoError(t, Fill(t.Context(), path, core.World{Users: people(3)}))
		var failing atomic.Bool
		f := &faults{onCommit: func() (bool, error) {
			if failing.Swap(false) {
				return happened, errors.New("disk I/O error")
			}
			return true, nil
		}}
		s := opened(t, path, Options{wrapWriter: f.wrap})
		done := claimOf(1)
		id, err := porttest.On(s).Claim(t.Context(), done)
		require.NoError(t, err)
		done.ID = id
		failing.Store(true)
		_, settled, claimed := porttest.On(s).SettleAndClaim(t.Context(), done, noon, claimOf(2))
		require.ErrorIs(t, settled, ports.ErrUnknown)
		require.ErrorIs(t, claimed, ports.ErrUnknown)
		_, settled, claimed = porttest.On(s).SettleAndClaim(t.Context(), done, noon, claimOf(2))
		require.NoError(t, settled)
		assert.Equal(t, happened, errors.Is(claimed, ports.ErrConflict), "a claim that is there is nobody's")

		page, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
		require.NoError(t, err)
		require.Len(t, page, 1)
		rest := []core.Rest{{Recipient: page[0].ID, Revision: page[0].Revision, Until: noon.AddDate(0, 0, 1)}}
		failing.Store(true)
		require.ErrorIs(t, s.Rest(t.Context(), rest), ports.ErrUnknown)
		require.NoError(t, s.Rest(t.Context(), rest), "and again without harm")
		assert.Empty(t, dueIDs(t, s))
	}
}
