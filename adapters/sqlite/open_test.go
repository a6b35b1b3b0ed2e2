package sqlite

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestAnyPathCanBeADatabase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "with space.db", "100%.db", "%41.db", "why?mode=ro.db", "a#b.db", "ünï 李雷.db", "it's.db", "a+b&c=d;e.db", ":memory:", "file:x"} {
		folder := t.TempDir()
		path := filepath.Join(folder, name)
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err, name)
		require.NoError(t, Fill(t.Context(), path, core.World{Users: people(1)}), name)
		page, err := porttest.On(opened(t, path, Options{})).Recipients(t.Context(), 0, 10)
		require.NoError(t, err, name)
		assert.Len(t, page, 1, name)
		_, err = os.Stat(path)
		require.NoError(t, err, name)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	missing := filepath.Join(folder, "none.db")
	_, err := Open(t.Context(), missing, Options{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.Equal(t, "no database at "+missing+`; check --database, or run "rfcdigest migrate" to make one`, err.Error())
	_, err = os.Stat(missing)
	require.ErrorIs(t, err, fs.ErrNotExist)

	_, err = Open(t.Context(), filepath.Join(folder, "no", "folder.db"), Options{})
	require.ErrorContains(t, err, "no folder")
	_, err = Open(t.Context(), folder, Options{})
	require.ErrorContains(t, err, "is not a file")

	letter := filepath.Join(folder, "letter.txt")
	require.NoError(t, os.WriteFile(letter, []byte("Dear Ada, this is not a database at all."), 0o600))
	for _, readOnly := range []bool{true, false} {
		_, err = Open(t.Context(), letter, Options{ReadOnly: readOnly})
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Equal(t, letter+" is not an SQLite database (or is damaged); check the path in --database", err.Error())
	}

	app := made(t, "app.sql")
	content := bytesOf(t, app)
	for _, path := range []string{app, made(t, "")} {
		_, err = Open(t.Context(), path, Options{})
		require.ErrorIs(t, err, schema.ErrUnmigrated)
		assert.Equal(t, "database "+path+` is not migrated; run "rfcdigest migrate --database sqlite://`+path+`"`, err.Error())
	}
	assert.Equal(t, content, bytesOf(t, app))
}

func TestSettingsAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	execute(t, path, "PRAGMA journal_mode = DELETE")
	opened(t, path, Options{})
	assert.Equal(t, []string{"wal"}, query(t, path, "PRAGMA journal_mode"))

	c := connection{path: path, access: readWrite, pragmas: standing(time.Second, strict)}
	db, err := c.open(2)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, c.verify(t.Context(), db, 2, c.pragmas...))
	err = c.verify(t.Context(), db, 2, pragma{"synchronous", "OFF", "0"})
	require.ErrorContains(t, err, `did not accept synchronous = OFF, it stayed "2"`)
	assert.Contains(t, refusedSetting(path, writeAhead, "delete").Error(), "its file system does not support one")
}

func TestReadOnlyChangesNotAByte(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, path string){
		"rollback journal": func(t *testing.T, path string) { execute(t, path, "PRAGMA journal_mode = DELETE") },
		"write-ahead log":  func(*testing.T, string) {},
		"write-ahead log with content": func(t *testing.T, path string) {
			_, err := connected(t, path).ExecContext(t.Context(), "UPDATE users SET display_name = 'Ada'") // stays connected
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := migrated(t)
			require.NoError(t, Fill(t.Context(), path, core.World{Users: people(3)}))
			prepare(t, path)
			content := bytesOf(t, path)
			s, err := Open(t.Context(), path, Options{ReadOnly: true})
			require.NoError(t, err)
			page, err := porttest.On(s).Recipients(t.Context(), 0, 10)
			require.NoError(t, err)
			assert.Len(t, page, 3)
			_, err = porttest.On(s).Claim(t.Context(), claimOf(1))
			require.ErrorIs(t, err, ports.ErrUnavailable)
			assert.ErrorContains(t, err, "opened for reading only")
			_, err = s.Lapse(t.Context(), noon)
			require.Error(t, err)
			require.NoError(t, s.Close())
			assert.Equal(t, content, bytesOf(t, path))
		})
	}
}

func TestALockedDatabaseIsSaidToBe(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(1)}))
	s := opened(t, path, Options{BusyTimeout: 20 * time.Millisecond})
	other := connected(t, path)
	_, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	_, err = porttest.On(s).Claim(t.Context(), claimOf(1))
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.NotErrorIs(t, err, ports.ErrUnknown)
	assert.Contains(t, err.Error(), "database "+path+" is locked: another process has been writing for more than 20ms")
	assert.Contains(t, err.Error(), "fuser "+path)
	_, err = porttest.On(s).Recipients(t.Context(), 0, 1)
	require.NoError(t, err, "reading goes on")
	_, err = other.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	_, err = porttest.On(s).Claim(t.Context(), claimOf(1))
	require.NoError(t, err)

	execute(t, path, "SELECT 1")
	locked := migrated(t)
	execute(t, locked, "PRAGMA journal_mode = DELETE")
	_, err = connected(t, locked).ExecContext(t.Context(), "BEGIN EXCLUSIVE")
	require.NoError(t, err)
	_, err = Open(t.Context(), locked, Options{BusyTimeout: 20 * time.Millisecond})
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.ErrorContains(t, err, "is locked")
}

func TestCodesInWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{5: "locked", 517: "locked", 6: "locked", 26: "not an SQLite database", 11: "damaged", 8: "read-only",
		13: "the disk is full; free some space and run again; nothing is lost", 14: "cannot open", 778: "input/output error"} {
		what, remedy := describe("/data/app.db", time.Second, code)
		assert.Contains(t, what+"; "+remedy, want)
		assert.Contains(t, what, "/data/app.db")
		assert.NotEmpty(t, remedy)
	}
	what, _ := describe("/data/app.db", time.Second, 19)
	assert.Empty(t, what)
}

// An app that has written nothing when its database is opened may have times of any form.
func TestTimesAreWrittenAsTheAppBeganToWriteThemLater(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	s := opened(t, path, Options{})
	require.Empty(t, dueIDs(t, s))
	execute(t, path, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'a@rfc.example', 'A', 'daily')",
		"INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) VALUES (7, 1, 'vote_cast', 1774785600000)")
	require.Equal(t, []int64{1}, dueIDs(t, s))
	claim := claimOf(1, 7)
	claim.Person = whoIs(t, s, 1)
	var err error
	claim.ID, err = porttest.On(s).Claim(t.Context(), claim)
	require.NoError(t, err)
	require.NoError(t, porttest.On(s).Settle(t.Context(), claim, noon))
	require.NoError(t, s.Mark(t.Context()))
	assert.Equal(t, []string{"1774785600000"}, query(t, path, "SELECT digest_included_at FROM notifications"))
}
