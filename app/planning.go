package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Planned is one recipient with the plan for them or, in Err, the reason why there is none.
type Planned struct {
	Recipient core.Recipient
	Plan      core.Plan
	Err       error
}

// page is some recipients with all that a plan for them needs to know.
type page struct {
	now time.Time
	// plans are as far as can be said before notifications are read.
	plans []Planned
	// activity are the notifications of those for whom they matter, by recipient, and broken says for
	// whom they could not be read.
	activity map[int64][]core.Notification
	broken   map[int64]error
	// emailed are notifications to be taken as emailed already.
	emailed map[int64]bool
}

// read returns the page of recipients at now, with the notifications of those who are due in one query.
func (t *Ticker) read(ctx context.Context, now time.Time, recipients []core.Recipient) (*page, error) {
	p := &page{now: now, plans: make([]Planned, len(recipients))}
	var spans []core.Span
	for i, r := range recipients {
		prospect := t.config.Style.Look(r, t.zones.of(r), now)
		p.plans[i] = Planned{Recipient: r, Plan: core.Plan{Recipient: r.ID, Prospect: prospect}}
		if prospect.Action == core.Send {
			spans = append(spans, core.Span{Recipient: r.ID, Since: prospect.Since})
		}
	}
	err := t.readActivity(ctx, p, spans)
	return p, err
}

// readActivity reads the notifications of spans by recipient, in one query. Where that fails it asks
// for each recipient alone, so that rows that cannot be read cost only their owner.
func (t *Ticker) readActivity(ctx context.Context, p *page, spans []core.Span) error {
	if len(spans) == 0 {
		return nil
	}
	p.activity = make(map[int64][]core.Notification, len(spans))
	all, err := t.store.Since(ctx, spans)
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
		p.activity[span.Recipient], err = t.store.Since(ctx, []core.Span{span})
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

// finish completes the plan for one recipient of p.
func (t *Ticker) finish(p *page, one *Planned) {
	r := one.Recipient
	if one.Plan.Action != core.Send {
		return
	}
	if one.Err = p.broken[r.ID]; one.Err != nil {
		return
	}
	notifications := p.activity[r.ID]
	takeAsEmailed(notifications, p.emailed, p.now)
	one.Plan, one.Err = t.plan(core.Snapshot{Now: p.now, Recipient: r, Zone: t.zones.of(r), Notifications: notifications})
}

// takeAsEmailed marks those of ns that held e-mail tells of in the same tick.
func takeAsEmailed(ns []core.Notification, emailed map[int64]bool, now time.Time) {
	for i := range ns {
		if emailed[ns[i].ID] {
			ns[i].EmailedAt = core.At(now)
		}
	}
}

// plan asks core. Should core, or a sentence that the embedding app brought, panic, then that is
// the trouble of one recipient.
func (t *Ticker) plan(s core.Snapshot) (plan core.Plan, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			plan.Action, err = core.Send, fmt.Errorf("planning: internal error: %v", bug)
		}
	}()
	return core.PlanDigest(s, t.config.Style), nil
}
