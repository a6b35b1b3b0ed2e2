package planner

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Plans returns what a tick at now would do about each recipient on the roster, in the order of
// their IDs, and writes nothing. Held e-mail that would be released first is taken as emailed. It
// ends after the first error.
func (pl *Planner) Plans(ctx context.Context, now time.Time) iter.Seq2[Planned, error] {
	now = now.UTC().Truncate(time.Second)
	return func(yield func(Planned, error) bool) {
		emailed, err := pl.emailedBy(ctx, now)
		if err != nil {
			yield(Planned{}, err)
			return
		}
		recipients := paged(func(after int64) ([]core.Recipient, error) {
			recipients, err := pl.store.People(ctx, ports.Who{}, after, pageSize)
			return recipients, wrap(err, "listing recipients")
		}, func(r core.Recipient) int64 { return r.ID })
		each(planned(recipients, func(rs []core.Recipient) ([]Planned, error) { return pl.foresee(ctx, now, rs, emailed) }))(yield)
	}
}

// foresee plans recipients at now. emailed are notifications to be taken as emailed already.
func (pl *Planner) foresee(ctx context.Context, now time.Time, recipients []core.Recipient, emailed map[int64]bool) ([]Planned, error) {
	if err := pl.anchored(ctx, now, recipients); err != nil {
		return nil, err
	}
	p, err := pl.read(ctx, now, recipients)
	if err != nil {
		return nil, err
	}
	p.emailed = emailed
	pl.finish(p, p.plans)
	return p.plans, nil
}

// PlanFor returns what a tick at now would do about one recipient, whatever their cadence, and
// writes nothing. found is false if there is no such person.
func (pl *Planner) PlanFor(ctx context.Context, now time.Time, id int64) (one Planned, found bool, err error) {
	now = now.UTC().Truncate(time.Second)
	people, err := pl.store.Lookup(ctx, []int64{id})
	if err != nil || len(people) == 0 {
		return Planned{}, false, err
	}
	emailed, err := pl.emailedBy(ctx, now)
	if err != nil {
		return Planned{}, false, err
	}
	page, err := pl.foresee(ctx, now, people, emailed)
	if err != nil {
		return Planned{}, false, err
	}
	one = page[0]
	one.Remarks = pl.config.Schedule.Remarks(one.Recipient, pl.zones.of(one.Recipient), now)
	return one, true, nil
}

// emailedBy returns the notifications that held e-mail released at now would tell of.
func (pl *Planner) emailedBy(ctx context.Context, now time.Time) (map[int64]bool, error) {
	emailed := make(map[int64]bool)
	for plan, err := range pl.Releases(ctx, now) {
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
func (pl *Planner) Releases(ctx context.Context, now time.Time) iter.Seq2[core.ReleasePlan, error] {
	return each(pl.ReleasePages(ctx, now.UTC().Truncate(time.Second)))
}

// Recoveries returns what a tick at now would do about each digest in doubt, in the order of their
// IDs, and writes nothing. It ends after the first error.
func (pl *Planner) Recoveries(ctx context.Context, now time.Time) iter.Seq2[core.RecoveryPlan, error] {
	return each(pl.RecoveryPages(ctx, now.UTC().Truncate(time.Second)))
}

// Stale returns how many watches a tick at now would let lapse, and writes nothing.
func (pl *Planner) Stale(ctx context.Context, now time.Time) (int, error) {
	stale, err := pl.store.Stale(ctx, core.LapseBefore(now.UTC().Truncate(time.Second), pl.config.WatchDays))
	if err != nil {
		return 0, fmt.Errorf("counting stale watches: %w", err)
	}
	return stale, nil
}
