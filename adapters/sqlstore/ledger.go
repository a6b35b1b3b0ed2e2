package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Claim implements [ports.Ledger]. Where the recipient is gone, that too is a conflict.
func (s *Store) Claim(ctx context.Context, c core.Claim) (id int64, err error) {
	what := fmt.Sprintf("claim a digest for recipient %d", c.Recipient)
	claim := s.claiming(c, &id)
	if err := s.write(ctx, what, claim.run, claim.steps...); err != nil {
		return 0, err
	}
	return id, nil
}

// claiming adds the row of c where c holds, and leaves its ID in id.
func (s *Store) claiming(c core.Claim, id *int64) routine {
	return routine{append(s.reserving(c.Recipient),
		Statement{Query: s.text.claim, Args: []any{c.Recipient, s.dialect.Stamp(c.Window.End), s.dialect.Stamp(c.Window.Start), EncodeIDs(c.Notifications),
			orNull(c.MessageID), c.Attempts, s.dialect.stampOrNull(c.Lease), c.Previous}, Rows: 1, ID: id},
		// Of rows that are being sent digest_due hears here, and not by a trigger, which would cost as much
		// as all the rest of the claim.
		Statement{Query: s.text.next, Args: []any{c.Window.End.Unix(), c.Recipient}, Rows: anyRows},
	), func(context.Context, transaction, int) error { return ports.ErrConflict }}
}

// reserving keeps others from claiming for recipient, until the transaction ends. What they did before
// is seen by the steps that follow.
func (s *Store) reserving(recipient int64) []Statement {
	if s.dialect.Reserve == "" {
		return nil
	}
	return []Statement{{Query: s.dialect.Reserve, Args: []any{recipient}, Rows: 1}}
}

func (s *Store) nextQuery() string {
	return "UPDATE digest_due SET due_at = CASE has_hour WHEN 0 THEN ? + period ELSE 0 END, revision = " + s.dialect.Random + " WHERE user_id = ?"
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
	settle := s.settling(c, at)
	return s.write(ctx, fmt.Sprintf("settle digest %d of recipient %d", c.ID, c.Recipient), settle.run, settle.steps...)
}

// SettleAndClaim implements [ports.Ledger].
func (s *Store) SettleAndClaim(ctx context.Context, done core.Claim, at time.Time, next core.Claim) (id int64, settled, claimed error) {
	what := fmt.Sprintf("settle digest %d of recipient %d and claim one for recipient %d", done.ID, done.Recipient, next.Recipient)
	settle, claim := s.settling(done, at), s.claiming(next, &id)
	err := s.write(ctx, what, func(ctx context.Context, tx transaction) error {
		if settled = settle.run(ctx, tx); settled != nil && !errors.Is(settled, ports.ErrConflict) {
			return settled
		}
		if claimed = claim.run(ctx, tx); claimed != nil && !errors.Is(claimed, ports.ErrConflict) {
			return claimed
		}
		return nil
	}, slices.Concat(settle.steps, claim.steps)...)
	if err != nil {
		return 0, err, err
	}
	return id, settled, claimed
}

// settling marks the row of c, and then its notifications.
func (s *Store) settling(c core.Claim, at time.Time) routine {
	// Nearly always the row is as it was claimed. Where it is not, it is read to see why.
	settle := Statement{Query: `UPDATE notification_digests SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL
WHERE id = ? AND status = 'sending' AND recipient_user_id = ? AND message_id = ?`, Args: []any{s.dialect.Stamp(at), c.ID, c.Recipient, Plain(c.MessageID)}, Rows: 1}
	shipped := s.shipped("digest_included_at", c.Recipient, c.Notifications, at)
	return routine{append([]Statement{settle}, shipped.steps...), func(ctx context.Context, tx transaction, step int) error {
		if step == 0 {
			return s.settleOdd(ctx, tx, c, at)
		}
		return shipped.odd(ctx, tx, step-1)
	}}
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
	return s.shipped("digest_included_at", c.Recipient, c.Notifications, at).run(ctx, tx)
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
