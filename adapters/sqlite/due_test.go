package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// TestWhoIsNotDueIsNotLookedAt is what digest_due is for: nobody is listed before their time whose
// newest row says when that is, nor anybody again whom a tick found not to be due.
func TestWhoIsNotDueIsNotLookedAt(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	s := opened(t, path, hasty())
	w := core.World{Users: people(4)}
	w.Users[1].Cadence = core.Weekly
	w.Users[2].Preferences.TimeZone = "Europe/Berlin" // which says nothing without an hour
	eight := 8
	w.Users[3].Preferences.SendHour = &eight
	for id := range int64(4) {
		w.Ledger = append(w.Ledger, core.LedgerRow{Claim: core.Claim{Recipient: id + 1, Window: core.Window{End: noon}}, Status: core.Sent})
	}
	require.NoError(t, Fill(t.Context(), path, w))
	listed := func(after time.Duration) (ids []int64) {
		page, err := porttest.On(s).Due(t.Context(), noon.Add(after), 0, 10)
		require.NoError(t, err)
		for _, r := range page {
			ids = append(ids, r.ID)
		}
		return ids
	}
	const day, week = 24 * time.Hour, 7 * 24 * time.Hour
	assert.Equal(t, []int64{4}, listed(0), "an hour of the day is core's to judge")
	page, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.NoError(t, err)
	require.NoError(t, s.Rest(t.Context(), []core.Rest{{Recipient: 4, Revision: page[0].Revision, Until: noon.Add(20 * time.Hour)}}))
	assert.Empty(t, listed(0))
	assert.Empty(t, listed(20*time.Hour-time.Second))
	assert.Equal(t, []int64{4}, listed(20*time.Hour))
	assert.Equal(t, []int64{4}, listed(day-time.Second))
	assert.Equal(t, []int64{1, 3, 4}, listed(day))
	assert.Equal(t, []int64{1, 2, 3, 4}, listed(week))

	// A claim, a roll and a row of the app's say the same of the next window.
	c := claimOf(1)
	c.Previous, c.Window.End = 1, noon.Add(day)
	c.ID, err = porttest.On(s).Claim(t.Context(), c)
	require.NoError(t, err)
	empty := claimOf(3)
	empty.Previous, empty.Window.End = 3, noon.Add(day)
	_, err = porttest.On(s).Roll(t.Context(), []core.Claim{empty})
	require.NoError(t, err)
	execute(t, path, fmt.Sprintf("INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included) VALUES (2, '', '', '%s', '[]')",
		texts.Timestamp(noon.Add(week))))
	assert.Equal(t, []int64{4}, listed(2*day-time.Second))
	assert.Equal(t, []int64{1, 3, 4}, listed(2*day))
	require.NoError(t, porttest.On(s).Settle(t.Context(), c, noon.Add(day)))
	assert.Equal(t, []int64{4}, listed(2*day-time.Second))
	assert.Equal(t, []int64{1, 3, 4}, listed(2*week-time.Second))
	assert.Equal(t, []int64{1, 2, 3, 4}, listed(2*week))

	// What says nothing about when, changes nothing.
	execute(t, path, "UPDATE users SET display_name = 'Another'", "UPDATE digest_preferences SET quiet_start = '22:00', quiet_end = '7:00', failures = 1",
		"UPDATE notification_digests SET status = 'sent', sent_at = '2026-04-01 00:00:00'")
	assert.Equal(t, []int64{4}, listed(2*day-time.Second))
}

func TestPeopleComeAndGoAndChangeTheirIDs(t *testing.T) {
	t.Parallel()
	for _, recursive := range []string{"OFF", "ON"} {
		path := migrated(t)
		settled(t, path)
		s := opened(t, path, hasty())
		require.Empty(t, dueIDs(t, s))
		db := connected(t, path)
		steps := []struct {
			statement string
			listed    []int64
			kept      []string // of whom digest_due has a row
		}{
			{"PRAGMA recursive_triggers = " + recursive, []int64{}, []string{"1", "2", "3"}},
			{"UPDATE users SET id = 9 WHERE id = 1", []int64{9}, []string{"2", "3", "9"}},
			{"INSERT INTO users VALUES (1, 'new@rfc.example', '', 'daily')", []int64{1, 9}, []string{"1", "2", "3", "9"}},
			{"DELETE FROM users WHERE id = 9", []int64{1}, []string{"1", "2", "3"}},
			{"UPDATE OR REPLACE users SET id = 2 WHERE id = 1", []int64{2}, []string{"2", "3"}},
			{"UPDATE users SET digest_cadence = 'off' WHERE id = 2", []int64{}, []string{"3"}},
			{"UPDATE users SET digest_cadence = 'weekly' WHERE id = 2", []int64{2}, []string{"2", "3"}},
			{"INSERT OR REPLACE INTO users VALUES (2, 'old@rfc.example', '', 'daily')", []int64{2}, []string{"2", "3"}},
			{"REPLACE INTO users VALUES (3, 'old@rfc.example', '', 'daily')", []int64{2, 3}, []string{"2", "3"}},
			{"UPDATE notification_digests SET recipient_user_id = 2", []int64{3}, []string{"2", "3"}},
			{"INSERT INTO users VALUES (2, '', '', 'daily') ON CONFLICT (id) DO UPDATE SET email = ''", []int64{3}, []string{"3"}},
			{"DELETE FROM users", []int64{}, nil},
		}
		for _, step := range steps {
			_, err := db.ExecContext(t.Context(), step.statement)
			require.NoError(t, err, step.statement)
			assert.Equal(t, step.listed, dueIDs(t, s), step.statement)
			assert.Equal(t, step.kept, query(t, path, "SELECT user_id FROM digest_due ORDER BY user_id"), step.statement)
		}
	}
}

func TestIDsNeedHaveNoType(t *testing.T) {
	t.Parallel()
	path := made(t, "untyped.sql")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	s := opened(t, path, hasty())
	assert.Equal(t, []string{"1", "2"}, query(t, path, "SELECT user_id FROM digest_due ORDER BY user_id"))
	assert.Empty(t, dueIDs(t, s), "their windows ended an hour too late")
	execute(t, path, "UPDATE notification_digests SET period_end = '2026-03-28 12:00:00'")
	assert.Equal(t, []int64{1, 2}, dueIDs(t, s))
	execute(t, path, "INSERT INTO users VALUES ('3', 'x', '', 'daily'), ('x', 'x', '', 'daily'), (NULL, 'x', '', 'daily'), (6.5, 'x', '', 'daily')",
		"INSERT INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until, error) VALUES (7, '3', '', '', '2026-03-29 00:00:00', '[]', '', '', 1, '', '')")
	assert.Equal(t, []int64{1, 2}, dueIDs(t, s))
	execute(t, path, "DELETE FROM notification_digests", "UPDATE users SET id = 5 WHERE id = '2'")
	assert.Equal(t, []int64{1, 3, 5}, dueIDs(t, s))
	execute(t, path, "DELETE FROM users")
	assert.Empty(t, query(t, path, "SELECT * FROM digest_due"))
}
