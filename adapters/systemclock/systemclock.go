// Package systemclock is the system's clock.
package systemclock

import (
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Clock tells the time in UTC, as precisely as the system does. The zero value
// is the system's clock; [At] makes one that is ahead of it or behind.
type Clock struct {
	// offset is how far this clock is ahead of the system's.
	offset time.Duration
}

var _ ports.Clock = Clock{}

// At returns a clock that shows t now, and runs on from there as fast as the system's. If t is
// more than some 290 years away it shows the nearest instant that it can.
func At(t time.Time) Clock {
	return Clock{offset: time.Until(t)}
}

// Now returns the present instant.
func (c Clock) Now() time.Time {
	return time.Now().Add(c.offset).UTC()
}
