package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Claim implements [ports.Ledger]. Where the recipient is gone, that too is a conflict.
func (s *Store) Claim(ctx context.Context, c core.Claim) (id int64, err error) {
	what := fmt.Sprintf("claim a digest for recipient %d", c.Recipient)
	err = s.write(ctx, what, func(ctx context.Context, tx transaction) (err error) {
		id, err = s.insert(ctx, tx, c)
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// insert adds the row of c where c holds.
func (s *Store) insert(ctx context.Context, tx transaction, c core.Claim) (id int64, err error) {
	if err := reserve(ctx, tx, s.dialect.Reserve, c.Recipient); err != nil {
		return 0, err
	}
	n, err := tx.insert(ctx, &id, s.text.claim,
		c.Recipient, s.dialect.Stamp(c.Window.End), s.dialect.Stamp(c.Window.Start), EncodeIDs(c.Notifications), orNull(c.MessageID), c.Attempts,
		s.dialect.stampOrNull(c.Lease), c.Previous)
	if err == nil && n == 0 {
		err = ports.ErrConflict
	}
	if err != nil {
		return 0, err
	}
	// Of rows that are being sent digest_due hears here, and not by a trigger, which would cost as much
	// as all the rest of the claim.
	_, err = tx.change(ctx, s.text.next, c.Window.End.Unix(), c.Recipient)
	return id, err
}

func (s *Store) nextQuery() string {
	return "UPDATE digest_due SET due_at = CASE has_hour WHEN 0 THEN ? + period ELSE 0 END, revision = " + s.dialect.Random + " WHERE user_id = ?"
}

// reserve keeps others from claiming for recipient, until tx ends, where the query finds that possible.
// What they did before is seen by the statements that follow.
func reserve(ctx context.Context, tx transaction, query string, recipient int64) error {
	if query == "" {
		return nil
	}
	n, err := tx.change(ctx, query, recipient)
	if err == nil && n == 0 {
		err = ports.ErrConflict
	}
	return err
}

func (s *Store) claimQuery() string {
	return `INSERT INTO notification_digests
 (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until)
SELECT ?1, ?2, ?3, ?2, ?4, 'sending', ?5, ?6, ?7
WHERE ` + s.inPlace("?1", "?8")
}

// inPlace is the condition that a claim of recipient holds, which was made when their newest row
// was previous.
func (s *Store) inPlace(recipient, previous string) string {
	return `EXISTS (SELECT 1 FROM users AS u WHERE u.id = ` + recipient + `)
 AND NOT EXISTS (SELECT 1 FROM notification_digests AS busy` + s.dialect.Indexed(IndexSending) + `
  WHERE busy.status = 'sending' AND busy.recipient_user_id = ` + recipient + `)
 AND coalesce((SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = ` + recipient + `), 0) = ` + previous
}

// Settle implements [ports.Ledger]. Where the row is gone or another message's: ErrConflict.
func (s *Store) Settle(ctx context.Context, c core.Claim, at time.Time) error {
	what := fmt.Sprintf("settle digest %d of recipient %d", c.ID, c.Recipient)
	return s.write(ctx, what, func(ctx context.Context, tx transaction) error { return s.settle(ctx, tx, c, at) })
}

// SettleAndClaim implements [ports.Ledger].
func (s *Store) SettleAndClaim(ctx context.Context, done core.Claim, at time.Time, next core.Claim) (id int64, settled, claimed error) {
	what := fmt.Sprintf("settle digest %d of recipient %d and claim one for recipient %d", done.ID, done.Recipient, next.Recipient)
	err := s.write(ctx, what, func(ctx context.Context, tx transaction) error {
		if settled = s.settle(ctx, tx, done, at); settled != nil && !errors.Is(settled, ports.ErrConflict) {
			return settled
		}
		if id, claimed = s.insert(ctx, tx, next); claimed != nil && !errors.Is(claimed, ports.ErrConflict) {
			return claimed
		}
		return nil
	})
	if err != nil {
		return 0, err, err
	}
	return id, settled, claimed
}

func (s *Store) settle(ctx context.Context, tx transaction, c core.Claim, at time.Time) error {
	// Nearly always the row is as it was claimed. Where it is not, it is read to see why.
	n, err := tx.change(ctx, `UPDATE notification_digests SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL
WHERE id = ? AND status = 'sending' AND recipient_user_id = ? AND message_id = ?`, s.dialect.Stamp(at), c.ID, c.Recipient, Plain(c.MessageID))
	if err == nil && n == 0 {
		return s.settleOdd(ctx, tx, c, at)
	}
	if err != nil {
		return err
	}
	return s.shipped(ctx, tx, c, at)
}

// settleOdd settles a row that is not being sent, or whose message is not, to the letter, that of c.
func (s *Store) settleOdd(ctx context.Context, tx transaction, c core.Claim, at time.Time) error {
	row, there, err := s.ledgerRow(ctx, tx, c.ID)
	switch {
	case err != nil:
		return err
	case !there || row.recipient.value != c.Recipient || !row.messageID.is(c.MessageID):
		return ports.ErrConflict
	case row.status == text(core.Sent):
		return nil
	}
	if _, err := tx.change(ctx, "UPDATE notification_digests SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL WHERE id = ?",
		s.dialect.Stamp(at), c.ID); err != nil {
		return err
	}
	return s.shipped(ctx, tx, c, at)
}

// shipped records that the notifications of c went out, and that their recipient's mail was accepted.
func (s *Store) shipped(ctx context.Context, tx transaction, c core.Claim, at time.Time) error {
	if err := s.mark(ctx, tx, "digest_included_at", c.Recipient, c.Notifications, at); err != nil {
		return err
	}
	return s.accepted(ctx, tx, c.Recipient)
}

// Release implements [ports.Ledger].
func (s *Store) Release(ctx context.Context, c core.Claim, r core.Refusal) error {
	what := fmt.Sprintf("release digest %d of recipient %d", c.ID, c.Recipient)
	return s.write(ctx, what, func(ctx context.Context, tx transaction) error {
		row, there, err := s.ledgerRow(ctx, tx, c.ID)
		if err != nil || !there || !row.heldBy(c) {
			return err
		}
		if err := s.refused(ctx, tx, c.Recipient, r); err != nil {
			return err
		}
		_, err = tx.change(ctx, "DELETE FROM notification_digests WHERE id = ?", c.ID)
		return err
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
func (s *Store) ledgerRow(ctx context.Context, tx transaction, id int64) (r ledgerRow, there bool, err error) {
	err = tx.one(ctx, []any{&r.recipient, &r.status, &r.messageID, &r.lease}, s.text.ledgerRow, id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

func (s *Store) ledgerRowQuery() string {
	return `SELECT recipient_user_id, ` + asText("status") + `, ` + asText("message_id") + `, ` + s.dialect.StampText("lease_until") + `
FROM notification_digests WHERE id = ?` + s.dialect.Keep
}
