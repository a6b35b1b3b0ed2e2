package riverengine

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// tick is so long that only one instant falls into a test.
const tick = 1000 * time.Hour

// jobs returns how many jobs of a kind are in a state.
func (f *fleet) jobs(conn *pgx.Conn, kind, state string) (n int) {
	f.Helper()
	require.NoError(f, conn.QueryRow(context.Background(), "SELECT count(*) FROM river_job WHERE kind = $1 AND state::text = $2", kind, state).Scan(&n))
	return n
}

func TestEachRoundAndRangeIsDoneOnceHoweverManyProcesses(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), time.Second, 40)
	parts := []core.Range{{After: 0, Through: 13}, {After: 13, Through: 26}, {After: 26, Through: 1000}}
	for range 3 {
		c := f.config()
		c.Ranges = func(context.Context, time.Time, int) ([]core.Range, error) { return parts, nil }
		f.start(c)
	}
	f.await("three rounds", func() bool { begun, ranges := f.did(); return len(begun) >= 3 && len(ranges) >= 2*3 })
	begun, ranges := f.did()
	seen := map[any]int{}
	for _, instant := range begun {
		assert.Equal(t, instant.Truncate(time.Second), instant)
		seen[instant.Unix()]++
	}
	for _, r := range ranges {
		r.Instant = r.Instant.UTC()
		seen[r]++
	}
	for what, times := range seen {
		assert.Equal(t, 1, times, what)
	}
	f.served(40)
}

func TestAJobThatIsDoneTwiceIsAsIfItWereDoneOnce(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), tick, 30)
	conn := pgtest.Connect(t, f.url)
	c := f.config()
	parts, err := c.Ranges(t.Context(), time.Now(), rangeSize)
	require.NoError(t, err)
	require.Len(t, parts, 3)
	c.Ranges = func(context.Context, time.Time, int) ([]core.Range, error) { return parts, nil }
	f.start(c)
	f.await("a round", func() bool { return f.jobs(conn, "rfcdigest_range", "completed") == 3 })
	f.served(30)
	once, mails := f.dump(), f.mailer.Sent()

	execute(t, conn, "UPDATE river_job SET state = 'available', finalized_at = NULL, attempt = 0, scheduled_at = now()")
	f.await("it again", func() bool { return f.jobs(conn, "rfcdigest_range", "completed") == 3 })
	begun, ranges := f.did()
	assert.Len(t, begun, 2)
	assert.GreaterOrEqual(t, len(ranges), 6)
	assert.True(t, reflect.DeepEqual(once, f.dump()))
	assert.True(t, reflect.DeepEqual(mails, f.mailer.Sent()))
}

func TestWhatAProcessThatStopsLeavesOthersTake(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), tick, 30)
	conn := pgtest.Connect(t, f.url)
	c, taken := f.config(), make(chan struct{})
	c.Range = func(ctx context.Context, _ time.Time, _ core.Range, _ int) (time.Duration, error) {
		close(taken)
		<-ctx.Done()
		return 0, ctx.Err()
	}
	stop := f.start(c)
	<-taken
	began := time.Now()
	stop()
	assert.Less(t, time.Since(began), grace, "nobody waited for the end of a range")
	assert.Equal(t, 3, f.jobs(conn, "rfcdigest_range", "available"))
	assert.NotContains(t, f.log.String(), "failed")

	f.start(f.config())
	f.await("the others", func() bool { return f.jobs(conn, "rfcdigest_range", "completed") == 3 })
	begun, _ := f.did()
	assert.Len(t, begun, 1)
	f.served(30)
}

func TestWhatAProcessThatHangsLeavesTheNextRoundServes(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), time.Second, 30)
	c, taken, over := f.config(), make(chan struct{}), make(chan struct{})
	var hung atomic.Bool
	ranges := c.Range
	c.Range = func(ctx context.Context, now time.Time, r core.Range, round int) (time.Duration, error) {
		if hung.CompareAndSwap(false, true) {
			close(taken)
			<-over
			return 0, nil
		}
		return ranges(ctx, now, r, round)
	}
	f.start(c)
	t.Cleanup(func() { close(over) })
	<-taken
	f.start(f.config())
	f.served(30)
}

func TestAProcessWhoseDatabaseWasAwayComesBack(t *testing.T) {
	t.Parallel()
	url := database(t)
	f := newFleet(t, url, time.Second, 30)
	conn := pgtest.Connect(t, pgtest.Server)
	config, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	name := config.Database
	f.start(f.config())
	f.await("a round", func() bool { begun, _ := f.did(); return len(begun) > 1 })
	execute(t, conn, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	execute(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	time.Sleep(1500 * time.Millisecond) // the database is away for this long
	back := time.Now()
	execute(t, conn, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true")
	f.await("a round after it", func() bool {
		begun, _ := f.did()
		return len(begun) > 0 && begun[len(begun)-1].After(back)
	})
	f.served(30)
}

// errAddressed has an address in it, as no ticker's error has.
var errAddressed = errors.New("no mail for grace@elsewhere.example")

func TestAFailingRangeIsTriedAFewTimesAndThenLeftToTheNextRound(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), tick, 30)
	conn := pgtest.Connect(t, f.url)
	var works atomic.Bool
	var tried atomic.Int64
	c := f.config()
	ranges := c.Range
	c.Range = func(ctx context.Context, now time.Time, r core.Range, round int) (time.Duration, error) {
		if r.After > 0 || works.Load() {
			return ranges(ctx, now, r, round)
		}
		if tried.Add(1) == 1 {
			panic(errAddressed)
		}
		return 0, errAddressed
	}
	f.start(c, func(e *Engine) { e.retries = make(retries, len(pauses)) })
	f.await("the end of it", func() bool { return f.jobs(conn, "rfcdigest_range", "discarded") == 1 })
	assert.EqualValues(t, len(pauses)+1, tried.Load())
	f.await("the others", func() bool { return len(f.sent()) == 20 })
	var told string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT array_to_string(errors, ' ') FROM river_job WHERE state = 'discarded'").Scan(&told))
	assert.NotContains(t, told, "elsewhere.example", "the queue keeps no reasons")
	assert.Contains(t, told, errLogged.Error())

	works.Store(true)
	insert(t, f.url, roundArgs{Instant: multiples(tick).last(time.Now()).Add(time.Second)})
	f.served(30)
	assert.Empty(t, slices.Collect(riverLines(f.log)), "River has nothing to say of it")
}

func TestARangeHasRetryRoundsUntilTheNextRoundComes(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), tick, 30)
	conn := pgtest.Connect(t, f.url)
	var takes atomic.Bool
	f.mailer.Fault = func(int, core.Message) (bool, error) {
		if takes.Load() {
			return true, nil
		}
		return false, &ports.SendError{Outcome: ports.TemporaryRefusal, Code: 450, Personal: true, Err: errAddressed}
	}
	f.start(f.config())
	waiting := func(retry int) int {
		var n int
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE state = 'scheduled' AND (args ->> 'retry')::int = $1
AND scheduled_at BETWEEN now() + $1 * interval '4 minutes' AND now() + $1 * interval '5 minutes'`, retry).Scan(&n))
		return n
	}
	f.await("the first retry rounds", func() bool { return waiting(1) == 3 })
	execute(t, conn, "UPDATE river_job SET state = 'available', scheduled_at = now() WHERE state = 'scheduled'")
	f.await("the second", func() bool { return waiting(2) == 3 })
	begun, ranges := f.did()
	assert.Len(t, ranges, 6)
	assert.Equal(t, begun[0], begun[1], "they are of the same instant")

	takes.Store(true)
	insert(t, f.url, roundArgs{Instant: multiples(tick).last(time.Now()).Add(time.Second)})
	f.served(30)
	assert.Zero(t, waiting(2), "the next round has taken them over")
}

func TestARoundThatALaterOneFollowedIsLeftToThat(t *testing.T) {
	t.Parallel()
	f := newFleet(t, migrated(t), tick, 30)
	conn := pgtest.Connect(t, f.url)
	now := multiples(tick).last(time.Now())
	insert(t, f.url, roundArgs{Instant: now.Add(-tick)}, rangeArgs{Instant: now.Add(-tick), Through: 10}, roundArgs{Instant: now})
	f.start(f.config())
	f.await("rounds", func() bool { return f.jobs(conn, "rfcdigest_round", "completed") == 2 && len(f.sent()) == 30 })
	begun, ranges := f.did()
	assert.Len(t, begun, 1)
	assert.True(t, now.Equal(begun[0]))
	for _, r := range ranges {
		assert.True(t, now.Equal(r.Instant), "what waited of the former round was dropped")
	}
	f.served(30)
}

func TestAnInstantHasOneRoundAndOneOfEachRangeWhateverBecameOfThem(t *testing.T) {
	t.Parallel()
	url := migrated(t)
	conn := pgtest.Connect(t, url)
	now := multiples(tick).last(time.Now())
	round, some := roundArgs{Instant: now}, rangeArgs{Instant: now, Through: 10}
	insert(t, url, round, some, rangeArgs{Instant: now, After: 10, Through: 20})
	for _, state := range []string{"available", "running", "completed", "discarded", "cancelled"} {
		execute(t, conn, "UPDATE river_job SET state = '"+state+"', finalized_at = CASE WHEN '"+state+"' IN ('completed', 'discarded', 'cancelled') THEN now() END")
		insert(t, url, round, some)
		var n int
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM river_job").Scan(&n))
		assert.Equal(t, 3, n, state)
	}
	insert(t, url, roundArgs{Instant: now.Add(time.Second)}, rangeArgs{Instant: now.Add(time.Second), Through: 10})
	var rounds int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(DISTINCT args ->> 'instant') FROM river_job").Scan(&rounds))
	assert.Equal(t, 2, rounds)
}

// insert puts jobs into the queue at url.
func insert(t testing.TB, url string, jobs ...river.JobArgs) {
	t.Helper()
	conn := pgtest.Connect(t, url)
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{})
	require.NoError(t, err)
	many := make([]river.InsertManyParams, len(jobs))
	for i, one := range jobs {
		many[i].Args = one
	}
	require.NoError(t, pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		_, err := client.InsertManyTx(t.Context(), tx, many)
		return err
	}))
}
