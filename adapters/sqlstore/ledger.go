package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Claim implements [ports.Ledger]. Where the recipient is gone, that too is a conflict.
func (s *Store) Claim(ctx context.Context, c core.Claim) (id int64, err error) {
	what := fmt.Sprintf("claim a digest for recipient %d", c.Recipient)
	err = s.write(ctx, what, func(ctx context.Context, tx bun.Tx) error {
		end := s.dialect.Stamp(c.Window.End)
		err := tx.QueryRowContext(ctx, `INSERT INTO notification_digests
 (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until)
SELECT ?, ?, ?, ?, ?, 'sending', ?, ?, ?
WHERE `+s.inPlace()+`
RETURNING id`,
			c.Recipient, end, s.dialect.Stamp(c.Window.Start), end, EncodeIDs(c.Notifications), orNull(c.MessageID), c.Attempts, s.dialect.stampOrNull(c.Lease),
			c.Recipient, c.Recipient, c.Recipient, c.Previous).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ports.ErrConflict
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// inPlace is the condition that a claim holds; its placeholders are the recipient (three times)
// and the claim's Previous.
func (s *Store) inPlace() string {
	return `EXISTS (SELECT 1 FROM users AS u WHERE u.id = ?)
 AND NOT EXISTS (SELECT 1 FROM notification_digests AS busy` + s.dialect.Indexed(IndexSending) + `
  WHERE busy.status = 'sending' AND busy.recipient_user_id = ?)
 AND coalesce((SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = ?), 0) = ?`
}

// Settle implements [ports.Ledger]. Where the row is gone or another message's: ErrConflict.
func (s *Store) Settle(ctx context.Context, c core.Claim, at time.Time) error {
	what := fmt.Sprintf("settle digest %d of recipient %d", c.ID, c.Recipient)
	return s.write(ctx, what, func(ctx context.Context, tx bun.Tx) error {
		row, there, err := s.ledgerRow(ctx, tx, c.ID)
		switch {
		case err != nil:
			return err
		case !there || row.recipient.value != c.Recipient || !row.messageID.is(c.MessageID):
			return ports.ErrConflict
		case row.status == text(core.Sent):
			return nil
		}
		if _, err := tx.ExecContext(ctx, `UPDATE notification_digests
SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL WHERE id = ?`, s.dialect.Stamp(at), c.ID); err != nil {
			return err
		}
		if err := s.mark(ctx, tx, "digest_included_at", c.Recipient, c.Notifications, at); err != nil {
			return err
		}
		return s.accepted(ctx, tx, c.Recipient)
	})
}

// mark sets column, a time, on those of the recipient's notifications that have none.
func (s *Store) mark(ctx context.Context, tx bun.Tx, column string, recipient int64, ids []int64, at time.Time) error {
	for some := range slices.Chunk(distinct(ids), chunk) {
		// The plus keeps the rows from being looked for among all that the recipient ever had.
		if _, err := tx.ExecContext(ctx, `UPDATE notifications SET ? = ?
WHERE id IN (?) AND +recipient_user_id = ? AND (? IS NULL OR ? = '')`,
			bun.Ident(column), s.dialect.Stamp(at), bun.List(some), recipient, bun.Ident(column), bun.Ident(column)); err != nil {
			return fmt.Errorf("mark %d notifications from %d: %w", len(some), some[0], err)
		}
	}
	return nil
}

// Release implements [ports.Ledger].
func (s *Store) Release(ctx context.Context, c core.Claim, r core.Refusal) error {
	what := fmt.Sprintf("release digest %d of recipient %d", c.ID, c.Recipient)
	return s.write(ctx, what, func(ctx context.Context, tx bun.Tx) error {
		row, there, err := s.ledgerRow(ctx, tx, c.ID)
		if err != nil || !there || !row.heldBy(c) {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM notification_digests WHERE id = ?", c.ID); err != nil {
			return err
		}
		return s.refused(ctx, tx, c.Recipient, r)
	})
}

// ledgerRow is what decides whether a claim still stands.
type ledgerRow struct {
	recipient         number
	status, messageID text
	lease             stamp
}

// heldBy reports whether the row is being sent under the lease of c.
func (r ledgerRow) heldBy(c core.Claim) bool {
	return r.status == text(core.Sending) && r.messageID.is(c.MessageID) && r.lease.At.Equal(c.Lease)
}

// ledgerRow reads the row with the given ID.
func (s *Store) ledgerRow(ctx context.Context, tx bun.Tx, id int64) (r ledgerRow, there bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT recipient_user_id, `+asText("status")+`, `+asText("message_id")+`, `+s.dialect.StampText("lease_until")+`
FROM notification_digests WHERE id = ?`, id).Scan(&r.recipient, &r.status, &r.messageID, &r.lease)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}
