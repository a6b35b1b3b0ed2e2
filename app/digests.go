package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// sendDigests sends every due digest, a page of recipients at a time, and records empty windows.
func (p *pass) sendDigests(ctx context.Context) error {
	defer p.post.wait()
	for page, err := range p.pages(ctx, p.now, nil) {
		if err != nil {
			return err
		}
		var empty []core.Claim
		for _, one := range page {
			if one.Plan.Action == core.Skip {
				continue
			}
			p.count(considered)
			switch {
			case one.Err != nil:
				p.fail(one.Recipient.ID, "%v", one.Err)
			case one.Plan.Action == core.Refuse:
				p.fail(one.Recipient.ID, "%s", one.Plan.Reason)
			case one.Plan.Action == core.Defer && one.Plan.Reason == core.Suppressed:
				p.count(suppressed)
			case one.Plan.Action == core.Defer:
				p.count(deferred)
			case one.Plan.Action == core.Roll:
				empty = append(empty, one.Plan.Claim)
			case one.Plan.Action == core.Send:
				p.post.submit(&digest{pass: p, row: one.Plan.Claim, message: one.Plan.Message})
			}
			if n := one.Plan.BrokenPayloads; n > 0 {
				p.log.Info("payloads are no JSON objects, read as empty", "recipient", one.Recipient.ID, "notifications", n)
			}
		}
		if err := p.roll(ctx, empty); err != nil {
			return err
		}
		if p.post.stopped() != "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// roll records empty windows. Those that another scheduler closed first are left to it.
func (p *pass) roll(ctx context.Context, empty []core.Claim) error {
	if len(empty) == 0 {
		return nil
	}
	held, err := p.store.Roll(ctx, empty)
	if err != nil {
		return wrap(err, "recording empty windows")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.RolledEmpty += held
	p.report.Left += len(empty) - held
	return nil
}

// Planned is one recipient with the plan for them or, in Err, the reason why there is none.
type Planned struct {
	Recipient core.Recipient
	Plan      core.Plan
	Err       error
}

// pages plans everybody on the roster at now, a page at a time. Those whose Action is Skip are
// there too. emailed are notifications to be taken as emailed already.
func (t *Ticker) pages(ctx context.Context, now time.Time, emailed map[int64]bool) iter.Seq2[[]Planned, error] {
	return paged(
		func(after int64) ([]core.Recipient, error) {
			recipients, err := t.store.Recipients(ctx, after, pageSize)
			return recipients, wrap(err, "listing recipients")
		},
		func(r core.Recipient) int64 { return r.ID },
		func(recipients []core.Recipient) ([]Planned, error) { return t.planPage(ctx, now, recipients, emailed) },
	)
}

// planPage plans recipients at now, reading the notifications of those who are due in one query.
func (t *Ticker) planPage(ctx context.Context, now time.Time, recipients []core.Recipient, emailed map[int64]bool) ([]Planned, error) {
	page := make([]Planned, len(recipients))
	var spans []core.Span
	for i, r := range recipients {
		prospect := core.Look(r, t.zones.of(r), now)
		page[i] = Planned{Recipient: r, Plan: core.Plan{Recipient: r.ID, Prospect: prospect}}
		if prospect.Action == core.Send {
			spans = append(spans, core.Span{Recipient: r.ID, Since: prospect.Since})
		}
	}
	activity, broken, err := t.activity(ctx, spans)
	if err != nil {
		return nil, err
	}
	for i, one := range page {
		r := one.Recipient
		if one.Plan.Action != core.Send {
			continue
		}
		if page[i].Err = broken[r.ID]; page[i].Err != nil {
			continue
		}
		notifications := activity[r.ID]
		for j := range notifications {
			if emailed[notifications[j].ID] {
				notifications[j].EmailedAt = core.At(now)
			}
		}
		page[i].Plan, page[i].Err = t.plan(core.Snapshot{Now: now, Recipient: r, Zone: t.zones.of(r), Notifications: notifications})
	}
	return page, nil
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

// activity reads the notifications of spans by recipient, in one query. Where that fails it asks
// for each recipient alone, so that rows that cannot be read cost only their owner; broken says
// who that is.
func (t *Ticker) activity(ctx context.Context, spans []core.Span) (found map[int64][]core.Notification, broken map[int64]error, err error) {
	if len(spans) == 0 {
		return nil, nil, nil
	}
	found = make(map[int64][]core.Notification, len(spans))
	broken = make(map[int64]error)
	all, err := t.store.Since(ctx, spans)
	if err == nil {
		for _, n := range all {
			found[n.Recipient] = append(found[n.Recipient], n)
		}
		return found, broken, nil
	}
	if hopeless(ctx, err) {
		return nil, nil, wrap(err, "reading notifications")
	}
	for _, span := range spans {
		found[span.Recipient], err = t.store.Since(ctx, []core.Span{span})
		if hopeless(ctx, err) {
			return nil, nil, wrap(err, "reading notifications")
		}
		if err != nil {
			broken[span.Recipient] = wrap(err, "reading notifications")
		}
	}
	return found, broken, nil
}

// hopeless reports whether err is not about the rows that were asked for.
func hopeless(ctx context.Context, err error) bool {
	return errors.Is(err, ports.ErrUnavailable) || err != nil && ctx.Err() != nil
}
