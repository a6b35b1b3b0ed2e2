package riverengine

import (
	"context"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core"
)

// riverLines are the lines of a log that River wrote.
func riverLines(log *lines) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, "River") || strings.Contains(line, "Job") {
				if !yield(line) {
					return
				}
			}
		}
	}
}

func usable() Config {
	return Config{
		URL: withPassword(pgtest.Server), Every: time.Hour,
		Ranges: func(context.Context, time.Time, int) ([]core.Range, error) { return nil, nil },
		Range:  func(context.Context, time.Time, core.Range, int) (time.Duration, error) { return 0, nil },
	}
}

func TestNewRefusesWhatCannotBeUsed(t *testing.T) {
	t.Parallel()
	_, err := New(usable())
	require.NoError(t, err)
	for want, change := range map[string]func(*Config){
		"want postgres://":             func(c *Config) { c.URL = "mysql://a:" + password + "@b/c" },
		"a tick of 0s":                 func(c *Config) { c.Every = 0 },
		"a tick of 1.5s":               func(c *Config) { c.Every = 1500 * time.Millisecond },
		"Ranges and Range are needed":  func(c *Config) { c.Ranges = nil },
		"Ranges and Range are needed ": func(c *Config) { c.Range = nil },
	} {
		c := usable()
		change(&c)
		_, err := New(c)
		require.ErrorContains(t, err, strings.TrimSpace(want))
		assert.NotContains(t, err.Error(), password)
	}
}

func TestRunSaysWhatTheQueueLacks(t *testing.T) {
	t.Parallel()
	c := usable()
	c.URL = empty(t)
	e, err := New(c)
	require.NoError(t, err)
	require.ErrorContains(t, e.Run(t.Context()), "run rfcdigest migrate")

	c.URL = "postgres://postgres:" + password + "@127.0.0.1:1/postgres?sslmode=disable"
	e, err = New(c)
	require.NoError(t, err)
	err = e.Run(t.Context())
	require.ErrorContains(t, err, "127.0.0.1")
	assert.NotContains(t, err.Error(), password)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	assert.NoError(t, e.Run(ended), "to be told to stop is no failure")
}

func TestRunWaitsForAConnection(t *testing.T) {
	t.Parallel()
	url, limit := pgtest.Limited(t, migrated(t), 0)
	f := newFleet(t, url, time.Second, 5)
	e, err := New(f.config())
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	time.Sleep(500 * time.Millisecond)
	limit(10)
	for began := time.Now(); len(f.mailer.Sent()) < 5; time.Sleep(20 * time.Millisecond) {
		require.Less(t, time.Since(began), patience)
	}
	stop()
	require.NoError(t, <-ended)
}

func TestMigrateTwiceAndAtOnce(t *testing.T) {
	t.Parallel()
	url := empty(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	var done []string
	for range 3 {
		all.Go(func() {
			steps, err := Migrate(t.Context(), url)
			assert.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			done = append(done, steps...)
		})
	}
	all.Wait()
	assert.Contains(t, done, "migrated the queue's tables to version 2: initial schema")
	seen := map[string]bool{}
	for _, step := range done {
		assert.False(t, seen[step], "%s was done twice", step)
		seen[step] = true
	}
	steps, err := Migrate(t.Context(), url)
	require.NoError(t, err)
	assert.Empty(t, steps)
	_, err = Migrate(t.Context(), "sqlite:"+password)
	assert.Equal(t, ErrURL, err)
}

func TestInstantsAreMultiplesSince1970(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		every     time.Duration
		now, want time.Time
	}{
		{time.Hour, day.Add(time.Hour - 1), day},
		{time.Hour, day.Add(time.Hour), day.Add(time.Hour)},
		{time.Hour, day.Add(time.Hour + 1).In(time.FixedZone("", 1800)), day.Add(time.Hour)},
		{7 * 24 * time.Hour, day, time.Date(2026, 3, 26, 0, 0, 0, 0, time.UTC)}, // a Thursday, as 1970-01-01 was
		{time.Hour, time.Unix(-1, 0), time.Unix(-3600, 0).UTC()},
	} {
		assert.Equal(t, c.want, multiples(c.every).last(c.now), c)
	}
	future := time.Now().Add(1000 * time.Hour).Truncate(time.Hour).UTC()
	assert.Equal(t, future.Add(time.Hour), multiples(time.Hour).Next(future))
	next := multiples(time.Hour).Next(day)
	assert.WithinRange(t, next, time.Now(), time.Now().Add(time.Hour))
}

func TestPausesGrowAndEnd(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{0: pauses[0], 1: pauses[0], 2: pauses[1], 3: pauses[1]} {
		pause := time.Until(pauses.NextRetry(&rivertype.JobRow{Attempt: attempt}))
		assert.InDelta(t, want.Seconds(), pause.Seconds(), 5, attempt)
	}
	assert.Greater(t, rescueAfter, jobTimeout+grace)
	assert.Greater(t, jobTimeout, rangeSize*time.Second)
}

func TestOfRiversLinesThoseThatWarnAreKept(t *testing.T) {
	t.Parallel()
	var kept lines
	log := slog.New(warnings{slog.NewTextHandler(&kept, nil)}).With("a", 1).WithGroup("g")
	log.Info("River client started")
	log.Warn("wrong", "b", 2)
	assert.NotContains(t, kept.String(), "started")
	assert.Contains(t, kept.String(), "wrong a=1 g.b=2")
}
