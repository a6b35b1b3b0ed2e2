package app

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Plans returns what a tick at now would do about each recipient on the roster, in the order of
// their IDs, and writes nothing. Held e-mail that would be released first is taken as emailed. It
// ends after the first error.
func (t *Ticker) Plans(ctx context.Context, now time.Time) iter.Seq2[Planned, error] {
	now = now.UTC().Truncate(time.Second)
	return func(yield func(Planned, error) bool) {
		emailed, err := t.emailedBy(ctx, now)
		if err != nil {
			yield(Planned{}, err)
			return
		}
		recipients := paged(func(after int64) ([]core.Recipient, error) {
			recipients, err := t.store.Recipients(ctx, after, pageSize)
			return recipients, wrap(err, "listing recipients")
		}, func(r core.Recipient) int64 { return r.ID })
		each(planned(recipients, func(rs []core.Recipient) ([]Planned, error) { return t.foresee(ctx, now, rs, emailed) }))(yield)
	}
}

// foresee plans recipients at now. emailed are notifications to be taken as emailed already.
func (t *Ticker) foresee(ctx context.Context, now time.Time, recipients []core.Recipient, emailed map[int64]bool) ([]Planned, error) {
	p, err := t.read(ctx, now, recipients)
	if err != nil {
		return nil, err
	}
	p.emailed = emailed
	for i := range p.plans {
		t.finish(p, &p.plans[i])
	}
	return p.plans, nil
}

// PlanFor returns what a tick at now would do about one recipient, whatever their cadence, and
// writes nothing. found is false where there is no such person.
func (t *Ticker) PlanFor(ctx context.Context, now time.Time, id int64) (one Planned, found bool, err error) {
	now = now.UTC().Truncate(time.Second)
	people, err := t.store.Lookup(ctx, []int64{id})
	if err != nil || len(people) == 0 {
		return Planned{}, false, err
	}
	emailed, err := t.emailedBy(ctx, now)
	if err != nil {
		return Planned{}, false, err
	}
	page, err := t.foresee(ctx, now, people, emailed)
	if err != nil {
		return Planned{}, false, err
	}
	return page[0], true, nil
}

// emailedBy returns the notifications that held e-mail released at now would tell of.
func (t *Ticker) emailedBy(ctx context.Context, now time.Time) (map[int64]bool, error) {
	emailed := make(map[int64]bool)
	for plan, err := range t.Releases(ctx, now) {
		if err != nil {
			return nil, err
		}
		if plan.Action == core.Release {
			for _, id := range plan.Mail.Notifications {
				emailed[id] = true
			}
		}
	}
	return emailed, nil
}

// Releases returns what a tick at now would do about each held e-mail, in the order of their IDs,
// and writes nothing. It ends after the first error.
func (t *Ticker) Releases(ctx context.Context, now time.Time) iter.Seq2[core.ReleasePlan, error] {
	return each(t.releases(ctx, now.UTC().Truncate(time.Second)))
}

// Recoveries returns what a tick at now would do about each digest in doubt, in the order of their
// IDs, and writes nothing. It ends after the first error.
func (t *Ticker) Recoveries(ctx context.Context, now time.Time) iter.Seq2[core.RecoveryPlan, error] {
	return each(t.recoveries(ctx, now.UTC().Truncate(time.Second)))
}

// Stale returns how many watches a tick at now would let lapse, and writes nothing.
func (t *Ticker) Stale(ctx context.Context, now time.Time) (int, error) {
	stale, err := t.store.Stale(ctx, core.DormantBefore(now.UTC().Truncate(time.Second), t.config.WatchDays))
	if err != nil {
		return 0, fmt.Errorf("counting stale watches: %w", err)
	}
	return stale, nil
}
