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

	"github.com/wiggleverse/rfcdigest/ports"
)

// roundArgs are the arguments of the job that a round begins with.
type roundArgs struct {
	Instant time.Time `json:"instant"`
}

// rangeArgs are the arguments of the job that is a range of a round.
type rangeArgs struct {
	Instant time.Time `json:"instant"`
	After   int64     `json:"after"`
	Through int64     `json:"through"`
}

// Kind is the name of such jobs in the queue.
func (roundArgs) Kind() string { return "rfcdigest_round" }

// Kind is the name of such jobs in the queue.
func (rangeArgs) Kind() string { return "rfcdigest_range" }

// InsertOpts has rounds go before ranges, and each instant have one.
func (roundArgs) InsertOpts() river.InsertOpts { return once(1) }

// InsertOpts has each range be there once in its round.
func (rangeArgs) InsertOpts() river.InsertOpts { return once(2) }

// once is a job of which there is only one with the same arguments, whatever became of it.
func once(priority int) river.InsertOpts {
	return river.InsertOpts{Queue: queue, Priority: priority, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()}}
}

func (a roundArgs) attrs() []any { return []any{"instant", a.Instant} }
func (a rangeArgs) attrs() []any {
	return []any{"instant", a.Instant, "after", a.After, "through", a.Through}
}

// early is by how much River may be too early for an instant.
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

// Next returns the first instant after both current and the present: instants that were missed, as
// while a machine slept, are not made up for one by one.
func (m multiples) Next(current time.Time) time.Time {
	if now := time.Now(); now.After(current) {
		current = now
	}
	return m.last(current).Add(time.Duration(m))
}

// periodic has the leader insert a round at each instant, and one for the last instant as it begins to lead.
// River does not say for which instant it asks for a job, so it is told from the clock.
func periodic(every time.Duration) *river.PeriodicJob {
	m := multiples(every)
	return river.NewPeriodicJob(m, func() (river.JobArgs, *river.InsertOpts) {
		return roundArgs{Instant: m.last(time.Now().Add(early))}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// round does what a round begins with, and then divides it; but where a later round has been inserted,
// as after all processes were down, it leaves everything to that.
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
	// Some trouble with what comes before, as with watches, has nothing to do with digests. Where it
	// has, as when the store is away, they come to it themselves; but where nothing may be sent at all,
	// that need not be said by each range.
	fronting := e.Front(ctx, job.Args.Instant)
	switch {
	case ctx.Err() != nil:
		return errors.Join(fronting, ctx.Err())
	case errors.Is(fronting, ports.ErrUnfinished):
		return fronting
	}
	return errors.Join(fronting, e.divide(ctx, client, pool, job.Args.Instant))
}

// divide inserts the ranges of a round in place of those of earlier rounds that still wait: whoever is in those
// and still due is in these too.
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
		if dropped, err = dropWaiting(ctx, client, tx); err != nil || len(jobs) == 0 {
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

// dropWaiting deletes the ranges that nobody has begun or that wait to be tried again.
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

// carryOut does a job, whose context ends when ending does, too. What goes wrong is logged here; River is told that
// something did, since it keeps and logs whatever it is told.
func (e *Engine) carryOut(ctx, ending context.Context, job *rivertype.JobRow, attrs []any, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ending, cancel)()
	e.idle.Stop()
	defer e.idle.Reset(e.lull)
	err := safely(e.Log, ctx, do)
	switch {
	case err == nil:
		return nil
	case ending.Err() != nil:
		return river.JobSnooze(0) // no failure: others go on with it at once
	}
	e.Log.Error("part of a round failed", append([]any{slog.String("kind", job.Kind), slog.Int("attempt", job.Attempt),
		slog.Int("attempts", job.MaxAttempts), slog.Any("error", err)}, attrs...)...)
	return errLogged
}
