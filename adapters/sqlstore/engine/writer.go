package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/ports"
)

// maxBatch is the most changes that share a commit, so that the first does not wait long for the last.
const maxBatch = 256

// writer makes changes in transactions. If one transaction at a time may write, the changes that wait share
// it, and with it what a commit costs; while it is on its way to the disk, the next ones gather. If several
// may, each change has a transaction of its own: such a database lets them share what a commit costs by
// itself, and changes to the same rows do not wait for a whole batch.
type writer struct {
	Config
	statements *statements
	stopped    sync.WaitGroup

	mu     sync.Mutex
	work   *sync.Cond // queue or closed changed
	queue  []*job
	coming int // transactions that begin for what is queued
	yield  yield
	closed bool
}

// Change is something to be done in a transaction. It may be run twice, and is then undone in between.
// An error of [ports.ErrConflict] says that it did nothing; after any other, what it did is undone.
type Change func(context.Context, Tx) error

// job is a change, or a batch, that a caller waits for.
type job struct {
	ctx    context.Context
	change Change
	batch  Batch
	state  atomic.Int32
	// err is what became of it; it may be read when done is closed.
	err  error
	done chan struct{}
}

// The states of a job. It leaves queued once: to the writer or to the caller who gave up.
const (
	queued int32 = iota
	taken
	withdrawn
)

func newWriter(c Config) *writer {
	w := &writer{Config: c, statements: newStatements(c.Write)}
	w.work = sync.NewCond(&w.mu)
	next := w.commit
	if c.Writers > 1 {
		next = w.alone
	}
	for range c.Writers {
		w.stopped.Go(func() {
			for w.wait() {
				next()
			}
		})
	}
	return w
}

// commit makes what is queued, and what comes while it does, in one transaction. Nearly always all
// of it can be done. Savepoints cost more than many of the changes, so they are set only if one failed.
func (w *writer) commit() {
	// A caller may give up while another process has the database: so the jobs are taken when the
	// transaction has begun.
	tx, err := w.begin()
	w.came()
	if err != nil {
		w.refuse(err)
		return
	}
	if w.Others == "" {
		w.fill(tx, w.take, maxBatch)
		return
	}
	w.yield.begin(tx, w.Others)
	w.fill(tx, w.take, maxBatch)
	w.yield.end()
}

// begin begins a transaction. Callers may give up while another process is in the way.
func (w *writer) begin() (tx Tx, err error) {
	try := func() error {
		tx, err = w.statements.begin(context.Background())
		return err
	}
	if w.Patiently == nil {
		err = try()
	} else {
		err = w.Patiently(context.Background(), try)
	}
	return tx, err
}

// alone makes one change or batch in a transaction of its own.
func (w *writer) alone() {
	conn, err := w.statements.db.DB.Conn(context.Background()) // callers may give up here too
	w.came()
	if err != nil {
		w.refuse(err)
		return
	}
	j := w.take()
	if j != nil && j.batch != nil && j.ctx.Err() == nil {
		w.together(conn, j)
		return
	}
	_ = conn.Close()
	switch {
	case j == nil:
	case j.ctx.Err() != nil:
		fail([]*job{j}, j.ctx.Err())
	default:
		tx, err := w.begin()
		if err != nil {
			w.apart([]*job{j})
			return
		}
		w.fill(tx, func() *job { return j }, 1)
	}
}

// fill makes up to most changes, of those that next returns, in tx, and commits it.
func (w *writer) fill(tx Tx, next func() *job, most int) {
	var batch []*job
	for len(batch) < most {
		j := next()
		if j == nil {
			break
		}
		batch = append(batch, j)
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		j.err = w.Classify(attempt(tx, j.change))
		if j.err != nil && !errors.Is(j.err, ports.ErrConflict) {
			_ = tx.Rollback() // it may be gone already
			w.apart(batch)
			return
		}
	}
	if len(batch) == 0 { // all callers have given up
		_ = tx.Rollback()
		return
	}
	w.end(tx, batch)
}

// end commits and tells the callers.
func (w *writer) end(tx Tx, batch []*job) {
	if err := tx.Commit(); err != nil {
		// It may have happened. Even those who lost to another of the batch cannot know now.
		fail(batch, fmt.Errorf("%w: commit: %w", ports.ErrUnknown, w.Classify(err)))
		return
	}
	tx.keep(context.Background())
	for _, j := range batch {
		close(j.done)
	}
}

// fail tells the callers of jobs that they ended with err.
func fail(jobs []*job, err error) {
	for _, j := range jobs {
		j.err = err
		close(j.done)
	}
}

// refuse ends all that is queued: if one of them cannot begin, none of them can.
func (w *writer) refuse(err error) {
	for j := w.take(); j != nil; j = w.take() {
		fail([]*job{j}, w.unbegun(err))
	}
}

func (w *writer) unbegun(err error) error {
	return fmt.Errorf("begin a transaction: %w", w.Classify(err))
}

// apart makes the changes of jobs, one of which failed, with a savepoint for each, so that what
// fails spoils nothing else.
func (w *writer) apart(jobs []*job) {
	for len(jobs) > 0 {
		tx, err := w.begin()
		if err != nil {
			fail(jobs, w.unbegun(err))
			return
		}
		n := 0
		for ; n < len(jobs) && err == nil; n++ {
			err = w.run(tx, jobs[n])
		}
		if err == nil {
			w.end(tx, jobs)
			return
		}
		_ = tx.Rollback() // it is gone already, as far as the database is concerned
		fail(jobs[:n], err)
		jobs = jobs[n:]
	}
}

// run makes the change of j in tx, all of it or nothing. An error means that tx as a whole is
// lost: after some errors, a full disk for one, a database ends the transaction by itself.
func (w *writer) run(tx Tx, j *job) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil
	}
	ctx := context.Background()
	if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("set a savepoint: %w", w.Classify(err))
	}
	err := attempt(tx, j.change)
	j.err = w.Classify(err)
	if err != nil {
		if _, lost := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT job"); lost != nil {
			return j.err
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT job"); err != nil {
		return fmt.Errorf("release a savepoint: %w", w.Classify(err))
	}
	return nil
}

// attempt runs change; a panic costs its caller an error, and the others nothing.
func attempt(tx Tx, c Change) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return c(context.Background(), tx)
}
