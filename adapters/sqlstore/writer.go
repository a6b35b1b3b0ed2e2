package sqlstore

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/ports"
)

// maxBatch is the most changes that share a commit, so that the first does not wait long for the last.
const maxBatch = 256

// writer makes changes one after another, several in a transaction where several are waiting.
// It never waits for company: while one commit is on its way to the disk, the next batch gathers.
type writer struct {
	db       *bun.DB
	classify func(error) error
	stopped  chan struct{}

	mu     sync.Mutex
	work   *sync.Cond // queue or closed changed
	queue  []*job
	closed bool
}

// job is a change that somebody waits for.
type job struct {
	ctx    context.Context
	change func(context.Context, bun.Tx) error
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

func newWriter(db *bun.DB, classify func(error) error) *writer {
	w := &writer{db: db, classify: classify, stopped: make(chan struct{})}
	w.work = sync.NewCond(&w.mu)
	go w.loop()
	return w
}

// do has change made and returns when it is durable. Where ctx ends before change has started, it
// does not start; afterwards ctx has no say.
func (w *writer) do(ctx context.Context, change func(context.Context, bun.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, change: change, done: make(chan struct{})}
	if !w.enqueue(j) {
		return errClosed
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(queued, withdrawn) {
			return ctx.Err()
		}
		<-j.done
	}
	return j.err
}

func (w *writer) enqueue(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.queue = append(w.queue, j)
	w.work.Signal()
	return true
}

// close makes what is queued, refuses what comes later, and closes the database.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	w.work.Signal()
	w.mu.Unlock()
	<-w.stopped
	return w.db.Close()
}

func (w *writer) loop() {
	defer close(w.stopped)
	for w.wait() {
		w.commit()
	}
}

// wait returns when something is queued, or false when nothing ever will be.
func (w *writer) wait() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.closed {
		w.work.Wait()
	}
	return len(w.queue) > 0
}

// take returns the next job that is still wanted, or nil.
func (w *writer) take() *job {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) > 0 {
		j := w.queue[0]
		w.queue[0] = nil
		w.queue = w.queue[1:]
		if j.state.CompareAndSwap(queued, taken) {
			return j
		}
	}
	return nil
}

// commit makes what is queued, and what comes while it does, in one transaction.
func (w *writer) commit() {
	// Whoever waits for another process to let go of the database may give up: the jobs are taken
	// when the transaction has begun.
	tx, err := w.db.BeginTx(context.Background(), nil)
	if err != nil {
		w.refuse(fmt.Errorf("begin a transaction: %w", w.classify(err)))
		return
	}
	batch, err := w.batch(tx)
	switch {
	case err != nil:
		_ = tx.Rollback() // it is gone already, as far as the database is concerned
	default:
		if err = tx.Commit(); err != nil {
			// It may have happened. Even those who lost to another of the batch cannot know now.
			err = fmt.Errorf("%w: commit: %w", ports.ErrUnknown, w.classify(err))
		}
	}
	for _, j := range batch {
		if err != nil {
			j.err = err
		}
		close(j.done)
	}
}

// refuse ends all that is queued with err: if one of them cannot begin, none of them can.
func (w *writer) refuse(err error) {
	for j := w.take(); j != nil; j = w.take() {
		j.err = err
		close(j.done)
	}
}

// batch runs jobs in tx and returns them. An error means that tx as a whole is lost.
func (w *writer) batch(tx bun.Tx) (jobs []*job, err error) {
	for len(jobs) < maxBatch && err == nil {
		j := w.take()
		if j == nil {
			break
		}
		jobs = append(jobs, j)
		err = w.run(tx, j)
	}
	return jobs, err
}

// run makes the change of j in tx, all of it or nothing. An error means that tx as a whole is
// lost: after some errors, a full disk for one, a database ends the transaction by itself.
func (w *writer) run(tx bun.Tx, j *job) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil
	}
	ctx := context.Background()
	if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("set a savepoint: %w", w.classify(err))
	}
	err := attempt(ctx, tx, j.change)
	j.err = w.classify(err)
	if err != nil {
		if _, lost := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT job"); lost != nil {
			return j.err
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT job"); err != nil {
		return fmt.Errorf("release a savepoint: %w", w.classify(err))
	}
	return nil
}

// attempt runs change; a panic costs its caller an error, and the others nothing.
func attempt(ctx context.Context, tx bun.Tx, change func(context.Context, bun.Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return change(ctx, tx)
}
