package sqlite

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// TestARowThatIsOustedOrMovedByAnyNameIsSeen is about what no trigger after the fact is told: whose row
// of the ledger another took the place of, and an ID that is set by another of its names.
func TestARowThatIsOustedOrMovedByAnyNameIsSeen(t *testing.T) {
	t.Parallel()
	for _, recursive := range []string{"OFF", "ON"} {
		for _, statement := range []string{
			"UPDATE users SET rowid = 7 WHERE id = 1",
			"UPDATE users SET _rowid_ = 7 WHERE id = 1",
			"UPDATE notification_digests SET rowid = 9 WHERE id = 1",
			"UPDATE notification_digests SET oid = 0 WHERE id = 2",
			"INSERT OR REPLACE INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until, error) VALUES (2, 2, '', '', '2026-03-29 10:00:00', '', '', '', 0, '', '')",
			"UPDATE OR REPLACE notification_digests SET id = 2 WHERE id = 3",
		} {
			path := migrated(t)
			execute(t, path, "INSERT INTO users VALUES (1, 'a', '', 'daily'), (2, 'a', '', 'daily')", `INSERT INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until, error) VALUES
 (1, 1, '', '', '2026-03-25 10:00:00', '', '', '', 0, '', ''), (2, 1, '', '', '2026-03-29 10:00:00', '', '', '', 0, '', ''),
 (3, 2, '', '', '2026-03-29 10:00:00', '', '', '', 0, '', '')`)
			s := opened(t, path, Options{})
			require.Empty(t, dueIDs(t, s))
			execute(t, path, "PRAGMA recursive_triggers = "+recursive, statement)
			roster, err := porttest.On(s).Recipients(t.Context(), 0, 10)
			require.NoError(t, err)
			roster = slices.DeleteFunc(roster, func(r core.Recipient) bool { return core.Schedule{}.Look(r, time.UTC, noon).Action == core.Skip })
			require.NotEmpty(t, roster, statement)
			for _, r := range roster {
				assert.Contains(t, dueIDs(t, s), r.ID, statement)
			}
		}
	}
}

func TestATableOfTheAppsMayStayUnderAnotherName(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"users", "notifications", "notification_digests", "watches"} {
		path := migrated(t)
		settled(t, path)
		s := opened(t, path, hasty())
		execute(t, path, "ALTER TABLE "+table+" RENAME TO stale; "+definitionOf(t, table)(table)+"; INSERT INTO "+table+" SELECT * FROM stale")
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err, table)
		execute(t, path, "DELETE FROM notification_digests")
		assert.Equal(t, []int64{1, 2, 3}, dueIDs(t, s))
		execute(t, path, "DROP TABLE stale")
		assert.Equal(t, []int64{1, 2, 3}, dueIDs(t, s))
	}
}
