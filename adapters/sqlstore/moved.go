package sqlstore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
)

// digest_moved lists the notifications that were another person's before, and that nobody had told or read then: an app that merges
// two accounts gives those of one to the other. Triggers keep it. It has a row for each person that a notification came from, and
// user_id is always who has it now. A row stays when a digest has told of the notification. It says why that digest did, and
// a tick that read the notification a moment earlier goes by it.

// moved returns what came to people from others, by ID, as of one moment. A claim does not hold on what was given away. So what no
// digest of the others has at that moment, none will have.
func (s *Store) moved(ctx context.Context, people idList) (map[int64]*core.Notification, error) {
	found, newest := make(map[int64]*core.Notification), make(map[int64]int64)
	n, m, d := new(notificationRow), new(movedRow), new(ledgerRow)
	dest := slices.Concat(into(n), into(m), into(d, "id", "signal_ids_included"))
	visit := func(rows *sql.Rows) (bool, error) {
		err := rows.Scan(dest...)
		id := n.ID.value
		if found[id] == nil {
			one, _ := n.core()
			one.Moved = new(core.Moved)
			found[id] = &one
		}
		moved := found[id].Moved
		if m.ID.value > newest[id] {
			newest[id], moved.At = m.ID.value, m.MovedAt.At
			moved.From = slices.Insert(moved.From, 0, m.FromID.value)
		} else if !slices.Contains(moved.From, m.FromID.value) {
			moved.From = append(moved.From, m.FromID.value)
		}
		if slices.Contains(d.SignalIDsIncluded, id) {
			moved.Digest = d.ID.value
		}
		return true, err
	}
	return found, s.db.Each(ctx, "read what came from others", visit, "SELECT "+s.dialect.columns(n)+", "+s.dialect.columns(m)+", "+s.dialect.columns(d, "id", "signal_ids_included")+`
FROM `+s.dialect.List+` AS asked CROSS JOIN digest_moved AS m CROSS JOIN notifications AS n
LEFT JOIN notification_digests AS d ON d.recipient_user_id = m.from_id AND (d.status = 'sending' OR `+unmarked("d.")+") AND "+s.dialect.Unset("n.digest_included_at")+`
WHERE m.user_id = asked.value AND n.id = m.notification_id AND n.recipient_user_id = m.user_id`, people)
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
