package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
)

const (
	// maxUnmarked is how many digests [Store.Mark] reads at a time.
	maxUnmarked = 50_000
	// marksAtOnce is how many notifications, or digests, are marked in a transaction: others want to write as well.
	marksAtOnce = 2000
)

// unmarked returns the SQL of a condition on a ledger row: it was sent, and its notifications are not marked yet.
func unmarked(alias string) string {
	return alias + "status = 'sent' AND " + alias + "lease_until IS NOT NULL"
}

// unmarkedDigest is a ledger row whose notifications are not marked yet.
type unmarkedDigest struct {
	id, recipient int64
	notifications []int64
	at            core.Stamp
	own           bool // of the person who has the number now
}

// unmarked returns the digests whose notifications are not marked yet and of which more holds.
func (s *Store) unmarked(ctx context.Context, more string, args ...any) (digests []unmarkedDigest, err error) {
	visit := func(rows *sql.Rows) (bool, error) {
		var id, recipient, own number
		var ids idList
		var at stamp
		err := rows.Scan(&id, &recipient, &ids, &at, &own)
		digests = append(digests, unmarkedDigest{id.value, recipient.value, ids, at.Stamp, own.value == 1})
		return true, err
	}
	err = s.db.Each(ctx, "read digests whose notifications are not marked", visit, "SELECT d.id, d.recipient_user_id, "+asText("d.signal_ids_included")+
		", "+s.dialect.StampText("d.sent_at")+`,
 CASE WHEN d.id >= coalesce((SELECT who.first_digest FROM digest_people AS who WHERE who.user_id = d.recipient_user_id), 0) THEN 1 ELSE 0 END
FROM notification_digests AS d`+s.dialect.Indexed(IndexUnmarked)+" WHERE "+unmarked("d.")+more, args...)
	return digests, err
}

// overlay has the notifications of digests count as included.
func overlay(ns []core.Notification, digests []unmarkedDigest) {
	if len(digests) == 0 {
		return
	}
	included := make(map[[2]int64]core.Stamp)
	for _, d := range digests {
		for _, id := range d.notifications {
			if d.own {
				included[[2]int64{d.recipient, id}] = d.at
			}
		}
	}
	for i, n := range ns {
		if at, ok := included[[2]int64{n.Recipient, n.ID}]; ok && !n.IncludedAt.Set {
			ns[i].IncludedAt = at
		}
	}
}

// Mark implements [ports.Ledger]. Notifications are marked in the order of their IDs: then those that lie together are
// written together.
func (s *Store) Mark(ctx context.Context) error {
	for {
		digests, err := s.unmarked(ctx, " LIMIT ?", maxUnmarked)
		if err != nil || len(digests) == 0 {
			return err
		}
		if err := s.markAll(ctx, digests); err != nil || len(digests) < maxUnmarked {
			return err
		}
	}
}

// markAll marks the notifications of digests, and then says so of the digests.
func (s *Store) markAll(ctx context.Context, digests []unmarkedDigest) error {
	type mark struct{ id, recipient int64 }
	type kind struct {
		at  core.Stamp
		own bool
	}
	marks := make(map[kind][]mark)
	var rows []int64
	for _, d := range digests {
		rows = append(rows, d.id)
		for _, id := range d.notifications {
			marks[kind{d.at, d.own}] = append(marks[kind{d.at, d.own}], mark{id, d.recipient})
		}
	}
	for of, all := range marks {
		whose := cameFrom("CAST(asked.text AS BIGINT)")
		if of.own {
			whose = "(notifications.recipient_user_id = CAST(asked.text AS BIGINT) OR " + whose + ")"
		}
		slices.SortFunc(all, func(a, b mark) int { return cmp.Compare(a.id, b.id) })
		for some := range slices.Chunk(all, marksAtOnce) {
			asked := paired(len(some), func(i int) (int64, string) { return some[i].id, strconv.FormatInt(some[i].recipient, 10) })
			if err := s.changeRows(ctx, "mark notifications as included", "UPDATE notifications SET digest_included_at = ? FROM "+s.dialect.Pairs+` AS asked
WHERE notifications.id = asked.number AND `+whose+" AND "+s.dialect.Unset("notifications.digest_included_at"), s.hold("notifications.digest_included_at", of.at.At), asked); err != nil {
				return err
			}
		}
	}
	slices.Sort(rows)
	for some := range slices.Chunk(rows, marksAtOnce) {
		if err := s.changeRows(ctx, "note that notifications are marked", "UPDATE notification_digests SET lease_until = NULL WHERE id IN (SELECT asked.value FROM "+
			s.dialect.List+" AS asked) AND status = 'sent'", idList(some)); err != nil {
			return err
		}
	}
	return nil
}

// changeRows makes one statement in a transaction of its own.
func (s *Store) changeRows(ctx context.Context, what, query string, args ...any) error {
	return s.db.Write(ctx, what, func(ctx context.Context, tx engine.Tx) error {
		_, err := tx.Change(ctx, query, args...)
		return err
	})
}
