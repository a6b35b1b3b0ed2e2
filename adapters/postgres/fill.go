package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// unreadable stands where something is stored that is no time.
var unreadable = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}

// Fill adds the rows of w to the migrated database that conn is a connection to, all or nothing. IDs of
// the ledger and of held mail that are 0 are chosen.
func Fill(ctx context.Context, conn *pgx.Conn, w core.World) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return fill(ctx, tx, w) })
}

func fill(ctx context.Context, tx pgx.Tx, w core.World) error {
	w.Ledger, w.Held = slices.Clone(w.Ledger), slices.Clone(w.Held)
	ledger, held := make([]*int64, len(w.Ledger)), make([]*int64, len(w.Held))
	for i := range ledger {
		ledger[i] = &w.Ledger[i].ID
	}
	for i := range held {
		held[i] = &w.Held[i].ID
	}
	if err := choose(ctx, tx, "notification_digests", ledger); err != nil {
		return err
	}
	if err := choose(ctx, tx, "held_emails", held); err != nil {
		return err
	}
	for _, rows := range content(w) {
		columns := strings.Split(strings.Join(strings.Fields(rows.columns), ""), ",")
		_, err := tx.CopyFrom(ctx, pgx.Identifier{rows.table}, columns, pgx.CopyFromSlice(rows.n, func(i int) ([]any, error) { return rows.row(i), nil }))
		if err != nil {
			return fmt.Errorf("fill %s: %w", rows.table, err)
		}
	}
	return nil
}

// choose gives an ID to those that are 0, and keeps PostgreSQL from choosing one of the others.
func choose(ctx context.Context, tx pgx.Tx, table string, ids []*int64) error {
	var most int64
	for _, id := range ids {
		most = max(most, *id)
	}
	next := fmt.Sprintf("nextval(pg_get_serial_sequence('%s', 'id'))", table)
	if most > 0 {
		if _, err := tx.Exec(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), greatest(%s, %d))", table, next, most)); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if *id != 0 {
			continue
		}
		if err := tx.QueryRow(ctx, "SELECT "+next).Scan(id); err != nil {
			return err
		}
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
			return []any{u.ID, null(u.Address), text(u.Name), string(u.Cadence)}
		}},
		{"digest_preferences", "user_id, time_zone, send_hour, send_weekday, quiet_start, quiet_end, suppressed_address, suppressed_reason, failures",
			len(preferences), func(i int) []any { return preferenceValues(preferences[i].ID, preferences[i].Preferences) }},
		{"cached_rfcs", "slug, title", len(w.RFCs), func(i int) []any { return []any{text(w.RFCs[i].Slug), text(w.RFCs[i].Title)} }},
		{"notifications", `id, recipient_user_id, event_kind, actor_user_id, rfc_slug, branch_name, pr_number, created_at, payload,
 read_at, email_sent_at, digest_included_at`, len(w.Notifications), func(i int) []any { return notificationValues(w.Notifications[i]) }},
		{"notification_digests", `id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts,
 lease_until, error`, len(w.Ledger), func(i int) []any { return ledgerValues(w.Ledger[i]) }},
		{"held_emails", `id, recipient_user_id, subject, body_text, body_html, notification_ids, created_at, status, message_id, attempts,
 lease_until, error, sent_at`, len(w.Held), func(i int) []any { return heldValues(w.Held[i]) }},
		{"watches", "user_id, rfc_slug, state, last_participation_at", len(w.Watches), func(i int) []any {
			return []any{w.Watches[i].User, text(w.Watches[i].Slug), text(w.Watches[i].State), stamp(w.Watches[i].Participation)}
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
	return []any{n.ID, n.Recipient, text(n.Kind), null(n.ActorID), null(n.Slug), null(n.Branch), null(n.PR),
		stamp(core.At(n.CreatedAt)), null(n.Payload), stamp(n.ReadAt), stamp(n.EmailedAt), stamp(n.IncludedAt)}
}

func ledgerValues(r core.LedgerRow) []any {
	return []any{r.ID, r.Recipient, stamp(core.At(r.SentAt)), stamp(core.At(r.Window.Start)), stamp(core.At(r.Window.End)), sqlstore.EncodeIDs(r.Notifications),
		null(string(r.Status)), null(r.MessageID), null(r.Attempts), optional(r.Lease), null(r.Error)}
}

func heldValues(r core.HeldRow) []any {
	return []any{r.ID, r.Recipient, null(r.Subject), null(r.Text), null(r.HTML), sqlstore.EncodeIDs(r.Notifications), optional(r.CreatedAt),
		null(string(r.Status)), null(r.MessageID), null(r.Attempts), optional(r.Lease), null(r.Error), stamp(r.SentAt)}
}

// text returns s as PostgreSQL can hold it.
func text(s string) string { return sqlstore.Plain(s) }

// null returns v, or nil where v is its zero value.
func null[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	if s, ok := any(v).(string); ok {
		return text(s)
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
	return s.At.UTC().Truncate(time.Second)
}

// optional returns t as it is stored; zero is null.
func optional(t time.Time) any { return stamp(core.Stamp{Set: !t.IsZero(), At: t}) }
