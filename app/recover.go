package app

import (
	"context"

	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// recoverDigests (step "recover" of the model in fixtures/model) sends again what was handed over without an answer, or never was because the
// process died: the same notifications under the same Message-ID. If mail is redirected, they are the
// original database's, in which another tick sends them.
func (p *pass) recoverDigests(ctx context.Context) error {
	if p.redirected() {
		return nil
	}
	defer p.run.Wait()
	for plans, err := range p.planner.RecoveryPages(ctx, p.now) {
		if err != nil {
			return err
		}
		for _, plan := range plans {
			p.recoverDigest(ctx, plan)
		}
		if p.run.Stopped() != "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (p *pass) recoverDigest(ctx context.Context, plan core.RecoveryPlan) {
	c := plan.Claim
	if plan.Action != core.Resend {
		p.vitals.progressed(p.clock.Now())
	}
	switch plan.Action {
	case core.Resend:
		p.log.Info("sending a digest in doubt again", "recipient", c.Recipient, "digest", c.ID, "message_id", c.MessageID)
		p.run.Submit(&sender.Job{Kind: sender.Doubt, Claim: c, Message: plan.Message, Mark: c.Person.Mark, Known: plan.Failing, Since: c.Window.End})
	case core.Abandon:
		p.log.Warn("abandoning a digest in doubt", "recipient", c.Recipient, "digest", c.ID, "reason", plan.Reason)
		if _, err := p.store.Record(ctx, ports.Release(c)); err != nil {
			p.fail(c.Recipient, "abandoning digest %d: %v", c.ID, err)
		}
	case core.Wait:
		p.log.Info("a digest in doubt waits", "recipient", c.Recipient, "digest", c.ID, "reason", plan.Reason)
	}
}
