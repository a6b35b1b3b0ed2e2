package core

import "time"

// Verdict says whether a notification goes in, or names the rule that keeps it out; rules are tried in order.
type Verdict string

// The verdicts. Their text is part of the interface: it is what people are shown.
const (
	BeforeWindow   Verdict = "before_window"
	AfterWindow    Verdict = "after_window"
	AlreadyShipped Verdict = "already_shipped"
	AlreadyEmailed Verdict = "already_emailed"
	AlreadyRead    Verdict = "already_read"
	PersonalDirect Verdict = "personal_direct"
	Included       Verdict = "included"
)

// rule keeps a notification out, under the name of its verdict, where applies holds.
type rule struct {
	verdict Verdict
	applies func(n *Notification, p payload, reach, now time.Time) bool
}

// rules are the reasons to leave a notification out; the first that applies is its verdict.
// A created_at that cannot be read is neither too early nor too late: better told once than never.
var rules = [...]rule{
	// The window before had its chance at it, or the first look back does not reach it.
	{BeforeWindow, func(n *Notification, _ payload, reach, _ time.Time) bool {
		return !n.CreatedAt.IsZero() && n.CreatedAt.Before(reach)
	}},
	// Clocks differ; the window in which its time comes will take it.
	{AfterWindow, func(n *Notification, _ payload, _, now time.Time) bool {
		return n.CreatedAt.After(now)
	}},
	{AlreadyShipped, func(n *Notification, _ payload, _, _ time.Time) bool { return n.IncludedAt.Set }},
	{AlreadyEmailed, func(n *Notification, _ payload, _, _ time.Time) bool { return n.EmailedAt.Set }},
	{AlreadyRead, func(n *Notification, _ payload, _, _ time.Time) bool { return n.ReadAt.Set }},
	// The app mails these on their own.
	{PersonalDirect, func(_ *Notification, p payload, _, _ time.Time) bool { return p.category == "personal-direct" }},
}

// judge returns the verdict on n for a window that reaches back to reach and ends at now.
func judge(n *Notification, p payload, reach, now time.Time) Verdict {
	for i := range rules {
		if r := &rules[i]; r.applies(n, p, reach, now) {
			return r.verdict
		}
	}
	return Included
}
