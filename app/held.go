package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
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
	defer p.run.Wait()
	for plans, err := range p.planner.ReleasePages(ctx, p.now) {
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
				p.run.Submit(&sender.Job{Kind: sender.Held, Held: m, Message: plan.Message, Mark: plan.Mark, Known: plan.Failing, Redirected: p.redirected()})
			case core.Drop:
				if _, err := p.store.Record(ctx, ports.ReturnHeld(m, core.Dropped, string(plan.Reason))); err != nil {
					p.fail(m.Recipient, "dropping held e-mail %d: %v", m.ID, err)
					continue
				}
				p.count(dropped)
			case core.GiveUp:
				p.fail(m.Recipient, "held e-mail %d: %s", m.ID, plan.Reason)
				if _, err := p.store.Record(ctx, ports.ReturnHeld(m, core.Failed, string(plan.Reason))); err != nil {
					p.log.Error("held e-mail not marked failed", "recipient", m.Recipient, "held", m.ID, "error", err)
				}
			}
		}
		if p.run.Stopped() != "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}
