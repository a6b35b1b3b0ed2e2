package core

import (
	"time"

	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// RecoverySnapshot is everything the plan for one digest in doubt may know.
type RecoverySnapshot struct {
	// Now is as in [Snapshot].
	Now   time.Time
	Claim Claim
	// Recipient is whom [Addressee] returned: the zero value if the person was deleted.
	Recipient Recipient
	// Zone and Schedule are as in [Snapshot].
	Zone     *time.Location
	Schedule Schedule
	// Notifications are those that the claim names, as far as they are still there.
	Notifications []Notification
}

// RecoveryAction is what to do about one digest in doubt.
type RecoveryAction string

// The actions on a digest in doubt.
const (
	// Wait: it stays in doubt; a later tick takes it.
	Wait RecoveryAction = "wait"
	// Abandon: it can never be sent again; its row goes.
	Abandon RecoveryAction = "abandon"
	// Resend: it goes out once more, under its own Message-ID.
	Resend RecoveryAction = "send again"
)

// RecoveryPlan says what to do about one digest in doubt, and why.
type RecoveryPlan struct {
	// Claim is the one that was planned, with the present Person of its recipient.
	Claim  Claim
	Action RecoveryAction
	Reason Reason
	// Message is what to hand to the mail server if Action is Resend; otherwise zero.
	Message Message
	// Failing and Mark are set if Action is Resend: that the address was refused before, and the recipient's
	// [Person.Mark].
	Failing bool
	Mark    int64
}

// The further reasons of a [RecoveryPlan].
const (
	NothingLeft Reason = "its notifications do not exist any more"              // Abandon
	NoAnswer    Reason = "it was claimed, and nothing says whether it was sent" // Resend
)

// Addressee returns who gets a digest in doubt: r, whose claim c is, or their heir if r is gone, or wants or can have no digests.
// The heir has what came from r; the zero value is nobody.
func Addressee(c Claim, r, heir Recipient) Recipient {
	if heir.ID == 0 || r.ID != 0 && r.Person.HasDigest(c.ID) && r.Cadence.Period() > 0 && r.Address != "" {
		return r
	}
	return heir
}

// PlanRecovery returns what to do about one digest in doubt. Nothing is judged a second time: the
// same notifications make the same digest. The first line that is true decides:
//
//	facts                                          action    reason
//	its recipient is gone, or is another now       Abandon   NoRecipient
//	none of its notifications is left              Abandon   NothingLeft
//	the recipient wants no digest now              Wait      NoCadence
//	the recipient has no usable address            Wait      NoAddress, BadAddress
//	the address is suppressed                      Wait      Suppressed
//	it was refused less than a day before          Wait      Refused
//	now is in the recipient's quiet hours          Wait      QuietHours
//	otherwise                                      Resend    NoAnswer
//
// While it waits, its recipient gets no other digest: it is not known which notifications they have seen.
func PlanRecovery(s RecoverySnapshot, style *Style) RecoveryPlan {
	plan := RecoveryPlan{Claim: s.Claim}
	r := s.Recipient
	plan.Claim.Person = r.Person
	if r.ID != 0 && r.ID != s.Claim.Recipient {
		plan.Claim.Heir = r.ID
	}
	claimed := make(map[int64]bool, len(s.Claim.Notifications))
	for _, id := range s.Claim.Notifications {
		claimed[id] = true
	}
	var named []letter.Event
	for _, n := range byID(s.Notifications) {
		if claimed[n.ID] && (n.Recipient == r.ID && r.Person.HasNotification(n) || n.CameFrom(r.ID)) {
			named = append(named, told(n, texts.ReadPayload(n.Payload)))
		}
	}
	switch {
	case r.ID == 0, plan.Claim.Heir == 0 && !r.Person.HasDigest(s.Claim.ID):
		plan.Action, plan.Reason = Abandon, NoRecipient
	case len(named) == 0:
		plan.Action, plan.Reason = Abandon, NothingLeft
	case r.Cadence.Period() == 0:
		plan.Action, plan.Reason = Wait, NoCadence
	default:
		plan.Action, plan.Reason = Wait, s.Schedule.hindrance(r, s.Zone, s.Now)
	}
	if plan.Reason == "" {
		plan.Action, plan.Reason, plan.Failing, plan.Mark = Resend, NoAnswer, r.Preferences.Failures > 0, r.Person.Mark
		_, plan.Message = compose(r, s.Zone, s.Claim, named, style, style.extras(r, s.Claim.Window.End))
	}
	return plan
}

// The further reasons of a [RecoveryPlan] for a digest that is asked for once more.
const (
	StillSending   Reason = "it is still being sent, or waits for its answer; ticks see to it by themselves" // Wait
	NothingShipped Reason = "its window had nothing to tell, so no mail was sent"                            // Abandon
	AskedFor       Reason = "somebody asks for it"                                                           // Resend
)

// PlanResend returns what to do about a recorded digest that an operator wants sent once more. The rules are those
// of [PlanRecovery], with two before them: a digest that is being sent is left to ticks, and an empty window has
// no digest. The Message-ID is the row's own. A row of the Python scheduler has none, and gets the one that this
// program would have given it.
func PlanResend(row LedgerRow, s RecoverySnapshot, style *Style) RecoveryPlan {
	switch {
	case row.Status == Sending:
		return RecoveryPlan{Claim: s.Claim, Action: Wait, Reason: StillSending}
	case len(row.Notifications) == 0:
		return RecoveryPlan{Claim: s.Claim, Action: Abandon, Reason: NothingShipped}
	}
	if s.Claim.MessageID == "" {
		s.Claim.MessageID = style.digestMessageID(row.Recipient, row.Window.Start, row.Notifications)
	}
	plan := PlanRecovery(s, style)
	if plan.Action == Resend {
		plan.Reason = AskedFor
	}
	return plan
}
