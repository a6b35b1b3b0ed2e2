package sender

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

func TestAHeldEmailIsGivenUpAfterSoManyRefusals(t *testing.T) {
	t.Parallel()
	personal := said(ports.TemporaryRefusal, "mailbox full")
	personal.Personal = true
	for _, c := range []struct {
		name          string
		answer        *ports.SendError
		before        int
		serves, retry bool
		attempts      int
		status        core.Status
		what          What
	}{
		{"for now", said(ports.TemporaryRefusal, "later"), 0, true, false, 1, core.Held, RefusedForNow},
		{"for now, by a server that may refuse everybody", said(ports.TemporaryRefusal, "later"), 0, false, false, 1, core.Held, RefusedForNow},
		{"for now, in a retry round", said(ports.TemporaryRefusal, "later"), 0, true, true, 0, core.Held, RefusedForNow},
		{"for now, and for reasons of the mailbox", personal, 0, true, false, 0, core.Held, RefusedForNow},
		{"for now, for the last time", said(ports.TemporaryRefusal, "later"), core.MaxRefusals - 1, true, false, core.MaxRefusals, core.Failed, Refused},
		{"the address", said(ports.RecipientRefusal, "no"), 0, true, false, 1, core.Held, Refused},
		{"the address, by a server that may refuse everybody", said(ports.RecipientRefusal, "no"), 0, false, false, 0, core.Held, Refused},
		{"the sender", said(ports.SenderRefusal, "no"), 0, true, false, 1, core.Held, Refused},
		{"the message", said(ports.MessageRefusal, "no"), 0, true, false, 0, core.Failed, Refused},
		{"the server", said(ports.ServerRefusal, "no"), 0, true, false, 0, core.Held, RefusedForNow},
	} {
		j := &Job{Kind: Held, Held: core.HeldMail{ID: 4, Status: core.Sending, Attempts: c.before}}
		r, change, ok := j.refused(c.answer, c.serves, c.retry)
		assert.True(t, ok, c.name)
		assert.Equal(t, Result{Job: j, What: c.what, Answer: c.answer}, r, c.name)
		want := j.Held
		want.Attempts = c.attempts
		assert.Equal(t, ports.ReturnHeld(want, c.status, c.answer.Error()), change, c.name)
	}
}

func TestWhatIsRecordedOfAJobThatWasNotAccepted(t *testing.T) {
	t.Parallel()
	claim := core.Claim{ID: 9, Recipient: 7, Lease: noon}
	held := core.HeldMail{ID: 4, Recipient: 7, Status: core.Sending, Lease: noon}
	none := ports.Change{}
	for _, c := range []struct {
		name    string
		job     Job
		outcome ports.Outcome
		what    What
		change  ports.Change
	}{
		{"a digest, for now", Job{Claim: claim}, ports.TemporaryRefusal, RefusedForNow, ports.Release(claim)},
		{"a digest, for good", Job{Claim: claim}, ports.RecipientRefusal, Refused, ports.Release(claim)},
		{"a digest, without an answer", Job{Claim: claim}, ports.Doubtful, InDoubt, none},
		{"one in doubt, for good", Job{Kind: Doubt, Claim: claim}, ports.RecipientRefusal, Refused, none},
		{"one in doubt, for what it is", Job{Kind: Doubt, Claim: claim}, ports.MessageRefusal, Refused, ports.Release(claim)},
		{"a held e-mail, without an answer", Job{Kind: Held, Held: held}, ports.Doubtful, InDoubt, none},
		{"a redirected digest, without an answer", Job{Claim: claim, Redirected: true}, ports.Doubtful, RefusedForNow, none},
		{"a redirected digest, for good", Job{Claim: claim, Redirected: true}, ports.MessageRefusal, Refused, none},
		{"a redirected held e-mail, without an answer", Job{Kind: Held, Held: held, Redirected: true}, ports.Doubtful, RefusedForNow,
			ports.ReturnHeld(held, core.Held, said(ports.Doubtful, "no").Error())},
	} {
		answer := said(c.outcome, "no")
		r, change, ok := c.job.refused(answer, true, false)
		assert.Equal(t, c.what, r.What, c.name)
		assert.Equal(t, c.change.Do != "", ok, c.name)
		assert.Equal(t, c.change, change, c.name)
	}
}

func TestAClaimThatIsTakenBackCanBeMadeAgain(t *testing.T) {
	t.Parallel()
	claim := core.Claim{Recipient: 7}
	for _, c := range []struct {
		name string
		job  Job
		undo func(claimed Job) ports.Change // nil: there is nothing to take back
	}{
		{"a digest", Job{Claim: claim}, func(j Job) ports.Change { return ports.Release(j.Claim) }},
		{"a held e-mail", Job{Kind: Held, Held: core.HeldMail{ID: 4, Status: core.Held}}, func(j Job) ports.Change { return ports.ReturnHeld(j.Held, core.Held, "why") }},
		{"a digest in doubt", Job{Kind: Doubt, Claim: core.Claim{ID: 9}}, nil},
		{"a redirected digest", Job{Claim: claim, Redirected: true}, nil},
	} {
		j := c.job
		before, _ := j.claim(noon)
		j.claimedAs(11, noon)
		claimed := j
		change, ok := j.undo("why")
		assert.Equal(t, c.undo != nil, ok, c.name)
		if ok {
			assert.NotEqual(t, c.job, claimed, c.name)
			assert.Equal(t, c.undo(claimed), change, c.name)
			j.Message.Date = c.job.Message.Date // which the next claim sets
			assert.Equal(t, c.job, j, c.name)
		}
		again, _ := j.claim(noon)
		if j.Kind != Doubt { // whose lease goes on
			assert.Equal(t, before, again, c.name)
		}
	}
}

func TestAMailIsDatedWhenItIsClaimed(t *testing.T) {
	t.Parallel()
	earlier, later := noon.Add(-time.Hour), noon.Add(time.Minute)
	planned := core.Message{Date: earlier}
	for name, c := range map[string]struct {
		job           Job
		first, second time.Time // second is that of a claim which was made anew, since the first was too old
	}{
		"a digest":                        {Job{Message: planned}, noon, later},
		"a redirected digest":             {Job{Message: planned, Redirected: true}, noon, later},
		"a digest in doubt":               {Job{Kind: Doubt, Message: planned, Claim: core.Claim{ID: 9, Dated: earlier}}, earlier, earlier},
		"a digest in doubt of before":     {Job{Kind: Doubt, Message: planned, Claim: core.Claim{ID: 9}}, earlier, earlier},
		"a held e-mail":                   {Job{Kind: Held, Message: planned, Held: core.HeldMail{Status: core.Held}}, noon, later},
		"a held e-mail in doubt":          {Job{Kind: Held, Message: planned, Held: core.HeldMail{Status: core.Sending, Dated: earlier}}, earlier, later},
		"a held e-mail in doubt, undated": {Job{Kind: Held, Message: planned, Held: core.HeldMail{Status: core.Sending}}, noon, later},
	} {
		j := c.job
		for i, at := range []time.Time{noon, later} {
			change, claimed := j.claim(at)
			j.claimedAs(11, at)
			want := []time.Time{c.first, c.second}[i]
			assert.Equal(t, want, j.Message.Date, name)
			switch {
			case j.Kind == Held:
				assert.Equal(t, want, change.Held.Dated, name)
			case j.Redirected:
				assert.Equal(t, want, j.accepted(later).Claim.Dated, name)
			case claimed:
				assert.Equal(t, c.job.Kind == Digest, change.Claim.Dated.Equal(at), name)
			}
			j.undo("it is old")
		}
	}
}

func TestWhatIsRecordedOfAJobThatWasAccepted(t *testing.T) {
	t.Parallel()
	claim := core.Claim{ID: 9, Recipient: 7, MessageID: "own@x"}
	held := core.HeldMail{ID: 4}
	m := core.Message{ID: "redirected@x", To: core.Address{Mailbox: "me@x"}}
	redirected := claim
	redirected.MessageID = m.ID
	for name, c := range map[string]struct {
		job  Job
		want ports.Change
	}{
		"a digest":               {Job{Claim: claim, Message: m}, ports.Settle(claim, noon)},
		"one in doubt":           {Job{Kind: Doubt, Claim: claim, Message: m}, ports.Settle(claim, noon)},
		"a redirected digest":    {Job{Claim: claim, Message: m, Redirected: true}, ports.Redirect(redirected)},
		"a held e-mail":          {Job{Kind: Held, Held: held, Message: m}, ports.SettleHeld(held, noon)},
		"a redirected held mail": {Job{Kind: Held, Held: held, Message: m, Redirected: true}, ports.ReturnHeld(held, core.Redirected, "redirected to me@x")},
	} {
		assert.Equal(t, c.want, c.job.accepted(noon), name)
	}
}
