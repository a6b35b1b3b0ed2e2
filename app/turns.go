package app

import (
	"context"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// turns lets messages leave no faster than a pace, over however many connections, in one tick after another.
// What left before is kept by the store, for all who send from it.
type turns struct {
	pace  core.Pace
	store ports.Paces
	clock ports.Clock
	// next is whose turn comes next: one at a time waits for that, and the others for them.
	next chan struct{}
}

func newTurns(pace core.Pace, store ports.Paces, clock ports.Clock) *turns {
	return &turns{pace: pace, store: store, clock: clock, next: make(chan struct{}, 1)}
}

// wait waits for a turn; its error says that there is none: ctx ended before, or the store does not
// answer. Where there is something to wait for, meanwhile is called first.
func (t *turns) wait(ctx context.Context, meanwhile func()) error {
	if t.pace.PerMinute == 0 {
		return ctx.Err()
	}
	select {
	case t.next <- struct{}{}:
	default:
		meanwhile()
		select {
		case t.next <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-t.next }()
	leave, err := t.store.Leave(ctx, t.pace, t.clock.Now())
	if err != nil {
		return err
	}
	if leave.After(t.clock.Now()) {
		meanwhile()
	}
	if now := t.clock.Now(); leave.After(now) { // later than before, perhaps
		wait(ctx, leave.Sub(now))
	}
	return ctx.Err()
}
