package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Hold implements [ports.HeldMails].
func (s *Store) Hold(ctx context.Context, m core.HeldMail) (id int64, err error) {
	m.ID, m.Status, m.MessageID, m.Attempts, m.Lease, m.Dated = 0, core.Held, "", 0, time.Time{}, time.Time{}
	row := heldRowOf(core.HeldRow{HeldMail: m})
	query, args := insertion(&row)
	err = s.db.Write(ctx, fmt.Sprintf("hold a mail for recipient %d", m.Recipient), func(ctx context.Context, tx engine.Tx) error {
		_, err := tx.Insert(ctx, &id, query, args...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return id, nil
}

// Waiting implements [ports.HeldMails]. Leases are judged here, as by InDoubt: a lease that cannot
// be read has ended.
func (s *Store) Waiting(ctx context.Context, now time.Time, after int64, limit int) (mails []core.HeldMail, err error) {
	query := "SELECT " + s.dialect.columns(new(heldRow)) + `
FROM held_emails AS h` + s.dialect.Indexed(IndexWaiting) + `
WHERE h.status IN ('held', 'sending') AND h.id > ? ORDER BY h.id`
	row := new(heldRow)
	dest := into(row)
	visit := func(rows *sql.Rows) (bool, error) {
		if len(mails) >= limit {
			return false, nil
		}
		err := rows.Scan(dest...)
		if m, ok := row.core(); err == nil && ok && (m.Status == core.Held || !m.Lease.After(now)) {
			mails = append(mails, m.HeldMail)
		}
		return true, err
	}
	err = s.db.Each(ctx, fmt.Sprintf("read held mail after %d", after), visit, query, after)
	return mails, err
}

// HeldOf implements [ports.HeldMails].
func (s *Store) HeldOf(ctx context.Context, recipient int64, limit int) (rows []core.HeldRow, err error) {
	row := new(heldRow)
	query := "SELECT " + s.dialect.columns(row) + " FROM held_emails AS h WHERE h.recipient_user_id = ? ORDER BY h.id DESC LIMIT ?"
	err = s.db.Each(ctx, fmt.Sprintf("read held mail of recipient %d", recipient), gather(&rows, row), query, recipient, limit)
	return rows, err
}

// changeHeld makes c, which is about a held e-mail.
func (s *Store) changeHeld(ctx context.Context, tx engine.Tx, c ports.Change) error {
	m := c.Held
	var row heldRow
	err := tx.One(ctx, into(&row, claimColumns...), "SELECT "+s.dialect.columns(&row, claimColumns...)+" FROM held_emails AS h WHERE h.id = ?"+s.dialect.Keep, m.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	there := err == nil
	switch c.Do {
	case ports.DoClaimHeld:
		if !there || !row.claimedBy(m) {
			return ports.ErrConflict
		}
		_, err = tx.Change(ctx, "UPDATE held_emails SET status = 'sending', message_id = ?, lease_until = ?, dated_at = ? WHERE id = ?",
			text(m.MessageID), stampOf(c.At), stampOf(m.Dated), m.ID)
		return err
	case ports.DoSettleHeld:
		return s.settleHeld(ctx, tx, m, row, there, c.At)
	}
	if !there || !row.claimedBy(m) {
		return nil
	}
	_, err = tx.Change(ctx, "UPDATE held_emails SET status = ?, attempts = ?, error = ?, lease_until = NULL, dated_at = NULL WHERE id = ?",
		string(c.Status), nonzero(m.Attempts), text(c.Why), m.ID)
	return err
}

// settleHeld marks the row of m as sent at at, and then its notifications.
func (s *Store) settleHeld(ctx context.Context, tx engine.Tx, m core.HeldMail, row heldRow, there bool, at time.Time) error {
	switch {
	case !there || row.RecipientUserID.value != m.Recipient || !row.MessageID.is(m.MessageID):
		return ports.ErrConflict
	case row.Status == text(core.Sent):
		return nil
	}
	if _, err := tx.Change(ctx, "UPDATE held_emails SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL WHERE id = ?",
		stampOf(at), m.ID); err != nil {
		return err
	}
	if err := s.mark(ctx, tx, "email_sent_at", m.Recipient, m.Notifications, at); err != nil {
		return err
	}
	return s.accepted(ctx, tx, m.Recipient)
}

// claimedBy reports whether the row has the status and lease of m.
func (r *heldRow) claimedBy(m core.HeldMail) bool {
	return core.Status(r.Status) == m.Status && r.LeaseUntil.At.Equal(m.Lease)
}
