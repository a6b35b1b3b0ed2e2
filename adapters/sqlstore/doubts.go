package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// InDoubt implements [ports.Doubts]. What is being sent is little, whatever the history; so leases
// are judged here, where any text is understood that could stand for one.
func (s *Store) InDoubt(ctx context.Context, now time.Time, after int64, limit int) (claims []core.Claim, err error) {
	query := `SELECT d.id, d.recipient_user_id, ` + s.dialect.StampText("d.period_start") + `, ` + s.dialect.StampText("d.period_end") + `,
 ` + asText("d.signal_ids_included") + `, ` + asText("d.message_id") + `, ` + s.dialect.StampText("d.lease_until") + `, d.attempts
FROM notification_digests AS d` + s.dialect.Indexed(IndexSending) + `
WHERE d.status = 'sending' AND d.id > ? ORDER BY d.id`
	visit := func(rows *sql.Rows) (bool, error) {
		if len(claims) >= limit {
			return false, nil
		}
		c, ok, err := scanClaim(rows)
		if ok && !c.Lease.After(now) {
			claims = append(claims, c)
		}
		return true, err
	}
	err = s.each(ctx, fmt.Sprintf("read digests in doubt after %d", after), visit, query, after)
	return claims, err
}

func scanClaim(rows *sql.Rows) (c core.Claim, ok bool, err error) {
	var (
		id, recipient, attempts number
		start, end, lease       stamp
		ids                     idList
		messageID               text
	)
	err = rows.Scan(&id, &recipient, &start, &end, &ids, &messageID, &lease, &attempts)
	return core.Claim{
		ID: id.value, Recipient: recipient.value, Window: core.Window{Start: start.At, End: end.At},
		MessageID: string(messageID), Notifications: ids, Lease: lease.At, Attempts: int(attempts.value),
	}, id.ok, err
}

// Reclaim implements [ports.Doubts].
func (s *Store) Reclaim(ctx context.Context, c core.Claim, lease time.Time) error {
	what := fmt.Sprintf("take over digest %d of recipient %d", c.ID, c.Recipient)
	return s.write(ctx, what, func(ctx context.Context, tx transaction) error {
		row, there, err := s.ledgerRow(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if !there || !row.heldBy(c) {
			return ports.ErrConflict
		}
		_, err = tx.change(ctx, "UPDATE notification_digests SET lease_until = ?, attempts = ? WHERE id = ?",
			s.dialect.stampOrNull(lease), c.Attempts+1, c.ID)
		return err
	})
}
