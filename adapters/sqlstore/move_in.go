package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// atOnce is how many rows are added by one statement, where there are as many: a database that is
// reached over a network takes as long to answer about all of them as about one.
const atOnce = 50

// PutPreferences implements [ports.MoveIn].
func (s *Store) PutPreferences(ctx context.Context, rows []core.PreferencesRow) error {
	return s.put(ctx, preferencesIn, len(rows), func(i int) []any {
		p := rows[i].Preferences
		var hour any
		if p.SendHour != nil {
			hour = *p.SendHour
		}
		return []any{rows[i].User, orNull(p.TimeZone), hour, orNull(p.SendWeekday), orNull(p.QuietStart), orNull(p.QuietEnd),
			orNull(p.SuppressedAddress), orNull(p.SuppressedReason), numberOrNull(p.Failures)}
	}, nil)
}

// PutLedger implements [ports.MoveIn].
func (s *Store) PutLedger(ctx context.Context, rows []core.LedgerRow) error {
	return s.put(ctx, ledgerIn, len(rows), func(i int) []any {
		r := rows[i]
		return []any{r.ID, r.Recipient, s.dialect.Stamp(r.SentAt), s.dialect.Stamp(r.Window.Start), s.dialect.Stamp(r.Window.End),
			EncodeIDs(r.Notifications), orNull(string(r.Status)), orNull(r.MessageID), numberOrNull(r.Attempts), s.dialect.stampOrNull(r.Lease), orNull(r.Error)}
	}, func(ctx context.Context, tx transaction) error {
		for _, r := range rows {
			if r.Status != core.Sending {
				continue
			}
			// No trigger tells digest_due of these. Nothing is known of the person then, and they are looked at.
			if _, err := tx.change(ctx, "UPDATE digest_due SET due_at = 0, revision = "+s.dialect.Random+" WHERE user_id = ?", r.Recipient); err != nil {
				return err
			}
		}
		return s.beyond(ctx, tx, ledgerIn.table, rows[len(rows)-1].ID)
	})
}

// PutHeld implements [ports.MoveIn].
func (s *Store) PutHeld(ctx context.Context, rows []core.HeldRow) error {
	return s.put(ctx, heldIn, len(rows), func(i int) []any {
		r := rows[i]
		var recipient any
		if r.Recipient != 0 {
			recipient = r.Recipient
		}
		return []any{r.ID, recipient, orNull(r.Subject), orNull(r.Text), orNull(r.HTML), EncodeIDs(r.Notifications), s.dialect.stampOrNull(r.CreatedAt),
			orNull(string(r.Status)), orNull(r.MessageID), numberOrNull(r.Attempts), s.dialect.stampOrNull(r.Lease), orNull(r.Error), s.dialect.stampOrNull(r.SentAt.At)}
	}, func(ctx context.Context, tx transaction) error {
		return s.beyond(ctx, tx, heldIn.table, rows[len(rows)-1].ID)
	})
}

// target is a table that rows are added to, whose first column is the key.
type target struct {
	table   string
	columns string
}

var (
	preferencesIn = target{"digest_preferences", "user_id, time_zone, send_hour, send_weekday, quiet_start, quiet_end, suppressed_address, suppressed_reason, failures"}
	ledgerIn      = target{"notification_digests", `id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts,
 lease_until, error`}
	heldIn = target{"held_emails", `id, recipient_user_id, subject, body_text, body_html, notification_ids, created_at, status, message_id, attempts,
 lease_until, error, sent_at`}
)

// insert returns the statement that adds n rows, but for those whose key is there.
func (t target) insert(n int) string {
	row := "(?" + strings.Repeat(", ?", strings.Count(t.columns, ",")) + ")"
	return "INSERT INTO " + t.table + " (" + t.columns + ")\nVALUES " + row + strings.Repeat(", "+row, n-1) + "\nON CONFLICT DO NOTHING"
}

// put adds n rows and then does what follows from that, all or nothing.
func (s *Store) put(ctx context.Context, t target, n int, row func(i int) []any, then change) error {
	if n == 0 {
		return ctx.Err()
	}
	return s.write(ctx, fmt.Sprintf("add %d rows to %s", n, t.table), func(ctx context.Context, tx transaction) error {
		for i := 0; i < n; {
			size := 1
			if n-i >= atOnce {
				size = atOnce
			}
			var values []any
			for j := range size {
				values = append(values, row(i+j)...)
			}
			if _, err := tx.change(ctx, t.insert(size), values...); err != nil {
				return err
			}
			i += size
		}
		if then == nil {
			return nil
		}
		return then(ctx, tx)
	})
}

// beyond sees to it that the IDs chosen for a table from then on are greater than id.
func (s *Store) beyond(ctx context.Context, tx transaction, table string, id int64) error {
	if s.dialect.Beyond == "" {
		return nil
	}
	_, err := tx.change(ctx, s.dialect.Beyond, table, id)
	return err
}

// Owned implements [ports.Inventory].
func (s *Store) Owned(ctx context.Context) (o core.Owned, err error) {
	if err := s.read.QueryRowContext(ctx, ownedQuery).Scan(&o.Preferences, &o.Ledger, &o.Held); err != nil {
		return core.Owned{}, s.failed(ctx, "count rows", err)
	}
	return o, nil
}

const ownedQuery = `SELECT (SELECT count(*) FROM digest_preferences), (SELECT count(*) FROM notification_digests), (SELECT count(*) FROM held_emails)`

// CopyMark implements [ports.CopyMarks].
func (s *Store) CopyMark(ctx context.Context) (m core.CopyMark, err error) {
	var (
		source text
		begun  stamp
	)
	query := "SELECT " + asText("source") + ", " + s.dialect.StampText("begun_at") + " FROM digest_copy WHERE id = 1"
	err = s.each(ctx, "read whether a copy is under way", func(rows *sql.Rows) (bool, error) { return false, rows.Scan(&source, &begun) }, query)
	return core.CopyMark{Source: string(source), Begun: begun.At}, err
}

// BeginCopy implements [ports.CopyMarks].
func (s *Store) BeginCopy(ctx context.Context, m core.CopyMark) error {
	return s.write(ctx, "begin a copy", func(ctx context.Context, tx transaction) error {
		var there text
		_, err := tx.change(ctx, `INSERT INTO digest_copy (id, source, begun_at) SELECT 1, CAST(?1 AS TEXT), ?2
WHERE NOT EXISTS (SELECT 1 FROM digest_preferences) AND NOT EXISTS (SELECT 1 FROM notification_digests) AND NOT EXISTS (SELECT 1 FROM held_emails)
ON CONFLICT DO NOTHING`, Plain(m.Source), s.dialect.Stamp(m.Begun))
		if err != nil {
			return err
		}
		err = tx.one(ctx, []any{&there}, "SELECT coalesce(max("+asText("source")+"), '') FROM digest_copy WHERE id = 1")
		if err == nil && !there.is(m.Source) {
			return ports.ErrConflict
		}
		return err
	})
}

// EndCopy implements [ports.CopyMarks].
func (s *Store) EndCopy(ctx context.Context, m core.CopyMark) error {
	return s.write(ctx, "end a copy", func(ctx context.Context, tx transaction) error {
		_, err := tx.change(ctx, "DELETE FROM digest_copy WHERE source = ?", Plain(m.Source))
		return err
	})
}
