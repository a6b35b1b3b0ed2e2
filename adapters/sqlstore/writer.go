package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/ports"
)

// maxBatch is the most changes that share a commit, so that the first does not wait long for the last.
const maxBatch = 256

// writer makes changes one after another, several in a transaction where several are waiting, or, where
// there may be several transactions at once, each in one of its own: a database that can do that lets
// them share what a commit costs, and those who change the same rows do not wait for a whole batch.
// While one commit is on its way to the disk, the next batch gathers. Nobody waits for company by the
// clock: before it ends a batch, the writer only lets those go on who are ready to, once, since many
// of them are about to ask.
type writer struct {
	statements *statements
	classify   func(error) error
	stopped    sync.WaitGroup

	mu     sync.Mutex
	work   *sync.Cond // queue or closed changed
	queue  []*job
	coming int // transactions that begin for what is queued
	closed bool
}

// change is something to be done in a transaction. It may be asked for twice, the first time undone.
// An error of [ports.ErrConflict] says that it did nothing; after any other, what it did is undone.
type change func(context.Context, transaction) error

// job is a change that somebody waits for.
type job struct {
	ctx    context.Context
	change change
	// mostly is what change nearly always comes to, where that is known.
	mostly []Statement
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

func newWriter(s *statements, transactions int) *writer {
	w := &writer{statements: s, classify: s.dialect.Classify}
	w.work = sync.NewCond(&w.mu)
	next := w.commit
	if transactions > 1 {
		next = w.alone
	}
	for range transactions {
		w.stopped.Go(func() {
			for w.wait() {
				next()
			}
		})
	}
	return w
}

// commit makes what is queued, and what comes while it does, in one transaction. Nearly always all
// of it can be done; savepoints would cost more than many of the changes, and come into it only
// where one of them failed.
func (w *writer) commit() {
	// Whoever waits for another process to let go of the database may give up: the jobs are taken
	// when the transaction has begun.
	tx, err := w.begin()
	if err != nil {
		w.refuse(fmt.Errorf("begin a transaction: %w", w.classify(err)))
		return
	}
	w.fill(tx, w.take, maxBatch)
}

// alone makes one change in a transaction of its own.
func (w *writer) alone() {
	// Here too, whoever waits may give up.
	conn, err := w.connect()
	if err != nil {
		w.refuse(fmt.Errorf("begin a transaction: %w", w.classify(err)))
		return
	}
	j := w.take()
	ended := j != nil && w.together(conn, j)
	_ = conn.Close() // it goes back, before anybody hears of what it was for
	if j == nil {
		return
	}
	if ended {
		close(j.done)
		return
	}
	if len(j.mostly) > 0 { // what was in the way may be gone
		w.apart([]*job{j})
		return
	}
	tx, err := w.statements.begin(context.Background())
	if err != nil {
		w.apart([]*job{j})
		return
	}
	w.fill(tx, func() *job { return j }, 1)
}

// together makes the steps that j mostly comes to, if they are known, and reports whether that was the end of j.
func (w *writer) together(conn *sql.Conn, j *job) (ended bool) {
	if j.err = j.ctx.Err(); j.err != nil {
		return true
	}
	if len(j.mostly) == 0 {
		return false
	}
	made, err := w.statements.dialect.Together(context.Background(), conn, j.mostly)
	j.err = err
	return made || errors.Is(err, ports.ErrUnknown)
}

// fill makes up to most changes, of those that next returns, in tx, and commits it.
func (w *writer) fill(tx transaction, next func() *job, most int) {
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
		j.err = w.classify(attempt(tx, j.change))
		if j.err != nil && !errors.Is(j.err, ports.ErrConflict) {
			_ = tx.Rollback() // it may be gone already
			w.apart(batch)
			return
		}
	}
	if len(batch) == 0 { // whoever waited has given up
		_ = tx.Rollback()
		return
	}
	w.end(tx, batch)
}

// end commits and tells those who wait.
func (w *writer) end(tx transaction, batch []*job) {
	if err := tx.Commit(); err != nil {
		// It may have happened. Even those who lost to another of the batch cannot know now.
		fail(batch, fmt.Errorf("%w: commit: %w", ports.ErrUnknown, w.classify(err)))
	} else {
		tx.keep(context.Background())
	}
	for _, j := range batch {
		close(j.done)
	}
}

func fail(batch []*job, err error) {
	for _, j := range batch {
		j.err = err
	}
}

// refuse ends all that is queued with err: if one of them cannot begin, none of them can.
func (w *writer) refuse(err error) {
	for j := w.take(); j != nil; j = w.take() {
		j.err = err
		close(j.done)
	}
}

// apart makes the changes of jobs, one of which failed, with a savepoint for each, so that what
// fails spoils nothing else.
func (w *writer) apart(jobs []*job) {
	for len(jobs) > 0 {
		tx, err := w.statements.begin(context.Background())
		if err != nil {
			fail(jobs, fmt.Errorf("begin a transaction: %w", w.classify(err)))
			for _, j := range jobs {
				close(j.done)
			}
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
		for _, j := range jobs[:n] {
			close(j.done)
		}
		jobs = jobs[n:]
	}
}

// run makes the change of j in tx, all of it or nothing. An error means that tx as a whole is
// lost: after some errors, a full disk for one, a database ends the transaction by itself.
func (w *writer) run(tx transaction, j *job) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil
	}
	ctx := context.Background()
	if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return fmt.Errorf("set a savepoint: %w", w.classify(err))
	}
	err := attempt(tx, j.change)
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
func attempt(tx transaction, c change) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return c(context.Background(), tx)
}
