package planner

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Planned is one recipient and the plan or, in Err, why there is none.
type Planned struct {
	Recipient core.Recipient
	Plan      core.Plan
	Err       error
	// Remarks are about settings that are not taken as stored; only set if one recipient was asked for.
	Remarks []core.Remark
}

// page is some recipients with everything that their plans need.
type page struct {
	now time.Time
	// plans are as far as can be said before notifications are read.
	plans []Planned
	// activity are the notifications by recipient, of those that are due; broken are the errors of recipients whose
	// notifications could not be read.
	activity map[int64][]core.Notification
	broken   map[int64]error
	// emailed are notifications to be taken as emailed already.
	emailed map[int64]bool
}

// read returns the page of recipients at now, with the notifications of those who are due in one query.
func (pl *Planner) read(ctx context.Context, now time.Time, recipients []core.Recipient) (*page, error) {
	p := &page{now: now}
	p.plans = watch(&pl.watchdog, recipients, func(r core.Recipient) int64 { return r.ID }, func(r core.Recipient) Planned {
		return Planned{Recipient: r, Plan: core.Plan{Recipient: r.ID, Prospect: pl.config.Schedule.Look(r, pl.zones.of(r), now)}}
	}, unplanned)
	var spans []core.Span
	for _, one := range p.plans {
		if one.Err == nil && one.Plan.Action == core.Send {
			spans = append(spans, core.Span{Recipient: one.Recipient.ID, Person: one.Recipient.Person, Since: one.Plan.Since})
		}
	}
	err := pl.readActivity(ctx, p, spans)
	return p, err
}

// readActivity reads the notifications of spans by recipient, in one query. If that fails it asks
// for each recipient alone, so that rows that cannot be read cost only their owner.
func (pl *Planner) readActivity(ctx context.Context, p *page, spans []core.Span) error {
	if len(spans) == 0 {
		return nil
	}
	p.activity = make(map[int64][]core.Notification, len(spans))
	all, err := pl.store.Since(ctx, spans)
	if err == nil {
		byRecipient := func(a, b core.Notification) int { return cmp.Compare(a.Recipient, b.Recipient) }
		if !slices.IsSortedFunc(all, byRecipient) {
			slices.SortStableFunc(all, byRecipient)
		}
		for len(all) > 0 {
			end := 1
			for end < len(all) && all[end].Recipient == all[0].Recipient {
				end++
			}
			p.activity[all[0].Recipient], all = all[:end:end], all[end:]
		}
		return nil
	}
	if hopeless(ctx, err) {
		return wrap(err, "reading notifications")
	}
	p.broken = make(map[int64]error)
	for _, span := range spans {
		p.activity[span.Recipient], err = pl.store.Since(ctx, []core.Span{span})
		if hopeless(ctx, err) {
			return wrap(err, "reading notifications")
		}
		if err != nil {
			p.broken[span.Recipient] = wrap(err, "reading notifications")
		}
	}
	return nil
}

// hopeless reports whether err is not about the rows that were asked for.
func hopeless(ctx context.Context, err error) bool {
	return errors.Is(err, ports.ErrUnavailable) || err != nil && ctx.Err() != nil
}

// unplanned is a recipient without a plan because of err.
func unplanned(r core.Recipient, err error) Planned {
	return Planned{Recipient: r, Plan: core.Plan{Recipient: r.ID, Prospect: core.Prospect{Action: core.Send}}, Err: err}
}

// finish completes plans, which are of p.
func (pl *Planner) finish(p *page, plans []Planned) {
	copy(plans, watch(&pl.watchdog, plans, func(one Planned) int64 { return one.Recipient.ID }, func(one Planned) Planned { return pl.finished(p, one) },
		func(one Planned, err error) Planned { return unplanned(one.Recipient, err) }))
}

// Now plans people at now, in their order.
func (pl *Planner) Now(ctx context.Context, now time.Time, people []core.Recipient) ([]Planned, error) {
	p, err := pl.read(ctx, now, people)
	if err != nil {
		return nil, err
	}
	pl.finish(p, p.plans)
	return p.plans, nil
}

// finished completes the plan for one recipient of p.
func (pl *Planner) finished(p *page, one Planned) Planned {
	r := one.Recipient
	if one.Err != nil || one.Plan.Action != core.Send {
		return one
	}
	if one.Err = p.broken[r.ID]; one.Err != nil {
		return one
	}
	notifications := p.activity[r.ID]
	takeAsEmailed(notifications, p.emailed, p.now)
	one.Plan = core.PlanDigest(core.Snapshot{Now: p.now, Recipient: r, Zone: pl.zones.of(r), Schedule: pl.config.Schedule, Notifications: notifications}, pl.config.Style)
	return one
}

// takeAsEmailed marks those of ns that held e-mail tells of in the same tick.
func takeAsEmailed(ns []core.Notification, emailed map[int64]bool, now time.Time) {
	for i := range ns {
		if emailed[ns[i].ID] {
			ns[i].EmailedAt = core.At(now)
		}
	}
}
