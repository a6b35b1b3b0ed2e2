package app

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// retryAfter is how long after a tick its retry rounds come. They take the people that it left for a passing reason,
// at the same instant, so that their windows do not move.
var retryAfter = [...]time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute}

// RetryIn returns how long after a round, of which r is the report, the next retry round comes; 0 if none does. The
// tick itself is round 0.
func (r Report) RetryIn(round int) time.Duration {
	switch {
	case r.Waiting == 0 || round >= len(retryAfter):
		return 0
	case round == 0:
		return retryAfter[0]
	}
	return retryAfter[round] - retryAfter[round-1]
}

// round is a retry round that is to come: the n-th, from 1, of the tick at instant.
type round struct {
	instant time.Time
	n       int
	at      time.Time
}

// work returns what a retry round does: the same as the tick, since people who were served are not due any more. last
// says that no further round follows.
func (r round) work(last bool) work {
	return work{who: core.Everybody(), round: r.n, retried: !last}
}

// follow returns rounds with those of the tick at instant, by when they are to come.
func (t *Ticker) follow(rounds []round, instant time.Time, report Report) []round {
	if report.Waiting == 0 {
		return rounds
	}
	ended := t.clock.Now()
	for i, after := range retryAfter {
		rounds = append(rounds, round{instant: instant, n: i + 1, at: ended.Add(after)})
	}
	slices.SortStableFunc(rounds, func(a, b round) int { return a.at.Compare(b.at) })
	return rounds
}

// nextRound makes the first of rounds and returns the rest. If everybody was served, further rounds of the same tick
// are dropped.
func (t *Ticker) nextRound(ctx context.Context, rounds []round) []round {
	next := rounds[0]
	ofSame := func(r round) bool { return r.instant.Equal(next.instant) }
	rounds = rounds[1:]
	last := !slices.ContainsFunc(rounds, ofSame)
	report, _ := t.tickSafely(ctx, next.instant, next.work(last))
	if report.Waiting == 0 {
		rounds, last = slices.DeleteFunc(rounds, ofSame), true
	}
	if last {
		t.trials.release(next.instant.UTC().Truncate(time.Second))
	}
	return rounds
}

// TickPatiently is TickAt with the retry rounds that come within patience, counted from the end of the first pass.
// Its report is that of all passes together. [Ticker.Run] makes all retry rounds.
func (t *Ticker) TickPatiently(ctx context.Context, now time.Time, patience time.Duration) (Report, error) {
	now = now.UTC().Truncate(time.Second)
	defer t.trials.release(now)
	report, err := t.tick(ctx, now, regular())
	began := time.Now()
	for i, after := range retryAfter {
		if err != nil || report.Waiting == 0 || after > patience || !wait(ctx, after-time.Since(began)) {
			break
		}
		var more Report
		t.log.Info("retry round", "round", i+1, "waiting", report.Waiting)
		more, err = t.tick(ctx, now, round{n: i + 1}.work(i+1 == len(retryAfter)))
		report.again(more)
	}
	return report, err
}

// trials are the recipients that were tried in vain, by ID. Later passes take them after all others.
type trials struct {
	mu sync.Mutex
	of map[int64]trial
}

// trial is what came of the last one.
type trial struct {
	instant time.Time
	// final says that the answer will be the same in a few minutes.
	final bool
	// waits says that a retry round of the same tick is still to come, so that other ticks pass over the recipient.
	waits bool
}

// begin returns what was tried before a tick at now, and forgets what is of no use after it.
func (t *trials) begin(now time.Time) map[int64]trial {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := maps.Clone(t.of)
	maps.DeleteFunc(t.of, func(_ int64, one trial) bool { return !one.waits && !one.instant.Equal(now) })
	return before
}

// note remembers that recipient was tried.
func (t *trials) note(recipient int64, one trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = make(map[int64]trial)
	}
	t.of[recipient] = one
}

// release says that no more rounds are to come of the tick at instant.
func (t *trials) release(instant time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, one := range t.of {
		if one.instant.Equal(instant) {
			one.waits = false
			t.of[id] = one
		}
	}
}

// tried remembers that recipient was tried in this tick, and failed.
func (p *pass) tried(recipient int64, final bool) {
	p.trials.note(recipient, trial{instant: p.now, final: final, waits: p.retried && !final})
}

// place is when in a pass a recipient is served.
type place int

const (
	inTurn    place = iota
	afterAll        // they failed before
	elsewhere       // a retry round of another tick takes them
	notAgain        // they failed in this tick for good
)

// place returns when r is served.
func (p *pass) place(r core.Recipient) place {
	one, tried := p.before[r.ID]
	switch {
	case tried && one.final && p.round > 0 && one.instant.Equal(p.now):
		return notAgain
	case tried && one.waits && !one.instant.Equal(p.now):
		return elsewhere
	case tried, r.Preferences.Failures > 0:
		return afterAll
	}
	return inTurn
}
