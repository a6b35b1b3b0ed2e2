package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
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
			if script != "" {
				assert.Equal(t, before, query(t, path, "SELECT sql FROM sqlite_master WHERE name = 'notifications' OR name = 'people'"))
			}
			content := bytesOf(t, path)
			done, err = Migrate(t.Context(), path)
			require.NoError(t, err)
			assert.Empty(t, done, "up to date")
			assert.Equal(t, content, bytesOf(t, path))
			assert.Equal(t, []string{"ok"}, query(t, path, "PRAGMA integrity_check"))
			assert.Empty(t, query(t, path, "SELECT * FROM "+locksTable))

			s := opened(t, path, Options{})
			require.NoError(t, Fill(t.Context(), path, core.World{Users: []core.Recipient{{ID: 77, Address: "x@rfc.example", Cadence: core.Daily}}}))
			id, err := s.Claim(t.Context(), claimOf(77))
			require.NoError(t, err)
			c := claimOf(77)
			c.ID = id
			require.NoError(t, s.Settle(t.Context(), c, noon))
		})
	}
}

func TestMigrateAddsNoIndexBesideOneThatServes(t *testing.T) {
	t.Parallel()
	for script, want := range map[string][]string{
		"":          {"rfcdigest_created", "rfcdigest_newest", "rfcdigest_sending", "rfcdigest_unreadable", "rfcdigest_waiting", "rfcdigest_watching"},
		"app.sql":   {"rfcdigest_newest", "rfcdigest_sending", "rfcdigest_unreadable", "rfcdigest_waiting", "rfcdigest_watching"},
		"loose.sql": {"rfcdigest_sending", "rfcdigest_slugs", "rfcdigest_unreadable", "rfcdigest_waiting", "rfcdigest_watching"},
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
	assert.Equal(t, []string{"1|1|2026-03-28 12:00:00|2026-03-27 12:00:00|2026-03-28 12:00:00|[2]|NULL|NULL|NULL|NULL|NULL"},
		query(t, path, "SELECT * FROM notification_digests"))
	page, err := opened(t, path, Options{}).Recipients(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 1)
	assert.Equal(t, core.Entry{ID: 1, End: noon.AddDate(0, 0, -1)}, page[0].Latest)
	// What migrate adds must not keep the app from deleting people.
	execute(t, path, "PRAGMA foreign_keys = ON; INSERT INTO held_emails (recipient_user_id) VALUES (2); INSERT INTO digest_preferences (user_id) VALUES (2);"+
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
	require.ErrorIs(t, err, ErrUnmigrated)
	assert.Equal(t, content, bytesOf(t, path))
}

func TestMigrateThatFailsHalfWayChangesNothing(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	execute(t, path, "CREATE TABLE rfcdigest_watching (taken TEXT)") // the last index that it adds has this name
	content := bytesOf(t, path)
	_, err := Migrate(t.Context(), path)
	require.ErrorContains(t, err, "rfcdigest_watching")
	assert.Equal(t, content, bytesOf(t, path))
	execute(t, path, "DROP TABLE rfcdigest_watching")
	_, err = Migrate(t.Context(), path)
	require.NoError(t, err)
}

func TestMigrateGoesOnWhereAProcessDied(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	db, err := connection{path: path, access: readWrite, pragmas: []pragma{{"cache_size", "1", "1"}}}.open(1) // writes before it commits
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	there, err := inspect(t.Context(), db)
	require.NoError(t, err)
	require.NoError(t, apply(t.Context(), db, there.additions(), false, func(sqlstore.Step) {}))

	dead := filepath.Join(t.TempDir(), "app.db") // the files as they are when the process is no more
	for _, suffix := range []string{"", "-journal"} {
		require.NoError(t, os.WriteFile(dead+suffix, []byte(bytesOf(t, path+suffix)), 0o600))
	}
	done, err := Migrate(t.Context(), dead)
	require.NoError(t, err)
	assert.Contains(t, done, "added column notification_digests.status")
	assert.Equal(t, []string{"ok"}, query(t, dead, "PRAGMA integrity_check"))
}

func TestMigrateMendsWhatWasLostLater(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	execute(t, path, "DROP INDEX rfcdigest_unreadable", "DROP TABLE held_emails", "ALTER TABLE digest_preferences DROP COLUMN failures")
	_, err := Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, ErrUnmigrated)
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, []string{"added column digest_preferences.failures", "created table held_emails", "added index rfcdigest_unreadable",
		"added index rfcdigest_waiting", "recorded migration " + additionsMigration}, done)
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
	assert.Equal(t, []string{"1"}, query(t, path, "SELECT count(*) FROM "+migrationsTable))
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
	var steps []sqlstore.Step
	done, err := MigrateStepwise(t.Context(), path, func(s sqlstore.Step) { steps = append(steps, s) })
	require.NoError(t, err)
	require.Greater(t, len(steps), 2)
	for i, s := range steps {
		assert.Equal(t, sqlstore.Step{Done: i, Of: len(steps) - 1, What: s.What}, s)
		if i == len(steps)-1 {
			assert.Empty(t, s.What)
			continue
		}
		assert.Contains(t, done[i], strings.TrimLeft(s.What, "abcdefghijklmnopqrstuvwxyz"), "in the same order")
		assert.Regexp(t, `^(creating|adding|noting) \S`, s.What)
	}
	_, err = MigrateStepwise(t.Context(), path, func(s sqlstore.Step) { t.Errorf("%+v, though all is up to date", s) })
	require.NoError(t, err)
}
