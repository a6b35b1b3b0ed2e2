package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

const (
	columnsOfNotifications = "recipient_user_id INTEGER, event_kind, actor_user_id, rfc_slug, branch_name, pr_number, created_at, payload, read_at, email_sent_at"
	columnsOfDigests       = "recipient_user_id INTEGER, sent_at, period_start, signal_ids_included"
)

func TestTablesThatCannotBeUsedAreNamedInWords(t *testing.T) {
	t.Parallel()
	const cannotHave = ", which cannot have our triggers and indexes: have a plain table of that name"
	for tables, want := range map[string]string{
		"CREATE TABLE accounts (id INTEGER PRIMARY KEY, email, display_name, digest_cadence); CREATE VIEW Users AS SELECT * FROM accounts": "users is a view" + cannotHave,
		"CREATE VIEW users AS SELECT * FROM gone": "users is a view" + cannotHave,
		"CREATE VIEW cached_rfcs AS SELECT 'rfc-1' AS slug, 'T' AS title; CREATE VIEW watches AS SELECT 1 AS user_id; CREATE VIEW notifications AS SELECT 1; CREATE VIEW notification_digests AS SELECT 1; CREATE VIEW digest_preferences AS SELECT 1": "cached_rfcs is a view" + cannotHave,
		"CREATE VIRTUAL TABLE cached_rfcs USING fts5 (slug, title)":                                                               "cached_rfcs is a virtual table" + cannotHave,
		"CREATE TABLE notification_digests (id INTEGER PRIMARY KEY, period_end, rhythm TEXT NOT NULL, " + columnsOfDigests + ")":  "notification_digests.rhythm is NOT NULL without a default, and new rows of ours have nothing for it: have a default, or let it be NULL",
		"CREATE TABLE notification_digests (id INTEGER PRIMARY KEY, period_end, " + columnsOfDigests + ") WITHOUT ROWID":          "notification_digests.id does not number new rows by itself: have INTEGER PRIMARY KEY, and not WITHOUT ROWID",
		"CREATE TABLE notification_digests (id TEXT PRIMARY KEY, period_end, " + columnsOfDigests + ")":                           "notification_digests.id does not number new rows",
		"CREATE TABLE notification_digests (id BIGINT PRIMARY KEY, period_end, " + columnsOfDigests + ")":                         "notification_digests.id does not number new rows",
		"CREATE TABLE notification_digests (id INTEGER, period_end, " + columnsOfDigests + ", PRIMARY KEY (id, sent_at))":         "notification_digests.id does not number new rows",
		"CREATE TABLE notification_digests (id INTEGER UNIQUE, period_end, " + columnsOfDigests + ")":                             "notification_digests.id does not number new rows",
		"CREATE TABLE notifications (id VARCHAR(36) PRIMARY KEY, digest_included_at, " + columnsOfNotifications + ")":             "notifications.id is VARCHAR(36), and must be a whole number: have an INTEGER PRIMARY KEY, and what is there now in another column",
		"CREATE TABLE notifications (id UUID PRIMARY KEY, digest_included_at, " + columnsOfNotifications + ") WITHOUT ROWID":      "notifications.id is UUID",
		"CREATE TABLE users (id TEXT PRIMARY KEY, email, display_name, digest_cadence)":                                           "users.id is TEXT",
		"CREATE TABLE notifications (id INTEGER PRIMARY KEY, digest_included_at AS (payload), " + columnsOfNotifications + ")":    "notifications.digest_included_at is generated, and must be written to: have a plain column",
		"CREATE TABLE notification_digests (id INTEGER PRIMARY KEY, period_end AS (sent_at) STORED, " + columnsOfDigests + ")":    "notification_digests.period_end is generated",
		"CREATE TABLE watches (user_id INTEGER, rfc_slug, state GENERATED ALWAYS AS ('watching') VIRTUAL, last_participation_at)": "watches.state is generated",
	} {
		path := filepath.Join(t.TempDir(), "app.db")
		execute(t, path, tables)
		before := bytesOf(t, path)
		_, err := Migrate(t.Context(), path)
		require.ErrorContains(t, err, want, tables)
		assert.True(t, strings.HasSuffix(err.Error(), "; nothing was changed"), err)
		assert.NotContains(t, err.Error(), "\n")
		c, err := Inspect(t.Context(), path)
		require.NoError(t, err, tables)
		assert.Len(t, c.Unfit, max(strings.Count(tables, "CREATE VIEW "), 1), tables)
		_, err = Open(t.Context(), path, Options{})
		require.ErrorIs(t, err, schema.ErrUnmigrated)
		assert.ErrorContains(t, err, want)
		assert.Equal(t, before, bytesOf(t, path))
	}
}

// TestTablesOfAnotherShapeAreUsed has a person get a digest.
func TestTablesOfAnotherShapeAreUsed(t *testing.T) {
	t.Parallel()
	for tables, warned := range map[string]int{
		"CREATE TABLE notifications (id INTEGER PRIMARY KEY, digest_included_at, " + columnsOfNotifications + ") WITHOUT ROWID":                          0,
		"CREATE TABLE notifications (id BIGINT NOT NULL UNIQUE, digest_included_at, " + columnsOfNotifications + ")":                                     0,
		"CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, display_name, digest_cadence) WITHOUT ROWID":                                             0,
		"CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT, last_participation_at TEXT, PRIMARY KEY (user_id, rfc_slug)) WITHOUT ROWID":   0,
		"CREATE TABLE cached_rfcs (slug TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID":                                                                     0,
		"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name, digest_cadence TEXT AS ('daily') STORED)":                                 1,
		"CREATE TABLE notification_digests (id INTEGER PRIMARY KEY, period_end, rhythm TEXT NOT NULL DEFAULT '', " + columnsOfDigests + ")":              0,
		"CREATE TABLE watches (user_id INTEGER NOT NULL, rfc_slug TEXT NOT NULL, state, last_participation_at, id INTEGER PRIMARY KEY, since DEFAULT 1)": 0,
	} {
		path := filepath.Join(t.TempDir(), "app.db")
		execute(t, path, tables)
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err, tables)
		if warned == 0 {
			execute(t, path, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'a@rfc.example', 'A', 'daily')")
		} else {
			execute(t, path, "INSERT INTO users (id, email, display_name) VALUES (1, 'a@rfc.example', 'A')")
		}
		execute(t, path, "INSERT INTO watches (user_id, rfc_slug, state, last_participation_at) VALUES (1, 'rfc-0001', 'watching', '2020-01-01 00:00:00')",
			"INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) VALUES (7, 1, 'vote_cast', '2026-03-29 11:00:00')")
		c, err := Inspect(t.Context(), path)
		require.NoError(t, err)
		assert.Len(t, c.Warned, warned)
		s := opened(t, path, Options{})
		assert.Equal(t, []int64{1}, dueIDs(t, s), tables)
		page, err := porttest.On(s).Recipients(t.Context(), 0, 10)
		require.NoError(t, err)
		claim := claimOf(1)
		claim.Notifications, claim.Person = []int64{7}, page[0].Person
		claim.ID, err = porttest.On(s).Claim(t.Context(), claim)
		require.NoError(t, err)
		require.NoError(t, porttest.On(s).Settle(t.Context(), claim, noon))
		_, err = s.Lapse(t.Context(), noon)
		require.NoError(t, err)
		assert.Equal(t, []string{"dormant"}, query(t, path, "SELECT state FROM watches"), tables)
		assert.Empty(t, dueIDs(t, s))
		found, err := s.Since(t.Context(), []core.Span{{Recipient: 1, Since: noon.Add(-24 * 60 * 60 * 1e9)}})
		require.NoError(t, err)
		assert.Len(t, found, 1, tables)
	}
}
