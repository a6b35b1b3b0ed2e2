package core

import (
	"fmt"
	"time"
)

// MaxPerMinute is the highest rate limit.
const MaxPerMinute = 1_000_000

// RateLimit is the rate limit: how fast messages may leave. Its zero value is no limit.
type RateLimit struct {
	// PerMinute is how many messages may leave in a minute; 0 means any number.
	PerMinute int
}

// MaxAskers is how many connections may wait at once for a message to leave at one [RateLimit].
const MaxAskers = 256

// Check says what is wrong with p; nil if p can be used.
func (p RateLimit) Check() error {
	if p.PerMinute < 0 || p.PerMinute > MaxPerMinute {
		return fmt.Errorf("%d messages a minute, want 1 to %d, or 0 for no limit", p.PerMinute, MaxPerMinute)
	}
	return nil
}

// Burst returns how many messages may leave at once after a pause: those of one second, and at least one.
func (p RateLimit) Burst() int { return max(1, p.PerMinute/60) }

// Next returns when the next message may leave, at now or later. The caller waits until leave, and does not ask
// again before that.
//
// paid is the nowPaid that Next returned last, and zero at first. It is the instant at which all messages so far
// would have left, had they left at even distances. (This is the generic cell rate algorithm.) So:
//
//   - in no minute do more messages leave than PerMinute and Burst together;
//   - a pause gives no credit beyond Burst;
//   - of MaxAskers callers at once none waits longer than that many distances, even if the clock was set back.
func (p RateLimit) Next(paid, now time.Time) (leave, nowPaid time.Time) {
	if p.PerMinute == 0 {
		return now, time.Time{}
	}
	distance := p.distance()
	credit := time.Duration(p.Burst()-1) * distance
	paid = later(paid, now)
	if most := now.Add(credit + MaxAskers*distance); paid.After(most) {
		paid = most
	}
	return later(paid.Add(-credit), now), paid.Add(distance)
}

// distance is the time between two messages that leave at even distances, rounded up.
func (p RateLimit) distance() time.Duration {
	return (time.Minute + time.Duration(p.PerMinute) - 1) / time.Duration(p.PerMinute)
}
