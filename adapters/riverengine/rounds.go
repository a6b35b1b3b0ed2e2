package riverengine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/wiggleverse/rfcdigest/core"
)

// roundArgs are the arguments of the job that begins a round.
type roundArgs struct {
	Instant time.Time `json:"instant"`
}

// rangeArgs are the arguments of the job for a range of a round.
type rangeArgs struct {
	Instant time.Time `json:"instant"`
	After   int64     `json:"after"`
	Through int64     `json:"through"`
	// Retry counts the retry rounds of the range; 0 is the first attempt.
	Retry int `json:"retry"`
}

// Kind is the name of such jobs in the queue.
func (roundArgs) Kind() string { return "rfcdigest_round" }

// Kind is the name of such jobs in the queue.
func (rangeArgs) Kind() string { return "rfcdigest_range" }

// InsertOpts has rounds go before ranges, with one for each instant.
func (roundArgs) InsertOpts() river.InsertOpts { return once(1) }

// InsertOpts has each range only once in a round.
func (rangeArgs) InsertOpts() river.InsertOpts { return once(2) }

// once has River insert no second job with the same arguments, even if the first is done or failed.
func once(priority int) river.InsertOpts {
	return river.InsertOpts{Queue: queue, Priority: priority, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()}}
}

func (a roundArgs) attrs() []any { return []any{"instant", a.Instant} }
func (a rangeArgs) attrs() []any {
	return []any{"instant", a.Instant, "after", a.After, "through", a.Through, "retry", a.Retry}
}

// early is how much too early River may ask for an instant's job.
const early = 100 * time.Millisecond

// multiples are the instants of rounds: multiples of a tick length since 1970-01-01 00:00 UTC.
type multiples time.Duration

// last returns the last instant that is not after now.
func (m multiples) last(now time.Time) time.Time {
	every := int64(time.Duration(m) / time.Second)
	at := now.Unix()
	since := ((at % every) + every) % every
	return time.Unix(at-since, 0).UTC()
}

// Next returns the first instant after both current and the present. Missed instants, as while a machine
// slept, are skipped.
func (m multiples) Next(current time.Time) time.Time {
	if now := time.Now(); now.After(current) {
		current = now
	}
	return m.last(current).Add(time.Duration(m))
}

// periodic has the leader insert a round at each instant, and when it begins to lead one for the last instant. River
// does not say for which instant it wants a job, so the clock decides.
func periodic(every time.Duration) *river.PeriodicJob {
	m := multiples(every)
	return river.NewPeriodicJob(m, func() (river.JobArgs, *river.InsertOpts) {
		return roundArgs{Instant: m.last(time.Now().Add(early))}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// round divides a round into ranges. If there is a later round, as after all processes were down, it does nothing.
func (e *Engine) round(ctx context.Context, pool *pgxpool.Pool, job *river.Job[roundArgs]) error {
	client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	if err != nil {
		return err
	}
	newest, err := client.JobList(ctx, river.NewJobListParams().Kinds(roundArgs{}.Kind()).OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(1))
	if err != nil {
		return fmt.Errorf("looking for a later round: %w", err)
	}
	if len(newest.Jobs) > 0 && newest.Jobs[0].ID > job.ID {
		e.Log.Info("round left to a later one", job.Args.attrs()...)
		return nil
	}
	return e.divide(ctx, client, pool, job.Args.Instant)
}

// divide inserts the ranges of a round. It deletes waiting ranges of earlier rounds: their people who are still due
// are in the new ones.
func (e *Engine) divide(ctx context.Context, client *river.Client[pgx.Tx], pool *pgxpool.Pool, instant time.Time) error {
	found, err := e.Ranges(ctx, instant, rangeSize)
	if err != nil {
		return err
	}
	jobs := make([]river.InsertManyParams, len(found))
	for i, r := range found {
		jobs[i].Args = rangeArgs{Instant: instant, After: r.After, Through: r.Through}
	}
	dropped := 0
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if dropped, err = dropWaiting(ctx, client, tx); err != nil {
			return err
		}
		_, err := client.InsertManyTx(ctx, tx, jobs)
		return err
	})
	if err != nil {
		return fmt.Errorf("inserting ranges: %w", err)
	}
	e.Log.Info("round begun", "instant", instant, "ranges", len(jobs), "dropped", dropped)
	return nil
}

// part does a range, and inserts its retry round if one is needed. If the next round comes first, it deletes that.
func (e *Engine) part(ctx context.Context, a rangeArgs) error {
	again, err := e.Range(ctx, a.Instant, core.Range{After: a.After, Through: a.Through}, a.Retry)
	if err != nil || again == 0 {
		return err
	}
	client, err := river.ClientFromContextSafely[pgx.Tx](ctx)
	if err != nil {
		return err
	}
	a.Retry++
	_, err = client.Insert(ctx, a, &river.InsertOpts{ScheduledAt: time.Now().Add(again)})
	if err != nil {
		return fmt.Errorf("inserting a retry round: %w", err)
	}
	return nil
}

// dropWaiting deletes the ranges that have not begun or that wait for a retry.
func dropWaiting(ctx context.Context, client *river.Client[pgx.Tx], tx pgx.Tx) (dropped int, err error) {
	const most = 10_000 // what River deletes at a time
	waiting := river.NewJobDeleteManyParams().Kinds(rangeArgs{}.Kind()).First(most).
		States(rivertype.JobStateAvailable, rivertype.JobStateScheduled, rivertype.JobStateRetryable)
	for {
		r, err := client.JobDeleteManyTx(ctx, tx, waiting)
		if err != nil {
			return dropped, err
		}
		if dropped += len(r.Jobs); len(r.Jobs) < most {
			return dropped, nil
		}
	}
}

var errLogged = errors.New("the log of the process says what happened")

// carryOut does a job. Its context also ends when ending does. It logs an error here and returns errLogged, since River
// would keep and log the error's text.
func (e *Engine) carryOut(ctx, ending context.Context, job *rivertype.JobRow, attrs []any, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ending, cancel)()
	err := safely(e.Log, ctx, do)
	switch {
	case err == nil:
		return nil
	case ending.Err() != nil:
		return river.JobSnooze(0) // not a failure: another process takes it at once
	}
	e.Log.Error("part of a round failed", append([]any{slog.String("kind", job.Kind), slog.Int("attempt", job.Attempt),
		slog.Int("attempts", job.MaxAttempts), slog.Any("error", err)}, attrs...)...)
	return errLogged
}
