package app

import (
	"fmt"

	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/ports"
)

// add counts, logs and remembers what became of a job. Nothing else counts what was sent.
func (p *pass) add(r sender.Result) {
	defer p.vitals.progressed(p.clock.Now())
	j := r.Job
	switch r.What {
	case sender.Sent:
		p.sent(j)
	case sender.InDoubt:
		p.missed(j.Since)
		p.log.Warn("no answer; "+noun(j)+" in doubt until its lease ends", append(about(j), "reason", r.Answer.Error())...)
		p.count(inDoubt)
	case sender.Refused:
		p.refused(j, r.Answer)
	case sender.RefusedForNow:
		p.refusedForNow(j, r.Answer)
	case sender.Taken:
		p.count(left)
	case sender.Left:
		p.missed(j.Since)
		p.count(left)
		if r.Passing {
			p.count(waiting)
		}
	case sender.Failed:
		p.missed(j.Since)
		p.fail(j.Recipient(), "%v", r.Err)
	}
}

// sent counts a job that the server took.
func (p *pass) sent(j *sender.Job) {
	sent := "sent"
	if j.Redirected {
		sent = "redirected"
	}
	id := j.Message.ID
	switch j.Kind {
	case sender.Held:
		p.count(flushed)
		p.log.Info("held e-mail "+sent, append(about(j), "message_id", id)...)
		return
	case sender.Doubt:
		p.count(recovered)
	case sender.Digest:
		p.count(digestsSent)
	}
	if j.Early && !j.Redirected {
		p.gotEarly(j.Recipient())
	}
	p.log.Info("digest "+sent, append(about(j), "message_id", id, "notifications", len(j.Claim.Notifications))...)
}

// refused counts a job that the server refused for good. What was to go to another mailbox says nothing of its
// recipient.
func (p *pass) refused(j *sender.Job, answer *ports.SendError) {
	switch {
	case j.Redirected:
		p.fail(j.Recipient(), "redirected %s: %v", named(j), answer)
	case j.Kind == sender.Held:
		p.fail(j.Recipient(), "%s: %v", named(j), answer)
	default:
		if answer.Outcome != ports.RecipientRefusal {
			p.missed(j.Since)
		}
		p.fail(j.Recipient(), "%v", answer)
		p.tried(j.Recipient(), true)
	}
}

// refusedForNow counts a job that a retry round or a later tick tries again.
func (p *pass) refusedForNow(j *sender.Job, answer *ports.SendError) {
	p.count(left)
	p.count(waiting)
	if j.Redirected {
		p.log.Warn("not redirected", "what", named(j), "recipient", j.Recipient(), "reason", answer.Error())
		return
	}
	p.log.Warn(noun(j)+" refused for now", append(about(j), "reason", answer.Error())...)
	if j.Kind != sender.Held {
		p.missed(j.Since)
		p.tried(j.Recipient(), false)
	}
}

// noun says what a job sends.
func noun(j *sender.Job) string {
	if j.Kind == sender.Held {
		return "held e-mail"
	}
	return "digest"
}

// named is noun, with the number of a held e-mail.
func named(j *sender.Job) string {
	if j.Kind == sender.Held {
		return fmt.Sprintf("held e-mail %d", j.Held.ID)
	}
	return "digest"
}

// about returns what the log says of a job: its recipient, and the row of what is recorded by now.
func about(j *sender.Job) []any {
	switch {
	case j.Kind == sender.Held:
		return []any{"recipient", j.Recipient(), "held", j.Held.ID}
	case j.Redirected:
		return []any{"recipient", j.Recipient()}
	}
	return []any{"recipient", j.Recipient(), "digest", j.Claim.ID}
}

// fail counts, names and logs what went wrong for one recipient. The reason has no address, title
// or secret in it.
func (p *pass) fail(recipient int64, reason string, args ...any) {
	f := Failure{Recipient: recipient, Reason: fmt.Sprintf(reason, args...)}
	p.log.Error("recipient failed", "recipient", f.Recipient, "reason", f.Reason)
	p.tally.fail(f)
}
