package postgres_test

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// noon is the instant that the tests are built around.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// server is where tests make schemas of their own.
const server = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable&connect_timeout=2"

// connected returns a connection as another program has it. Where no server answers, the test is
// skipped, unless RFCDIGEST_MUST_HAVE_POSTGRES is set.
func connected(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil && os.Getenv("RFCDIGEST_MUST_HAVE_POSTGRES") == "" {
		t.Skip("no PostgreSQL on 127.0.0.1:5432")
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// made returns the URL of an empty schema, which is nobody else's.
func made(t testing.TB) string {
	t.Helper()
	name := "rfcdigest_test_" + strings.ToLower(rand.Text())
	execute(t, server, "CREATE SCHEMA "+name)
	return server + "&search_path=" + name
}

// schema returns the URL of an empty schema, which goes when the test ends.
func schema(t testing.TB) string {
	t.Helper()
	url := made(t)
	t.Cleanup(func() { assert.NoError(t, drop(url)) })
	return url
}

// drop drops what made has made.
func drop(url string) error {
	conn, err := pgx.Connect(context.Background(), server)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, name, _ := strings.Cut(url, "search_path=")
	_, err = conn.Exec(context.Background(), "SET client_min_messages = warning; DROP SCHEMA "+name+" CASCADE")
	return err
}

// execute runs statements on the database at url as another program does.
func execute(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn := connected(t, url)
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
