package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Since implements [ports.Activity], in three statements for a page: one for the notifications, and
// one each for the names and the titles in them. A search by created_at finds what is written as it
// should be; what it could miss is kept in an index of its own.
func (s *Store) Since(ctx context.Context, spans []core.Span) (found []core.Notification, err error) {
	earliest := make(map[int64]time.Time, len(spans))
	var people []int64
	for _, span := range spans {
		t, there := earliest[span.Recipient]
		if !there {
			people = append(people, span.Recipient)
		}
		if !there || span.Since.Before(t) {
			earliest[span.Recipient] = span.Since
		}
	}
	asked, err := paired(len(people), func(i int) (int64, string) { return people[i], core.Timestamp(earliest[people[i]]) })
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("read the notifications of %d recipients", len(people))
	found = make([]core.Notification, 0, 10*len(people))
	if err := s.each(ctx, what, notificationScanner(&found), s.text.since, asked); err != nil {
		return nil, err
	}
	return s.named(ctx, found)
}

func (s *Store) sinceQuery() string {
	columns := s.notificationColumns()
	return "WITH span (recipient, since) AS MATERIALIZED (SELECT number, " + s.dialect.Time("text") + " FROM " + s.dialect.Pairs + ` AS asked)
SELECT ` + columns + `
FROM span CROSS JOIN notifications AS n
WHERE n.recipient_user_id = span.recipient AND n.created_at >= span.since
UNION ALL
SELECT ` + columns + `
FROM span CROSS JOIN notifications AS n` + s.dialect.Indexed(IndexUnreadable) + `
WHERE n.recipient_user_id = span.recipient AND ` + s.dialect.Unreadable("n") + `
 AND (n.created_at IS NULL OR n.created_at < span.since) AND ` + s.dialect.Unset("n.digest_included_at")
}

// ByID implements [ports.Activity].
func (s *Store) ByID(ctx context.Context, ids []int64) (found []core.Notification, err error) {
	what := fmt.Sprintf("read %d notifications", len(ids))
	if err := s.each(ctx, what, notificationScanner(&found), s.text.byID, listed(ids)); err != nil {
		return nil, err
	}
	return s.named(ctx, found)
}

func (s *Store) byIDQuery() string {
	return "SELECT " + s.notificationColumns() + "\nFROM " + s.dialect.List + " AS asked CROSS JOIN notifications AS n WHERE n.id = asked.value"
}

// notificationColumns are those of notifications AS n in the order of scanning.
func (s *Store) notificationColumns() string {
	return `n.id, n.recipient_user_id, ` + asText("n.event_kind") + `, n.actor_user_id, ` +
		asText("n.rfc_slug") + `, ` + asText("n.branch_name") + `, n.pr_number,
 ` + s.dialect.StampText("n.created_at") + `, ` + asText("n.payload") + `, ` + s.dialect.StampText("n.read_at") + `, ` +
		s.dialect.StampText("n.email_sent_at") + `, ` + s.dialect.StampText("n.digest_included_at")
}

// notificationScanner returns what reads one row after another into the end of found, where a row
// has an ID that it could be marked by.
func notificationScanner(found *[]core.Notification) func(*sql.Rows) (more bool, err error) {
	var (
		id, recipient, actor, pr            number
		kind, slug, branch, payload         text
		createdAt, readAt, emailed, shipped stamp
	)
	into := []any{&id, &recipient, &kind, &actor, &slug, &branch, &pr, &createdAt, &payload, &readAt, &emailed, &shipped}
	return func(rows *sql.Rows) (bool, error) {
		if err := rows.Scan(into...); err != nil || !id.ok {
			return true, err
		}
		*found = append(*found, core.Notification{
			ID: id.value, Recipient: recipient.value, Kind: string(kind), ActorID: actor.value,
			Slug: string(slug), Branch: string(branch), PR: pr.value, CreatedAt: createdAt.At, Payload: string(payload),
			ReadAt: readAt.Stamp, EmailedAt: emailed.Stamp, IncludedAt: shipped.Stamp,
		})
		return true, nil
	}
}
