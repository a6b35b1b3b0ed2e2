package sqlstore

import (
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Form is how a database is given what is in a [core.World].
type Form struct {
	// Text returns s as a column can hold it.
	Text func(s string) string
	// Stamp returns s as a time column holds it.
	Stamp func(s core.Stamp) any
	// Required returns t as a time column holds it that is never null; the zero time is none.
	Required func(t time.Time) any
}

// Rows are rows for one table.
type Rows struct {
	Table   string
	Columns []string
	N       int
	// Row returns the values of the i-th.
	Row func(i int) []any
}

func rows(table, columns string, n int, row func(i int) []any) Rows {
	return Rows{table, strings.Fields(columns), n, row}
}

// Content returns the rows of w. What is empty or zero is null where the column allows it.
func (f Form) Content(w core.World) []Rows {
	var preferences []core.Recipient
	for _, u := range w.Users {
		if u.Preferences != (core.Preferences{}) {
			preferences = append(preferences, u)
		}
	}
	return []Rows{
		rows("users", "id email display_name digest_cadence", len(w.Users), func(i int) []any {
			u := w.Users[i]
			return []any{u.ID, f.orNull(u.Address), f.Text(u.Name), f.Text(string(u.Cadence))}
		}),
		rows("digest_preferences", "user_id time_zone send_hour send_weekday quiet_start quiet_end suppressed_address suppressed_reason failures",
			len(preferences), func(i int) []any { return f.preferences(preferences[i].ID, preferences[i].Preferences) }),
		rows("cached_rfcs", "slug title", len(w.RFCs), func(i int) []any { return []any{f.Text(w.RFCs[i].Slug), f.Text(w.RFCs[i].Title)} }),
		rows("notifications", "id recipient_user_id event_kind actor_user_id rfc_slug branch_name pr_number created_at payload read_at email_sent_at digest_included_at",
			len(w.Notifications), func(i int) []any { return f.notification(w.Notifications[i]) }),
		rows("notification_digests", "id recipient_user_id sent_at period_start period_end signal_ids_included status message_id attempts lease_until error",
			len(w.Ledger), func(i int) []any { return f.ledgerRow(w.Ledger[i]) }),
		rows("held_emails", "id recipient_user_id subject body_text body_html notification_ids created_at status message_id attempts lease_until error sent_at",
			len(w.Held), func(i int) []any { return f.heldRow(w.Held[i]) }),
		rows("watches", "user_id rfc_slug state last_participation_at", len(w.Watches), func(i int) []any {
			return []any{w.Watches[i].User, f.Text(w.Watches[i].Slug), f.Text(w.Watches[i].State), f.Stamp(w.Watches[i].Participation)}
		}),
	}
}

func (f Form) preferences(user int64, p core.Preferences) []any {
	var hour any
	if p.SendHour != nil {
		hour = *p.SendHour
	}
	return []any{user, f.orNull(p.TimeZone), hour, f.orNull(p.SendWeekday), f.orNull(p.QuietStart), f.orNull(p.QuietEnd),
		f.orNull(p.SuppressedAddress), f.orNull(p.SuppressedReason), numberOrNull(p.Failures)}
}

func (f Form) notification(n core.Notification) []any {
	return []any{n.ID, n.Recipient, f.Text(n.Kind), numberOrNull(n.ActorID), f.orNull(n.Slug), f.orNull(n.Branch), numberOrNull(n.PR),
		f.Stamp(core.At(n.CreatedAt)), f.orNull(n.Payload), f.Stamp(n.ReadAt), f.Stamp(n.EmailedAt), f.Stamp(n.IncludedAt)}
}

func (f Form) ledgerRow(r core.LedgerRow) []any {
	return []any{numberOrNull(r.ID), r.Recipient, f.Required(r.SentAt), f.Required(r.Window.Start), f.Required(r.Window.End), EncodeIDs(r.Notifications),
		f.orNull(string(r.Status)), f.orNull(r.MessageID), numberOrNull(r.Attempts), f.optional(r.Lease), f.orNull(r.Error)}
}

func (f Form) heldRow(r core.HeldRow) []any {
	return []any{numberOrNull(r.ID), r.Recipient, f.orNull(r.Subject), f.orNull(r.Text), f.orNull(r.HTML), EncodeIDs(r.Notifications), f.optional(r.CreatedAt),
		f.orNull(string(r.Status)), f.orNull(r.MessageID), numberOrNull(r.Attempts), f.optional(r.Lease), f.orNull(r.Error), f.Stamp(r.SentAt)}
}

// orNull returns s as it is stored; empty is null.
func (f Form) orNull(s string) any {
	if s == "" {
		return nil
	}
	return f.Text(s)
}

// optional returns t as it is stored; zero is null.
func (f Form) optional(t time.Time) any { return f.Stamp(core.Stamp{Set: !t.IsZero(), At: t}) }
