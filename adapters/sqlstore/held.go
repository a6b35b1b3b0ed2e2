package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Hold implements [ports.HeldMails].
func (s *Store) Hold(ctx context.Context, m core.HeldMail) (id int64, err error) {
	err = s.write(ctx, fmt.Sprintf("hold a mail for recipient %d", m.Recipient), func(ctx context.Context, tx transaction) error {
		_, err := tx.insert(ctx, &id, `INSERT INTO held_emails
 (recipient_user_id, subject, body_text, body_html, notification_ids, created_at, status)
VALUES (?, ?, ?, ?, ?, ?, 'held')`,
			m.Recipient, orNull(m.Subject), orNull(m.Text), orNull(m.HTML), EncodeIDs(m.Notifications), s.dialect.stampOrNull(m.CreatedAt))
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// heldColumns are those of held_emails AS h in the order of scanning.
func (s *Store) heldColumns() string {
	return `h.id, h.recipient_user_id, ` + asText("h.subject") + `, ` + asText("h.body_text") + `, ` + asText("h.body_html") + `,
 ` + asText("h.notification_ids") + `, ` + s.dialect.StampText("h.created_at") + `, ` + asText("h.status") + `, ` + asText("h.message_id") + `,
 h.attempts, ` + s.dialect.StampText("h.lease_until")
}

// Waiting implements [ports.HeldMails]. Leases are judged here, as by InDoubt: a lease that cannot
// be read holds nobody up.
func (s *Store) Waiting(ctx context.Context, now time.Time, after int64, limit int) (mails []core.HeldMail, err error) {
	query := "SELECT " + s.heldColumns() + `
FROM held_emails AS h` + s.dialect.Indexed(IndexWaiting) + `
WHERE h.status IN ('held', 'sending') AND h.id > ? ORDER BY h.id`
	visit := func(rows *sql.Rows) (bool, error) {
		if len(mails) >= limit {
			return false, nil
		}
		var row heldRow
		if err := rows.Scan(row.columns()...); err != nil {
			return false, err
		}
		if m := row.core(); row.id.ok && (m.Status == core.Held || !m.Lease.After(now)) {
			mails = append(mails, m)
		}
		return true, nil
	}
	err = s.each(ctx, fmt.Sprintf("read held mail after %d", after), visit, query, after)
	return mails, err
}

// heldRow is a row of held_emails.
type heldRow struct {
	id, recipient, attempts                number
	subject, text, html, status, messageID text
	ids                                    idList
	createdAt, lease                       stamp
}

// columns returns where the columns of heldColumns go.
func (r *heldRow) columns() []any {
	return []any{&r.id, &r.recipient, &r.subject, &r.text, &r.html, &r.ids, &r.createdAt, &r.status, &r.messageID, &r.attempts, &r.lease}
}

func (r *heldRow) core() core.HeldMail {
	return core.HeldMail{
		ID: r.id.value, Recipient: r.recipient.value, Subject: string(r.subject), Text: string(r.text), HTML: string(r.html),
		Notifications: r.ids, CreatedAt: r.createdAt.At, Status: core.Status(r.status), MessageID: string(r.messageID),
		Attempts: int(r.attempts.value), Lease: r.lease.At,
	}
}

// claimedBy reports whether the row has the status and lease of m.
func (r *heldRow) claimedBy(m core.HeldMail) bool {
	return core.Status(r.status) == m.Status && r.lease.At.Equal(m.Lease)
}
