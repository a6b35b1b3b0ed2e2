package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core"
)

// Recipients implements [ports.Roster]. It reads each person's newest ledger row by its ID, so
// that a long history costs no more than a short one.
func (s *Store) Recipients(ctx context.Context, after int64, limit int) (page []core.Recipient, err error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	query := s.selectRecipients() + `
WHERE u.id > ? AND u.digest_cadence IN ('daily', 'weekly') AND u.email <> ''
ORDER BY u.id LIMIT ?`
	what := fmt.Sprintf("read recipients after %d", after)
	err = s.each(ctx, s.read, what, gather(&page, scanRecipient), query, after, limit)
	return page, err
}

// Lookup implements [ports.Roster].
func (s *Store) Lookup(ctx context.Context, ids []int64) (found []core.Recipient, err error) {
	query := s.selectRecipients() + "\nWHERE u.id IN (?)"
	for some := range slices.Chunk(distinct(ids), chunk) {
		what := fmt.Sprintf("look up %d recipients from %d", len(some), some[0])
		if err := s.each(ctx, s.read, what, gather(&found, scanRecipient), query, bun.List(some)); err != nil {
			return nil, err
		}
	}
	return found, ctx.Err()
}

// preferenceColumns are those of digest_preferences in the order of scanning.
func preferenceColumns(alias string) string {
	return strings.Join([]string{
		asText(alias + ".time_zone"), alias + ".send_hour", asText(alias + ".send_weekday"),
		asText(alias + ".quiet_start"), asText(alias + ".quiet_end"),
		asText(alias + ".suppressed_address"), asText(alias + ".suppressed_reason"), alias + ".failures",
	}, ", ")
}

// selectRecipients is the select list and the tables of what scanRecipient reads.
func (s *Store) selectRecipients() string {
	return `SELECT u.id, ` + asText("u.email") + `, ` + asText("u.display_name") + `, ` + asText("u.digest_cadence") + `,
 ` + preferenceColumns("p") + `,
 d.id, ` + s.dialect.StampText("d.period_end") + `, ` + asText("d.status") + `
FROM users AS u
LEFT JOIN digest_preferences AS p ON p.user_id = u.id
LEFT JOIN notification_digests AS d
 ON d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = u.id)`
}

// scanRecipient reads a row; ok is false where it has no ID that anybody could be found by.
func scanRecipient(rows *sql.Rows) (r core.Recipient, ok bool, err error) {
	var (
		id, entry                      number
		address, name, cadence, status text
		preferences                    preferenceRow
		end                            stamp
	)
	person, latest := []any{&id, &address, &name, &cadence}, []any{&entry, &end, &status}
	if err := rows.Scan(slices.Concat(person, preferences.columns(), latest)...); err != nil {
		return r, false, err
	}
	r = core.Recipient{
		ID: id.value, Address: string(address), Name: string(name), Cadence: core.Cadence(cadence),
		Preferences: preferences.core(),
		Latest:      core.Entry{ID: entry.value, End: end.At, Status: core.Status(status)},
	}
	return r, id.ok, nil
}

// preferenceRow is a row of digest_preferences.
type preferenceRow struct {
	zone, weekday, quietStart, quietEnd, address, reason text
	hour, failures                                       number
}

// columns returns where the columns of preferenceColumns go.
func (p *preferenceRow) columns() []any {
	return []any{&p.zone, &p.hour, &p.weekday, &p.quietStart, &p.quietEnd, &p.address, &p.reason, &p.failures}
}

func (p *preferenceRow) core() core.Preferences {
	out := core.Preferences{
		TimeZone: string(p.zone), SendWeekday: string(p.weekday), QuietStart: string(p.quietStart), QuietEnd: string(p.quietEnd),
		SuppressedAddress: string(p.address), SuppressedReason: string(p.reason), Failures: int(p.failures.value),
	}
	if p.hour.ok {
		hour := int(p.hour.value)
		out.SendHour = &hour
	}
	return out
}

// gather returns a visitor that appends to out what scan makes of each row, where it makes something.
func gather[T any](out *[]T, scan func(*sql.Rows) (T, bool, error)) func(*sql.Rows) (bool, error) {
	return func(rows *sql.Rows) (bool, error) {
		v, ok, err := scan(rows)
		if ok && err == nil {
			*out = append(*out, v)
		}
		return true, err
	}
}
