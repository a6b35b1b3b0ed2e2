package postgres_test

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// home is a migrated schema with nothing in it, where one test after another is at home: to make one
// costs a hundred times as much as to empty it, and new connections cost most of what is left.
type home struct {
	url string
	// app is a connection as another program has it.
	app   *pgx.Conn
	store *sqlstore.Store
}

// vacant are the homes that no test is in, by the statements that they began with.
var vacant = struct {
	sync.Mutex
	homes map[*foundation][]home
	count int
}{homes: map[*foundation][]home{}}

// mostVacant is how many homes may be vacant: each keeps some nine connections.
const mostVacant = 5

// foundation are statements that make tables of the app's before the others are there.
type foundation []string

var bare = &foundation{}

func TestMain(m *testing.M) {
	// Each statement is a message to a server and back, so chance gets fewer turns than elsewhere.
	flag.Parse()
	if checks := flag.Lookup("rapid.checks").Value; checks.String() == "100" {
		_ = checks.Set("10")
	}
	code := m.Run()
	for _, homes := range vacant.homes {
		for _, h := range homes {
			h.leave()
		}
	}
	os.Exit(code)
}

// moved returns a home for the test.
func moved(t testing.TB) home {
	t.Helper()
	return movedOnto(t, bare)
}

// movedOnto returns a home on f.
func movedOnto(t testing.TB, f *foundation) home {
	t.Helper()
	pgtest.TakePlace(t)
	vacant.Lock()
	defer vacant.Unlock()
	var h home
	if n := len(vacant.homes[f]); n > 0 {
		h, vacant.homes[f] = vacant.homes[f][n-1], vacant.homes[f][:n-1]
		vacant.count--
	} else {
		h = built(t, f)
	}
	t.Cleanup(func() {
		_, err := h.app.Exec(context.Background(), `RESET ALL; DELETE FROM notifications; DELETE FROM notification_digests; DELETE FROM users; DELETE FROM watches;
DELETE FROM digest_preferences; DELETE FROM held_emails; DELETE FROM digest_ticks; DELETE FROM digest_pace;
DELETE FROM digest_facts; DELETE FROM digest_moved; DELETE FROM digest_people; DELETE FROM cached_rfcs`)
		require.NoError(t, err)
		vacant.Lock()
		defer vacant.Unlock()
		if vacant.count == mostVacant {
			h.leave()
			return
		}
		vacant.count++
		vacant.homes[f] = append(vacant.homes[f], h)
	})
	return h
}

func built(t testing.TB, f *foundation) home {
	t.Helper()
	h := home{url: made(t)}
	execute(t, h.url, *f...)
	_, err := postgres.Migrate(t.Context(), h.url)
	require.NoError(t, err)
	h.app, err = pgx.Connect(context.Background(), h.url)
	require.NoError(t, err)
	h.store, err = postgres.Open(t.Context(), h.url, postgres.Options{})
	require.NoError(t, err)
	if f != bare { // the contract has the app leave behind what it likes
		for _, table := range []string{"notifications", "notification_digests"} {
			execute(t, h.url, fmt.Sprintf("ALTER TABLE %[1]s DROP CONSTRAINT IF EXISTS %[1]s_recipient_user_id_fkey", table))
		}
	}
	return h
}

// leave closes the home's connections and drops its schema.
func (h home) leave() {
	_ = h.store.Close()
	_ = h.app.Close(context.Background())
	_ = drop(h.url)
}

// made returns the URL of an empty schema of its own.
func made(t testing.TB) string {
	t.Helper()
	name := "rfcdigest_test_" + strings.ToLower(rand.Text())
	execute(t, server, "CREATE SCHEMA "+name)
	return server + "&search_path=" + name
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

// fill adds the rows of w.
func (h home) fill(ctx context.Context, w core.World) error { return postgres.Fill(ctx, h.app, w) }
