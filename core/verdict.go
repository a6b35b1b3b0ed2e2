package core

import "time"

// Verdict says that a notification goes into the digest, or names the rule that keeps it out.
type Verdict string

// The verdicts, in the order of their rules. Their text is part of the interface: people see it.
const (
	// BeforeWindow: it was created before the window and its late arrivals.
	BeforeWindow Verdict = "before_window"
	// AfterWindow: it was created after the tick.
	AfterWindow Verdict = "after_window"
	// AlreadyShipped: a digest told of it, or one of the account that it came from is about to.
	AlreadyShipped Verdict = "already_shipped"
	// AlreadyEmailed: the app mailed it on its own, at once or after quiet hours.
	AlreadyEmailed Verdict = "already_emailed"
	// AlreadyRead: it was read in the app.
	AlreadyRead Verdict = "already_read"
	// PersonalDirect: its category is one that the app mails one by one.
	PersonalDirect Verdict = "personal_direct"
	// OwnEvent: its reader did it.
	OwnEvent Verdict = "own_event"
	// Included: it goes into the digest.
	Included Verdict = "included"
)

// rule keeps a notification out if it applies, and gives it a verdict.
type rule struct {
	verdict Verdict
	// words are the rule as people see it.
	words   string
	applies func(n *Notification, category string, reach, now time.Time) bool
}

// rules are the reasons to leave a notification out; the first that applies is its verdict.
// A created_at that cannot be read is neither too early nor too late: better told once than never.
var rules = [...]rule{
	// It was for the window before, or is older than a first digest reaches. What came from another account was for no window
	// of this one, and is told as far back as a first digest would.
	{BeforeWindow, "created before the window", func(n *Notification, _ string, reach, _ time.Time) bool {
		if n.Moved != nil {
			reach = reach.Add(-Lookback)
		}
		return !n.CreatedAt.IsZero() && n.CreatedAt.Before(reach)
	}},
	// The clocks of two machines may differ. A later window takes it.
	{AfterWindow, "created after the window's end", func(n *Notification, _ string, _, now time.Time) bool {
		return n.CreatedAt.After(now)
	}},
	{AlreadyShipped, "already in a digest", func(n *Notification, _ string, _, _ time.Time) bool {
		return n.IncludedAt.Set || n.Moved != nil && n.Moved.Digest != 0
	}},
	{AlreadyEmailed, "already mailed on its own", func(n *Notification, _ string, _, _ time.Time) bool { return n.EmailedAt.Set }},
	{AlreadyRead, "already read in the app", func(n *Notification, _ string, _, _ time.Time) bool { return n.ReadAt.Set }},
	{PersonalDirect, "mailed at once, on its own, by the app", func(_ *Notification, category string, _, _ time.Time) bool { return category == "personal-direct" }},
	// The Python scheduler told people of what they did. It had no such rule, and it stands last.
	{OwnEvent, "done by its reader", func(n *Notification, _ string, _, _ time.Time) bool {
		return n.ActorID != 0 && (n.ActorID == n.Recipient || n.CameFrom(n.ActorID))
	}},
}

// judge returns the verdict on n, whose payload has a category, for a window that reaches back to reach and ends at now.
func (s *Style) judge(n *Notification, category string, reach, now time.Time) Verdict {
	rules := rules[:]
	if s.classic {
		rules = rules[:len(rules)-1]
	}
	for i := range rules {
		if r := &rules[i]; r.applies(n, category, reach, now) {
			return r.verdict
		}
	}
	return Included
}

// rule is the rule behind v, in words.
func (v Verdict) rule() string {
	for i := range rules {
		if rules[i].verdict == v {
			return rules[i].words
		}
	}
	return "in the digest"
}
