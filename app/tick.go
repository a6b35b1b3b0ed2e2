package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Tick makes one pass at the clock's present instant; see TickAt.
func (t *Ticker) Tick(ctx context.Context) (Report, error) { return t.TickAt(ctx, t.clock.Now()) }

// TickAt makes one pass: it recovers digests in doubt, releases held e-mail, lets stale watches
// lapse, and sends every due digest. now decides everything in it; the clock is read again only
// for leases, for signs of life and for the report's duration.
//
// Trouble with one recipient is counted and named in the report, and is no error. An error says that
// the tick as a whole could not go on, or that ctx ended; the report then counts what was done.
// Nothing is lost by either: the next tick takes what this one left. If [planner.Planner.MaySend]
// returns an error, TickAt returns it and does nothing. The first installation that sends mail from
// a store owns it.
func (t *Ticker) TickAt(ctx context.Context, now time.Time) (Report, error) {
	return t.tick(ctx, now, work{who: core.Everybody()})
}

// TickRange is TickAt for the people in r, as a part of a tick that several processes share, and logs what came of it.
// Only the first range of a tick does what comes before digests. All ranges of a tick must have the same instant. A
// range may be done twice. round is 0, or counts retry rounds; see [Report.RetryIn]. A panic is an error.
func (t *Ticker) TickRange(ctx context.Context, now time.Time, r core.Range, round int) (Report, error) {
	return t.tickSafely(ctx, now, work{who: r, round: round})
}

// work says which part of a tick a pass does.
type work struct {
	// who are the people whose digests it sends. The first range also does what comes before digests.
	who core.Range
	// round is 0 in a tick, and counts its retry rounds from 1. retried says that another is to come.
	round   int
	retried bool
}

// tick makes one pass over a part of what there is to do.
func (t *Ticker) tick(ctx context.Context, now time.Time, some work) (report Report, err error) {
	t.ticking.Lock()
	defer t.ticking.Unlock()
	p := &pass{Ticker: t, work: some, now: now.UTC().Truncate(time.Second), began: t.clock.Now()}
	p.before = t.trials.begin(p.now)
	t.vitals.begin(p.began)
	err = errPanic // unless it comes to its end
	defer func() { report = p.end(ctx, err) }()
	if err = p.send(ctx); err == nil {
		p.pruneSome(ctx)
		err = ctx.Err()
	}
	return report, err
}

// errPanic is the error of a tick that panicked.
var errPanic = errors.New("internal error; the log says more")

// end notes that the tick ended, in memory and in the store, and returns its report.
func (p *pass) end(ctx context.Context, err error) Report {
	ended := p.clock.Now()
	p.report.DurationMS = milliseconds(p.began, ended)
	h := Health{Instant: p.now, Range: p.who, Began: p.began, Ended: ended, Report: p.report, Err: err}
	p.vitals.end(h)
	if p.onTick != nil {
		p.onTick(h)
	}
	p.mark(ctx, ended, err)
	return p.report
}

// milliseconds returns the time from began to ended; 0 if the clock was set back between them.
func milliseconds(began, ended time.Time) int64 { return max(0, ended.Sub(began).Milliseconds()) }

// pass is one tick: an instant, what has been counted so far, and the workers that send.
type pass struct {
	*Ticker
	tally
	work
	now   time.Time
	began time.Time
	run   *sender.Run
	known map[string]string // facts of the store
	// before are the recipients that were tried in vain before this tick. servedAt is when the server last took mail;
	// zero if that is more than a day ago. stopped is since when ticks have had to stop; zero if the last one did not.
	before            map[int64]trial
	servedAt, stopped time.Time
	order
}

// send goes through the steps with a run of the sender, and ends that run.
func (p *pass) send(ctx context.Context) (err error) {
	if err := p.enter(ctx); err != nil {
		return err
	}
	p.recall()
	p.run = p.sender.Begin(ctx, sender.Tick{Now: p.now, Serves: !p.servedAt.IsZero(), Retry: p.round > 0}, p.add)
	defer func() {
		p.run.Close()
		p.report.Stopped = cmp.Or(p.run.Stopped(), p.run.Verdict())
		p.keepCount(ctx)
		p.keepStop(ctx, p.report.Stopped != "")
		err = errors.Join(err, p.run.Err())
		if !errors.Is(err, ports.ErrUnavailable) {
			err = errors.Join(err, p.sign(ctx))
		}
	}()
	return p.steps(ctx)
}

// steps makes the steps of a tick. If watches cannot lapse, digests go out all the same.
func (p *pass) steps(ctx context.Context) error {
	first := p.who.First()
	if p.config.MailOff && first {
		return errors.Join(p.sender.Settle(ctx), p.lapse(ctx))
	}
	if p.config.MailOff {
		return nil
	}
	if err := errors.Join(p.sender.Settle(ctx), p.renewZones(ctx)); err != nil {
		return err
	}
	if !first {
		return p.sendDigests(ctx)
	}
	if err := p.recoverDigests(ctx); err != nil {
		return err
	}
	if err := p.releaseHeld(ctx); err != nil {
		return err
	}
	lapsing := p.lapse(ctx)
	if errors.Is(lapsing, ports.ErrUnavailable) {
		return lapsing
	}
	return errors.Join(lapsing, p.sendDigests(ctx))
}

// lapse lets stale watches lapse.
func (p *pass) lapse(ctx context.Context) error {
	decayed, err := p.store.Lapse(ctx, core.LapseBefore(p.now, p.config.WatchDays))
	p.report.Decayed = decayed
	if err != nil {
		return fmt.Errorf("lapsing watches: %w", err)
	}
	return nil
}
