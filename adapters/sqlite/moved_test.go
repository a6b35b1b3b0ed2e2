package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatGoesToAnotherAccountIsNoted is about the ways in which an app may write it.
func TestWhatGoesToAnotherAccountIsNoted(t *testing.T) {
	t.Parallel()
	const (
		rest  = ", event_kind TEXT, actor_user_id INTEGER, rfc_slug TEXT, branch_name TEXT, pr_number INTEGER, created_at TEXT, payload TEXT, read_at TEXT, email_sent_at TEXT, digest_included_at TEXT"
		plain = "CREATE TABLE notifications (id INTEGER PRIMARY KEY, recipient_user_id INTEGER" + rest + ")"
		given = "UPDATE notifications SET recipient_user_id = 2 WHERE recipient_user_id = 1"
	)
	for name, c := range map[string]struct {
		table  string
		writes []string
		want   []string
	}{
		"plainly":                 {plain, []string{given}, []string{"2|10|1"}},
		"one that is there":       {plain, []string{"UPDATE OR REPLACE notifications SET recipient_user_id = 2, event_kind = 'x' WHERE id = 10"}, []string{"2|10|1"}},
		"of somebody who is gone": {plain, []string{"DELETE FROM users WHERE id = 1", given}, []string{"2|10|1"}},
		"and nothing else":        {plain, []string{"UPDATE notifications SET recipient_user_id = 1, read_at = NULL"}, nil},
		"unless a digest has it":  {plain, []string{"UPDATE notifications SET digest_included_at = 'x'", given}, nil},
		"unless a mail told it":   {plain, []string{"UPDATE notifications SET email_sent_at = '2026-03-29 12:00:00'", given}, nil},
		"unless it is read":       {plain, []string{"UPDATE notifications SET read_at = 1774785600", given}, nil},
		"with times that are none": {plain, []string{"UPDATE notifications SET read_at = '', email_sent_at = '0001-01-01T00:00:00Z', digest_included_at = 0", given},
			[]string{"2|10|1"}},
		"not to nobody, nor to a name": {plain, []string{"UPDATE notifications SET recipient_user_id = 'ada'", "UPDATE notifications SET recipient_user_id = NULL", given,
			"UPDATE notifications SET recipient_user_id = 2"}, nil},
		"on and back":                     {plain, []string{given, "UPDATE notifications SET recipient_user_id = 3", "UPDATE notifications SET recipient_user_id = 2"}, []string{"2|10|1", "2|10|3"}},
		"to who is deleted then":          {plain, []string{given, "DELETE FROM users WHERE id = 2"}, nil},
		"to who has another number then":  {plain, []string{given, "UPDATE users SET id = 7 WHERE id = 2"}, []string{"7|10|1"}},
		"to a number that nobody has yet": {plain, []string{"UPDATE notifications SET recipient_user_id = 9", "INSERT INTO users (id, email, digest_cadence) VALUES (9, 'x', 'daily')"}, nil},
		"by a column that follows from another": {"CREATE TABLE notifications (id INTEGER PRIMARY KEY, owner TEXT, recipient_user_id INTEGER GENERATED ALWAYS AS (CAST(owner AS INTEGER)) STORED" + rest + ")",
			[]string{"UPDATE notifications SET owner = 1", "DELETE FROM digest_moved", "UPDATE notifications SET owner = '2'"}, []string{"2|10|1"}},
		"by a trigger of the app's, before": {plain + "; CREATE TRIGGER app BEFORE UPDATE OF payload ON notifications BEGIN UPDATE notifications SET recipient_user_id = 2 WHERE id = NEW.id; END",
			[]string{"UPDATE notifications SET payload = '{}'"}, []string{"2|10|1"}},
		"by a trigger of the app's, after": {plain + "; CREATE TRIGGER app AFTER UPDATE OF payload ON notifications BEGIN UPDATE notifications SET recipient_user_id = 2 WHERE id = NEW.id; END",
			[]string{"UPDATE notifications SET payload = '{}'"}, []string{"2|10|1"}},
	} {
		path := filepath.Join(t.TempDir(), "app.db")
		execute(t, path, "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT, digest_cadence TEXT)", c.table)
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err, name)
		execute(t, path, "INSERT INTO users (id, email, digest_cadence) VALUES (1, 'a', 'daily'), (2, 'b', 'daily'), (3, 'c', 'daily')")
		if c.table[:len(plain)] == plain {
			execute(t, path, "INSERT INTO notifications (id, recipient_user_id) VALUES (10, 1)")
		} else {
			execute(t, path, "INSERT INTO notifications (id) VALUES (10)")
		}
		execute(t, path, c.writes...)
		assert.Equal(t, c.want, query(t, path, "SELECT user_id, notification_id, from_id FROM digest_moved ORDER BY id"), name)
		assert.Empty(t, query(t, path, "SELECT 1 FROM digest_moved WHERE datetime(moved_at) IS NOT moved_at"), name)
	}
}
