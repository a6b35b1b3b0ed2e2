package memory

import (
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

var _ ports.Clock = (*Clock)(nil)

// Clock shows the instant that it was last set to. Its zero value shows the zero time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows now.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now implements [ports.Clock].
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set makes the clock show now.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Add moves the clock by d, which may be negative.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }
