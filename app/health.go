package app

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Health is how ticks go in this process.
type Health struct {
	// Running says that a tick is being made.
	Running bool
	// Alive is when the newest tick last began, was done with a person, or ended. Zero before the first.
	Alive time.Time
	// Began and Ended are those of the last tick that has ended, Instant and Range what it was of, Report and Err what
	// came of it; all are zero before the first.
	Began, Ended time.Time
	Instant      time.Time
	Range        core.Range
	Report       Report
	Err          error
}

// Health returns how ticks go. It does not wait for one.
func (t *Ticker) Health() Health { return t.vitals.health() }

// OnTick sets the function that is called at the end of every tick, or of every range of a tick, in place of the one
// before. It must not tick itself.
func (t *Ticker) OnTick(call func(Health)) {
	t.ticking.Lock()
	defer t.ticking.Unlock()
	t.onTick = call
}

// Progress returns how many people, digests in doubt and held e-mails the newest tick is done with.
func (t *Ticker) Progress() int64 { return t.vitals.done.Load() }

// vitals are what may be read of a tick while it runs.
type vitals struct {
	done atomic.Int64
	// alive changes too often for the lock; nil before the first tick.
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
