package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// PreferencesAfter implements [ports.MoveOut].
func (s *Store) PreferencesAfter(ctx context.Context, after int64, limit int) (rows []core.PreferencesRow, odd []core.Oddity, err error) {
	err = s.page(ctx, "digest_preferences", limit, func(found *sql.Rows) error {
		var (
			user number
			row  preferenceRow
			into columns
		)
		into.id(&user)
		for i, name := range []string{"", "send_hour", "", "", "", "", "", "failures"} {
			into.add(name, row.columns()[i])
		}
		if err := into.scan(found, "digest_preferences", &odd); err != nil {
			return err
		}
		rows = append(rows, core.PreferencesRow{User: user.value, Preferences: row.core()})
		return nil
	}, "SELECT p.user_id, "+preferenceColumns("p")+" FROM digest_preferences AS p WHERE p.user_id > ? ORDER BY p.user_id LIMIT ?", after, limit)
	return rows, odd, err
}

// LedgerAfter implements [ports.MoveOut].
func (s *Store) LedgerAfter(ctx context.Context, after int64, limit int) (rows []core.LedgerRow, odd []core.Oddity, err error) {
	err = s.page(ctx, "notification_digests", limit, func(found *sql.Rows) error {
		var (
			id, recipient, attempts number
			sent, start, end, lease stamp
			status, messageID, why  text
			ids                     idsInOrder
			into                    columns
		)
		into.id(&id)
		into.add("recipient_user_id", &recipient)
		into.add("sent_at", &sent)
		into.add("period_start", &start)
		into.add("period_end", &end)
		into.add("signal_ids_included", &ids)
		into.add("", &status)
		into.add("", &messageID)
		into.add("attempts", &attempts)
		into.add("lease_until", &lease)
		into.add("", &why)
		if err := into.scan(found, "notification_digests", &odd); err != nil {
			return err
		}
		rows = append(rows, core.LedgerRow{
			Claim: core.Claim{
				ID: id.value, Recipient: recipient.value, Window: core.Window{Start: start.At, End: end.At}, MessageID: string(messageID),
				Notifications: ids.ids, Lease: lease.At, Attempts: int(attempts.value),
			},
			Status: core.Status(status), SentAt: sent.At, Error: string(why),
		})
		return nil
	}, "SELECT "+s.ledgerColumns()+" FROM notification_digests WHERE id > ? ORDER BY id LIMIT ?", after, limit)
	return rows, odd, err
}

// HeldAfter implements [ports.MoveOut].
func (s *Store) HeldAfter(ctx context.Context, after int64, limit int) (rows []core.HeldRow, odd []core.Oddity, err error) {
	err = s.page(ctx, "held_emails", limit, func(found *sql.Rows) error {
		var (
			row  heldRow
			sent stamp
			why  text
			ids  idsInOrder
			into columns
		)
		into.id(&row.id)
		into.add("recipient_user_id", &row.recipient)
		into.add("", &row.subject)
		into.add("", &row.text)
		into.add("", &row.html)
		into.add("notification_ids", &ids)
		into.add("created_at", &row.createdAt)
		into.add("", &row.status)
		into.add("", &row.messageID)
		into.add("attempts", &row.attempts)
		into.add("lease_until", &row.lease)
		into.add("sent_at", &sent)
		into.add("", &why)
		if err := into.scan(found, "held_emails", &odd); err != nil {
			return err
		}
		mail := row.core()
		mail.Notifications = ids.ids
		rows = append(rows, core.HeldRow{HeldMail: mail, SentAt: core.Stamp{Set: !sent.At.IsZero(), At: sent.At}, Error: string(why)})
		return nil
	}, "SELECT "+s.heldColumns()+", "+s.dialect.StampText("h.sent_at")+", "+asText("h.error")+
		" FROM held_emails AS h WHERE h.id > ? ORDER BY h.id LIMIT ?", after, limit)
	return rows, odd, err
}

// page calls visit on every row of a query about one table.
func (s *Store) page(ctx context.Context, table string, limit int, visit func(*sql.Rows) error, query string, args ...any) error {
	if limit <= 0 {
		return ctx.Err()
	}
	return s.each(ctx, "read "+table, func(rows *sql.Rows) (bool, error) { return true, visit(rows) }, query, args...)
}

// columns are where the columns of a row go, in order.
type columns struct {
	key  *number
	into []any
}

func (c *columns) id(key *number) { c.key, c.into = key, append(c.into, key) }

// add adds a column. With a name, it is noted where what is stored cannot be read.
func (c *columns) add(name string, into any) {
	if name != "" {
		into = &watched{Scanner: into.(sql.Scanner), name: name}
	}
	c.into = append(c.into, into)
}

// scan reads one row of a table, and adds to odd what in it could not be read.
func (c *columns) scan(rows *sql.Rows, table string, odd *[]core.Oddity) error {
	if err := rows.Scan(c.into...); err != nil {
		return err
	}
	if !c.key.ok {
		return fmt.Errorf("a row has an ID that is no integer: see SELECT * FROM %s ORDER BY 1 DESC", table)
	}
	for _, column := range c.into {
		if w, ok := column.(*watched); ok && !w.readable() {
			*odd = append(*odd, core.Oddity{ID: c.key.value, Column: w.name, Reason: core.Unreadable})
		}
	}
	return nil
}

// watched is a column of which is known whether what it holds could be read.
type watched struct {
	sql.Scanner
	name    string
	content text
}

// Scan implements [sql.Scanner].
func (w *watched) Scan(value any) error {
	_ = w.content.Scan(value)
	return w.Scanner.Scan(value)
}

// readable is true of an empty column, too. The year 0 is a time in some databases only, and is none.
func (w *watched) readable() bool {
	if w.content == "" {
		return true
	}
	switch v := w.Scanner.(type) {
	case *number:
		return v.ok
	case *stamp:
		if v.At.Year() < 1 {
			v.Stamp = core.Stamp{Set: true}
			return false
		}
		_, ok := core.ParseTimestamp(string(w.content))
		return ok
	case *idsInOrder:
		return v.ok
	}
	return true
}

// idsInOrder is a JSON array of IDs as it is stored; anything else is nil.
type idsInOrder struct {
	ids []int64
	ok  bool
}

// Scan implements [sql.Scanner].
func (l *idsInOrder) Scan(value any) error {
	var content text
	_ = content.Scan(value)
	*l = idsInOrder{}
	var ids []int64
	if l.ok = json.Unmarshal([]byte(content), &ids) == nil; l.ok && len(ids) > 0 {
		l.ids = ids
	}
	return nil
}
