package core

import "time"

// Explanation says what a tick at an instant would do about one recipient, and why: in a sentence for
// them, and one for each notification of the look-back.
type Explanation struct {
	Now       time.Time
	Recipient Recipient
	// Plan is what [PlanDigest] returns for all of the look-back.
	Plan Plan
	// Why is the reason of Plan, with the times and names that decided it.
	Why string
	// Since is the instant from which notifications are explained: [Lookback] before Now or, where
	// the plan reaches further back, as far as that.
	Since time.Time
	// Reasons are one for each notification of the look-back, by ascending ID: those created at Since
	// or later, and those of which nobody can tell, as long as no digest had them.
	Reasons []Explained
	// Counts have one element for each verdict, in the order of the rules, and add up to the number of Reasons.
	Counts []VerdictCount
	// Draft is the mail that would go out if nothing but the notifications decided; see [Draft].
	Draft Message
	// Drafted says that there is one.
	Drafted bool
	// Windows are recorded windows of the recipient, the newest first; set by whoever can read them.
	Windows []LedgerRow
}

// Explained is the verdict on one notification, in words.
type Explained struct {
	Notification Notification
	Verdict      Verdict
	// Event is the notification as a digest would word it, if it stood alone.
	Event string
	// Why says which times decided it.
	Why string
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
// look-back are left out.
func Explain(s Snapshot, style *Style) Explanation {
	e := Explanation{Now: s.Now, Recipient: s.Recipient, Since: LookbackAt(s.Recipient, s.Now)}
	s.Notifications = lookBack(s.Notifications, e.Since)
	e.Plan = PlanDigest(s, style)
	e.Why = style.Because(e.Plan, s.Recipient, s.Zone, s.Now)
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
		if !n.CreatedAt.Before(since) || n.CreatedAt.IsZero() && !n.IncludedAt.Set {
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

// ExplainAlone returns the verdict on one notification of the recipient of e, which may be older than
// the look-back.
func (e Explanation) ExplainAlone(n Notification, style *Style) Explained {
	return e.reason(&n, judge(&n, readPayload(n.Payload), e.Plan.Since, e.Now), style)
}

func (e Explanation) reason(n *Notification, verdict Verdict, style *Style) Explained {
	event := style.appendSummary(nil, &judged{n, readPayload(n.Payload)})
	return Explained{Notification: *n, Verdict: verdict, Event: string(event), Why: explainVerdict(n, verdict, e.Plan.Prospect, e.Now)}
}
