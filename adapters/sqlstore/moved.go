package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
)

// digest_moved lists the notifications that were another person's before, and that no digest had told of then: an app that
// merges two accounts gives those of one to the other. A trigger keeps it. It has a row for each person that a notification
// came from, and user_id is always who has it now. A row stays when a digest has told of the notification: it says why that
// digest did, and a tick that read it a moment earlier relies on it.

// move is where a notification came from.
type move struct {
	core.Moved
	user, row int64
	// told is when a digest of somebody whom it came from told of it, that is not marked yet.
	told core.Stamp
}

// moves are by the notifications' IDs.
type moves map[int64]*move

// moves returns what came to people from others. A claim on a notification that was given away does
// not hold. So one that no digest has when this returns, and that is not marked when it is read after that, is in no other.
func (s *Store) moves(ctx context.Context, people idList) (found moves, err error) {
	found = make(moves)
	row := new(movedRow)
	var from idList
	visit := func(rows *sql.Rows) (bool, error) {
		err := rows.Scan(into(row)...)
		m := found[row.NotificationID.value]
		if m == nil {
			m = &move{user: row.UserID.value}
			found[row.NotificationID.value] = m
		}
		m.From = append(m.From, row.FromID.value)
		if row.ID.value > m.row {
			m.row, m.At, m.From[0], m.From[len(m.From)-1] = row.ID.value, row.MovedAt.At, m.From[len(m.From)-1], m.From[0]
		}
		from = append(from, row.FromID.value)
		return true, err
	}
	among := " IN (SELECT asked.value FROM " + s.dialect.List + " AS asked)"
	if err := s.db.Each(ctx, "read what came from others", visit, "SELECT "+s.dialect.columns(row)+" FROM digest_moved AS m WHERE m.user_id"+among, people); err != nil || len(found) == 0 {
		return nil, err
	}
	sending, err := s.digests(ctx, "read what digests of others have", s.dialect.Indexed(IndexSending)+" WHERE d.status = 'sending' AND d.recipient_user_id"+among, from)
	if err != nil {
		return nil, err
	}
	for _, d := range sending {
		for _, id := range d.Notifications {
			if m := found[id]; m != nil && slices.Contains(m.From, d.Recipient) {
				m.Digest = d.ID
			}
		}
	}
	sent, err := s.unmarked(ctx, " AND d.recipient_user_id"+among, from)
	for _, d := range sent {
		for _, id := range d.notifications {
			if m := found[id]; m != nil && slices.Contains(m.From, d.recipient) {
				m.told = d.at
			}
		}
	}
	return found, err
}

// withMoved returns ns with all that came to people from others, however old it is.
func (s *Store) withMoved(ctx context.Context, ns []core.Notification, people idList) ([]core.Notification, error) {
	ms, err := s.moves(ctx, people)
	if err != nil || len(ms) == 0 {
		return ns, err
	}
	again, err := s.byID(ctx, slices.Collect(maps.Keys(ms)))
	ms.tell(again)
	ns = slices.DeleteFunc(ns, func(n core.Notification) bool { return ms.of(n) != nil })
	return append(ns, slices.DeleteFunc(again, func(n core.Notification) bool { return n.Moved == nil })...), err
}

// of returns where n came from; nil if from nowhere.
func (ms moves) of(n core.Notification) *move {
	if m := ms[n.ID]; m != nil && m.user == n.Recipient {
		return m
	}
	return nil
}

// tell has ns say where they came from.
func (ms moves) tell(ns []core.Notification) {
	for i, n := range ns {
		if m := ms.of(n); m != nil {
			if ns[i].Moved = &m.Moved; !n.IncludedAt.Set {
				ns[i].IncludedAt = m.told
			}
		}
	}
}

// cameFrom is the condition that a row of notifications is another person's now, and was that of person before.
func cameFrom(person string) string {
	return "EXISTS (SELECT 1 FROM digest_moved AS m WHERE m.user_id = notifications.recipient_user_id AND m.notification_id = notifications.id AND m.from_id = " + person + ")"
}

// givenAway is the condition that one of the notifications in list, which were person's, is another's by now.
func givenAway(person, list string) string {
	return `EXISTS (SELECT 1 FROM digest_moved AS m CROSS JOIN notifications AS n
 WHERE m.from_id = ` + person + ` AND n.id = m.notification_id AND n.recipient_user_id = m.user_id AND m.notification_id IN (SELECT asked.value FROM ` + list + ` AS asked))`
}
