package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// The time columns of the ledger, as [Dialect.Hold] is given them.
const sentAt, periodStart, periodEnd = "notification_digests.sent_at", "notification_digests.period_start", "notification_digests.period_end"

// claim adds the row of c if c holds, and leaves its ID in id.
func (s *Store) claim(ctx context.Context, tx engine.Tx, c core.Claim, id *int64, after *aftermath) error {
	if s.dialect.Reserve != "" { // what other transactions did before is seen by the statements that follow
		if _, err := tx.Change(ctx, s.dialect.Reserve, c.Recipient); err != nil {
			return err
		}
	}
	n, err := tx.Insert(ctx, id, s.claimRow, c.Recipient, s.hold(periodEnd, c.Window.End), s.hold(periodStart, c.Window.Start), idList(c.Notifications),
		text(c.MessageID), c.Attempts, stampOf(c.Lease), stampOf(c.Dated), text(c.Language), c.Previous, c.Person.Mark, s.hold(sentAt, c.Window.End))
	if err != nil || n == 0 {
		return cmp.Or(err, ports.ErrConflict)
	}
	after.claimed(c)
	if c.Person.FirstDigest != 0 { // nor does a trigger tell digest_people whose row this is
		_, err = tx.Change(ctx, ownQuery, c.Recipient)
	}
	return err
}

// aftermath is what changes lead to elsewhere. It is made at the end of their transaction, in a statement for all of them.
type aftermath struct {
	due     map[int64]idList // who was claimed, by the end of their windows in seconds since 1970
	arrived []core.Claim
}

func (a *aftermath) claimed(c core.Claim) {
	if a.due == nil {
		a.due = make(map[int64]idList)
	}
	end := c.Window.End.Unix()
	a.due[end] = append(a.due[end], c.Recipient)
}

// conclude has digest_due hear of claims, of which a trigger would cost as much as all the rest of them, and ends runs of
// refusals. Those are rare, and a statement that changes nothing finds out at a third of what a query costs.
func (s *Store) conclude(ctx context.Context, tx engine.Tx, a aftermath) error {
	for end, people := range a.due {
		if _, err := tx.Change(ctx, s.next, end, listed(people)); err != nil {
			return err
		}
	}
	if len(a.arrived) == 0 {
		return nil
	}
	people := make([]int64, len(a.arrived))
	for i, c := range a.arrived {
		people[i] = c.For()
	}
	n, err := tx.Change(ctx, "UPDATE digest_preferences SET failures = failures WHERE user_id IN (SELECT asked.value FROM "+s.dialect.List+" AS asked) AND failures > 0", listed(people))
	if err != nil || n == 0 {
		return err
	}
	for _, c := range a.arrived {
		if err := s.endRefusals(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

// endRefusals ends the run of refusals of the person whose claim c is.
func (s *Store) endRefusals(ctx context.Context, tx engine.Tx, c core.Claim) error {
	if still, err := s.still(ctx, tx, c.For(), c.Person.Mark); err != nil || !still {
		return err
	}
	return s.accepted(ctx, tx, c.For())
}

// ownQuery says that the newest ledger row of a number that was used before belongs to the person who has it now.
const (
	ownQuery    = "UPDATE digest_people SET first_digest = " + newestOfWho + " WHERE user_id = ? AND first_digest > " + newestOfWho
	newestOfWho = "(SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_people.user_id)"
)

func (s *Store) claimQuery() string {
	return `INSERT INTO notification_digests
 (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until, dated_at, language)
SELECT ?0, ?11, ?2, ?1, ?3, 'sending', ?4, ?5, ?6, ?7, ?8
` + s.inPlace("?0", "?9", "?10") + "\n AND NOT " + givenAway("?0", strings.Replace(s.dialect.List, "?", "CAST(?3 AS text)", 1))
}

// inPlace returns one row if a claim of recipient holds, which was made when their newest row was
// previous and their person had the mark. Rows of an earlier person with that number do not count.
func (s *Store) inPlace(recipient, previous, mark string) string {
	return `FROM digest_people AS who
WHERE who.user_id = (SELECT u.id FROM users AS u WHERE u.id = ` + recipient + ` LIMIT 1) AND who.person = ` + mark + `
 AND NOT EXISTS (SELECT 1 FROM notification_digests AS busy` + s.dialect.Indexed(IndexSending) + `
  WHERE busy.status = 'sending' AND busy.recipient_user_id = ` + recipient + ` AND busy.id >= who.first_digest)
 AND coalesce((SELECT max(newest.id) FROM notification_digests AS newest
  WHERE newest.recipient_user_id = ` + recipient + ` AND newest.id >= who.first_digest), 0) = ` + previous
}

// still reports whether the person of that mark still has a number.
func (s *Store) still(ctx context.Context, tx engine.Tx, user, mark int64) (bool, error) {
	var one int
	err := tx.One(ctx, []any{&one}, "SELECT 1 FROM digest_people AS who WHERE who.user_id = ? AND who.person = ? AND who.gone = 0", user, mark)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

const (
	markSent = "UPDATE notification_digests SET status = 'sent', sent_at = ?, lease_until = NULL, error = NULL WHERE id = ?"
	// markLate has the notifications marked by [Store.Mark].
	markLate = "UPDATE notification_digests SET status = 'sent', sent_at = ?, lease_until = sent_at, error = NULL WHERE id = ?"
)

// settle marks the row of c, and then its notifications.
func (s *Store) settle(ctx context.Context, tx engine.Tx, c core.Claim, at time.Time, after *aftermath) error {
	query, late := markSent, s.dialect.LateMarks && len(c.Notifications) > 0
	if late {
		query = markLate
	}
	// Nearly always the row is as it was claimed. If it is not, it is read to see why.
	n, err := tx.Change(ctx, query+" AND status = 'sending' AND recipient_user_id = ? AND message_id = ?",
		s.hold(sentAt, at), c.ID, c.Recipient, Plain(c.MessageID))
	switch {
	case err != nil:
		return err
	case n == 0:
		return s.settleOdd(ctx, tx, c, at, after)
	case late:
		after.arrived = append(after.arrived, c)
		return nil
	}
	return s.shipped(ctx, tx, c, at, after)
}

// settleOdd settles a row that is not being sent, or whose message is not, to the letter, that of c.
func (s *Store) settleOdd(ctx context.Context, tx engine.Tx, c core.Claim, at time.Time, after *aftermath) error {
	row, there, err := s.ledgerRow(ctx, tx, c.ID)
	switch {
	case err != nil:
		return err
	case !there || row.RecipientUserID.value != c.Recipient || !row.MessageID.is(c.MessageID):
		return ports.ErrConflict
	case row.Status == text(core.Sent):
		return nil
	}
	if _, err := tx.Change(ctx, markSent, s.hold(sentAt, at), c.ID); err != nil {
		return err
	}
	return s.shipped(ctx, tx, c, at, after)
}

// shipped marks the notifications of c, which arrived.
func (s *Store) shipped(ctx context.Context, tx engine.Tx, c core.Claim, at time.Time, after *aftermath) error {
	after.arrived = append(after.arrived, c)
	return s.mark(ctx, tx, "digest_included_at", c.Recipient, c.Notifications, at)
}

// release deletes the row of c while c still holds it.
func (s *Store) release(ctx context.Context, tx engine.Tx, c core.Claim) error {
	row, there, err := s.ledgerRow(ctx, tx, c.ID)
	if err != nil || !there || !row.heldBy(c) {
		return err
	}
	_, err = tx.Change(ctx, "DELETE FROM notification_digests WHERE id = ?", c.ID)
	return err
}

// reclaim takes the row of c over until lease.
func (s *Store) reclaim(ctx context.Context, tx engine.Tx, c core.Claim, lease time.Time) error {
	row, there, err := s.ledgerRow(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	if !there || !row.heldBy(c) {
		return ports.ErrConflict
	}
	still, err := s.still(ctx, tx, c.For(), c.Person.Mark)
	if err == nil && !still {
		err = ports.ErrConflict
	}
	if err != nil {
		return err
	}
	_, err = tx.Change(ctx, "UPDATE notification_digests SET lease_until = ?, attempts = ? WHERE id = ?",
		stampOf(lease), c.Attempts+1, c.ID)
	return err
}

// closeWindow adds the row of c with that status, if c holds. It waits for no other
// transaction: many people may be in tx, and the other may wait for one of them.
func (s *Store) closeWindow(ctx context.Context, tx engine.Tx, c core.Claim, status core.Status, id *int64) error {
	if s.dialect.ReserveNow != "" {
		if n, err := tx.Change(ctx, s.dialect.ReserveNow, c.Recipient); err != nil || n == 0 {
			return cmp.Or(err, ports.ErrConflict)
		}
	}
	query := `INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, dated_at, language)
SELECT ?0, ?10, ?1, ?2, ?5, ?6, ?7, ?8, ?9
` + s.inPlace("?0", "?3", "?4")
	n, err := tx.Insert(ctx, id, query, c.Recipient, s.hold(periodStart, c.Window.Start), s.hold(periodEnd, c.Window.End), c.Previous, c.Person.Mark,
		idList(c.Notifications), string(status), text(c.MessageID), stampOf(c.Dated), text(c.Language), s.hold(sentAt, c.Window.End))
	if err == nil && n == 0 {
		err = ports.ErrConflict
	}
	return err
}

// Unredirect implements [ports.Ledger].
func (s *Store) Unredirect(ctx context.Context) (n int, err error) {
	err = s.db.Write(ctx, "forget what was redirected", func(ctx context.Context, tx engine.Tx) error {
		rows, err := tx.Change(ctx, "DELETE FROM notification_digests WHERE status = 'redirected'")
		if err != nil {
			return err
		}
		mails, err := tx.Change(ctx, "UPDATE held_emails SET status = 'held', error = NULL WHERE status = 'redirected'")
		n = rows + mails
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// claimColumns are what decides whether a claim still stands.
var claimColumns = []string{"recipient_user_id", "status", "message_id", "lease_until"}

// heldBy reports whether the row is being sent under the lease of c.
func (r *ledgerRow) heldBy(c core.Claim) bool {
	return r.Status == text(core.Sending) && r.MessageID.is(c.MessageID) && r.LeaseUntil.At.Equal(c.Lease)
}

// ledgerRow reads the row with the given ID.
func (s *Store) ledgerRow(ctx context.Context, tx engine.Tx, id int64) (row ledgerRow, there bool, err error) {
	err = tx.One(ctx, into(&row, claimColumns...),
		"SELECT "+s.dialect.columns(&row, claimColumns...)+"\nFROM notification_digests AS d WHERE d.id = ?"+s.dialect.Keep, id)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}

// digests reads the ledger rows that rest, which follows the table's name, leaves.
func (s *Store) digests(ctx context.Context, what, rest string, args ...any) (rows []core.LedgerRow, err error) {
	row := new(ledgerRow)
	err = s.db.Each(ctx, what, gather(&rows, row), "SELECT "+s.dialect.columns(row)+"\nFROM notification_digests AS d"+rest, args...)
	return rows, err
}

// Windows implements [ports.Ledger].
func (s *Store) Windows(ctx context.Context, recipient, before int64, limit int) ([]core.LedgerRow, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	if before == 0 {
		before = math.MaxInt64
	}
	return s.digests(ctx, fmt.Sprintf("read the windows of recipient %d", recipient), ` WHERE d.recipient_user_id = ?0 AND d.id < CAST(?1 AS BIGINT)
 AND d.id >= coalesce((SELECT who.first_digest FROM digest_people AS who WHERE who.user_id = ?0), 0) ORDER BY d.id DESC LIMIT ?2`, recipient, before, limit)
}

// Window implements [ports.Ledger].
func (s *Store) Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error) {
	rows, err := s.digests(ctx, fmt.Sprintf("read digest %d", id), " WHERE d.id = ?", id)
	if err != nil || len(rows) == 0 {
		return core.LedgerRow{}, false, err
	}
	return rows[0], true, nil
}

// InDoubt implements [ports.Ledger]. Few rows are being sent, however long the history is; so leases
// are judged here, by a reader that understands any text that could stand for one.
func (s *Store) InDoubt(ctx context.Context, now time.Time, after int64, limit int) (claims []core.Claim, err error) {
	rows, err := s.digests(ctx, fmt.Sprintf("read digests in doubt after %d", after),
		s.dialect.Indexed(IndexSending)+" WHERE d.status = 'sending' AND d.id > ? ORDER BY d.id", after)
	for _, r := range rows {
		if len(claims) < limit && !r.Lease.After(now) {
			claims = append(claims, r.Claim)
		}
	}
	return claims, err
}
