package app

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// turns lets messages leave no faster than a pace, over however many connections, in one tick after another.
type turns struct {
	pace  core.Pace
	clock ports.Clock
	// next is whose turn comes next: one at a time waits for that, and the others for them.
	next chan struct{}
	// paid is what core.Pace.Next returned last; it belongs to whoever is next.
	paid time.Time
}

func newTurns(pace core.Pace, clock ports.Clock) *turns {
	return &turns{pace: pace, clock: clock, next: make(chan struct{}, 1)}
}

// wait waits for a turn; it returns false where ctx ended before. Where there is something to wait for,
// meanwhile is called first.
func (t *turns) wait(ctx context.Context, meanwhile func()) bool {
	if t.pace.PerMinute == 0 {
		return ctx.Err() == nil
	}
	select {
	case t.next <- struct{}{}:
	default:
		meanwhile()
		select {
		case t.next <- struct{}{}:
		case <-ctx.Done():
			return false
		}
	}
	defer func() { <-t.next }()
	now := t.clock.Now()
	leave, paid := t.pace.Next(t.paid, now)
	if leave.After(now) {
		meanwhile()
		now = t.clock.Now() // later, perhaps
		leave, paid = t.pace.Next(t.paid, now)
		if !wait(ctx, leave.Sub(now)) {
			return false
		}
	}
	t.paid = paid
	return ctx.Err() == nil
}
