package sender

import (
	"cmp"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Kind is what a job sends.
type Kind int

// The kinds of jobs.
const (
	// Digest is a fresh one.
	Digest Kind = iota
	// Doubt is a digest in doubt: it may have been accepted already. A refusal does not give its events back: in a
	// new digest they might arrive twice.
	Doubt
	// Held is a held e-mail.
	Held
)

// Job is one message to send.
type Job struct {
	Kind Kind
	// Claim is the digest's, and Held the held e-mail.
	Claim   core.Claim
	Held    core.HeldMail
	Message core.Message
	// Mark is the [core.Person.Mark] of its recipient.
	Mark int64
	// Known says that the address was refused in earlier ticks.
	Known bool
	// Since is since when its recipient has been due; zero for held e-mail.
	Since time.Time
	// Early says that it is sent out of order, to find out whether the server takes mail.
	Early bool
	// Redirected says that it goes to another mailbox than its recipient's. A digest is not claimed then: a second copy
	// does no harm there, so its window is only closed when it was accepted.
	Redirected bool
}

// Recipient is the person that it is for.
func (j *Job) Recipient() int64 {
	if j.Kind == Held {
		return j.Held.Recipient
	}
	return j.Claim.For()
}

// about is what mail that comes back is about, once the job is claimed.
func (j *Job) about() links.Return {
	about := links.Return{Kind: links.ReturnDigest, ID: j.Claim.ID, Mark: j.Mark, To: links.AddressMark(j.Message.To.Mailbox)}
	if j.Kind == Held {
		about.Kind, about.ID = links.ReturnHeld, j.Held.ID
	}
	return about
}

// claim dates it, and returns the change that claims it at at; ok is false if it needs none.
func (j *Job) claim(at time.Time) (c ports.Change, ok bool) {
	j.date(at)
	lease := at.Add(Lease)
	switch {
	case j.Kind == Held:
		return ports.ClaimHeld(j.Held, lease), true
	case j.Redirected:
		return c, false
	case j.Kind == Doubt:
		return ports.Reclaim(j.Claim, lease), true
	}
	row := j.Claim
	row.Lease = lease
	return ports.Claim(row), true
}

// date sets the Date of a mail that is claimed at at. Every copy of what is in doubt has the first one's.
func (j *Job) date(at time.Time) {
	switch j.Kind {
	case Held:
		j.Held.Dated = cmp.Or(j.Held.Dated, at)
		j.Message.Date = j.Held.Dated
	case Digest:
		j.Claim.Dated, j.Message.Date = at, at
	}
}

// claimedAs notes that the claim was made at at, with the ID of the ledger row if the claim added one.
func (j *Job) claimedAs(id int64, at time.Time) {
	lease := at.Add(Lease)
	switch j.Kind {
	case Held:
		j.Held.Status, j.Held.Lease = core.Sending, lease
	case Doubt:
		j.Claim.Lease = lease
	case Digest:
		if !j.Redirected {
			j.Claim.ID, j.Claim.Lease = id, lease
		}
	}
}

// accepted returns what is to be recorded when it was accepted at now.
func (j *Job) accepted(now time.Time) ports.Change {
	switch {
	case j.Kind == Held && j.Redirected:
		return ports.ReturnHeld(j.Held, core.Redirected, "redirected to "+j.Message.To.Mailbox)
	case j.Kind == Held:
		return ports.SettleHeld(j.Held, now)
	case j.Redirected:
		row := j.Claim
		row.MessageID = j.Message.ID
		return ports.Redirect(row)
	}
	return ports.Settle(j.Claim, now)
}

// undo returns the change that takes its claim back, so that it can be claimed again; ok is false if it needs none.
func (j *Job) undo(why string) (c ports.Change, ok bool) {
	switch {
	case j.Kind == Held:
		claimed := j.Held
		j.Held.Status, j.Held.Lease, j.Held.Dated = core.Held, time.Time{}, time.Time{}
		return ports.ReturnHeld(claimed, core.Held, why), true
	case j.Kind == Doubt || j.Redirected:
		return c, false
	}
	row := j.Claim
	j.Claim.ID, j.Claim.Lease, j.Claim.Dated = 0, time.Time{}, time.Time{}
	return ports.Release(row), true
}

// refused returns the result if the server did not take it, or gave no answer, and the change to record; ok is false if
// there is none. serves says that the server took other mail lately, and retry that this is a retry round.
func (j *Job) refused(answer *ports.SendError, serves, retry bool) (r Result, c ports.Change, ok bool) {
	r = Result{Job: j, What: RefusedForNow, Answer: answer}
	switch answer.Outcome {
	case ports.RecipientRefusal, ports.SenderRefusal, ports.MessageRefusal:
		r.What = Refused
	}
	switch {
	case j.Kind == Held && j.Redirected:
		return r, ports.ReturnHeld(j.Held, core.Held, answer.Error()), true
	case j.Redirected:
		return r, c, false
	case answer.Outcome == ports.Doubtful:
		r.What = InDoubt
		return r, c, false
	case j.Kind == Held:
		c, r.What = j.returned(answer, serves, retry)
		return r, c, true
	}
	if j.Kind == Doubt && answer.Outcome != ports.MessageRefusal {
		return r, c, false
	}
	return r, ports.Release(j.Claim), true
}

// returned keeps the mail held until its attempts are used up. A refusal counts as an attempt unless the server refuses
// everybody, or this is a retry round.
func (j *Job) returned(answer *ports.SendError, serves, retry bool) (ports.Change, What) {
	m, status, what := j.Held, core.Held, RefusedForNow
	attempt := false
	switch answer.Outcome {
	case ports.TemporaryRefusal:
		attempt = !answer.Personal
	case ports.RecipientRefusal, ports.SenderRefusal:
		attempt, what = serves, Refused
	case ports.MessageRefusal:
		status = core.Failed
	}
	if attempt && !retry {
		m.Attempts++
	}
	if m.Attempts >= core.MaxRefusals {
		status = core.Failed
	}
	if status == core.Failed {
		what = Refused
	}
	return ports.ReturnHeld(m, status, answer.Error()), what
}

// What is what became of a job.
type What int

// What may become of a job.
const (
	// Sent: the server took it.
	Sent What = iota + 1
	// InDoubt: it was handed over whole, and no answer came.
	InDoubt
	// RefusedForNow: another try in some minutes is worth it.
	RefusedForNow
	// Refused: the answer would be the same again, or its attempts are used up.
	Refused
	// Taken: another scheduler has it.
	Taken
	// Left: it was not tried, since sending stopped.
	Left
	// Failed: something went wrong with it alone.
	Failed
)

// Result says what became of a job. Each job has one.
type Result struct {
	Job  *Job
	What What
	// Answer is the server's, if that decided.
	Answer *ports.SendError
	// Err is what went wrong, if What is Failed.
	Err error
	// Passing says, if What is Left, that the reason may pass in some minutes.
	Passing bool
}
