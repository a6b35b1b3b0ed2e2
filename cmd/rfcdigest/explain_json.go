package main

import (
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// explainedAt is what explain --json says of an instant and of a person. All text is clean.
type explainedAt struct {
	Now  time.Time       `json:"now"`
	Past bool            `json:"as_things_stood"`
	User explainedPerson `json:"user"`

	Action core.Action `json:"action"`
	Reason core.Reason `json:"reason"`
	Why    string      `json:"why"`
	Start  time.Time   `json:"period_start"`
	End    time.Time   `json:"period_end"`
	// LateFrom is the instant from which late arrivals count.
	LateFrom time.Time  `json:"late_arrivals_from"`
	DueAt    *time.Time `json:"due_at"`
}

type explainedPerson struct {
	ID                int64  `json:"id"`
	Name              string `json:"name"`
	Address           string `json:"address"`
	Cadence           string `json:"cadence"`
	TimeZone          string `json:"time_zone"`
	SendHour          *int   `json:"send_hour"`
	SendWeekday       string `json:"send_weekday"`
	QuietStart        string `json:"quiet_start"`
	QuietEnd          string `json:"quiet_end"`
	SuppressedAddress string `json:"suppressed_address"`
	SuppressedReason  string `json:"suppressed_reason"`
	Failures          int    `json:"delivery_failures"`
}

func newExplainedAt(v core.View, e core.Explanation) explainedAt {
	r, p := e.Recipient, e.Recipient.Preferences
	return explainedAt{
		Now: v.Now, Past: v.Past,
		User: explainedPerson{
			ID: r.ID, Name: core.Clean(r.Name), Address: core.Clean(r.Address), Cadence: core.Clean(string(r.Cadence)), TimeZone: core.Clean(p.TimeZone),
			SendHour: p.SendHour, SendWeekday: core.Clean(p.SendWeekday), QuietStart: core.Clean(p.QuietStart), QuietEnd: core.Clean(p.QuietEnd),
			SuppressedAddress: core.Clean(p.SuppressedAddress), SuppressedReason: core.Clean(p.SuppressedReason), Failures: p.Failures,
		},
		Action: e.Plan.Action, Reason: e.Plan.Reason, Why: e.Why,
		Start: e.Plan.Window.Start, End: e.Plan.Window.End, LateFrom: e.Plan.Since, DueAt: orNull(e.Plan.DueAt),
	}
}

// explanation is what explain --user --json prints.
type explanation struct {
	explainedAt
	Since         time.Time               `json:"notifications_since"`
	Notifications []explainedNotification `json:"notifications"`
	// Counts are by verdict, and Total is their sum.
	Counts map[core.Verdict]int `json:"counts"`
	Total  int                  `json:"total"`
	// Draft is the mail that would go out if nothing but the notifications decided.
	Draft   *explainedMail    `json:"draft"`
	Windows []explainedWindow `json:"windows"`
}

type explainedNotification struct {
	ID       int64        `json:"id"`
	Created  *time.Time   `json:"created_at"`
	Event    string       `json:"event"`
	Verdict  core.Verdict `json:"verdict"`
	Rule     string       `json:"rule"`
	Why      string       `json:"why"`
	Kind     string       `json:"kind"`
	Slug     string       `json:"rfc_slug"`
	Title    string       `json:"rfc_title"`
	PR       int64        `json:"pr_number"`
	Branch   string       `json:"branch"`
	Actor    int64        `json:"actor_id"`
	Read     *time.Time   `json:"read_at"`
	Emailed  *time.Time   `json:"email_sent_at"`
	Included *time.Time   `json:"digest_included_at"`
}

func newExplained(x core.Explained) explainedNotification {
	n := x.Notification
	return explainedNotification{
		ID: n.ID, Created: orNull(n.CreatedAt), Event: x.Event, Verdict: x.Verdict, Rule: x.Verdict.Rule(), Why: x.Why,
		Kind: core.Clean(n.Kind), Slug: core.Clean(n.Slug), Title: core.Clean(n.Title), PR: n.PR, Branch: core.Clean(n.Branch), Actor: n.ActorID,
		Read: orNull(n.ReadAt.At), Emailed: orNull(n.EmailedAt.At), Included: orNull(n.IncludedAt.At),
	}
}

type explainedMail struct {
	Subject   string `json:"subject"`
	MessageID string `json:"message_id"`
	Text      string `json:"text"`
}

type explainedWindow struct {
	Digest        int64      `json:"digest"`
	Start         *time.Time `json:"period_start"`
	End           *time.Time `json:"period_end"`
	Status        string     `json:"status"`
	SentAt        *time.Time `json:"sent_at"`
	MessageID     string     `json:"message_id"`
	Notifications []int64    `json:"notifications"`
	Error         string     `json:"error"`
}

func newExplanation(v core.View, e core.Explanation) explanation {
	x := explanation{explainedAt: newExplainedAt(v, e), Since: e.Since, Notifications: []explainedNotification{}, Counts: map[core.Verdict]int{}, Windows: []explainedWindow{}}
	for _, r := range e.Reasons {
		x.Notifications = append(x.Notifications, newExplained(r))
	}
	for _, c := range e.Counts {
		x.Counts[c.Verdict] = c.Count
		x.Total += c.Count
	}
	if e.Drafted {
		x.Draft = &explainedMail{e.Draft.Subject, e.Draft.ID, e.Draft.Text}
	}
	for _, w := range e.Windows {
		x.Windows = append(x.Windows, explainedWindow{
			Digest: w.ID, Start: orNull(w.Window.Start), End: orNull(w.Window.End), Status: core.Clean(string(w.Status)), SentAt: orNull(w.SentAt),
			MessageID: core.Clean(w.MessageID), Notifications: append([]int64{}, w.Notifications...), Error: core.Clean(w.Error),
		})
	}
	return x
}
