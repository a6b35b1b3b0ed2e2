package sqlite

import "github.com/wiggleverse/rfcdigest/adapters/sqlstore"

// digest_unreadable lists the notifications whose created_at perhaps cannot be read, or is in a form in which a search by time could miss it. Triggers
// add to it; nothing is taken away, since a reader looks at the notification as well. An index of these
// few would do as well. But to make one, SQLite looks at all notifications without letting anybody write meanwhile.

// cannotRead is true of a row of notifications that is to be listed.
func cannotRead(row string) string {
	return sqlstore.Dialect{Readable: findable}.Unreadable(row)
}

const (
	list = `INSERT INTO digest_unreadable (user_id, notification_id) SELECT $id, $row.id
WHERE $id = CAST($id AS INTEGER) AND $row.id = CAST($row.id AS INTEGER) AND ` + notListed + `;`
	notListed = `NOT EXISTS (SELECT 1 FROM digest_unreadable AS odd WHERE odd.user_id = $id AND odd.notification_id = $row.id)`
)

// unreadableTriggers keep digest_unreadable.
var unreadableTriggers = []trigger{
	{name: "rfcdigest_unreadable_added", table: "notifications", event: "AFTER INSERT", when: cannotRead("NEW"), column: "recipient_user_id", new: list},
	{name: "rfcdigest_unreadable_changed", table: "notifications", event: "AFTER UPDATE", of: "id, recipient_user_id, created_at",
		when: cannotRead("NEW"), column: "recipient_user_id", new: list},
}

// fillUnreadable lists what was there before the triggers.
func fillUnreadable(in func(column string) string, _ bool) []string {
	return []string{`INSERT INTO digest_unreadable (user_id, notification_id) SELECT u.recipient_user_id, u.id FROM notifications AS u
WHERE ` + in("u.recipient_user_id") + ` AND u.recipient_user_id = CAST(u.recipient_user_id AS INTEGER) AND u.id = CAST(u.id AS INTEGER) AND ` + cannotRead("u") +
		` AND NOT EXISTS (SELECT 1 FROM digest_unreadable AS odd WHERE odd.user_id = u.recipient_user_id AND odd.notification_id = u.id)`}
}
