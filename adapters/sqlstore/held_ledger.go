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

// ClaimHeld implements [ports.HeldLedger].
func (s *Store) ClaimHeld(ctx context.Context, m core.HeldMail, lease time.Time) error {
	return s.changeHeld(ctx, "claim", m, func(ctx context.Context, tx transaction, row *heldRow, there bool) error {
		if !there || !row.claimedBy(m) {
			return ports.ErrConflict
		}
		_, err := tx.change(ctx, "UPDATE held_emails SET status = 'sending', message_id = ?, lease_until = ? WHERE id = ?",
			orNull(m.MessageID), s.dialect.stampOrNull(lease), m.ID)
		return err
	})
}

// SettleHeld implements [ports.HeldLedger]. Where the row is gone or another message's: ErrConflict.
func (s *Store) SettleHeld(ctx context.Context, m core.HeldMail, at time.Time) error {
	return s.changeHeld(ctx, "settle", m, func(ctx context.Context, tx transaction, row *heldRow, there bool) error {
		switch {
		case !there || row.recipient.value != m.Recipient || !row.messageID.is(m.MessageID):
			return ports.ErrConflict
		case row.status == text(core.Sent):
			return nil
		}
		if _, err := tx.change(ctx, "UPDATE held_emails SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL WHERE id = ?",
			s.dialect.Stamp(at), m.ID); err != nil {
			return err
		}
		return s.shipped("email_sent_at", m.Recipient, m.Notifications, at).run(ctx, tx)
	})
}

// ReturnHeld implements [ports.HeldLedger].
func (s *Store) ReturnHeld(ctx context.Context, m core.HeldMail, status core.Status, why string, r core.Refusal) error {
	return s.changeHeld(ctx, "return", m, func(ctx context.Context, tx transaction, row *heldRow, there bool) error {
		if !there || !row.claimedBy(m) {
			return nil
		}
		if _, err := tx.change(ctx, "UPDATE held_emails SET status = ?, attempts = ?, error = ?, lease_until = NULL WHERE id = ?",
			string(status), numberOrNull(m.Attempts), orNull(why), m.ID); err != nil {
			return err
		}
		return s.refused(ctx, tx, m.Recipient, r)
	})
}

// changeHeld runs change in a transaction with the row of m, if it is there.
func (s *Store) changeHeld(ctx context.Context, verb string, m core.HeldMail, change func(context.Context, transaction, *heldRow, bool) error) error {
	what := fmt.Sprintf("%s held mail %d of recipient %d", verb, m.ID, m.Recipient)
	return s.write(ctx, what, func(ctx context.Context, tx transaction) error {
		var row heldRow
		err := tx.one(ctx, []any{&row.recipient, &row.status, &row.messageID, &row.lease}, `SELECT h.recipient_user_id, `+asText("h.status")+`, `+asText("h.message_id")+`, `+s.dialect.StampText("h.lease_until")+`
FROM held_emails AS h WHERE h.id = ?`+s.dialect.Keep, m.ID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return change(ctx, tx, &row, err == nil)
	})
}
