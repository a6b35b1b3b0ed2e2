package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Recipients implements [ports.Roster]. It reads each person's newest ledger row by its ID, so
// that a long history costs no more than a short one.
func (s *Store) Recipients(ctx context.Context, after int64, limit int) (page []core.Recipient, err error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	what := fmt.Sprintf("read recipients after %d", after)
	err = s.each(ctx, what, gather(&page, recipientScanner()), s.text.recipients, after, limit)
	return page, err
}

// Due implements [ports.Roster]. Without an index by due_at it reads through digest_due, all pages
// together once from the start to the end. Which is better is for each database to say.
func (s *Store) Due(ctx context.Context, now time.Time, after int64, limit int) (page []core.Recipient, err error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	what := fmt.Sprintf("read who is due after recipient %d", after)
	if err := s.dialect.Ready(ctx); err != nil {
		return nil, s.failed(ctx, what, err)
	}
	err = s.each(ctx, what, gather(&page, recipientScanner()), s.text.due, after, now.Unix(), limit)
	return page, err
}

// Lookup implements [ports.Roster].
func (s *Store) Lookup(ctx context.Context, ids []int64) (found []core.Recipient, err error) {
	what := fmt.Sprintf("look up %d recipients", len(ids))
	err = s.each(ctx, what, gather(&found, recipientScanner()), s.text.lookup, listed(ids))
	return found, err
}

func (s *Store) recipientsQuery() string {
	return s.selectRecipients("0", "users AS u") + `
WHERE u.id > ? AND ` + onRoster + `
ORDER BY u.id LIMIT ?`
}

// dueQuery has CROSS JOIN so that people are looked up by what is in digest_due, never the other way
// around, whatever the planner believes of their numbers. So have other statements. Where a database merges
// the two nevertheless, it must not begin with the first of all users; so it is told of the others as well.
func (s *Store) dueQuery() string {
	return s.selectRecipients("due.revision", "digest_due AS due CROSS JOIN users AS u") + `
WHERE u.id = due.user_id AND due.user_id > ?1 AND u.id > ?1 AND due.due_at <= ?2 AND ` + onRoster + `
ORDER BY due.user_id LIMIT ?3`
}

func (s *Store) lookupQuery() string {
	return s.selectRecipients("0", s.dialect.List+" AS asked CROSS JOIN users AS u") + "\nWHERE u.id = asked.value"
}

// onRoster is the condition that users AS u can have digests at all.
const onRoster = "u.digest_cadence IN ('daily', 'weekly') AND u.email <> ''"

// preferenceColumns are those of digest_preferences in the order of scanning.
func preferenceColumns(alias string) string {
	return strings.Join([]string{
		asText(alias + ".time_zone"), alias + ".send_hour", asText(alias + ".send_weekday"),
		asText(alias + ".quiet_start"), asText(alias + ".quiet_end"),
		asText(alias + ".suppressed_address"), asText(alias + ".suppressed_reason"), alias + ".failures",
	}, ", ")
}

// selectRecipients is the select list, and the tables, of what recipientScanner reads.
func (s *Store) selectRecipients(revision, from string) string {
	return `SELECT u.id, ` + asText("u.email") + `, ` + asText("u.display_name") + `, ` + asText("u.digest_cadence") + `, ` + revision + `,
 ` + preferenceColumns("p") + `,
 d.id, ` + s.dialect.StampText("d.period_end") + `, ` + asText("d.status") + `
FROM ` + from + `
LEFT JOIN digest_preferences AS p ON p.user_id = u.id
LEFT JOIN notification_digests AS d
 ON d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = u.id)`
}

// recipientScanner returns what reads one row after another; ok is false where a row has no ID that
// anybody could be found by.
func recipientScanner() func(*sql.Rows) (r core.Recipient, ok bool, err error) {
	var (
		id, revision, entry            number
		address, name, cadence, status text
		preferences                    preferenceRow
		end                            stamp
	)
	into := slices.Concat([]any{&id, &address, &name, &cadence, &revision}, preferences.columns(), []any{&entry, &end, &status})
	return func(rows *sql.Rows) (core.Recipient, bool, error) {
		if err := rows.Scan(into...); err != nil {
			return core.Recipient{}, false, err
		}
		return core.Recipient{
			ID: id.value, Address: string(address), Name: string(name), Cadence: core.Cadence(cadence), Revision: revision.value,
			Preferences: preferences.core(),
			Latest:      core.Entry{ID: entry.value, End: end.At, Status: core.Status(status)},
		}, id.ok, nil
	}
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
