package show

import (
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// explainedAt is what explain --json says of an instant and of a person. All text is clean.
type explainedAt struct {
	Now  time.Time       `json:"now"`
	Past bool            `json:"as_things_stood"`
	User explainedPerson `json:"user"`

	Action core.Action `json:"action"`
	Reason core.Reason `json:"reason"`
	Why    string      `json:"why"`
	// Remarks are about settings that cannot be used as they are stored.
	Remarks []string  `json:"remarks"`
	Start   time.Time `json:"period_start"`
	End     time.Time `json:"period_end"`
	// LateFrom is the instant from which late arrivals count.
	LateFrom time.Time  `json:"late_arrivals_from"`
	DueAt    *time.Time `json:"due_at"`
	// NextTick is the tick that takes the next digest.
	NextTick *time.Time `json:"next_tick"`
}

type explainedPerson struct {
	ID                int64  `json:"id"`
	Name              string `json:"name"`
	Address           string `json:"address"`
	Cadence           string `json:"cadence"`
	TimeZone          string `json:"time_zone"`
	SendHour          *int   `json:"send_hour"`
	SendWeekday       string `json:"send_weekday"`
	Rhythm            string `json:"rhythm"`
	PausedUntil       string `json:"paused_until"`
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
			ID: r.ID, Name: texts.Clean(r.Name), Address: texts.Clean(r.Address), Cadence: texts.Clean(string(r.Cadence)), TimeZone: texts.Clean(p.TimeZone),
			SendHour: p.SendHour, SendWeekday: texts.Clean(p.SendWeekday), Rhythm: texts.Clean(p.Rhythm), PausedUntil: texts.Clean(p.PausedUntil),
			QuietStart: texts.Clean(p.QuietStart), QuietEnd: texts.Clean(p.QuietEnd),
			SuppressedAddress: texts.Clean(p.SuppressedAddress), SuppressedReason: texts.Clean(p.SuppressedReason), Failures: p.Failures,
		},
		Action: e.Plan.Action, Reason: e.Plan.Reason, Why: e.Why, Remarks: Texts(e.Remarks),
		Start: e.Plan.Window.Start, End: e.Plan.Window.End, LateFrom: e.Plan.Since, DueAt: orNull(e.Plan.DueAt), NextTick: orNull(e.NextTick),
	}
}

// Texts returns what remarks say.
func Texts(remarks []core.Remark) []string {
	all := []string{}
	for _, r := range remarks {
		all = append(all, r.Text)
	}
	return all
}

// Explanation is what explain --user --json prints.
type Explanation struct {
	explainedAt
	Since         time.Time               `json:"notifications_since"`
	Notifications []explainedNotification `json:"notifications"`
	// Counts are by verdict, and Total is their sum.
	Counts map[core.Verdict]int `json:"counts"`
	Total  int                  `json:"total"`
	// Draft is the mail that would go out if nothing but the notifications decided.
	Draft   *explainedMail    `json:"draft"`
	Windows []explainedWindow `json:"windows"`
	Held    []explainedHeld   `json:"held_emails"`
}

type explainedHeld struct {
	ID            int64      `json:"id"`
	Subject       string     `json:"subject"`
	Created       *time.Time `json:"created_at"`
	Status        string     `json:"status"`
	SentAt        *time.Time `json:"sent_at"`
	Why           string     `json:"why"`
	Notifications []int64    `json:"notifications"`
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

func newExplained(e core.Explanation, x core.Explained) explainedNotification {
	n := x.Notification
	return explainedNotification{
		ID: n.ID, Created: orNull(n.CreatedAt), Event: x.Event, Verdict: x.Verdict, Rule: e.Rule(x.Verdict), Why: x.Why,
		Kind: texts.Clean(n.Kind), Slug: texts.Clean(n.Slug), Title: texts.Clean(n.Title), PR: n.PR, Branch: texts.Clean(n.Branch), Actor: n.ActorID,
		Read: orNull(n.ReadAt.At), Emailed: orNull(n.EmailedAt.At), Included: orNull(n.IncludedAt.At),
	}
}

// OneExplanation is what explain --notification --json prints.
type OneExplanation struct {
	explainedAt
	Notification explainedNotification `json:"notification"`
}

// NewOneExplanation returns one notification of e for JSON.
func NewOneExplanation(v core.View, e core.Explanation, one core.Explained) OneExplanation {
	return OneExplanation{newExplainedAt(v, e), newExplained(e, one)}
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
	// CameBack says what came back of it; empty if nothing did.
	CameBack string `json:"came_back"`
}

// NewExplanation returns e for JSON.
func NewExplanation(v core.View, e core.Explanation) Explanation {
	x := Explanation{explainedAt: newExplainedAt(v, e), Since: e.Since, Notifications: []explainedNotification{}, Counts: map[core.Verdict]int{}, Windows: []explainedWindow{}, Held: []explainedHeld{}}
	for _, r := range e.Reasons {
		x.Notifications = append(x.Notifications, newExplained(e, r))
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
			Digest: w.ID, Start: orNull(w.Window.Start), End: orNull(w.Window.End), Status: texts.Clean(string(w.Status)), SentAt: orNull(w.SentAt),
			MessageID: texts.Clean(w.MessageID), Notifications: append([]int64{}, w.Notifications...), Error: texts.Clean(w.Error),
			CameBack: texts.Clean(w.Return.Words()),
		})
	}
	for _, h := range e.Held {
		x.Held = append(x.Held, explainedHeld{
			h.ID, texts.Clean(h.Subject), orNull(h.CreatedAt), texts.Clean(string(h.Status)), orNull(h.SentAt.At), h.Why, append([]int64{}, h.Notifications...),
		})
	}
	return x
}
