package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core"
)

// maxSpans is how many spans a statement names at the most; a page has fewer.
const maxSpans = 5000

// Since implements [ports.Activity], in one statement for a page. A search by created_at finds what
// is written as it should be; what it could miss is kept in an index of its own.
func (s *Store) Since(ctx context.Context, spans []core.Span) (found []core.Notification, err error) {
	earliest := make(map[int64]time.Time, len(spans))
	for _, span := range spans {
		if t, there := earliest[span.Recipient]; !there || span.Since.Before(t) {
			earliest[span.Recipient] = span.Since
		}
	}
	query := s.sinceQuery()
	for some := range slices.Chunk(slices.Sorted(maps.Keys(earliest)), maxSpans) {
		rows := make([]string, len(some))
		args := make([]any, 0, 2*len(some))
		for i, id := range some {
			rows[i] = "(?, ?)"
			args = append(args, id, s.dialect.Stamp(earliest[id]))
		}
		what := fmt.Sprintf("read the notifications of %d recipients from %d", len(some), some[0])
		with := "WITH span (recipient, since) AS (VALUES " + strings.Join(rows, ", ") + ")\n"
		if err := s.each(ctx, s.read, what, gather(&found, scanNotification), with+query, args...); err != nil {
			return nil, err
		}
	}
	return found, ctx.Err()
}

// sinceQuery is the statement after its spans. CROSS JOIN has the spans looked up among the
// notifications, never the other way around, whatever the planner believes of their numbers.
func (s *Store) sinceQuery() string {
	columns := s.notificationColumns()
	return "SELECT " + columns + `
FROM span CROSS JOIN notifications AS n
WHERE n.recipient_user_id = span.recipient AND n.created_at >= span.since
UNION ALL
SELECT ` + columns + `
FROM span CROSS JOIN notifications AS n` + s.dialect.Indexed(IndexOverlooked) + `
WHERE n.recipient_user_id = span.recipient AND ` + s.dialect.Overlooked("n") + `
 AND (n.created_at IS NULL OR n.created_at < span.since)`
}

// ByID implements [ports.Activity].
func (s *Store) ByID(ctx context.Context, ids []int64) (found []core.Notification, err error) {
	query := "SELECT " + s.notificationColumns() + "\nFROM notifications AS n WHERE n.id IN (?)"
	for some := range slices.Chunk(distinct(ids), chunk) {
		what := fmt.Sprintf("read %d notifications from %d", len(some), some[0])
		if err := s.each(ctx, s.read, what, gather(&found, scanNotification), query, bun.List(some)); err != nil {
			return nil, err
		}
	}
	return found, ctx.Err()
}

// notificationColumns are those of notifications AS n, and the names they refer to, in the order of
// scanning. A slug that is there twice has one title, and the notification stays one row.
func (s *Store) notificationColumns() string {
	return `n.id, n.recipient_user_id, ` + asText("n.event_kind") + `, n.actor_user_id, ` +
		asText("n.rfc_slug") + `, ` + asText("n.branch_name") + `, n.pr_number,
 ` + s.dialect.StampText("n.created_at") + `, ` + asText("n.payload") + `, ` + s.dialect.StampText("n.read_at") + `, ` +
		s.dialect.StampText("n.email_sent_at") + `, ` + s.dialect.StampText("n.digest_included_at") + `,
 (SELECT ` + asText("actor.display_name") + ` FROM users AS actor WHERE actor.id = n.actor_user_id),
 (SELECT min(` + asText("rfc.title") + `) FROM cached_rfcs AS rfc WHERE rfc.slug = n.rfc_slug)`
}

// scanNotification reads a row; ok is false where it has no ID that it could be marked by.
func scanNotification(rows *sql.Rows) (n core.Notification, ok bool, err error) {
	var (
		id, recipient, actor, pr            number
		kind, slug, branch, payload         text
		actorName, title                    text
		createdAt, readAt, emailed, shipped stamp
	)
	err = rows.Scan(&id, &recipient, &kind, &actor, &slug, &branch, &pr,
		&createdAt, &payload, &readAt, &emailed, &shipped, &actorName, &title)
	return core.Notification{
		ID: id.value, Recipient: recipient.value, Kind: string(kind), ActorID: actor.value, Actor: string(actorName),
		Slug: string(slug), Title: string(title), Branch: string(branch), PR: pr.value,
		CreatedAt: createdAt.At, Payload: string(payload),
		ReadAt: readAt.Stamp, EmailedAt: emailed.Stamp, IncludedAt: shipped.Stamp,
	}, id.ok, err
}
