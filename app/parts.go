package app

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// part is how much of a tick a pass does.
type part struct {
	// front is what comes before digests: those in doubt, held e-mail and watches.
	front bool
	// ranges are whose digests; nil for nobody's.
	ranges ranges
}

// whole reports whether p is all that this process does of a tick.
func (p part) whole() bool { return p.front && p.ranges != nil }

// ranges are people, one range after another. They may be taken from others while they are looked at.
type ranges = iter.Seq2[core.Range, error]

// rangeSize is about how many people a range has: a page, so that dividing them costs no reading.
const rangeSize = pageSize

// one is r alone.
func one(r core.Range) ranges {
	return func(yield func(core.Range, error) bool) { yield(r, nil) }
}

// shared are what others leave, first of rounds that are under way, and then of the round of now.
func (t *Ticker) shared(ctx context.Context, now time.Time) ranges {
	return func(yield func(core.Range, error) bool) {
		for opened := false; ; {
			r, ok, err := t.store.Take(ctx, now)
			switch {
			case err != nil:
				yield(core.Range{}, wrap(err, "taking a part of a round"))
				return
			case ok:
				if !yield(r, nil) {
					return
				}
			case opened:
				return
			default:
				if err := t.store.Open(ctx, now, rangeSize); err != nil {
					yield(core.Range{}, wrap(err, "opening a round"))
					return
				}
				opened = true
			}
		}
	}
}

// due reads those in ranges who may be due at now, a page at a time.
func (t *Ticker) due(ctx context.Context, now time.Time, ranges ranges) iter.Seq2[[]core.Recipient, error] {
	return func(yield func([]core.Recipient, error) bool) {
		for r, err := range ranges {
			if err != nil {
				yield(nil, err)
				return
			}
			if !t.dueIn(ctx, now, r, yield) {
				return
			}
		}
	}
}

// dueIn is due for one range; it reports whether to go on.
func (t *Ticker) dueIn(ctx context.Context, now time.Time, r core.Range, yield func([]core.Recipient, error) bool) bool {
	for after := r.After; after < r.Through; {
		page, err := t.store.Due(ctx, now, after, pageSize)
		if err != nil {
			yield(nil, wrap(err, "listing who is due"))
			return false
		}
		beyond := slices.IndexFunc(page, func(one core.Recipient) bool { return one.ID > r.Through })
		if beyond >= 0 {
			page = page[:beyond]
		}
		if len(page) == 0 {
			return true
		}
		if !yield(page, nil) {
			return false
		}
		if after = page[len(page)-1].ID; beyond >= 0 {
			return true
		}
	}
	return true
}

// Ranges returns ranges of about size people each, in which everybody is who may be due at now, for
// those who divide a tick themselves; see [Ticker.TickFront] and [Ticker.TickRange].
func (t *Ticker) Ranges(ctx context.Context, now time.Time, size int) ([]core.Range, error) {
	found, err := t.store.Ranges(ctx, now.UTC().Truncate(time.Second), size)
	return found, wrap(err, "dividing who is due")
}

// TickFront does the part of a tick at now that comes before digests, on the terms of [Ticker.TickAt]. To the
// log and to OnTick, it is one tick with all ranges of the same instant up to [Ticker.EndParts].
func (t *Ticker) TickFront(ctx context.Context, now time.Time) (Report, error) {
	return t.tick(ctx, now, part{front: true})
}

// TickRange does the part of a tick at now that is the digests of r; see [Ticker.TickFront].
func (t *Ticker) TickRange(ctx context.Context, now time.Time, r core.Range) (Report, error) {
	return t.tick(ctx, now, part{ranges: one(r)})
}

// EndParts says that no more parts of a tick are to come for now: what this process did of it is logged and told to
// OnTick, as that of [Ticker.TickShared] would be. A part of another tick says so, too; while one is being
// done, nothing has ended.
func (t *Ticker) EndParts() {
	if t.ticking.TryLock() {
		defer t.ticking.Unlock()
		t.endParts()
	}
}

// endParts is EndParts for whoever holds the lock.
func (t *Ticker) endParts() {
	if done := t.parts; done != nil {
		t.parts = nil
		t.tell(done.report, done.err)
		t.logTick(done.instant, done.report, done.err, false)
	}
}

// parts are what this process did of one tick that comes in parts.
type parts struct {
	instant, began time.Time
	report         Report
	// err is the first of a part that could not go on. One that was interrupted could.
	err error
}

// add adds a part that has ended.
func (s *parts) add(ctx context.Context, part Report, ended time.Time, err error) {
	s.report.add(part)
	s.report.DurationMS = milliseconds(s.began, ended)
	if s.err == nil && !errors.Is(ctx.Err(), context.Canceled) {
		s.err = err
	}
}
