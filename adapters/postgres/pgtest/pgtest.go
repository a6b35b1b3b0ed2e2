// Package pgtest lets the tests of several packages share one PostgreSQL server.
//
// The packages' tests run at the same time, and a server takes 100 connections unless it is told
// otherwise. So a test first waits for one of a few places, which it leaves when it ends.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Server is the URL of the server, which asks for no password.
const Server = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable&connect_timeout=2"

const (
	// places is how many tests use the server at once. Most have some twelve connections, a fleet some
	// fifty.
	places = 6
	// class marks the advisory locks that are the places.
	class = 7332
	// tooMany is PostgreSQL's code for having no connection left.
	tooMany = "53300"
	// patience is how long a test waits for a connection.
	patience = time.Minute
	// leave is how many connections the server must have left for a test to take a place: others than these
	// tests may use it.
	leave = 35
)

// Connect returns a connection to the database at url, closed when the test ends. If the server has
// none left, it waits for one. If no server answers, the test is skipped, unless
// RFCDIGEST_MUST_HAVE_POSTGRES is set.
func Connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	TakePlace(t)
	return connect(t, url)
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), url)
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == tooMany && time.Since(begun) < patience {
			continue
		}
		if err != nil && os.Getenv("RFCDIGEST_MUST_HAVE_POSTGRES") == "" {
			t.Skip("no PostgreSQL on 127.0.0.1:5432")
		}
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	}
}

// Schema returns the URL of an empty schema of the server, which goes when the test ends.
func Schema(t testing.TB) string {
	t.Helper()
	name := "rfcdigest_test_" + strings.ToLower(rand.Text())
	execute(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { execute(t, "DROP SCHEMA "+name+" CASCADE") })
	return Server + "&search_path=" + name
}

// Database returns the URL of an empty database of the server, which goes when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	name := "rfcdigest_test_" + strings.ToLower(rand.Text())
	execute(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { execute(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(Server)
	require.NoError(t, err)
	u.Path = name
	return u.String()
}

// Limited returns the URL of the database at url for a user who may have n connections at once, and what changes n. The
// user may change all rows that may be changed now, and goes when the test ends.
func Limited(t testing.TB, address string, n int) (limited string, limit func(n int)) {
	t.Helper()
	user := "rfcdigest_test_" + strings.ToLower(rand.Text())
	executeOn(t, address, fmt.Sprintf("CREATE ROLE %s LOGIN CONNECTION LIMIT %d", user, n), fmt.Sprintf(`DO $$ BEGIN
EXECUTE format('GRANT USAGE ON SCHEMA %%1$I TO %[1]s; GRANT ALL ON ALL TABLES IN SCHEMA %%1$I TO %[1]s; GRANT ALL ON ALL SEQUENCES IN SCHEMA %%1$I TO %[1]s', current_schema());
END $$`, user))
	t.Cleanup(func() { executeOn(t, address, "DROP OWNED BY "+user, "DROP ROLE "+user) })
	u, err := url.Parse(address)
	require.NoError(t, err)
	u.User = url.User(user)
	return u.String(), func(n int) { execute(t, fmt.Sprintf("ALTER ROLE %s CONNECTION LIMIT %d", user, n)) }
}

// execute runs a statement on a connection to the server of its own.
func execute(t testing.TB, statement string) {
	t.Helper()
	executeOn(t, Server, statement)
}

func executeOn(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn := Connect(t, url)
	defer conn.Close(context.Background())
	for _, s := range append([]string{"SET client_min_messages = warning"}, statements...) {
		_, err := conn.Exec(context.Background(), s)
		assert.NoError(t, err, s)
	}
}

// taken are the tests of this process that have a place, by their names.
var taken sync.Map

// waiting are the tests of this process that have a place, or ask for one: each that asks has a connection already.
var waiting = make(chan struct{}, places)

// TakePlace waits for a place, as [Connect] does. It is left when t ends. Until then it is that of all the test's
// subtests.
func TakePlace(t testing.TB) {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	have := new(sync.Mutex)
	have.Lock()
	defer have.Unlock()
	if first, found := taken.LoadOrStore(name, have); found {
		// Wait until the first has its place.
		first.(*sync.Mutex).Lock()
		defer first.(*sync.Mutex).Unlock()
		return
	}
	t.Cleanup(func() { taken.Delete(name) })
	waiting <- struct{}{}
	t.Cleanup(func() { <-waiting })
	conn := connect(t, Server)
	ask := func(query string, args ...any) (yes bool) {
		require.NoError(t, conn.QueryRow(context.Background(), query, args...).Scan(&yes))
		return yes
	}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) < patience && !ask("SELECT count(*) + $1 < current_setting('max_connections')::int FROM pg_stat_activity", leave) {
			continue
		}
		for place := range places {
			if ask("SELECT pg_try_advisory_lock($1, $2)", class, place) {
				return
			}
		}
	}
}
