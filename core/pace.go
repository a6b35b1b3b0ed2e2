package core

import (
	"fmt"
	"time"
)

// MaxPerMinute is the fastest [Pace] there is, but for none.
const MaxPerMinute = 1_000_000

// Pace is how fast messages may leave. Its zero value is as fast as they can.
type Pace struct {
	// PerMinute is how many messages may leave in a minute; 0 means any number.
	PerMinute int
}

// MaxAskers is how many may wait at once for messages to leave at one [Pace].
const MaxAskers = 256

// Check says what is wrong with p, if anything is.
func (p Pace) Check() error {
	if p.PerMinute < 0 || p.PerMinute > MaxPerMinute {
		return fmt.Errorf("%d messages a minute, want 1 to %d, or 0 for no limit", p.PerMinute, MaxPerMinute)
	}
	return nil
}

// Burst returns how many messages may leave one right after the other when none have for a while: as many
// as there are in a second, and at least one.
func (p Pace) Burst() int { return max(1, p.PerMinute/60) }

// Next returns when the next message may leave, at now or later. paid is what Next returned last, by which
// it knows when the ones before left, and is zero at first: the instant at which all of them would have
// left, had they kept a steady distance. (This is the generic cell rate algorithm.) So:
//
//   - never do more than PerMinute and Burst together leave in any one minute;
//   - time in which nothing leaves gives no credit beyond Burst;
//   - of MaxAskers who wait at once nobody waits longer than that many steady distances, also where the
//     clock was set back since.
//
// Whoever asks waits until leave, and asks for nobody else before that.
func (p Pace) Next(paid, now time.Time) (leave, nowPaid time.Time) {
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

// distance is the time between two messages at a steady pace, rather too long than too short.
func (p Pace) distance() time.Duration {
	return (time.Minute + time.Duration(p.PerMinute) - 1) / time.Duration(p.PerMinute)
}
