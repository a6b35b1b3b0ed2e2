package sqlite

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

func TestTheConditionOfAGoodDatabase(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	before := bytesOf(t, path)
	c, err := Inspect(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, int64(len(before)), c.Size)
	assert.Positive(t, c.Free)
	c.Size, c.Free = 0, 0
	assert.Equal(t, Condition{Journal: "wal", Settings: []string{"busy_timeout 5000", "synchronous FULL", "foreign_keys 1"}}, c)
	assert.Equal(t, before, bytesOf(t, path), "not a byte of it")

	_, err = connected(t, path).ExecContext(t.Context(), "INSERT INTO users (id, display_name, email) VALUES (1, 'Ada', 'ada@rfc.example')") // stays connected
	require.NoError(t, err)
	c, err = Inspect(t.Context(), path)
	require.NoError(t, err)
	assert.Positive(t, c.LogSize)
}

func TestTheConditionOfOtherDatabases(t *testing.T) {
	t.Parallel()
	rollback := migrated(t)
	execute(t, rollback, "PRAGMA journal_mode = DELETE")
	c, err := Inspect(t.Context(), rollback)
	require.NoError(t, err)
	assert.Equal(t, "delete", c.Journal)
	assert.Empty(t, c.Missing)

	app := made(t, "app.sql")
	before := bytesOf(t, app)
	c, err = Inspect(t.Context(), app)
	require.NoError(t, err)
	assert.Contains(t, c.Missing, "created table held_emails")
	assert.Empty(t, c.Lacking)
	assert.Equal(t, before, bytesOf(t, app))

	c, err = Inspect(t.Context(), made(t, "lacking.sql"))
	require.NoError(t, err)
	assert.NotEmpty(t, c.Lacking)

	folder := t.TempDir()
	_, err = Inspect(t.Context(), filepath.Join(folder, "none.db"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	diary := filepath.Join(folder, "diary.txt")
	require.NoError(t, os.WriteFile(diary, []byte(strings.Repeat("Dear diary, ", 999)), 0o600))
	_, err = Inspect(t.Context(), diary)
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.ErrorContains(t, err, "is not an SQLite database")
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing was made")
}
