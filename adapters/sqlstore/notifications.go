package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Since implements [ports.Activity], in a few statements for a page: one each for the notifications, for what came from other
// people, and for the names and the titles in them. A search by created_at finds what is written as it
// should be; what it could miss is kept in an index of its own.
func (s *Store) Since(ctx context.Context, spans []core.Span) (found []core.Notification, err error) {
	earliest := make(map[int64]time.Time, len(spans))
	persons := make(map[int64]core.Person)
	var people []int64
	for _, span := range spans {
		t, there := earliest[span.Recipient]
		if !there {
			people = append(people, span.Recipient)
		}
		if !there || span.Since.Before(t) {
			earliest[span.Recipient] = span.Since
		}
		if span.Person.FirstNotification != 0 {
			persons[span.Recipient] = span.Person
		}
	}
	asked := paired(len(people), func(i int) (int64, string) { return people[i], texts.Timestamp(earliest[people[i]]) })
	what := "read the notifications of " + texts.Plural(len(people), "recipient")
	// Marks that are made meanwhile are seen on the notifications, which are read later.
	unmarked, err := s.unmarked(ctx, " AND d.recipient_user_id IN (SELECT asked.value FROM "+s.dialect.List+" AS asked)", idList(people))
	if err != nil {
		return nil, err
	}
	found = make([]core.Notification, 0, 10*len(people))
	if err := s.db.Each(ctx, what, gather(&found, new(notificationRow)), s.sinceQuery(), asked); err != nil {
		return nil, err
	}
	if len(persons) > 0 { // a number that was used before is rare
		found = slices.DeleteFunc(found, func(n core.Notification) bool { return !persons[n.Recipient].HasNotification(&n) })
	}
	moved, err := s.moved(ctx, people)
	if err != nil {
		return nil, err
	}
	if len(moved) > 0 { // which is rare, too
		found = slices.DeleteFunc(found, func(n core.Notification) bool { return moved[n.ID] != nil })
		for _, n := range moved {
			found = append(found, *n)
		}
	}
	overlay(found, unmarked)
	return s.named(ctx, found)
}

func (s *Store) sinceQuery() string {
	columns := s.dialect.columns(new(notificationRow))
	unreadable := "notifications AS n" + s.dialect.Indexed(IndexUnreadable) + "\nWHERE "
	if s.dialect.Listed {
		unreadable = "digest_unreadable AS odd CROSS JOIN notifications AS n\nWHERE odd.user_id = span.recipient AND n.id = odd.notification_id AND +"
	}
	return "WITH span (recipient, since) AS MATERIALIZED (SELECT number, " + s.dialect.Time("text") + " FROM " + s.dialect.Pairs + " AS asked)" + s.dialect.Search.With + `
SELECT ` + columns + `
FROM ` + s.dialect.Search.From + `
UNION ALL
SELECT ` + columns + `
FROM span CROSS JOIN ` + unreadable + `n.recipient_user_id = span.recipient AND ` + s.dialect.Unreadable("n") + `
 AND ` + s.dialect.Search.Missed + ` AND ` + s.dialect.Unset("n.digest_included_at")
}

// ByID implements [ports.Activity].
func (s *Store) ByID(ctx context.Context, ids []int64) (found []core.Notification, err error) {
	unmarked, err := s.unmarked(ctx, " AND d.recipient_user_id IN (SELECT n.recipient_user_id FROM "+s.dialect.List+" AS asked CROSS JOIN notifications AS n WHERE n.id = asked.value)", listed(ids))
	if err != nil {
		return nil, err
	}
	query := "SELECT " + s.dialect.columns(new(notificationRow)) + "\nFROM " + s.dialect.List + " AS asked CROSS JOIN notifications AS n WHERE n.id = asked.value"
	if err := s.db.Each(ctx, "read "+texts.Plural(len(ids), "notification"), gather(&found, new(notificationRow)), query, listed(ids)); err != nil {
		return nil, err
	}
	var people []int64
	for _, n := range found {
		people = append(people, n.Recipient)
	}
	moved, err := s.moved(ctx, people)
	if err != nil {
		return nil, err
	}
	for i, n := range found {
		if m := moved[n.ID]; m != nil {
			found[i] = *m
		}
	}
	overlay(found, unmarked)
	return s.named(ctx, found)
}

// named fills in the names of the people and RFCs that ns refer to, and returns ns. A page refers to few of
// them, many times over, so asking for each once is much cheaper than joining them to every row.
func (s *Store) named(ctx context.Context, ns []core.Notification) ([]core.Notification, error) {
	actors, titles := make(map[int64]string), make(map[string]string)
	for _, n := range ns {
		actors[n.ActorID], titles[n.Slug] = "", ""
	}
	delete(actors, 0)
	delete(titles, "")
	if err := s.actors(ctx, actors); err != nil {
		return nil, err
	}
	if err := s.titles(ctx, titles); err != nil {
		return nil, err
	}
	for i := range ns {
		ns[i].Actor, ns[i].Title = actors[ns[i].ActorID], titles[ns[i].Slug]
	}
	return ns, nil
}

// actors looks up the display names of the people in names.
func (s *Store) actors(ctx context.Context, names map[int64]string) error {
	if len(names) == 0 {
		return nil
	}
	visit := func(rows *sql.Rows) (bool, error) {
		var id number
		var name text
		err := rows.Scan(&id, &name)
		names[id.value] = string(name)
		return true, err
	}
	return s.db.Each(ctx, "read the names of "+texts.Plural(len(names), "person"), visit,
		"SELECT u.id, "+asText("u.display_name")+" FROM "+s.dialect.List+" AS asked CROSS JOIN users AS u WHERE u.id = asked.value", idList(slices.Collect(maps.Keys(names))))
}

// titles looks up the cached titles of the RFCs in slugs. They are told apart
// by their places in the list that was asked for: a slug need not come back as it was written. Of one
// that is there twice, the lower title counts.
func (s *Store) titles(ctx context.Context, slugs map[string]string) error {
	if len(slugs) == 0 {
		return nil
	}
	asked := slices.Collect(maps.Keys(slugs))
	list := paired(len(asked), func(i int) (int64, string) { return int64(i), asked[i] })
	visit := func(rows *sql.Rows) (bool, error) {
		var place number
		var title text
		if err := rows.Scan(&place, &title); err != nil {
			return false, err
		}
		slug := asked[place.value]
		if had := slugs[slug]; had == "" || string(title) < had {
			slugs[slug] = string(title)
		}
		return true, nil
	}
	return s.db.Each(ctx, "read the titles of "+texts.Plural(len(asked), "RFC"), visit,
		"SELECT asked.number, "+asText("rfc.title")+" FROM "+s.dialect.Pairs+" AS asked CROSS JOIN cached_rfcs AS rfc WHERE rfc.slug = asked.text", list)
}

// markSizes are how many notifications the statements that mark some have placeholders for. A list as
// JSON would do with one statement, but costs as much as marking five.
var markSizes = []int{4, 8, 12, 16, 24, 32, 64}

// mark records in column that notifications went out that are recipient's, or were, if nothing is in it yet.
func (s *Store) mark(ctx context.Context, tx engine.Tx, column string, recipient int64, ids []int64, at time.Time) error {
	for some := range slices.Chunk(ids, markSizes[len(markSizes)-1]) {
		i, _ := slices.BinarySearch(markSizes, len(some))
		args := make([]any, 0, 3+markSizes[i])
		args = append(args, s.hold("notifications."+column, at))
		for _, id := range some {
			args = append(args, id)
		}
		for len(args) <= markSizes[i] {
			args = append(args, some[0]) // once more, which does nothing
		}
		if _, err := tx.Change(ctx, s.marks[column][i], append(args, recipient, recipient)...); err != nil {
			return err
		}
	}
	return nil
}

// markQueries returns the statements that set column, one for each of markSizes. The plus keeps the
// rows from being looked for among all that the recipient ever had.
func (s *Store) markQueries(column string) []string {
	queries := make([]string, len(markSizes))
	for i, n := range markSizes {
		queries[i] = "UPDATE notifications SET " + column + " = ? WHERE id IN (?" + strings.Repeat(", ?", n-1) + `)
 AND (+recipient_user_id = ? OR ` + cameFrom("?") + `) AND ` + s.dialect.Unset(column)
	}
	return queries
}
