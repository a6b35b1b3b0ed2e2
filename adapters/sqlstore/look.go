package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
)

// Find implements [ports.Directory]. It goes through the people in the order of their IDs until the page
// is full: a search by part of a name has no index that could serve it.
func (s *Store) Find(ctx context.Context, words string, after int64, limit int) (found []core.Recipient, err error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	id, err := strconv.ParseInt(words, 10, 64)
	if err != nil {
		id = math.MinInt64
	}
	part := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(fmt.Sprint(Plain(words))) + "%"
	err = s.each(ctx, "look for people", gather(&found, recipientScanner()), s.text.find, after, part, part, id, limit)
	return found, err
}

func (s *Store) findQuery() string {
	return s.selectRecipients("0", "users AS u") + `
WHERE u.id > ? AND (lower(u.display_name) LIKE lower(?) ESCAPE '\' OR lower(u.email) LIKE lower(?) ESCAPE '\' OR u.id = CAST(? AS BIGINT))
ORDER BY u.id LIMIT ?`
}

// Windows implements [ports.History].
func (s *Store) Windows(ctx context.Context, recipient, before int64, limit int) (rows []core.LedgerRow, err error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	if before == 0 {
		before = math.MaxInt64
	}
	what := fmt.Sprintf("read the windows of recipient %d", recipient)
	err = s.each(ctx, what, gather(&rows, ledgerScanner()), s.text.windows, recipient, before, limit)
	return rows, err
}

func (s *Store) windowsQuery() string {
	return "SELECT " + s.ledgerColumns() + `
FROM notification_digests WHERE recipient_user_id = ? AND id < CAST(? AS BIGINT) ORDER BY id DESC LIMIT ?`
}

// Window implements [ports.History].
func (s *Store) Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error) {
	var rows []core.LedgerRow
	err = s.each(ctx, fmt.Sprintf("read digest %d", id), gather(&rows, ledgerScanner()), s.text.window, id)
	if err != nil || len(rows) == 0 {
		return core.LedgerRow{}, false, err
	}
	return rows[0], true, nil
}

func (s *Store) windowQuery() string {
	return "SELECT " + s.ledgerColumns() + "\nFROM notification_digests WHERE id = ?"
}

// ledgerColumns are those of notification_digests in the order of scanning.
func (s *Store) ledgerColumns() string {
	return `id, recipient_user_id, ` + s.dialect.StampText("sent_at") + `, ` + s.dialect.StampText("period_start") + `, ` + s.dialect.StampText("period_end") + `,
 ` + asText("signal_ids_included") + `, ` + asText("status") + `, ` + asText("message_id") + `, attempts, ` + s.dialect.StampText("lease_until") + `, ` + asText("error")
}

// ledgerScanner returns what reads one row after another.
func ledgerScanner() func(*sql.Rows) (row core.LedgerRow, ok bool, err error) {
	return func(rows *sql.Rows) (core.LedgerRow, bool, error) {
		var (
			id, recipient, attempts  number
			sent, start, end, lease  stamp
			status, messageID, error text
			ids                      idList
		)
		err := rows.Scan(&id, &recipient, &sent, &start, &end, &ids, &status, &messageID, &attempts, &lease, &error)
		return core.LedgerRow{
			Claim: core.Claim{
				ID: id.value, Recipient: recipient.value, Window: core.Window{Start: start.At, End: end.At}, MessageID: string(messageID),
				Notifications: ids, Lease: lease.At, Attempts: int(attempts.value),
			},
			Status: core.Status(status), SentAt: sent.At, Error: string(error),
		}, id.ok, err
	}
}
