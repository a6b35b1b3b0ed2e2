package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// noon is the instant that the tests are built around.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// server is where tests make schemas of their own.
const server = pgtest.Server

// execute runs statements on the database at url as another program does.
func execute(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn := pgtest.Connect(t, url)
	for _, s := range statements {
		_, err := conn.Exec(context.Background(), s)
		require.NoError(t, err, s)
	}
}

// opened returns a store over the database at url, closed when the test ends.
func opened(t testing.TB, url string, o postgres.Options) *sqlstore.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// people returns n recipients with IDs from 1.
func people(n int) []core.Recipient {
	out := make([]core.Recipient, n)
	for i := range out {
		out[i] = core.Recipient{ID: int64(i + 1), Address: "someone@rfc.example", Name: "Someone", Cadence: core.Daily}
	}
	return out
}

// claimOf returns a fresh claim on the recipient's first window.
func claimOf(recipient int64, ids ...int64) core.Claim {
	return core.Claim{
		Recipient: recipient, Window: core.Window{Start: noon.Add(-24 * time.Hour), End: noon}, MessageID: "id@rfc.example",
		Notifications: ids, Lease: noon.Add(10 * time.Minute), Attempts: 1,
	}
}
