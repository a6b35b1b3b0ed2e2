package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
)

// More people than one transaction is about, some of them with IDs as far apart as they can be.
func TestEverybodyIsWokenHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rfc.db")
	_, err := sqlite.Migrate(t.Context(), path)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(`INSERT INTO digest_due (user_id, period, has_hour, due_at, revision)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) SELECT i * 3, 86400, 1, 2000000000, i FROM n;
INSERT INTO digest_due VALUES (9223372036854775807, 86400, 0, 2000000000, 1), (-9223372036854775807, 86400, 0, 2000000000, 1)`)
	require.NoError(t, err)
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.NoError(t, err)
	defer store.Close()
	require.NoError(t, store.Wake(t.Context()))
	var asleep, kept int
	require.NoError(t, db.QueryRow("SELECT count(*) FILTER (WHERE due_at > 0), count(*) FILTER (WHERE revision = user_id / 3) FROM digest_due").Scan(&asleep, &kept))
	assert.Zero(t, asleep)
	assert.Zero(t, kept, "who was judged before must not be put to rest by that")
}

// More watches than one transaction is about, in tables with and without numbers of rows.
func TestAllStaleWatchesLapseHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"", " WITHOUT ROWID"} {
		path := filepath.Join(t.TempDir(), "rfc.db")
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec(`CREATE TABLE watches (user_id INTEGER NOT NULL, rfc_slug TEXT NOT NULL, state TEXT NOT NULL, last_participation_at TEXT, PRIMARY KEY (user_id, rfc_slug))` + how + `;
INSERT INTO watches WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, 'rfc-1', 'watching', '2025-01-01 00:00:00' FROM n`)
		require.NoError(t, err)
		_, err = sqlite.Migrate(t.Context(), path)
		require.NoError(t, err)
		store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		require.NoError(t, err)
		defer store.Close()
		lapsed, err := store.Lapse(t.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		assert.Equal(t, 5000, lapsed, how)
	}
}
