package sqlite

import "strings"

// digest_people says who has each number in users, see [core.Person], since SQLite gives the number of
// the row that was deleted last to the next one. A number that no person has is kept too, with the mark of
// the person who comes next (gone is 1). So they are told from the one before them, even if their row was
// added while there was no trigger.
//
// A row that takes the place of one with the same number (INSERT OR REPLACE) is the same person: programs
// write so to save what they have changed, and SQLite chooses no number that is taken. No trigger is told
// of the row that went then. If one is (PRAGMA recursive_triggers), the person was deleted.
//
// What belongs to the newcomer is what is added after them: neither the ledger nor the notifications can
// be looked at by a trigger on users, see [triggers]. So a number that was used before begins with none of
// either, and the first row that is added for it says which ID is the first of the newcomer's.

// What triggers do about one person, see [triggers].
const (
	// forget deletes what is kept for a person.
	forget = `DELETE FROM digest_preferences WHERE user_id = $id` + unlessTaken + `;DELETE FROM held_emails WHERE recipient_user_id = $id` + unlessTaken + `;
DELETE FROM digest_moved WHERE user_id = $id` + unlessTaken + `;`
	// unlessTaken is true of numbers that no person had before the row was added.
	unlessTaken = ` AND NOT EXISTS (SELECT 1 FROM digest_people WHERE user_id = $id AND gone = 0)`
	// join says that a person has a number.
	join = `INSERT INTO digest_people (user_id, person, first_digest, first_notification, gone) SELECT $id, ` + mark + `, 0, 0, 0
WHERE $id = CAST($id AS INTEGER) AND NOT EXISTS (SELECT 1 FROM digest_people WHERE user_id = $id);
UPDATE digest_people SET gone = 0 WHERE user_id = $id AND gone = 1;`
	// part says that no person has a number any more.
	part = `INSERT INTO digest_people (user_id, person, first_digest, first_notification, gone) SELECT $id, 0, 0, 0, 1
WHERE $id = CAST($id AS INTEGER) AND NOT EXISTS (SELECT 1 FROM digest_people WHERE user_id = $id);
UPDATE digest_people SET ` + vacant + ` WHERE user_id = $id;`
	// free says so of numbers above the highest, which SQLite may choose next: a row that had to go for
	// another with the same address (INSERT OR REPLACE, under a number of its own) was not told of.
	free = `UPDATE digest_people SET ` + vacant + ` WHERE gone = 0 AND user_id > (SELECT coalesce(max(id), 0) FROM users);`
	// vacant is what is set if no person has a number.
	vacant = `person = ` + mark + `, first_digest = ` + noneYet + `, first_notification = ` + noneYet + `, gone = 1`

	// move takes what is kept for a person along to another number. What is left there of the one who had
	// that number before is not theirs. If that one was not deleted, their row is gone by REPLACE.
	move = `DELETE FROM digest_preferences WHERE user_id = NEW.id;
DELETE FROM held_emails WHERE recipient_user_id = NEW.id;
UPDATE digest_preferences SET user_id = NEW.id WHERE user_id = OLD.id AND ` + moves + `;
UPDATE held_emails SET recipient_user_id = NEW.id WHERE recipient_user_id = OLD.id AND ` + moves + `;
UPDATE digest_moved SET user_id = NEW.id WHERE user_id = OLD.id AND ` + moves + `;
UPDATE digest_people SET person = coalesce((SELECT mover.person FROM digest_people AS mover WHERE mover.user_id = OLD.id), ` + mark + `), first_digest = ` + noneYet + `,
 first_notification = ` + noneYet + `, gone = 0 WHERE user_id = NEW.id AND ` + moves + `;
INSERT INTO digest_people (user_id, person, first_digest, first_notification, gone)
SELECT NEW.id, mover.person, mover.first_digest, mover.first_notification, 0 FROM digest_people AS mover
WHERE mover.user_id = OLD.id AND ` + moves + ` AND NOT EXISTS (SELECT 1 FROM digest_people AS there WHERE there.user_id = NEW.id);`
	moves = `NEW.id = CAST(NEW.id AS INTEGER)`

	// ownDigest and ownNotice say of a row that is added that it is the person's.
	ownDigest = `UPDATE digest_people SET first_digest = $row.id WHERE user_id = $id AND first_digest > $row.id AND gone = 0;`
	ownNotice = `UPDATE digest_people SET first_notification = $row.id WHERE user_id = $id AND first_notification > $row.id AND gone = 0;`

	// givenDigest and givenNotice say so of a row that becomes theirs by a change, unless that would make
	// a row theirs that belongs to a person before them.
	givenDigest = `UPDATE digest_people SET first_digest = $row.id WHERE user_id = $id AND first_digest > $row.id AND gone = 0 AND OLD.recipient_user_id IS NOT $id
AND NOT EXISTS (SELECT 1 FROM notification_digests AS other WHERE other.recipient_user_id = $id AND other.id > $row.id AND other.id < digest_people.first_digest);`
	givenNotice = `UPDATE digest_people SET first_notification = $row.id WHERE user_id = $id AND first_notification > $row.id AND gone = 0 AND OLD.recipient_user_id IS NOT $id
AND NOT EXISTS (SELECT 1 FROM notifications AS other WHERE other.recipient_user_id = $id AND other.id > $row.id AND other.id < digest_people.first_notification);`

	// mark is a random number above 0.
	mark = `((random() & 9223372036854775807) | 1)`
	// noneYet is core.NoneYet.
	noneYet = `9223372036854775807`

	// isFree is true if no other row has the number of the one that is gone.
	isFree = `NOT EXISTS (SELECT 1 FROM users WHERE id = OLD.id)`
	// isCurrent is true but in a table that the app has put aside under another name: what is deleted
	// there lives on elsewhere.
	isCurrent = `EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = 'rfcdigest_person_deleted' AND lower(tbl_name) = 'users')`
)

// peopleTriggers keep digest_people.
var peopleTriggers = []trigger{
	{name: "rfcdigest_person_added", table: "users", event: "AFTER INSERT", column: "id", new: forget + join},
	{name: "rfcdigest_person_moved", table: "users", event: "AFTER UPDATE", when: "OLD.id <> NEW.id AND " + isFree,
		column: "id", new: move + join + strings.ReplaceAll(part, "$id", "OLD.id")},
	// If numbers are not unique, a person who shared one and now has another counts as new.
	{name: "rfcdigest_person_parted", table: "users", event: "AFTER UPDATE", when: "OLD.id <> NEW.id AND NOT " + isFree,
		column: "id", new: forget + join},
	{name: "rfcdigest_person_deleted", table: "users", event: "AFTER DELETE", when: isFree + " AND " + isCurrent, column: "id", old: part + free + forget},
	{name: "rfcdigest_notification_added", table: "notifications", event: "AFTER INSERT", column: "recipient_user_id", new: ownNotice},
	{name: "rfcdigest_notification_given", table: "notifications", event: "AFTER UPDATE", of: "recipient_user_id", column: "recipient_user_id", new: givenNotice + noteMove},
}

// noteMove keeps digest_moved. What is read, or was told by a digest or a mail, needs no row.
var noteMove = `UPDATE digest_moved SET user_id = $id WHERE user_id = OLD.recipient_user_id AND notification_id = $row.id;
DELETE FROM digest_moved WHERE user_id = $id AND notification_id = $row.id AND from_id IN ($id, OLD.recipient_user_id);
INSERT INTO digest_moved (user_id, notification_id, from_id, moved_at) SELECT $id, $row.id, OLD.recipient_user_id, datetime('now')
WHERE $id = CAST($id AS INTEGER) AND OLD.recipient_user_id = CAST(OLD.recipient_user_id AS INTEGER)
 AND ` + unset("$row.digest_included_at") + " AND " + unset("$row.email_sent_at") + " AND " + unset("$row.read_at") + `;`
