package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAColumnThatChangesWithoutBeingNamedIsNoticed has columns that triggers watch follow from others.
func TestAColumnThatChangesWithoutBeingNamedIsNoticed(t *testing.T) {
	t.Parallel()
	const (
		users  = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT, digest_cadence TEXT)"
		ledger = `CREATE TABLE notification_digests (id INTEGER PRIMARY KEY, recipient_user_id INTEGER, sent_at TEXT, period_start TEXT, period_end TEXT, signal_ids_included TEXT)`
		notes  = `CREATE TABLE notifications (id INTEGER PRIMARY KEY, recipient_user_id INTEGER, event_kind TEXT, actor_user_id INTEGER, rfc_slug TEXT, branch_name TEXT, pr_number INTEGER,
 created_at TEXT, payload TEXT, read_at TEXT, email_sent_at TEXT, digest_included_at TEXT)`
		ada    = "INSERT INTO users (id, email, digest_cadence) VALUES (1, 'a@rfc.example', 'daily')"
		row    = "INSERT INTO notification_digests (id, recipient_user_id) VALUES (1, 1)"
		who    = "SELECT user_id, period, due_at FROM digest_due ORDER BY user_id"
		listed = "SELECT * FROM digest_unreadable"
	)
	for _, kind := range []string{"VIRTUAL", "STORED"} {
		generated := func(column, from string) string { return column + " TEXT GENERATED ALWAYS AS (" + from + ") " + kind }
		for name, c := range map[string]struct {
			tables, rows []string
			change       string
			query        string
			want, after  []string
		}{
			"a cadence": {[]string{"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT, prefs TEXT, " + generated("digest_cadence", "coalesce(prefs, 'off')") + ")"},
				[]string{"INSERT INTO users (id, email) VALUES (1, 'a@rfc.example')"}, "UPDATE users SET prefs = 'weekly'", who, nil, []string{"1|604800|0"}},
			"a cadence by an upsert": {[]string{"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT, prefs TEXT, " + generated("digest_cadence", "prefs") + ")"},
				[]string{"INSERT INTO users (id, email, prefs) VALUES (1, 'a@rfc.example', 'daily')"},
				"INSERT INTO users (id, prefs) VALUES (1, 'off') ON CONFLICT (id) DO UPDATE SET prefs = excluded.prefs", who, []string{"1|86400|0"}, nil},
			"an address": {[]string{"CREATE TABLE users (id INTEGER PRIMARY KEY, display_name TEXT, digest_cadence TEXT, name TEXT, " + generated("email", "name || '@rfc.example'") + ")"},
				[]string{"INSERT INTO users (id, digest_cadence) VALUES (1, 'daily')"}, "UPDATE users SET name = 'ada'", who, nil, []string{"1|86400|0"}},
			"the time of a notification": {[]string{users, `CREATE TABLE notifications (id INTEGER PRIMARY KEY, recipient_user_id INTEGER, event_kind TEXT, actor_user_id INTEGER, rfc_slug TEXT,
 branch_name TEXT, pr_number INTEGER, payload TEXT, read_at TEXT, email_sent_at TEXT, digest_included_at TEXT, raw TEXT, ` + generated("created_at", "raw") + ")"},
				[]string{"INSERT INTO notifications (id, recipient_user_id, raw) VALUES (1, 1, '2026-03-29 11:00:00')"}, "UPDATE notifications SET raw = 'soon'", listed, nil, []string{"1|1"}},
			"a trigger of the app's": {[]string{users, "CREATE TRIGGER app AFTER UPDATE OF display_name ON users BEGIN UPDATE users SET digest_cadence = 'weekly' WHERE id = NEW.id; END"},
				[]string{ada}, "UPDATE users SET display_name = 'Ada'", who, []string{"1|86400|0"}, []string{"1|604800|0"}},
			"letters that its collation takes for the same": {[]string{users, "CREATE TABLE notification_digests (id INTEGER PRIMARY KEY, recipient_user_id INTEGER, sent_at TEXT, period_start TEXT, " +
				"period_end TEXT COLLATE RTRIM, signal_ids_included TEXT)"}, []string{ada, row, "UPDATE notification_digests SET period_end = '2001-09-09 01:46:40 '"},
				"UPDATE notification_digests SET period_end = '2001-09-09 01:46:40'", who, []string{"1|86400|1000086400"}, []string{"1|86400|1000086400"}},
			"another number of a notification": {[]string{users, notes}, []string{"INSERT INTO notifications (id, recipient_user_id, created_at) VALUES (1, 1, 'soon')", "DELETE FROM digest_unreadable"},
				"UPDATE notifications SET oid = 5", listed, nil, []string{"1|5"}},
			"a column that got generated": {[]string{users, notes, "ALTER TABLE notifications DROP COLUMN created_at", "ALTER TABLE notifications ADD COLUMN " + strings.Replace(generated("created_at", "payload"), kind, "VIRTUAL", 1)},
				[]string{"INSERT INTO notifications (id, recipient_user_id, payload) VALUES (1, 1, '2026-03-29 11:00:00')"}, "UPDATE notifications SET payload = 'soon'", listed, nil, []string{"1|1"}},
			"another number": {[]string{users, ledger, notes}, []string{ada}, "UPDATE users SET _rowid_ = 7", who, []string{"1|86400|0"}, []string{"7|86400|0"}},
		} {
			path := filepath.Join(t.TempDir(), "app.db")
			execute(t, path, c.tables...)
			_, err := Migrate(t.Context(), path)
			require.NoError(t, err, name)
			execute(t, path, c.rows...)
			assert.Equal(t, c.want, query(t, path, c.query), "%s, before", name)
			execute(t, path, c.change)
			assert.Equal(t, c.after, query(t, path, c.query), name)
		}
	}
}

// TestTicksRunNoTrigger holds what a tick writes for each digest to be none of a trigger's business, which costs as much as
// the write itself. The rows of a claim are watched, and no trigger does anything about them.
func TestTicksRunNoTrigger(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	for _, statement := range []string{
		"UPDATE notifications SET digest_included_at = 'x'", "UPDATE notifications SET email_sent_at = 'x'",
		"UPDATE notification_digests SET status = 'sent', sent_at = 'x', lease_until = sent_at, error = NULL", "UPDATE notification_digests SET lease_until = NULL",
		"UPDATE digest_preferences SET failures = 1",
	} {
		assert.NotContains(t, strings.Join(query(t, path, "EXPLAIN "+statement), "\n"), "|Program|", statement)
	}
	for _, watched := range []string{"UPDATE notifications SET created_at = 'x'", "UPDATE notification_digests SET period_end = 'x'"} {
		assert.Contains(t, strings.Join(query(t, path, "EXPLAIN "+watched), "\n"), "|Program|", watched)
	}
}
