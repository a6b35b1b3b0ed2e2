package core

import (
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Explanation says what a tick at Now would do about one recipient, and why. There is a sentence about the
// recipient, and one about each notification of the look-back.
type Explanation struct {
	// Now is the instant of the tick that is explained.
	Now       time.Time
	Recipient Recipient
	// Zone is that of the recipient, in which words have times beside UTC. nil is UTC.
	Zone *time.Location
	// Plan is what [PlanDigest] returns for all of the look-back.
	Plan Plan
	// NextTick is the tick that takes the next digest: the first, once it is due, outside quiet hours. It is zero if it is
	// due already, or never.
	NextTick time.Time
	// Remarks say which of their settings are not taken as they are stored.
	Remarks []Remark
	// Why is the reason of Plan, with the times and names that decided it.
	Why string
	// Since is the instant from which notifications are explained: [Lookback] before Now, or earlier if the plan
	// reaches further back.
	Since time.Time
	// Reasons are one for each notification of the look-back, by ascending ID: those created, or moved, at Since or later.
	// One whose creation cannot be read is among them until a digest has told of it.
	Reasons []Explained
	// Counts have one element for each verdict, in the order of the rules, and add up to the number of Reasons.
	Counts []VerdictCount
	// Draft is the mail that would go out if nothing but the notifications decided; see [Draft].
	Draft Message
	// Drafted says that there is one.
	Drafted bool
	// Windows are recorded windows of the recipient, the newest first.
	Windows []LedgerRow
	// digests are those of Windows that told of a notification, by its ID.
	digests map[int64]LedgerRow
	// Held are held e-mails of the recipient, the newest first; set by the caller.
	Held []ExplainedHeld
}

// Explained is the verdict on one notification, in words.
type Explained struct {
	// Notification is as it was judged: for an instant that has gone by, without later marks.
	Notification Notification
	Verdict      Verdict
	// Event is the notification as a digest would word it, if it stood alone.
	Event string
	// Why says which times decided it. Brief is the same without the times that stand beside it in a table: when
	// the notification was created, and the window.
	Why, Brief string
}

// VerdictCount is how often a verdict was given.
type VerdictCount struct {
	Verdict Verdict
	Count   int
}

// LookbackAt returns the instant from which the notifications of r are explained at now.
func LookbackAt(r Recipient, now time.Time) time.Time {
	since := now.Add(-Lookback)
	if reach := Reach(r, WindowAt(r, now).Start); reach.Before(since) {
		return reach
	}
	return since
}

// Explain returns what [PlanDigest] decides on s, in words. Notifications of s that are older than the
// look-back are left out. windows are recorded windows of the recipient, the newest first: they say in which digest a
// notification was.
func Explain(s Snapshot, windows []LedgerRow, style *Style) Explanation {
	e := Explanation{Now: s.Now, Recipient: s.Recipient, Zone: s.Zone, Since: LookbackAt(s.Recipient, s.Now), Windows: windows, digests: digestsOf(windows, s.Now)}
	s.Notifications = lookBack(s.Notifications, e.Since)
	e.Plan = PlanDigest(s, style)
	if e.Plan.DueAt.After(s.Now) {
		e.NextTick = s.Schedule.tickFor(s.Recipient, s.Zone, e.Plan.DueAt)
	}
	e.Remarks = s.Schedule.Remarks(s.Recipient, s.Zone, s.Now)
	e.Why = s.Schedule.Because(e.Plan, s.Recipient, s.Zone, s.Now)
	counts := map[Verdict]int{}
	for i, n := range byID(s.Notifications) {
		verdict := e.Plan.Judgements[i].Verdict
		counts[verdict]++
		e.Reasons = append(e.Reasons, e.reason(n, verdict, style))
	}
	for _, v := range Verdicts() {
		e.Counts = append(e.Counts, VerdictCount{v, counts[v]})
	}
	e.Draft, e.Drafted = e.Plan.Message, e.Plan.Action == Send
	if !e.Drafted {
		e.Draft, e.Drafted = Draft(s, style)
	}
	return e
}

// lookBack returns those of ns that are explained.
func lookBack(ns []Notification, since time.Time) (within []Notification) {
	for _, n := range ns {
		if !n.CreatedAt.Before(since) || n.CreatedAt.IsZero() && !n.IncludedAt.Set || n.Moved != nil && !n.Moved.At.Before(since) {
			within = append(within, n)
		}
	}
	return within
}

// Verdicts returns all verdicts in the order in which their rules are tried.
func Verdicts() []Verdict {
	var all []Verdict
	for _, r := range rules {
		all = append(all, r.verdict)
	}
	return append(all, Included)
}

// digestsOf returns the window whose digest had each notification at now.
func digestsOf(windows []LedgerRow, now time.Time) map[int64]LedgerRow {
	all := make(map[int64]LedgerRow)
	for _, w := range windows {
		if w.Status == Redirected || !w.Window.End.Before(now) || w.SentAt.After(now) {
			continue
		}
		for _, id := range w.Notifications {
			all[id] = w
		}
	}
	return all
}

// ExplainAlone returns the verdict on one notification of e.Recipient, which may be older than the look-back.
func (e Explanation) ExplainAlone(n Notification, style *Style) Explained {
	return e.reason(&n, style.judge(&n, texts.ReadPayload(n.Payload).Category, e.Plan.Since, e.Now), style)
}

// reason explains the verdict on n.
func (e Explanation) reason(n *Notification, verdict Verdict, style *Style) Explained {
	why, brief := e.verdict(n, verdict)
	return Explained{Notification: *n, Verdict: verdict, Event: style.Summary(told(n, texts.ReadPayload(n.Payload))), Why: why, Brief: brief}
}
