package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Tick makes one pass at the clock's present instant; see TickAt.
func (t *Ticker) Tick(ctx context.Context) (Report, error) { return t.TickAt(ctx, t.clock.Now()) }

// TickAt makes one pass: it recovers digests in doubt, releases held e-mail, lets stale watches
// lapse, and sends every due digest. now decides everything in it; the clock is read again only
// for leases, for signs of life and for the report's duration.
//
// One recipient's trouble is counted and named in the report, and is no error. An error says that
// the tick as a whole could not go on, or that ctx ended; the report then counts what was done.
// Nothing is lost by either: the next tick takes what this one left. Where [Ticker.MaySend] says no,
// that is the error, and nothing was done.
func (t *Ticker) TickAt(ctx context.Context, now time.Time) (Report, error) {
	return t.tick(ctx, now, part{front: true, ranges: one(core.Everybody())})
}

// TickShared is TickAt, but for the digests, which it shares with everybody who ticks at the same instant
// in the same way: each looks at a part of the people. Whom one that dies had taken, later ticks serve.
func (t *Ticker) TickShared(ctx context.Context, now time.Time) (Report, error) {
	now = now.UTC().Truncate(time.Second)
	return t.tick(ctx, now, part{front: true, ranges: t.shared(ctx, now)})
}

// tick makes one pass over a part of what there is to do.
func (t *Ticker) tick(ctx context.Context, now time.Time, some part) (report Report, err error) {
	t.ticking.Lock()
	defer t.ticking.Unlock()
	p := &pass{Ticker: t, part: some, now: now.UTC().Truncate(time.Second), began: t.clock.Now()}
	if t.parts != nil && (some.whole() || !t.parts.instant.Equal(p.now)) {
		t.endParts()
	}
	if t.parts == nil && !some.whole() {
		t.parts = &parts{instant: p.now, began: p.began}
	}
	t.vitals.begin(p.began)
	err = errPanic // unless it comes to its end
	defer func() { report = p.end(ctx, err) }()
	if err = p.run(ctx); err == nil {
		err = ctx.Err()
	}
	return report, err
}

// errPanic is what a tick that panicked is remembered by.
var errPanic = errors.New("internal error; the log says more")

// end tells everybody who wants to know that the tick ended, and returns its report.
func (p *pass) end(ctx context.Context, err error) Report {
	ended := p.clock.Now()
	p.report.DurationMS = milliseconds(p.began, ended)
	p.vitals.end(Health{Began: p.began, Ended: ended, Report: p.report, Err: err})
	if p.part.whole() {
		p.tell(p.report, err)
	} else {
		p.parts.add(ctx, p.report, ended, err)
	}
	p.mark(ctx, ended, err)
	return p.report
}

// milliseconds returns how long something took, by a clock that may be set meanwhile.
func milliseconds(began, ended time.Time) int64 { return max(0, ended.Sub(began).Milliseconds()) }

// tell tells whoever asked what came of a tick.
func (t *Ticker) tell(r Report, err error) {
	if t.onTick != nil {
		t.onTick(r, err)
	}
}

// pass is one tick: an instant, what has been counted so far, and the workers that send.
type pass struct {
	*Ticker
	tally
	part  part
	now   time.Time
	began time.Time
	post  *post
}

// run goes through the steps with workers to send what they find, and ends those.
func (p *pass) run(ctx context.Context) (err error) {
	if err := p.MaySend(ctx); err != nil {
		return err
	}
	p.post = newPost(ctx, p)
	defer func() {
		p.post.close()
		p.report.Stopped = p.post.stopped()
		err = errors.Join(err, p.post.err())
	}()
	return p.steps(ctx)
}

// fail counts, names and logs what went wrong for one recipient. The reason has no address, title
// or secret in it.
func (p *pass) fail(recipient int64, reason string, args ...any) {
	f := Failure{Recipient: recipient, Reason: fmt.Sprintf(reason, args...)}
	p.log.Error("recipient failed", "recipient", f.Recipient, "reason", f.Reason)
	p.tally.fail(f)
}

// steps goes through a tick in its order. Watches have nothing to do with mail, so trouble with
// them does not keep digests from going out.
func (p *pass) steps(ctx context.Context) error {
	if p.part.front && p.config.MailOff {
		return p.decay(ctx)
	}
	if p.config.MailOff {
		return nil
	}
	if err := p.settleOwed(ctx); err != nil {
		return err
	}
	if !p.part.front {
		return p.sendDigests(ctx)
	}
	if err := p.recoverDigests(ctx); err != nil {
		return err
	}
	if err := p.releaseHeld(ctx); err != nil {
		return err
	}
	decaying := p.decay(ctx)
	if errors.Is(decaying, ports.ErrUnavailable) {
		return decaying
	}
	if p.part.ranges == nil {
		return decaying
	}
	return errors.Join(decaying, p.sendDigests(ctx))
}

// decay lets stale watches lapse.
func (p *pass) decay(ctx context.Context) error {
	decayed, err := p.store.Decay(ctx, core.DormantBefore(p.now, p.config.WatchDays))
	p.report.Decayed = decayed
	if err != nil {
		return fmt.Errorf("decaying watches: %w", err)
	}
	return nil
}
