package planner

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// ReleasePages plans all held e-mail at now, a page at a time.
func (pl *Planner) ReleasePages(ctx context.Context, now time.Time) iter.Seq2[[]core.ReleasePlan, error] {
	return planned(pl.waiting(ctx, now), func(mails []core.HeldMail) ([]core.ReleasePlan, error) { return pl.planReleases(ctx, now, mails) })
}

func (pl *Planner) waiting(ctx context.Context, now time.Time) iter.Seq2[[]core.HeldMail, error] {
	return paged(func(after int64) ([]core.HeldMail, error) {
		mails, err := pl.store.Waiting(ctx, now, after, pageSize)
		return mails, wrap(err, "listing held e-mails")
	}, func(m core.HeldMail) int64 { return m.ID })
}

func (pl *Planner) planReleases(ctx context.Context, now time.Time, mails []core.HeldMail) ([]core.ReleasePlan, error) {
	var people, notifications []int64
	for _, m := range mails {
		people = append(people, m.Recipient)
		notifications = append(notifications, m.Notifications...)
	}
	facts, err := pl.facts(ctx, people, notifications)
	if err != nil {
		return nil, fmt.Errorf("reading held e-mails: %w", err)
	}
	return watch(&pl.watchdog, mails, func(m core.HeldMail) int64 { return m.Recipient }, func(m core.HeldMail) core.ReleasePlan {
		r := facts.people[m.Recipient]
		return core.PlanRelease(core.HeldSnapshot{
			Now: now, Mail: m, Recipient: r, Zone: pl.zones.of(r), Schedule: pl.config.Schedule, Notifications: facts.of(m.Notifications),
		}, pl.config.Style)
	}, func(m core.HeldMail, err error) core.ReleasePlan {
		pl.log.Error("held e-mail cannot be planned", "recipient", m.Recipient, "held", m.ID, "reason", err)
		return core.ReleasePlan{Mail: m, Action: core.Keep, Reason: core.Reason(err.Error())}
	}), nil
}
