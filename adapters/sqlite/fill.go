package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// unreadable stands where something is stored that is no time.
const unreadable = "unreadable"

// Fill adds the rows of w to the migrated database in the file at path, all or nothing. Rows may
// refer to people and RFCs that are not there. IDs of the ledger and of held mail that are 0 are chosen.
func Fill(ctx context.Context, path string, w core.World) error {
	if err := checkFile(path); err != nil {
		return err
	}
	db, err := connection{path: path, access: readWrite, pragmas: standing(BusyTimeout, loose)}.open(1)
	if err != nil {
		return err
	}
	defer db.Close()
	// Rows go in by the driver, which takes any text: a test may want a zero byte in one.
	tx, err := db.DB.BeginTx(ctx, nil)
	if err != nil {
		return failed("fill", path, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	for _, rows := range content(w) {
		if err := rows.insert(ctx, tx); err != nil {
			return failed("fill", path, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return failed("fill", path, err)
	}
	return nil
}

// rows are rows for one table.
type rows struct {
	table, columns string
	n              int
	// row returns the values of the i-th.
	row func(i int) []any
}

func (r rows) insert(ctx context.Context, tx *sql.Tx) error {
	if r.n == 0 {
		return nil
	}
	places := strings.Repeat("?, ", strings.Count(r.columns, ",")) + "?"
	statement, err := tx.PrepareContext(ctx, "INSERT INTO "+r.table+" ("+r.columns+") VALUES ("+places+")")
	if err != nil {
		return fmt.Errorf("%s: %w", r.table, err)
	}
	defer statement.Close()
	for i := range r.n {
		if _, err := statement.ExecContext(ctx, r.row(i)...); err != nil {
			return fmt.Errorf("row %d of %s: %w", i, r.table, err)
		}
	}
	return nil
}

// content returns the rows of w. What is empty or zero is null where the column allows it.
func content(w core.World) []rows {
	var preferences []core.Recipient
	for _, u := range w.Users {
		if u.Preferences != (core.Preferences{}) {
			preferences = append(preferences, u)
		}
	}
	return []rows{
		{"users", "id, email, display_name, digest_cadence", len(w.Users), func(i int) []any {
			u := w.Users[i]
			return []any{u.ID, null(u.Address), u.Name, string(u.Cadence)}
		}},
		{"digest_preferences", "user_id, time_zone, send_hour, send_weekday, quiet_start, quiet_end, suppressed_address, suppressed_reason, failures",
			len(preferences), func(i int) []any { return preferenceValues(preferences[i].ID, preferences[i].Preferences) }},
		{"cached_rfcs", "slug, title", len(w.RFCs), func(i int) []any { return []any{w.RFCs[i].Slug, w.RFCs[i].Title} }},
		{"notifications", `id, recipient_user_id, event_kind, actor_user_id, rfc_slug, branch_name, pr_number, created_at, payload,
 read_at, email_sent_at, digest_included_at`, len(w.Notifications), func(i int) []any { return notificationValues(w.Notifications[i]) }},
		{"notification_digests", `id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts,
 lease_until, error`, len(w.Ledger), func(i int) []any { return ledgerValues(w.Ledger[i]) }},
		{"held_emails", `id, recipient_user_id, subject, body_text, body_html, notification_ids, created_at, status, message_id, attempts,
 lease_until, error, sent_at`, len(w.Held), func(i int) []any { return heldValues(w.Held[i]) }},
		{"watches", "user_id, rfc_slug, state, last_participation_at", len(w.Watches), func(i int) []any {
			return []any{w.Watches[i].User, w.Watches[i].Slug, w.Watches[i].State, stamp(w.Watches[i].Participation)}
		}},
	}
}

func preferenceValues(user int64, p core.Preferences) []any {
	var hour any
	if p.SendHour != nil {
		hour = *p.SendHour
	}
	return []any{user, null(p.TimeZone), hour, null(p.SendWeekday), null(p.QuietStart), null(p.QuietEnd),
		null(p.SuppressedAddress), null(p.SuppressedReason), null(p.Failures)}
}

func notificationValues(n core.Notification) []any {
	return []any{n.ID, n.Recipient, n.Kind, null(n.ActorID), null(n.Slug), null(n.Branch), null(n.PR),
		stamp(core.At(n.CreatedAt)), null(n.Payload), stamp(n.ReadAt), stamp(n.EmailedAt), stamp(n.IncludedAt)}
}

func ledgerValues(r core.LedgerRow) []any {
	return []any{null(r.ID), r.Recipient, required(r.SentAt), required(r.Window.Start), required(r.Window.End), sqlstore.EncodeIDs(r.Notifications),
		null(r.Status), null(r.MessageID), null(r.Attempts), optional(r.Lease), null(r.Error)}
}

func heldValues(r core.HeldRow) []any {
	return []any{null(r.ID), r.Recipient, null(r.Subject), null(r.Text), null(r.HTML), sqlstore.EncodeIDs(r.Notifications), optional(r.CreatedAt),
		null(r.Status), null(r.MessageID), null(r.Attempts), optional(r.Lease), null(r.Error), stamp(r.SentAt)}
}

// null returns v, or nil where v is its zero value.
func null[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	if s, ok := any(v).(core.Status); ok {
		return string(s)
	}
	return v
}

// stamp returns s as it is stored.
func stamp(s core.Stamp) any {
	switch {
	case !s.Set:
		return nil
	case s.At.IsZero():
		return unreadable
	}
	return core.Timestamp(s.At)
}

// optional returns t as it is stored; zero is null.
func optional(t time.Time) any { return stamp(core.Stamp{Set: !t.IsZero(), At: t}) }

// required returns t as it is stored where null is not allowed; zero is empty.
func required(t time.Time) any {
	if t.IsZero() {
		return ""
	}
	return core.Timestamp(t)
}
