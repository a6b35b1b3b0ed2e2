package sqlite

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// made returns the path of a database that the script makes; none makes an empty file.
func made(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.db")
	if script == "" {
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		return path
	}
	statements, err := os.ReadFile(filepath.Join("testdata", script))
	require.NoError(t, err)
	execute(t, path, string(statements))
	return path
}

// bytesOf returns the content of the file at path.
func bytesOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

func TestMigrateMakesAnyDatabaseUsableAndTheSecondRunChangesNothing(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"", "app.sql", "loose.sql"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			path := made(t, script)
			before := query(t, path, "SELECT sql FROM sqlite_master WHERE name = 'notifications' OR name = 'people'")
			done, err := Migrate(t.Context(), path)
			require.NoError(t, err)
			assert.Contains(t, done, "created table held_emails")
			assert.Contains(t, done, "switched to a write-ahead log")
			assert.Contains(t, strings.Join(done, "\n"), "\nnote: a copy of the file alone is no backup any more")
			assert.Equal(t, []string{schema.Release()}, query(t, path, "SELECT made_by FROM digest_schema"))
			if script != "" {
				assert.Equal(t, before, query(t, path, "SELECT sql FROM sqlite_master WHERE name = 'notifications' OR name = 'people'"))
			}
			content := bytesOf(t, path)
			done, err = Migrate(t.Context(), path)
			require.NoError(t, err)
			assert.Empty(t, done, "up to date")
			assert.Equal(t, content, bytesOf(t, path))
			assert.Equal(t, []string{"ok"}, query(t, path, "PRAGMA integrity_check"))

			s := opened(t, path, Options{})
			require.NoError(t, Fill(t.Context(), path, core.World{Users: []core.Recipient{{ID: 77, Address: "x@rfc.example", Cadence: core.Daily}}}))
			id, err := porttest.On(s).Claim(t.Context(), claimOf(77))
			require.NoError(t, err)
			c := claimOf(77)
			c.ID = id
			require.NoError(t, porttest.On(s).Settle(t.Context(), c, noon))
		})
	}
}

func TestMigrateAddsNoIndexBesideOneThatServes(t *testing.T) {
	t.Parallel()
	for script, want := range map[string][]string{
		"":          {"rfcdigest_created", "rfcdigest_given_away", "rfcdigest_held", "rfcdigest_left", "rfcdigest_moved", "rfcdigest_newest", "rfcdigest_sending", "rfcdigest_unmarked", "rfcdigest_waiting", "rfcdigest_watching"},
		"app.sql":   {"rfcdigest_given_away", "rfcdigest_held", "rfcdigest_left", "rfcdigest_moved", "rfcdigest_newest", "rfcdigest_sending", "rfcdigest_unmarked", "rfcdigest_waiting", "rfcdigest_watching"},
		"loose.sql": {"rfcdigest_given_away", "rfcdigest_held", "rfcdigest_left", "rfcdigest_moved", "rfcdigest_sending", "rfcdigest_slugs", "rfcdigest_unmarked", "rfcdigest_waiting", "rfcdigest_watches", "rfcdigest_watching"},
	} {
		path := made(t, script)
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err)
		assert.Equal(t, want, query(t, path, "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'rfcdigest%' ORDER BY name"), script)
	}
}

func TestMigrateKeepsTheAppsRows(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, []string{"1|1|2026-03-28 12:00:00|2026-03-27 12:00:00|2026-03-28 12:00:00|[2]|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL"},
		query(t, path, "SELECT * FROM notification_digests"))
	page, err := porttest.On(opened(t, path, Options{})).Recipients(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 1)
	assert.Equal(t, core.Entry{ID: 1, End: noon.AddDate(0, 0, -1)}, page[0].Latest)
	// What migrate adds must not keep the app from deleting people.
	execute(t, path, "PRAGMA foreign_keys = ON; INSERT INTO held_emails (recipient_user_id, status) VALUES (2, 'held'); INSERT INTO digest_preferences (user_id) VALUES (2);"+
		"DELETE FROM notifications; DELETE FROM users WHERE id = 2")
}

func TestMigrateNamesEveryMissingColumnAndChangesNothing(t *testing.T) {
	t.Parallel()
	path := made(t, "lacking.sql")
	content := bytesOf(t, path)
	_, err := Migrate(t.Context(), path)
	require.Error(t, err)
	assert.Contains(t, err.Error(), "lack users.display_name, users.digest_cadence, notifications.created_at, held_emails.id:")
	assert.NotContains(t, err.Error(), "\n")
	assert.Equal(t, content, bytesOf(t, path))
	_, err = Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	assert.Equal(t, content, bytesOf(t, path))
}

func TestMigrateThatFailsHalfWayGoesOnWhenItCan(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	execute(t, path, "CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT, last_participation_at TEXT)",
		"CREATE TABLE rfcdigest_watching (taken TEXT)") // the last index that it adds has this name
	_, err := Migrate(t.Context(), path)
	require.ErrorContains(t, err, "rfcdigest_watching")
	_, err = Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	execute(t, path, "DROP TABLE rfcdigest_watching")
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Contains(t, done, "added index rfcdigest_watching")
	assert.NotContains(t, done, "created table held_emails", "that was done")
	opened(t, path, Options{})
}

func TestMigrateMendsWhatWasLostLater(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	execute(t, path, "DROP INDEX rfcdigest_watching", "ALTER TABLE digest_preferences DROP COLUMN failures", "DROP TABLE held_emails")
	_, err := Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, []string{"added column digest_preferences.failures", "created table held_emails", "added index rfcdigest_waiting",
		"added index rfcdigest_left", "added index rfcdigest_held", "added index rfcdigest_watching", "added trigger rfcdigest_wrong_status_added",
		"added trigger rfcdigest_wrong_status_changed", "added trigger rfcdigest_wrong_list_added", "added trigger rfcdigest_wrong_list_changed"},
		done, "indexes of tables that have rows come last, each by itself; nothing is worked out anew for the rest")
	opened(t, path, Options{})
}

func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := Migrate(t.Context(), path)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, []string{"1"}, query(t, path, "SELECT count(*) FROM digest_schema"))
}

func TestMigrateRefusesWhatIsNoPlaceForADatabase(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := Migrate(t.Context(), filepath.Join(folder, "none", "app.db"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.Contains(t, err.Error(), "no folder "+filepath.Join(folder, "none"))
	_, err = Migrate(t.Context(), folder)
	require.ErrorContains(t, err, "is not a file")

	letter := filepath.Join(folder, "letter.txt")
	require.NoError(t, os.WriteFile(letter, []byte(strings.Repeat("Dear Ada, ", 1000)), 0o600))
	content := bytesOf(t, letter)
	_, err = Migrate(t.Context(), letter)
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.Contains(t, err.Error(), "is not an SQLite database")
	assert.Equal(t, content, bytesOf(t, letter))
	_, err = os.Stat(filepath.Join(folder, "none"))
	assert.True(t, errors.Is(err, fs.ErrNotExist))
}

func TestMigrateTellsOfEachStepOnce(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	var steps []schema.Progress
	done, err := MigrateStepwise(t.Context(), path, func(s schema.Progress) { steps = append(steps, s) })
	require.NoError(t, err)
	require.Greater(t, len(steps), 2)
	for i, s := range steps {
		assert.Equal(t, schema.Progress{Done: i, Of: len(steps) - 1, What: s.What}, s)
		if i == len(steps)-1 {
			assert.Empty(t, s.What)
			continue
		}
		assert.Contains(t, done[i], strings.TrimLeft(s.What, "abcdefghijklmnopqrstuvwxyz"), "in the same order")
		assert.Regexp(t, `^(creating|adding|noting|recording) \S`, s.What)
	}
	_, err = MigrateStepwise(t.Context(), path, func(s schema.Progress) { t.Errorf("%+v, though all is up to date", s) })
	require.NoError(t, err)
}

func TestASuppressionFromBeforeRetriesGetsThirtyDaysMore(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	execute(t, path, "DELETE FROM digest_schema", "ALTER TABLE digest_preferences DROP COLUMN retry_at",
		"INSERT INTO digest_preferences (user_id, suppressed_address, failures) VALUES (1, 'a@x', 3), (2, 'b@x', 2), (3, 'c@x', NULL)")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, []string{"1"}, query(t, path, "SELECT user_id FROM digest_preferences WHERE retry_at BETWEEN datetime('now', '+29 days') AND datetime('now', '+31 days')"))
	assert.Equal(t, []string{"2"}, query(t, path, "SELECT count(*) FROM digest_preferences WHERE retry_at IS NULL"))
}

func TestMigrateMendsWhatHasAnotherText(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	settled(t, path)
	s := opened(t, path, Options{})
	require.Empty(t, dueIDs(t, s))
	execute(t, path, "DROP TRIGGER rfcdigest_user_changed", "CREATE TRIGGER rfcdigest_user_changed AFTER UPDATE OF email ON users BEGIN SELECT 1; END",
		"DROP INDEX rfcdigest_created", "CREATE INDEX rfcdigest_created ON notifications (created_at)", "DROP TRIGGER rfcdigest_window_deleted",
		"CREATE TABLE rfcdigest_migrations (id INTEGER)", "UPDATE users SET digest_cadence = 'weekly'", "DELETE FROM notification_digests WHERE recipient_user_id = 2")
	_, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	_, err = Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	c, err := Inspect(t.Context(), path)
	require.NoError(t, err)
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, []string{"dropped table rfcdigest_migrations", "remade index rfcdigest_created: its text was another one",
		"remade trigger rfcdigest_user_changed: its text was another one", "added trigger rfcdigest_window_deleted",
		"noted who everybody is", "noted what has no readable time", "noted when everybody is due"}, done)
	assert.Equal(t, done, c.Missing)
	assert.Equal(t, []int64{2}, dueIDs(t, s))
	assert.Equal(t, []string{"604800", "604800", "604800"}, query(t, path, "SELECT period FROM digest_due"))
	assert.Equal(t, []string{"recipient_user_id", "created_at"}, query(t, path, "SELECT name FROM pragma_index_info('rfcdigest_created')"))
	done, err = Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Empty(t, done)
}

func TestATableThatWasRenamedForAWhileNeedsNoMending(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	for _, table := range []string{"users", "notifications", "notification_digests", "watches"} {
		execute(t, path, "ALTER TABLE "+table+" RENAME TO away", "ALTER TABLE away RENAME TO "+table)
	}
	require.NotEmpty(t, query(t, path, `SELECT name FROM sqlite_master WHERE name LIKE 'rfcdigest%' AND sql LIKE '%ON "users"%'`))
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Empty(t, done)
}

func TestADatabaseOfANewerReleaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	execute(t, path, "UPDATE digest_schema SET version = 99, made_by = 'v7.1.0'", "DROP TRIGGER rfcdigest_user_changed", "PRAGMA wal_checkpoint(TRUNCATE)")
	content := bytesOf(t, path)
	newer := fmt.Sprintf("was migrated by a newer rfcdigest, v7.1.0 (its schema is version 99, this one's is %d); use that release, or a later one", len(wanted.Steps))
	_, err := Migrate(t.Context(), path)
	require.ErrorContains(t, err, "it "+newer+"; nothing was changed")
	assert.Equal(t, content, bytesOf(t, path))
	_, err = Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	require.EqualError(t, err, "database "+path+" "+newer)
}

// TestTheVersionGrowsWithTheSchema fails when what migrate makes has changed. If the last step belongs to a
// release, append one, so that this release knows what is beyond it. Then put the new sum here.
func TestTheVersionGrowsWithTheSchema(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, table := range wanted.Tables {
		fmt.Fprintln(&text, table.Create())
	}
	fmt.Fprintln(&text, wanted.Indexes, wanted.Keepers, wanted.Checks)
	assert.Equal(t, "5 6b8e2b23c5b4", fmt.Sprintf("%d %x", len(wanted.Steps), sha256.Sum256([]byte(text.String())))[:14])
}
