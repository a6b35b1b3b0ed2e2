package riverengine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/wiggleverse/rfcdigest/core"
)

// Config is what an [Engine] needs; all but Log must be set. The functions are called one at a time
// in each process. They may be called again for what they have done already, and must then do nothing
// twice. When their context ends they return soon, with what is in hand done.
type Config struct {
	// URL is of the PostgreSQL database that holds the queue.
	URL string
	// Every is the tick length; whole seconds. It is the leader's that counts.
	Every time.Duration
	// Front does the part of the tick at now that comes before digests. An error does not keep the
	// digests from going out, unless it is [ports.ErrUnfinished]; the job is tried again.
	Front func(ctx context.Context, now time.Time) error
	// Ranges returns ranges of about size people each, in which everybody is who may be due at now.
	Ranges func(ctx context.Context, now time.Time, size int) ([]core.Range, error)
	// Range does the digests of the people in r at now.
	Range func(ctx context.Context, now time.Time, r core.Range) error
	// Lull is called when no job has come for a while after another, and before Run returns: this process's
	// share of a round is done. Where a job comes late after all, it is called once more. It may be called
	// beside the others, and does not wait for them.
	Lull func()
	// Log gets a line for each event, and of River's own lines those that warn; nil means nowhere.
	Log *slog.Logger
}

// Engine takes part in the ticks of a fleet.
type Engine struct {
	Config
	pool    *pgxpool.Config
	retries retries
	lull    time.Duration
	// idle calls Lull. It runs between jobs.
	idle *time.Timer
}

// New returns an Engine. It opens no connection and starts nothing. An error says what in config
// cannot be used.
func New(config Config) (*Engine, error) {
	pool, err := parse(config.URL)
	if err != nil {
		return nil, err
	}
	if config.Every < time.Second || config.Every%time.Second != 0 {
		return nil, fmt.Errorf("config: a tick of %s, want whole seconds, at least one", config.Every)
	}
	if config.Front == nil || config.Ranges == nil || config.Range == nil || config.Lull == nil {
		return nil, errors.New("config: Front, Ranges, Range and Lull are needed")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{Config: config, pool: pool, retries: pauses, lull: lull}, nil
}

// Run takes part until ctx ends. Then it takes no more jobs, and ends the context of the one in hand;
// what that leaves, others take at once. Run returns nil when that job has returned, which is to be
// within 30 seconds.
//
// An error says that the queue could not be used at the start: it does not answer, or lacks tables. A
// database that goes away later is waited for.
func (e *Engine) Run(ctx context.Context) error {
	pool, err := pgxpool.NewWithConfig(ctx, e.pool)
	if err != nil {
		return fmt.Errorf("river: %w", err)
	}
	defer pool.Close()
	e.idle = time.AfterFunc(math.MaxInt64, e.Lull)
	defer e.idle.Stop()
	client, err := e.start(ctx, pool)
	switch {
	case err == nil:
		<-client.Stopped()
		e.Lull()
	case ctx.Err() == nil:
		return fmt.Errorf("river: %w", err)
	}
	return nil
}

func (e *Engine) start(ctx context.Context, pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	driver := riverpgxv5.New(pool)
	if err := checkTables(ctx, driver); err != nil {
		return nil, err
	}
	client, err := river.NewClient(driver, e.clientConfig(ctx, pool))
	if err != nil {
		return nil, err
	}
	return client, client.Start(ctx)
}

// clientConfig returns how River works here. The jobs' own contexts do not end with ctx, so they are
// told of it.
func (e *Engine) clientConfig(ctx context.Context, pool *pgxpool.Pool) *river.Config {
	log := slog.New(warnings{e.Log.Handler()})
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(job context.Context, j *river.Job[roundArgs]) error {
		return e.carryOut(job, ctx, j.JobRow, j.Args.attrs(), func(c context.Context) error { return e.round(c, pool, j) })
	}))
	river.AddWorker(workers, river.WorkFunc(func(job context.Context, j *river.Job[rangeArgs]) error {
		return e.carryOut(job, ctx, j.JobRow, j.Args.attrs(), func(c context.Context) error {
			return e.Range(c, j.Args.Instant, core.Range{After: j.Args.After, Through: j.Args.Through})
		})
	}))
	return &river.Config{
		Logger:                      log,
		Workers:                     workers,
		PeriodicJobs:                []*river.PeriodicJob{periodic(e.Every)},
		Queues:                      map[string]river.QueueConfig{queue: {MaxWorkers: atOnce}},
		JobTimeout:                  jobTimeout,
		JobStuckThreshold:           stuckAfter,
		RescueStuckJobsAfter:        rescueAfter,
		MaxAttempts:                 len(e.retries) + 1,
		RetryPolicy:                 e.retries,
		SoftStopTimeout:             grace,
		CompletedJobRetentionPeriod: kept,
		CancelledJobRetentionPeriod: kept,
		DiscardedJobRetentionPeriod: keptFailed,
	}
}
