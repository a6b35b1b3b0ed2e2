package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Hold takes over an individual e-mail whose recipient is in quiet hours, to be released by the
// first tick outside of them, and returns its ID. It is durable on return. Recipient, Subject, one
// of Text and HTML, and Notifications (which may be empty) are the caller's to set; CreatedAt may
// be left to the clock.
func (t *Ticker) Hold(ctx context.Context, m core.HeldMail) (int64, error) {
	if m.Recipient == 0 {
		return 0, errors.New("holding an e-mail: it has no recipient")
	}
	if m.Text == "" && m.HTML == "" {
		return 0, fmt.Errorf("holding an e-mail to recipient %d: it has neither text nor HTML", m.Recipient)
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = t.clock.Now()
	}
	m.CreatedAt = m.CreatedAt.UTC().Truncate(time.Second)
	id, err := t.store.Hold(ctx, m)
	if err != nil {
		return 0, fmt.Errorf("holding an e-mail to recipient %d: %w", m.Recipient, err)
	}
	return id, nil
}

// releaseHeld sends the held e-mails whose recipients' quiet hours are over.
func (p *pass) releaseHeld(ctx context.Context) error {
	defer p.post.wait()
	for plans, err := range p.releases(ctx, p.now) {
		if err != nil {
			return err
		}
		for _, plan := range plans {
			m := plan.Mail
			if plan.Action != core.Release {
				p.vitals.progressed(p.clock.Now())
			}
			switch plan.Action {
			case core.Release:
				p.post.submit(&heldMail{pass: p, mail: m, message: plan.Message})
			case core.Drop:
				if err := p.store.ReturnHeld(ctx, m, core.Dropped, string(plan.Reason), core.Refusal{}); err != nil {
					p.fail(m.Recipient, "dropping held e-mail %d: %v", m.ID, err)
					continue
				}
				p.count(dropped)
			case core.GiveUp:
				p.fail(m.Recipient, "held e-mail %d: %s", m.ID, plan.Reason)
				if err := p.store.ReturnHeld(ctx, m, core.Failed, string(plan.Reason), core.Refusal{}); err != nil {
					p.log.Error("held e-mail not marked failed", "recipient", m.Recipient, "held", m.ID, "error", err)
				}
			}
		}
		if p.post.stopped() != "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// releases plans all held e-mail at now, a page at a time.
func (t *Ticker) releases(ctx context.Context, now time.Time) iter.Seq2[[]core.ReleasePlan, error] {
	pages := paged(func(after int64) ([]core.HeldMail, error) {
		mails, err := t.store.Waiting(ctx, now, after, pageSize)
		return mails, wrap(err, "listing held e-mails")
	}, func(m core.HeldMail) int64 { return m.ID })
	return planned(pages, func(mails []core.HeldMail) ([]core.ReleasePlan, error) { return t.planReleases(ctx, now, mails) })
}

func (t *Ticker) planReleases(ctx context.Context, now time.Time, mails []core.HeldMail) ([]core.ReleasePlan, error) {
	var people, notifications []int64
	for _, m := range mails {
		people = append(people, m.Recipient)
		notifications = append(notifications, m.Notifications...)
	}
	facts, err := t.facts(ctx, people, notifications)
	if err != nil {
		return nil, fmt.Errorf("reading held e-mails: %w", err)
	}
	plans := make([]core.ReleasePlan, len(mails))
	for i, m := range mails {
		r := facts.people[m.Recipient]
		plans[i] = core.PlanRelease(core.HeldSnapshot{
			Now: now, Mail: m, Recipient: r, Zone: t.zones.of(r), Notifications: facts.of(m.Notifications),
		}, t.config.Style)
	}
	return plans, nil
}
