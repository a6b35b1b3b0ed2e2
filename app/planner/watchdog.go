package planner

import (
	"fmt"
	"sync"
	"time"
)

const (
	// planTime is how long the plan for one person may take. It is counted in looks, each of which has to find the
	// same person at work: on an overloaded machine the looks are late as well.
	planTime = 5 * time.Second
	planLook = planTime / 10
)

// errTooLong is the error of a recipient whose plan takes too long.
var errTooLong = fmt.Errorf("planning takes longer than %s, so it was given up; whatever it is, the others are not kept waiting", planTime)

// watchdog goes on without a plan that does not end. A computation cannot be cancelled, so its goroutine is left
// running, and nothing is planned for the same person until it ends.
type watchdog struct {
	mu    sync.Mutex
	stuck map[int64]bool
}

// watch calls plan for each of items, one after the other, and returns what it returns, in their order. For an item
// whose plan takes too long, or panics, it returns what failed returns.
func watch[T, P any](w *watchdog, items []T, id func(T) int64, plan func(T) P, failed func(T, error) P) []P {
	plans := make([]P, len(items))
	for from := 0; from < len(items); {
		run := &watched[P]{plans: plans, at: from, done: make(chan struct{})}
		go func() {
			defer close(run.done)
			for i := from; i < len(items); i++ {
				if !run.keep(i, guarded(w, items[i], id, plan, failed)) {
					w.forget(id(items[i]))
					return
				}
			}
		}()
		if run.ends(func(stuck int) { w.remember(id(items[stuck])) }) {
			return plans
		}
		plans[run.at] = failed(items[run.at], errTooLong)
		from = run.at + 1
	}
	return plans
}

// guarded returns the plan for one item, or what failed returns if it panics, or if an earlier one has not ended.
func guarded[T, P any](w *watchdog, item T, id func(T) int64, plan func(T) P, failed func(T, error) P) (p P) {
	if w.isStuck(id(item)) {
		return failed(item, errTooLong)
	}
	defer func() {
		if bug := recover(); bug != nil {
			p = failed(item, fmt.Errorf("planning: internal error: %v", bug))
		}
	}()
	return plan(item)
}

func (w *watchdog) isStuck(id int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stuck[id]
}

func (w *watchdog) remember(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stuck == nil {
		w.stuck = make(map[int64]bool)
	}
	w.stuck[id] = true
}

func (w *watchdog) forget(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.stuck, id)
}

// watched are plans that are being made.
type watched[P any] struct {
	done chan struct{}

	mu    sync.Mutex
	plans []P
	at    int // the next one to be kept
	left  bool
}

// keep takes a plan, unless it comes too late.
func (r *watched[P]) keep(i int, p P) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left {
		return false
	}
	r.plans[i], r.at = p, i+1
	return true
}

// ends waits for the plans, and returns false as soon as one of them takes too long, which it is told before the plan
// can come to its end.
func (r *watched[P]) ends(stuck func(int)) bool {
	select {
	case <-r.done: // nearly always, and at once
		return true
	default:
	}
	look := time.NewTicker(planLook)
	defer look.Stop()
	for last, looks := -1, time.Duration(0); ; {
		select {
		case <-r.done:
			return true
		case <-look.C:
		}
		r.mu.Lock()
		if r.at != last {
			last, looks = r.at, 0
		}
		looks++
		r.left = looks*planLook > planTime && r.at < len(r.plans)
		if r.left {
			stuck(r.at)
		}
		left := r.left
		r.mu.Unlock()
		if left {
			return false
		}
	}
}
