package app

import (
	"context"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// digest is the parcel of one digest, fresh or in doubt.
type digest struct {
	pass    *pass
	row     core.Claim
	message core.Message
	// since is when it fell due.
	since time.Time
	// inDoubt says that it may have been accepted once already. Then only an acceptance, or a
	// refusal for good, decides: were it planned afresh after a passing refusal, the same events
	// might ship in two digests.
	inDoubt bool
}

func (d *digest) recipient() int64      { return d.row.Recipient }
func (d *digest) content() core.Message { return d.message }
func (d *digest) dueSince() time.Time   { return d.since }

func (d *digest) claim(ctx context.Context, lease time.Time) (err error) {
	if d.inDoubt {
		if err = d.pass.store.Reclaim(ctx, d.row, lease); err == nil {
			d.row.Lease = lease
		}
		return err
	}
	row := d.row
	row.Lease = lease
	if row.ID, err = d.pass.store.Claim(ctx, row); err == nil {
		d.row = row
	}
	return err
}

// claimAfter settles the claim of the digest before, and then makes that of a fresh one.
func (d *digest) claimAfter(ctx context.Context, before core.Claim, lease time.Time) (settled, claimed error) {
	row := d.row
	row.Lease = lease
	row.ID, settled, claimed = d.pass.store.SettleAndClaim(ctx, before, d.pass.now, row)
	if claimed == nil {
		d.row = row
	}
	return settled, claimed
}

func (d *digest) outcome(answer *ports.SendError) *debt {
	p, row := d.pass, d.row
	debt := &debt{row: fmt.Sprintf("digest %d", row.ID), recipient: row.Recipient}
	if answer == nil {
		p.log.Info("digest sent", "recipient", row.Recipient, "digest", row.ID, "message_id", row.MessageID, "notifications", len(row.Notifications))
		if d.inDoubt {
			p.count(recovered)
		} else {
			p.count(digestsSent)
		}
		debt.write = func(ctx context.Context) error { return p.store.Settle(ctx, row, p.now) }
		debt.digest = &row
		return debt
	}
	refusal := core.Refusal{}
	if answer.Outcome != ports.RecipientRefusal {
		p.missed(d.since)
	}
	switch answer.Outcome {
	case ports.Doubtful:
		p.log.Warn("no answer; digest in doubt until its lease ends", "recipient", row.Recipient, "digest", row.ID, "reason", answer.Error())
		p.count(inDoubt)
		return nil
	case ports.TemporaryRefusal, ports.ServerRefusal:
		p.log.Warn("digest refused for now", "recipient", row.Recipient, "reason", answer.Error())
		p.count(left)
		if d.inDoubt {
			return nil
		}
	case ports.RecipientRefusal:
		refusal = core.Refusal{Address: d.message.To.Mailbox, Reason: answer.Error()}
		p.fail(row.Recipient, "%v", answer)
	default:
		p.fail(row.Recipient, "%v", answer)
	}
	debt.write = func(ctx context.Context) error { return p.store.Release(ctx, row, refusal) }
	return debt
}

// heldMail is the parcel of one held e-mail.
type heldMail struct {
	pass    *pass
	mail    core.HeldMail
	message core.Message
}

func (h *heldMail) recipient() int64      { return h.mail.Recipient }
func (h *heldMail) content() core.Message { return h.message }
func (h *heldMail) dueSince() time.Time   { return time.Time{} }

func (h *heldMail) claim(ctx context.Context, lease time.Time) error {
	if err := h.pass.store.ClaimHeld(ctx, h.mail, lease); err != nil {
		return err
	}
	h.mail.Status, h.mail.Lease = core.Sending, lease
	return nil
}

func (h *heldMail) outcome(answer *ports.SendError) *debt {
	p, m := h.pass, h.mail
	debt := &debt{row: fmt.Sprintf("held e-mail %d", m.ID), recipient: m.Recipient}
	if answer == nil {
		p.log.Info("held e-mail sent", "recipient", m.Recipient, "held", m.ID, "message_id", m.MessageID)
		p.count(flushed)
		debt.write = func(ctx context.Context) error { return p.store.SettleHeld(ctx, m, p.now) }
		return debt
	}
	status, refusal := core.Failed, core.Refusal{}
	switch answer.Outcome {
	case ports.Doubtful:
		p.log.Warn("no answer; held e-mail in doubt until its lease ends", "recipient", m.Recipient, "held", m.ID, "reason", answer.Error())
		p.count(inDoubt)
		return nil
	case ports.ServerRefusal:
		status = core.Held
	case ports.TemporaryRefusal:
		if m.Attempts++; m.Attempts < core.MaxRefusals {
			status = core.Held
		}
	case ports.RecipientRefusal:
		refusal = core.Refusal{Address: h.message.To.Mailbox, Reason: answer.Error()}
	}
	if status == core.Held {
		p.log.Warn("held e-mail refused for now", "recipient", m.Recipient, "held", m.ID, "reason", answer.Error())
	} else {
		p.fail(m.Recipient, "held e-mail %d: %v", m.ID, answer)
	}
	debt.write = func(ctx context.Context) error {
		return p.store.ReturnHeld(ctx, m, status, answer.Error(), refusal)
	}
	return debt
}
