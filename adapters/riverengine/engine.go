package riverengine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/wiggleverse/rfcdigest/core"
)

// Config is what an [Engine] needs; all but Log must be set. Each process calls one of the functions at
// a time. They may be called again for work that is done already, and must not do it twice. When their
// context ends, they finish what is in hand and return soon.
type Config struct {
	// URL is the URL of the PostgreSQL database that holds the queue.
	URL string
	// Every is the tick length, in whole seconds. If processes differ, the leader's counts.
	Every time.Duration
	// Ranges returns ranges of about size people each, which together are the tick at now.
	Ranges func(ctx context.Context, now time.Time, size int) ([]core.Range, error)
	// Range does the tick at now for the people in r. round counts the retry rounds; 0 is the first attempt. If
	// again is not 0, there is a retry round after that time.
	Range func(ctx context.Context, now time.Time, r core.Range, round int) (again time.Duration, err error)
	// Log gets a line for each event, and River's warnings and errors; nil means no log.
	Log *slog.Logger
}

// Engine takes part in the ticks of a fleet.
type Engine struct {
	Config
	pool    *pgxpool.Config
	retries retries
}

// New returns an Engine. It opens no connection and starts nothing. An error says what is wrong in config.
func New(config Config) (*Engine, error) {
	pool, err := parse(config.URL)
	if err != nil {
		return nil, err
	}
	if config.Every < time.Second || config.Every%time.Second != 0 {
		return nil, fmt.Errorf("config: a tick of %s, want whole seconds, at least one", config.Every)
	}
	if config.Ranges == nil || config.Range == nil {
		return nil, errors.New("config: Ranges and Range are needed")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{Config: config, pool: pool, retries: pauses}, nil
}

// Run takes part until ctx ends. Then it takes no more jobs, and ends the context of the job in hand.
// Other processes take at once what that leaves. Run returns nil when the job has returned, within 30
// seconds.
//
// An error says that the queue could not be used at the start: the database does not answer, or lacks
// tables. If the database goes away later, Run waits for it.
func (e *Engine) Run(ctx context.Context) error {
	pool, err := pgxpool.NewWithConfig(ctx, e.pool)
	if err != nil {
		return fmt.Errorf("river: %w", err)
	}
	defer pool.Close()
	client, err := e.start(ctx, pool)
	switch {
	case err == nil:
		<-client.Stopped()
	case ctx.Err() == nil:
		return fmt.Errorf("river: %w", err)
	}
	return nil
}

// firstConnection waits for a server that has no connection left for a while.
func firstConnection(ctx context.Context, pool *pgxpool.Pool) error {
	const tooMany = "53300" // PostgreSQL's code
	for begun := time.Now(); ; {
		err := pool.Ping(ctx)
		var said *pgconn.PgError
		if !errors.As(err, &said) || said.Code != tooMany || time.Since(begun) > crowdPatience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (e *Engine) start(ctx context.Context, pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	if err := firstConnection(ctx, pool); err != nil {
		return nil, err
	}
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

// clientConfig returns the settings of River. The contexts of jobs do not end with ctx, so they get ctx
// too.
func (e *Engine) clientConfig(ctx context.Context, pool *pgxpool.Pool) *river.Config {
	log := slog.New(warnings{e.Log.Handler()})
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(job context.Context, j *river.Job[roundArgs]) error {
		return e.carryOut(job, ctx, j.JobRow, j.Args.attrs(), func(c context.Context) error { return e.round(c, pool, j) })
	}))
	river.AddWorker(workers, river.WorkFunc(func(job context.Context, j *river.Job[rangeArgs]) error {
		return e.carryOut(job, ctx, j.JobRow, j.Args.attrs(), func(c context.Context) error { return e.part(c, j.Args) })
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
