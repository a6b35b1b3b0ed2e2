package core

import (
	"cmp"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Action is what to do about one recipient's digest.
type Action string

// The actions.
const (
	// Skip: nothing is due, or nothing can be decided yet; nothing is recorded.
	Skip Action = "skip"
	// Defer: due, but not now; a later tick takes it.
	Defer Action = "defer"
	// Refuse: due, but the address cannot be used until it is mended.
	Refuse Action = "refuse"
	// Roll: due, with nothing to tell; the window is recorded as empty.
	Roll Action = "roll"
	// Send: due, with something to tell.
	Send Action = "send"
)

// Reason says why an action was chosen. Its text is what people are shown.
type Reason string

// The reasons, with the action they lead to.
const (
	NoCadence  Reason = "cadence has no digest"                       // Skip
	NoAddress  Reason = "no address"                                  // Skip
	NotDue     Reason = "not due yet"                                 // Skip
	InDoubt    Reason = "an earlier digest is still being sent"       // Skip
	QuietHours Reason = "quiet hours"                                 // Defer
	Suppressed Reason = "address suppressed"                          // Defer
	Refused    Reason = "address refused, tried again a day later"    // Defer
	BadAddress Reason = "address is not one that mail can be sent to" // Refuse
	Nothing    Reason = "nothing to report"                           // Roll
	Activity   Reason = "activity to report"                          // Send
)

// Prospect is what can be said of a recipient before any notification is read.
type Prospect struct {
	// Action is Skip, Defer or Refuse; or Send, which then only means that the notifications decide.
	Action Action
	Reason Reason
	// Window is what a digest would cover; set with every action.
	Window Window
	// Since is the instant from which the plan needs notifications.
	Since time.Time
	// DueAt is when the digest is due, or was: at [DueAt], or later if digests are spread (see [Schedule]) or if
	// that was missed and the next boundary is near. It is zero if the cadence has no digest.
	DueAt time.Time
}

// Look says whether r's notifications are worth reading at now. The first line that is true decides:
//
//	facts                                     action   reason
//	cadence is neither daily nor weekly       Skip     NoCadence
//	no address                                Skip     NoAddress
//	the newest window is still being sent     Skip     InDoubt
//	the digest is not due yet                 Skip     NotDue
//	mail cannot be addressed to the address   Refuse   BadAddress
//	the address is suppressed                 Defer    Suppressed
//	it was refused less than a day before     Defer    Refused
//	now is in the quiet hours                 Defer    QuietHours
//	otherwise                                 Send     Activity
//
// zone is as in [Snapshot].
func (s Schedule) Look(r Recipient, zone *time.Location, now time.Time) Prospect {
	w := WindowAt(r, now)
	p := Prospect{Action: Skip, Window: w, Since: Reach(r, w.Start), DueAt: s.together(r, w, s.dueAt(r, w.Start, zone), zone)}
	switch {
	case r.Cadence.Period() == 0:
		p.Reason = NoCadence
	case r.Address == "":
		p.Reason = NoAddress
	case r.Latest.Status == Sending:
		p.Reason = InDoubt
	case p.DueAt.After(w.End):
		p.Reason = NotDue
	default:
		p.Action, p.Reason = Defer, s.hindrance(r, zone, now)
	}
	switch p.Reason {
	case "":
		p.Action, p.Reason = Send, Activity
	case BadAddress:
		p.Action = Refuse
	}
	return p
}

// Judgement is the verdict on one notification.
type Judgement struct {
	ID      int64
	Verdict Verdict
}

// Plan says what to do for one recipient, and why, with the verdict on each notification.
type Plan struct {
	// Recipient is the ID of [Recipient].
	Recipient int64
	Prospect
	// Judgements hold one verdict for each notification of the snapshot, by ascending ID.
	Judgements []Judgement
	// BrokenPayloads counts the notifications whose payload was no JSON object, and not empty.
	BrokenPayloads int
	// Digest is the content if Action is Send; otherwise zero.
	Digest letter.Digest
	// Claim must be recorded BEFORE Message is handed over (Send), or instead of it (Roll); otherwise zero.
	Claim Claim
	// Message is what to hand to the mail server if Action is Send; otherwise zero.
	Message Message
}

// PlanDigest returns what to do for one recipient. It changes nothing in s.
//
// The action is that of [Schedule.Look]. Only Send becomes Roll, if the rules leave nothing in. Verdicts are given
// with every action.
func PlanDigest(s Snapshot, style *Style) Plan {
	plan, included := decide(s, style)
	if plan.Action == Send {
		plan.Digest, plan.Message = compose(s.Recipient, s.Zone, plan.Claim, included, style, style.extras(s.Recipient, plan.Window.End))
	}
	return plan
}

// decide returns the plan without its digest and message, and the notifications to make them from.
func decide(s Snapshot, style *Style) (Plan, []letter.Event) {
	plan, included := judgeAll(s, style)
	if plan.Action != Send {
		return plan, nil
	}
	if len(included) == 0 {
		plan.Action, plan.Reason = Roll, Nothing
		plan.Claim = Claim{Recipient: s.Recipient.ID, Person: s.Recipient.Person, Previous: s.Recipient.Latest.ID, Window: plan.Window, Notifications: []int64{}}
		return plan, nil
	}
	plan.Claim = style.claim(s.Recipient, plan.Window, included)
	return plan, included
}

// judgeAll returns the plan as far as the verdicts, and the notifications that they let in.
func judgeAll(s Snapshot, style *Style) (Plan, []letter.Event) {
	plan := Plan{Recipient: s.Recipient.ID, Prospect: s.Schedule.Look(s.Recipient, s.Zone, s.Now)}
	ns := byID(s.Notifications)
	plan.Judgements = make([]Judgement, 0, len(ns))
	included := make([]letter.Event, 0, len(ns))
	var p texts.Payload
	for i, n := range ns {
		if i == 0 || n.Payload != ns[i-1].Payload { // many have the same
			p = texts.ReadPayload(n.Payload)
		}
		if p.Broken && n.Payload != "" {
			plan.BrokenPayloads++
		}
		verdict := style.judge(n, p.Category, plan.Since, s.Now)
		plan.Judgements = append(plan.Judgements, Judgement{n.ID, verdict})
		if verdict == Included {
			included = append(included, told(n, p))
		}
	}
	return plan, included
}

// claim returns the claim on w for r, with what ships.
func (s *Style) claim(r Recipient, w Window, included []letter.Event) Claim {
	c := Claim{Recipient: r.ID, Person: r.Person, Previous: r.Latest.ID, Window: w, Notifications: make([]int64, len(included)), Language: s.languageOf(r), Attempts: 1}
	for i := range included {
		c.Notifications[i] = included[i].ID
	}
	c.MessageID = s.digestMessageID(r.ID, w.Start, c.Notifications)
	return c
}

// languageOf is the language in which r gets digests.
func (s *Style) languageOf(r Recipient) string {
	if s.classic {
		return classicTag
	}
	return s.Language(r.Preferences.Language)
}

// byID returns the notifications of ns by ascending ID, each ID once, and leaves ns as it is.
func byID(ns []Notification) []*Notification {
	sorted := make([]*Notification, len(ns))
	for i := range ns {
		sorted[i] = &ns[i]
	}
	slices.SortFunc(sorted, func(a, b *Notification) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(sorted, func(a, b *Notification) bool { return a.ID == b.ID })
}

// hindrance returns what keeps any mail from going to r at now; empty if nothing does.
func (s Schedule) hindrance(r Recipient, zone *time.Location, now time.Time) Reason {
	switch {
	case r.Address == "":
		return NoAddress
	case !texts.UsableAddress(r.Address):
		return BadAddress
	case IsSuppressed(r, now):
		return Suppressed
	case isRefused(r, now):
		return Refused
	case s.InQuietHours(r.Preferences, zone, now):
		return QuietHours
	}
	return ""
}
