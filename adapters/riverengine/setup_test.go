package riverengine

import (
	"bytes"
	"context"
	"flag"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// The tests mostly wait for the queue, so many may run at once.
	_ = flag.Lookup("test.parallel").Value.Set("8")
	os.Exit(m.Run())
}

const (
	// password must never be printed; the server does not ask for it.
	password = "s3cr3t-of-the-queue"
	// patience is how long a test waits for what must come.
	patience = 40 * time.Second
)

func execute(t testing.TB, conn *pgx.Conn, statement string) {
	t.Helper()
	_, err := conn.Exec(context.Background(), statement)
	require.NoError(t, err)
}

// empty returns the URL of a schema with nothing in it, which goes when the test ends.
func empty(t testing.TB) string { return withPassword(pgtest.Schema(t)) }

// withPassword returns the URL with a password.
func withPassword(url string) string {
	return strings.Replace(url, "postgres@", "postgres:"+password+"@", 1)
}

// migrated returns the URL of a queue without jobs, which goes when the test ends.
func migrated(t testing.TB) string {
	t.Helper()
	url := empty(t)
	_, err := Migrate(t.Context(), url)
	require.NoError(t, err)
	return url
}

// database is migrated with a database instead of a schema.
func database(t testing.TB) string {
	t.Helper()
	url := withPassword(pgtest.Database(t))
	_, err := Migrate(t.Context(), url)
	require.NoError(t, err)
	return url
}

// fleet is a queue, what its processes did, and the people that they serve.
type fleet struct {
	testing.TB
	url    string
	store  *memory.Store
	mailer *memory.Mailer
	every  time.Duration
	// log is what engines wrote, ticks what tickers did.
	log, ticks *lines

	mu     sync.Mutex
	begun  []time.Time
	ranges []rangeArgs
}

// newFleet returns a fleet without processes, with so many people who are due at the last multiple of every.
func newFleet(t testing.TB, url string, every time.Duration, people int64) *fleet {
	t.Helper()
	before := multiples(every).last(time.Now()).Add(-time.Hour)
	var w core.World
	for id := int64(1); id <= people; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: "ada@rfc.example", Cadence: core.Daily})
		w.Notifications = append(w.Notifications, core.Notification{ID: id, Recipient: id, Kind: "pr_opened", Slug: "a", CreatedAt: before})
	}
	f := &fleet{TB: t, url: url, store: memory.New(w), mailer: new(memory.Mailer), every: every, log: new(lines), ticks: new(lines)}
	t.Cleanup(func() {
		assert.NotContains(t, f.log.String(), password)
		assert.NotContains(t, f.log.String(), "@rfc.example")
		if t.Failed() {
			t.Log(f.log.String())
		}
	})
	return f
}

// config returns the config of one process of f: it has its own ticker, on the shared store.
func (f *fleet) config() Config {
	f.Helper()
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(f, err)
	ticker, err := app.New(app.Config{Style: style, Log: slog.New(slog.NewTextHandler(f.ticks, nil))}, f.store, f.mailer, systemclock.Clock{})
	require.NoError(f, err)
	return Config{
		URL: f.url, Every: f.every, Log: slog.New(slog.NewTextHandler(f.log, nil)),
		Ranges: func(ctx context.Context, now time.Time, _ int) ([]core.Range, error) {
			return ticker.Planner().Ranges(ctx, now, 10)
		},
		Range: func(ctx context.Context, now time.Time, r core.Range, round int) (time.Duration, error) {
			f.note(func() {
				f.ranges = append(f.ranges, rangeArgs{now, r.After, r.Through, round})
				if r.First() {
					f.begun = append(f.begun, now)
				}
			})
			report, err := ticker.TickRange(ctx, now, r, round)
			return report.RetryIn(round), err
		},
	}
}

func (f *fleet) note(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
}

// did returns the instants of ticks and the ranges that have begun so far.
func (f *fleet) did() (begun []time.Time, ranges []rangeArgs) {
	f.note(func() { begun, ranges = append(begun, f.begun...), append(ranges, f.ranges...) })
	return begun, ranges
}

// start has a process run until stop is called or the test ends. stop waits for its end.
func (f *fleet) start(c Config, change ...func(*Engine)) (stop func()) {
	f.Helper()
	e, err := New(c)
	require.NoError(f, err)
	for _, one := range change {
		one(e)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { assert.NoError(f, e.Run(ctx)) })
	stop = func() { cancel(); ended.Wait() }
	f.Cleanup(stop)
	return stop
}

// await waits until so holds.
func (f *fleet) await(what string, so func() bool) {
	f.Helper()
	require.Eventually(f, so, patience, 20*time.Millisecond, what)
}

// dump returns the people and their recorded rows.
func (f *fleet) dump() core.World {
	f.Helper()
	w, err := f.store.Dump(context.Background())
	require.NoError(f, err)
	return w
}

// sent returns how many digests each person got, by the ledger.
func (f *fleet) sent() map[int64]int {
	f.Helper()
	sent := map[int64]int{}
	for _, row := range f.dump().Ledger {
		if row.Status == core.Sent {
			sent[row.Recipient]++
		}
	}
	return sent
}

// served waits until each of so many people got a digest, and asserts that no one got more.
func (f *fleet) served(people int) {
	f.Helper()
	f.await("digests for all", func() bool { return len(f.sent()) == people })
	assert.Equal(f, people, len(f.dump().Ledger))
	assert.Equal(f, people, len(f.mailer.Sent()))
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
