package engine

import (
	"context"
)

// do has j made and returns when it is durable. If ctx ends before j has started, it does not start; afterwards ctx
// has no say.
func (w *writer) do(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.ctx, j.done = ctx, make(chan struct{})
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
	w.work.Broadcast()
	w.mu.Unlock()
	w.stopped.Wait()
	return w.statements.db.Close()
}

// wait returns true when something is queued for which no transaction begins yet, and false when nothing
// ever will be.
func (w *writer) wait() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) <= w.coming && !w.closed {
		w.work.Wait()
	}
	if len(w.queue) <= w.coming {
		return false
	}
	w.coming++
	return true
}

// came says that there is what the loop waited for, or an error.
func (w *writer) came() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.coming--
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
