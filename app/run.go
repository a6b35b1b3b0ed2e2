package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// lookAtClock is how often at least a waiting loop looks at the clock: timers stand still while a
// machine sleeps, and do not see a clock that is set.
const lookAtClock = time.Minute

// Run makes a tick at once, for windows that rolled over while nothing ran, and then one at each
// multiple of the tick length since 1970-01-01 00:00 UTC, with that multiple as its instant. If a tick
// takes longer than that, the newest multiple that was missed follows at once, and no other.
// People that a tick left for a passing reason get three retry rounds at its instant, 5, 15 and 30 minutes
// after it ended. What goes wrong in a tick is logged, and the loop goes on.
//
// Run returns an error only if it is [ports.ErrReplaced]: then this process can do no good any more. Else it
// returns nil when ctx has ended: at once while it waits, and in a tick when the messages in
// hand are done with, [Grace] later at the latest.
func (t *Ticker) Run(ctx context.Context) error {
	last := t.clock.Now()
	var rounds []round
	first, _ := t.tickSafely(ctx, last, regular())
	rounds = t.follow(rounds, last, first)
	for ctx.Err() == nil {
		if _, err := t.store.LastTick(ctx); errors.Is(err, ports.ErrReplaced) {
			return err
		}
		now := t.clock.Now()
		if now.Before(last) {
			last = now // the clock was set back; what was ticked is not due again before its time
		}
		instant := core.LastTick(now, t.config.Schedule.Tick)
		if instant.After(last) {
			last = instant
			report, _ := t.tickSafely(ctx, instant, regular())
			rounds = t.follow(rounds, instant, report)
			continue
		}
		if len(rounds) > 0 && !rounds[0].at.After(now) {
			rounds = t.nextRound(ctx, rounds)
			continue
		}
		pause := min(lookAtClock, instant.Add(t.config.Schedule.Tick).Sub(now))
		if len(rounds) > 0 {
			pause = min(pause, rounds[0].at.Sub(now))
		}
		wait(ctx, pause)
	}
	return nil
}

// regular is a whole tick that is followed by retry rounds.
func regular() work { return work{who: core.Everybody(), retried: true} }

// tickSafely makes a tick and logs its report. A panic is an error.
func (t *Ticker) tickSafely(ctx context.Context, instant time.Time, some work) (report Report, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			t.log.Error("tick failed", "instant", instant, "error", fmt.Sprintf("internal error: %v", bug))
			t.log.Debug("tick failed", "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	report, err = t.tick(ctx, instant, some)
	log := t.log.With("instant", instant.UTC())
	if some.who != core.Everybody() {
		log = log.With("after", some.who.After, "through", some.who.Through)
	}
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) { // a tick that was interrupted is done as far as it came
		log.Error("tick failed", "error", err, "report", report)
		return report, err
	}
	log.Info("tick done", "report", report)
	return report, err
}

// wait returns true after d, or false as soon as ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
