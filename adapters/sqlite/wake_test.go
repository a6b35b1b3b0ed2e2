package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

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
