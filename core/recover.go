package core

import "time"

// RecoverySnapshot is everything the plan for one digest in doubt may know.
type RecoverySnapshot struct {
	Now   time.Time
	Claim Claim
	// Recipient is the zero value where there is no such person any more.
	Recipient Recipient
	// Zone is as in [Snapshot].
	Zone *time.Location
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
	Claim   Claim
	Action  RecoveryAction
	Reason  Reason
	Message Message
}

// The further reasons of a [RecoveryPlan].
const (
	NothingLeft Reason = "its notifications do not exist any more" // Abandon
	NoAnswer    Reason = "no answer came the last time"            // Resend
)

// PlanRecovery returns what to do about one digest in doubt. Nothing is judged a second time: the
// same notifications make the same digest. In this order, the first that holds:
//
//	facts                                          action    reason
//	its recipient is gone                          Abandon   NoRecipient
//	none of its notifications is left              Abandon   NothingLeft
//	the recipient wants no digest now              Wait      NoCadence
//	the recipient has no usable address            Wait      NoAddress, BadAddress
//	the address is suppressed                      Wait      Suppressed
//	now is in the recipient's quiet hours          Wait      QuietHours
//	otherwise                                      Resend    NoAnswer
//
// One that waits keeps its recipient from being planned, since nobody knows what they have seen.
func PlanRecovery(s RecoverySnapshot, style *Style) RecoveryPlan {
	plan := RecoveryPlan{Claim: s.Claim}
	r := s.Recipient
	claimed := make(map[int64]bool, len(s.Claim.Notifications))
	for _, id := range s.Claim.Notifications {
		claimed[id] = true
	}
	var named []judged
	for _, n := range byID(s.Notifications) {
		if n.Recipient == r.ID && claimed[n.ID] {
			named = append(named, judged{n, readPayload(n.Payload)})
		}
	}
	switch {
	case r.ID == 0:
		plan.Action, plan.Reason = Abandon, NoRecipient
	case len(named) == 0:
		plan.Action, plan.Reason = Abandon, NothingLeft
	case r.Cadence.Period() == 0:
		plan.Action, plan.Reason = Wait, NoCadence
	default:
		plan.Action, plan.Reason = Wait, hindrance(r, s.Zone, s.Now)
	}
	if plan.Reason == "" {
		plan.Action, plan.Reason = Resend, NoAnswer
		_, plan.Message = compose(r, s.Claim, named, style, extras{unsubscribe: style.unsubscribeURL(r.ID)})
	}
	return plan
}

// The further reasons of a [RecoveryPlan] for a digest that is asked for once more.
const (
	StillSending   Reason = "it is still being sent, or waits for its answer; ticks see to it by themselves" // Wait
	NothingShipped Reason = "its window had nothing to tell, so no mail was sent"                            // Abandon
	AskedFor       Reason = "somebody asks for it"                                                           // Resend
)

// PlanResend returns what to do about the digest of a ledger row that somebody asks for once more, on the
// terms of [PlanRecovery], but that one which is being sent is left to ticks, and an empty one is none.
// The Message-ID is the row's own; a row of the Python scheduler, which has none, gets the one that it
// would have had.
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
