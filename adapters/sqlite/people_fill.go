package sqlite

import (
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

const (
	addPeople = "INSERT INTO digest_people (user_id, person, first_digest, first_notification, gone) SELECT "
	// nobody are the columns of a number that no person has, and lacks begins a condition on one that is not known.
	nobody = mark + ", " + noneYet + ", " + noneYet + ", 1"
	lacks  = "NOT EXISTS (SELECT 1 FROM digest_people AS p WHERE p.user_id = "
)

// somebody are the columns of a person who was there before the triggers. If nothing was known of anybody, all people
// stay who they were, so that their links go on working. Else a person who came while there was no trigger is a new one.
func somebody(beginning bool) string {
	if beginning {
		return "0, 0, 0, 0"
	}
	return mark + ", 0, 0, 0"
}

// fillPeople brings digest_people up to date with users, after triggers were missing: a new person gets another mark,
// and one who is gone has none. At the beginning a number of which only traces are left belongs to no person.
func fillPeople(in func(column string) string, beginning bool) []string {
	isThere := in("user_id") + " AND %s EXISTS (SELECT 1 FROM users AS u WHERE u.id = digest_people.user_id)"
	statements := []string{
		"UPDATE digest_people SET " + vacant + " WHERE gone = 0 AND " + strings.Replace(isThere, "%s", "NOT", 1),
		"UPDATE digest_people SET gone = 0 WHERE gone = 1 AND " + strings.Replace(isThere, "%s", "", 1),
		addPeople + "CAST(u.id AS INTEGER), " + somebody(beginning) + " FROM users AS u WHERE u.id = CAST(u.id AS INTEGER) AND " + in("u.id") +
			" AND " + lacks + "u.id) GROUP BY 1",
	}
	if !beginning {
		return statements
	}
	for _, column := range []string{"notification_digests.recipient_user_id", "notifications.recipient_user_id", "digest_preferences.user_id", "held_emails.recipient_user_id"} {
		table, _, _ := strings.Cut(column, ".")
		statements = append(statements, addPeople+column+", "+nobody+" FROM "+table+
			" WHERE typeof("+column+") = 'integer' AND "+in(column)+" AND "+lacks+column+") GROUP BY 1")
	}
	return statements
}

// meanwhile are triggers for the time until [fillPeople] has been to all numbers. Before a row takes a number they see to
// it that it is known whose that is: if somebody has it, the row is saved again, and that person stays. Numbers that
// SQLite chooses by itself follow the highest, which is where filling begins.
func meanwhile(beginning bool) (objects []schema.Object) {
	know := `UPDATE digest_people SET ` + vacant + ` WHERE user_id = $id AND gone = 0 AND NOT EXISTS (SELECT 1 FROM users WHERE id = $id);` +
		addPeople + `$id, ` + somebody(beginning) + ` WHERE EXISTS (SELECT 1 FROM users WHERE id = $id) AND $id = CAST($id AS INTEGER) AND ` + lacks + `$id);` +
		addPeople + `$id, ` + nobody + ` WHERE $id = CAST($id AS INTEGER) AND ` + lacks + `$id);`
	for _, t := range []trigger{
		{name: "rfcdigest_filling_added", table: "users", event: "BEFORE INSERT", column: "id", new: know},
		{name: "rfcdigest_filling_moved", table: "users", event: "BEFORE UPDATE", when: "OLD.id <> NEW.id", column: "id", new: know, old: know},
	} {
		objects = append(objects, t.object())
	}
	return objects
}
