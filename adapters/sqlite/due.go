package sqlite

import "strings"

// digest_due has a row for each person who can have digests, so that a tick need not look at all of
// them. due_at is an instant, in seconds since 1970, before which the person surely has none due; 0 if
// that is not known, and then a tick looks at the person and notes what it found. period is the cadence
// in seconds; has_hour is 1 if there is a send hour, a rhythm or a pause. If it is 0, due_at follows from the newest ledger
// row, and is there as soon as that is.
//
// Triggers keep it true for all programs that write, also for those that know nothing of it. Each change
// also gives the row another revision, at random so that none comes again. So what a tick found out just
// before the change is not noted after it.
//
// The app's own SQLite, perhaps an older one, runs all of this. So it uses only what SQLite had in 2010, see [Oldest],
// and resolves no conflicts: how that is done is up to the statement that a trigger is run for. Triggers
// leave only one kind of row to this program: those of digests that are being sent, which it alone adds.
//
// No trigger names a table of the app's but the one it is on. When the app makes one of its
// tables anew (drops it, and renames another to it), SQLite looks at all triggers that stay, and
// would refuse if one of them named the table that is gone.

// What triggers do about one person, whose row takes the place of $row, and their ID that of $id.
const (
	// enter adds a row for a person who can have digests and has no row yet.
	enter = `INSERT INTO digest_due (user_id, period, has_hour, due_at, revision) SELECT $id, 0, EXISTS (` + sendHour + `$id), 0, 0
WHERE ` + eligible + ` AND NOT EXISTS (SELECT 1 FROM digest_due WHERE user_id = $id);`
	// leave takes away the row of a person who perhaps cannot have them any more.
	leave = `DELETE FROM digest_due WHERE user_id = $id;`
	// pace sets the period.
	pace = `UPDATE digest_due SET period = ` + periodOf + `, due_at = 0, revision = random() WHERE user_id = $id;`
	// prefer sets has_hour.
	prefer = `UPDATE digest_due SET has_hour = EXISTS (` + sendHour + `$id), due_at = 0, revision = random() WHERE user_id = $id;`
	// stir sets what follows from the ledger.
	stir = `UPDATE digest_due SET due_at = ` + dueAfterNewest + `, revision = random() WHERE user_id = $id;`
	// follow does the same after a row was added that is the newest; looking for the newest costs more
	// than all the rest of it.
	follow = `UPDATE digest_due SET due_at = CASE WHEN has_hour = 0 AND datetime($row.period_end) = $row.period_end
 THEN strftime('%s', $row.period_end) + period ELSE 0 END, revision = random()
WHERE user_id = $id AND NOT EXISTS (SELECT 1 FROM notification_digests AS d WHERE d.recipient_user_id = $id AND d.id > $row.id);`

	// newestOld is true if the row that was deleted was the newest of its person: nothing follows from the others.
	newestOld = `NOT EXISTS (SELECT 1 FROM notification_digests AS d WHERE d.recipient_user_id = OLD.recipient_user_id AND d.id > OLD.id)`

	// oust is about the person whose ledger row has the ID that another row is about to get. If that one
	// takes its place (REPLACE), no trigger is told of it afterwards.
	oust = `UPDATE digest_due SET due_at = 0, revision = random()
WHERE user_id = (SELECT d.recipient_user_id FROM notification_digests AS d WHERE d.id = $id);`

	// eligible is a condition on a row of users. In some tables an ID may be no integer; no person is found by it.
	eligible = `$row.id = CAST($row.id AS INTEGER) AND $row.digest_cadence IN ('daily', 'weekly') AND $row.email <> ''`
	periodOf = `CASE $row.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END`
	sendHour = `SELECT 1 FROM digest_preferences WHERE (send_hour IS NOT NULL OR rhythm <> '' OR paused_until <> '') AND user_id = `
	// dueAfterNewest is about a row of digest_due. It takes a time only as it is written here; what else may be one is core's to read.
	dueAfterNewest = `coalesce((SELECT strftime('%s', d.period_end) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND datetime(d.period_end) = d.period_end
 AND NOT EXISTS (SELECT 1 FROM digest_people AS who WHERE who.user_id = digest_due.user_id AND who.first_digest > d.id)), 0)`
)

// trigger is a trigger that statements need.
type trigger struct {
	name, table string
	event       string // when it is run
	of          string // for changes of which columns; empty for all
	when        string // for which rows; empty for all
	column      string // has the ID of the person that a row is about
	// new and old are what is done about the person of the row as it is now, and as it was.
	new, old string
}

// triggers keep digest_due.
var triggers = []trigger{
	{name: "rfcdigest_user_added", table: "users", event: "AFTER INSERT", column: "id", new: enter + pace},
	{name: "rfcdigest_user_changed", table: "users", event: "AFTER UPDATE", of: "id, email, digest_cadence", column: "id", new: enter + pace, old: leave},
	{name: "rfcdigest_user_deleted", table: "users", event: "AFTER DELETE", column: "id", old: leave},

	{name: "rfcdigest_preferences_added", table: "digest_preferences", event: "AFTER INSERT", column: "user_id", new: prefer},
	{name: "rfcdigest_preferences_changed", table: "digest_preferences", event: "AFTER UPDATE", of: "user_id, time_zone, send_hour, send_weekday, rhythm, paused_until",
		column: "user_id", new: prefer, old: prefer},
	{name: "rfcdigest_preferences_deleted", table: "digest_preferences", event: "AFTER DELETE", column: "user_id", old: prefer},

	{name: "rfcdigest_window_added", table: "notification_digests", event: "AFTER INSERT", when: "NEW.status IS NOT 'sending'", column: "recipient_user_id", new: ownDigest + follow},
	{name: "rfcdigest_digest_ousted", table: "notification_digests", event: "BEFORE INSERT", when: "NEW.status IS NOT 'sending'", column: "id", new: oust},
	{name: "rfcdigest_digest_moved", table: "notification_digests", event: "BEFORE UPDATE", of: "id", column: "id", new: oust},
	{name: "rfcdigest_window_changed", table: "notification_digests", event: "AFTER UPDATE", of: "id, recipient_user_id, period_end",
		column: "recipient_user_id", new: givenDigest + stir, old: stir},
	{name: "rfcdigest_window_deleted", table: "notification_digests", event: "AFTER DELETE", when: newestOld, column: "recipient_user_id", old: stir},
}

// create returns the statement that makes the trigger, to be run at that event.
func (t trigger) create(event string) string {
	about := func(row, what string) string {
		return strings.NewReplacer("$id", row+"."+t.column, "$row", row).Replace(what)
	}
	body := about("OLD", t.old) + about("NEW", t.new)
	when := t.condition()
	if when != "" {
		when = " WHEN " + when
	}
	return "CREATE TRIGGER " + t.name + " " + event + " ON " + t.table + when + " BEGIN\n" + strings.ReplaceAll(body, ";", ";\n") + "END"
}

// condition compares the columns. UPDATE OF is about those that a statement names: a generated column changes without being
// named, and what is named may stay as it is. Values that differ are different here whatever the collation of the column.
func (t trigger) condition() string {
	if t.of == "" {
		return t.when
	}
	var changed []string
	for column := range strings.SplitSeq(t.of, ", ") {
		changed = append(changed, "OLD."+column+" COLLATE BINARY IS NOT NEW."+column)
	}
	condition := strings.Join(changed, " OR ")
	if t.when != "" {
		condition = "(" + condition + ") AND " + t.when
	}
	return condition
}

// fillDue makes digest_due what the triggers would have made of it, or better.
func fillDue(in func(column string) string, _ bool) []string {
	// The row that is to be is called as the table is, for what asks about one of its rows.
	return []string{`INSERT INTO digest_due (user_id, period, has_hour, due_at, revision) SELECT user_id, period, has_hour, ` + dueAfterNewest + `, random()
FROM (SELECT CAST(u.id AS INTEGER) AS user_id, max(` + about(periodOf) + `) AS period, EXISTS (` + sendHour + `CAST(u.id AS INTEGER)) AS has_hour
 FROM users AS u WHERE ` + about(eligible) + ` AND ` + in("u.id") + ` GROUP BY 1) AS digest_due
WHERE NOT EXISTS (SELECT 1 FROM digest_due AS there WHERE there.user_id = digest_due.user_id)`}
}

// about returns a condition or an expression about the row u.
func about(what string) string { return strings.ReplaceAll(what, "$row", "u") }
