package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// lookAtClock is how often at least a waiting loop looks at the clock: timers stand still while a
// machine sleeps, and do not see a clock that is set.
const lookAtClock = time.Minute

// Run makes a tick at once, for windows that rolled over while nothing ran, and then one at each
// multiple of the tick length since 1970-01-01 00:00 UTC, with that multiple as its instant. Where
// a tick takes longer than that, the newest multiple that was missed follows at once, and no other.
// What goes wrong in a tick is logged, and the loop goes on.
//
// Run returns nil when ctx has ended: at once while it waits, and in a tick when the messages in
// hand are done with, [Grace] later at the latest.
func (t *Ticker) Run(ctx context.Context) error {
	last := t.clock.Now()
	t.tickSafely(ctx, last)
	for ctx.Err() == nil {
		now := t.clock.Now()
		if now.Before(last) {
			last = now // the clock was set back; what was ticked is not due again before its time
		}
		instant := multiple(now, t.config.Every)
		if instant.After(last) {
			last = instant
			t.tickSafely(ctx, instant)
			continue
		}
		wait(ctx, min(lookAtClock, instant.Add(t.config.Every).Sub(now)))
	}
	return nil
}

// multiple returns the last multiple of every since 1970-01-01 00:00 UTC that is not after now.
func multiple(now time.Time, every time.Duration) time.Time {
	since := now.UnixNano() % int64(every)
	if since < 0 {
		since += int64(every)
	}
	return now.Add(-time.Duration(since))
}

// tickSafely makes a tick whatever happens in it.
func (t *Ticker) tickSafely(ctx context.Context, instant time.Time) {
	defer func() {
		if bug := recover(); bug != nil {
			t.log.Error("tick failed", "instant", instant, "error", fmt.Sprintf("internal error: %v", bug))
			t.log.Debug("tick failed", "stack", string(debug.Stack()))
		}
	}()
	tick := t.TickAt
	if t.config.Shared {
		tick = t.TickShared
	}
	report, err := tick(ctx, instant)
	t.logTick(instant, report, err, ctx.Err() != nil)
}

// logTick logs what came of a tick. One that was interrupted is done as far as it came.
func (t *Ticker) logTick(instant time.Time, report Report, err error, interrupted bool) {
	if err != nil && !interrupted {
		t.log.Error("tick failed", "instant", instant.UTC(), "error", err, "report", report)
		return
	}
	t.log.Info("tick done", "instant", instant.UTC(), "report", report)
}
