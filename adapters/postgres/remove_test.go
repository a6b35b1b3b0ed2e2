package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	migration "github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

func TestRemoveTakesOutWhatMigratePutIn(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	quietly := func(migration.Progress) {}
	execute(t, url, apps)
	before := shape(t, url)
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	migrated := shape(t, url)

	done, stays, err := postgres.Remove(t.Context(), url, false, quietly)
	require.NoError(t, err)
	assert.NotEmpty(t, done)
	assert.Contains(t, stays, "table held_emails")
	assert.NotContains(t, shape(t, url), "rfcdigest_")
	execute(t, url, "UPDATE users SET digest_cadence = 'weekly'")
	_, err = postgres.Open(t.Context(), url, postgres.Options{})
	require.ErrorIs(t, err, migration.ErrUnmigrated)
	_, err = postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	assert.Equal(t, migrated, shape(t, url))

	s := opened(t, url, postgres.Options{})
	_, stays, err = postgres.Remove(t.Context(), url, true, quietly)
	require.NoError(t, err)
	assert.Empty(t, stays)
	_, err = s.Facts(t.Context())
	require.ErrorIs(t, err, migration.ErrUnmigrated)
	left := shape(t, url)
	assert.NotRegexp(t, `rfcdigest_|digest_(due|people|facts|schema|preferences)|held_emails|lease_until`, left)
	done, _, err = postgres.Remove(t.Context(), url, true, quietly)
	require.NoError(t, err)
	assert.Empty(t, done)
	_ = before
	_, err = postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	execute(t, url, "INSERT INTO users (email, display_name, digest_cadence) VALUES ('kay@rfc.example', 'Kay', 'daily')")
}
