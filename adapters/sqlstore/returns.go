package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// deadWindows is how many of a person's windows are looked at for [core.DeadDays].
const deadWindows = 40

// NoteReturn implements [ports.Returns].
func (s *Store) NoteReturn(ctx context.Context, about links.Return, r core.Return, suppressFor time.Duration) (news bool, err error) {
	table := map[links.ReturnKind]string{links.ReturnDigest: "notification_digests", links.ReturnHeld: "held_emails"}[about.Kind]
	if table == "" {
		return false, ctx.Err()
	}
	recipient, earlier, err := s.deadBefore(ctx, about, r)
	if err != nil {
		return false, err
	}
	err = s.db.Write(ctx, fmt.Sprintf("note what came back of %s %d", table, about.ID), func(ctx context.Context, tx engine.Tx) error {
		news = false
		var user number
		var status, kind text
		err := tx.One(ctx, []any{&user, &status, &kind}, "SELECT m.recipient_user_id, m.status, m.returned FROM "+table+" AS m WHERE m.id = ?"+s.dialect.Keep, about.ID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && (core.Status(status) != core.Sent || !r.After(core.Return{Kind: returned.Kind(kind)})) {
			return nil
		}
		if err != nil {
			return err
		}
		if still, err := s.ownMail(ctx, tx, about, user.value); err != nil || !still {
			return err
		}
		if _, err := tx.Change(ctx, "UPDATE "+table+" SET returned = ?, returned_why = ?, returned_at = ?, returned_to = ? WHERE id = ?", string(r.Kind), Plain(r.Why), stampOf(r.At), int64(r.To), about.ID); err != nil {
			return err
		}
		news = true
		var email text
		if err := tx.One(ctx, []any{&email}, "SELECT u.email FROM users AS u WHERE u.id = ?", user.value); err != nil {
			return fmt.Errorf("read the address: %w", err)
		}
		address := texts.Mailbox(string(email))
		switch {
		case links.AddressMark(address) != r.To: // they have another by now
		case r.EndsDigests():
			_, err = tx.Change(ctx, "UPDATE users SET digest_cadence = ?0 WHERE id = ?1 AND "+otherCadence, string(core.Off), user.value)
		case r.Kind == returned.Dead && user.value == recipient:
			err = s.countReturn(ctx, tx, user.value, about.Mark, address, r, earlier, suppressFor)
		}
		return err
	})
	return news, err
}

// ownMail reports whether the mail was sent to the person whose mark is in the token.
func (s *Store) ownMail(ctx context.Context, tx engine.Tx, about links.Return, user int64) (bool, error) {
	still, err := s.still(ctx, tx, user, about.Mark)
	if err != nil || !still || about.Kind != links.ReturnDigest {
		return still, err
	}
	var first number
	err = tx.One(ctx, []any{&first}, "SELECT who.first_digest FROM digest_people AS who WHERE who.user_id = ?", user)
	return about.ID >= first.value, err
}

// deadBefore returns whose mail it is, and on how many days in a row, up to that mail, their digests came back as dead if
// this one does.
func (s *Store) deadBefore(ctx context.Context, about links.Return, r core.Return) (recipient int64, days int, err error) {
	if r.Kind != returned.Dead {
		return 0, 0, nil
	}
	if about.Kind == links.ReturnHeld {
		err = s.db.Each(ctx, "read a held e-mail", func(rows *sql.Rows) (bool, error) {
			var user number
			err := rows.Scan(&user)
			recipient = user.value
			return false, err
		}, "SELECT m.recipient_user_id FROM held_emails AS m WHERE m.id = ?", about.ID)
		return recipient, 1, err
	}
	row, found, err := s.Window(ctx, about.ID)
	if err != nil || !found {
		return 0, 0, err
	}
	before, err := s.Windows(ctx, row.Recipient, row.ID, deadWindows)
	row.Return = r
	return row.Recipient, core.DeadDays(slices.Concat([]core.LedgerRow{row}, before)), err
}

// countReturn counts a dead address against its person, who may have had no preferences.
func (s *Store) countReturn(ctx context.Context, tx engine.Tx, user, mark int64, address string, r core.Return, days int, suppressFor time.Duration) error {
	p, there, err := s.preferences(ctx, tx, user)
	if err != nil {
		return err
	}
	refusal := core.Refusal{Recipient: user, Mark: mark, Address: Plain(address), Reason: Plain("came back: " + r.Why), At: r.At, SuppressFor: suppressFor}
	p = core.CountReturn(p, refusal, days)
	if there {
		return s.putRefusals(ctx, tx, user, p)
	}
	row := preferencesOf(user, p)
	query, args := insertion(&row)
	_, err = tx.Change(ctx, query, args...)
	return err
}
