package app

import (
	"sync"
	"sync/atomic"
	"time"
)

// Health is how ticks go in this process.
type Health struct {
	// Running says that a tick is being made.
	Running bool
	// Alive is the last sign of life that the newest tick gave: that it began, that it was done with
	// somebody, or that it ended. Zero before the first.
	Alive time.Time
	// Began and Ended are those of the last tick that has ended, Report and Err what came of it; all
	// are zero before the first.
	Began, Ended time.Time
	Report       Report
	Err          error
}

// Health returns how ticks go. It does not wait for one.
func (t *Ticker) Health() Health { return t.vitals.health() }

// OnTick has call called at the end of every tick from the next one on, with what the tick returns, and
// of one that comes in parts with what they come to together; nothing else is called any more. call must
// not tick.
func (t *Ticker) OnTick(call func(Report, error)) {
	t.ticking.Lock()
	defer t.ticking.Unlock()
	t.onTick = call
}

// Progress returns how many people, digests in doubt and held e-mails the newest tick is done with.
func (t *Ticker) Progress() int64 { return t.vitals.done.Load() }

// vitals are what a tick tells of itself while it runs.
type vitals struct {
	done atomic.Int64
	// alive is a time that moves too often for the lock; nil before the first tick.
	alive atomic.Pointer[time.Time]

	mu      sync.Mutex
	running bool
	last    Health
}

func (v *vitals) begin(now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running = true
	v.done.Store(0)
	v.alive.Store(&now)
}

// progressed says that the tick is done with one more.
func (v *vitals) progressed(now time.Time) {
	v.done.Add(1)
	v.alive.Store(&now)
}

func (v *vitals) end(last Health) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running, v.last = false, last
	v.alive.Store(&last.Ended)
}

func (v *vitals) health() Health {
	v.mu.Lock()
	defer v.mu.Unlock()
	h := v.last
	h.Running = v.running
	if alive := v.alive.Load(); alive != nil {
		h.Alive = *alive
	}
	return h
}
