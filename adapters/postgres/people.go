package postgres

import "strings"

// digest_people says who has each number in users, see [core.Person]. A number that no person has is kept
// too, with the mark of the person who comes next (gone is 1). So they are told from the one before them, even
// if their row was added while there was no trigger.
//
// What belongs to a newcomer to a number that was used before is what has a higher ID than all that is
// there of the one before; so sequences may not go backwards.

const (
	// personIs is what the trigger on users does about who has a number. A row that goes from one partition
	// to another is deleted and added; it is there when triggers are run, and the number still taken.
	personIs = `
 IF TG_OP = 'DELETE' THEN
  PERFORM 1 FROM users WHERE id = OLD.id;
  IF NOT FOUND THEN` + parts + `
  END IF;
 ELSIF TG_OP = 'INSERT' THEN
  PERFORM 1 FROM digest_people WHERE user_id = NEW.id AND gone = 0;
  IF NOT FOUND THEN` + joins + `
  END IF;
 ELSIF OLD.id <> NEW.id THEN
  PERFORM 1 FROM users WHERE id = OLD.id;
  IF NOT FOUND THEN` + moves + parts + `
  ELSE` + joins + `
  END IF;
 END IF;`

	// parts deletes what is kept for a person, and says that no person has their number any more. It goes from
	// table to table in the order in which claims and settlements do, so that they wait for one another.
	parts = `
   DELETE FROM held_emails WHERE recipient_user_id = OLD.id;
   DELETE FROM digest_preferences WHERE user_id = OLD.id;
   DELETE FROM digest_due WHERE user_id = OLD.id;
   DELETE FROM digest_moved WHERE user_id = OLD.id;
   INSERT INTO digest_people AS who (user_id, person, first_digest, first_notification, gone) VALUES (OLD.id, $mark, $none, $none, 1)
   ON CONFLICT (user_id) DO UPDATE SET person = excluded.person, first_digest = $none, first_notification = $none, gone = 1;`
	// joins says that a new person has a number, and deletes what is left of the one before.
	joins = cleared + `
   DELETE FROM digest_moved WHERE user_id = NEW.id;
   INSERT INTO digest_people AS who (user_id, person, first_digest, first_notification, gone) VALUES (NEW.id, $mark, ` + afterDigests + `, ` + afterNotices + `, 0)` + taken
	// moves takes what is kept for a person along to another number. If several change their numbers at
	// once, and one takes that of another whose change is seen to later, that other one is new.
	moves = cleared + `
   UPDATE held_emails SET recipient_user_id = NEW.id WHERE recipient_user_id = OLD.id;
   UPDATE digest_preferences SET user_id = NEW.id WHERE user_id = OLD.id;
   UPDATE digest_moved SET user_id = NEW.id WHERE user_id = OLD.id;
   INSERT INTO digest_people AS who (user_id, person, first_digest, first_notification, gone)
   SELECT NEW.id, mover.person, mover.first_digest, mover.first_notification, 0 FROM digest_people AS mover WHERE mover.user_id = OLD.id` + taken
	cleared = `
   DELETE FROM held_emails WHERE recipient_user_id = NEW.id;
   DELETE FROM digest_preferences WHERE user_id = NEW.id;`
	// taken is what becomes of a number that was used before.
	taken = `
   ON CONFLICT (user_id) DO UPDATE SET person = excluded.person, gone = 0, first_digest = ` + afterDigests + `, first_notification = ` + afterNotices + `;`
	// afterDigests and afterNotices are the first IDs after those of a number that was used before.
	afterDigests = `(SELECT coalesce(max(d.id) + 1, 0) FROM notification_digests AS d WHERE d.recipient_user_id = NEW.id)`
	afterNotices = `(SELECT coalesce(max(n.id) + 1, 0) FROM notifications AS n WHERE n.recipient_user_id = NEW.id)`

	// everybodyParts says that no person is left.
	everybodyParts = `
  DELETE FROM digest_preferences;
  DELETE FROM held_emails;
  DELETE FROM digest_moved;
  UPDATE digest_people SET person = $mark, first_digest = $none, first_notification = $none, gone = 1;`

	// mark is a random number above 0.
	mark = `(1 + CAST(random() * 4503599627370495 AS bigint) * 1024 + CAST(random() * 1023 AS bigint))`
	// noneYet is core.NoneYet.
	noneYet = `9223372036854775807`
)

// noteMove keeps digest_moved. A row that goes from one partition to another is deleted and added, as in [personIs]. Before it
// notes anything it waits for a claim that the former recipient's digest may be making, and keeps others from it: claims lock
// these rows, too. What is read, or was told by a digest or a mail, needs no row.
const noteMove = `
 IF TG_OP = 'DELETE' THEN
  SELECT n.recipient_user_id INTO person FROM notifications AS n WHERE n.id = OLD.id AND n.recipient_user_id <> OLD.recipient_user_id;
 ELSE
  person := NEW.recipient_user_id;
 END IF;
 IF person IS NULL OR OLD.recipient_user_id IS NULL THEN
  RETURN NULL;
 END IF;
 PERFORM 1 FROM digest_due WHERE user_id = OLD.recipient_user_id FOR UPDATE;
 IF NOT FOUND THEN
  PERFORM 1 FROM users WHERE id = OLD.recipient_user_id FOR NO KEY UPDATE;
 END IF;
 UPDATE digest_moved SET user_id = person WHERE user_id = OLD.recipient_user_id AND notification_id = OLD.id;
 DELETE FROM digest_moved WHERE user_id = person AND notification_id = OLD.id AND from_id IN (person, OLD.recipient_user_id);
 IF OLD.digest_included_at IS NULL AND OLD.email_sent_at IS NULL AND OLD.read_at IS NULL THEN
  INSERT INTO digest_moved (user_id, notification_id, from_id, moved_at) VALUES (person, OLD.id, OLD.recipient_user_id, now());
 END IF;
 RETURN NULL;`

// fillPeople brings digest_people up to date with users, after triggers were missing: a new person gets another mark,
// and one who is gone has none. At the beginning all people stay who they were, so that their links go on working; a
// number of which only traces are left belongs to no person.
func fillPeople(in func(column string) string, beginning bool) []string {
	insert := "INSERT INTO digest_people (user_id, person, first_digest, first_notification, gone) SELECT "
	first := mark
	if beginning {
		first = "0"
	}
	statements := []string{
		`UPDATE digest_people SET person = $mark, first_digest = $none, first_notification = $none, gone = 1
WHERE gone = 0 AND ` + in("user_id") + ` AND NOT EXISTS (SELECT 1 FROM users AS u WHERE u.id = digest_people.user_id)`,
		`UPDATE digest_people SET gone = 0,
 first_digest = (SELECT coalesce(max(d.id) + 1, 0) FROM notification_digests AS d WHERE d.recipient_user_id = digest_people.user_id),
 first_notification = (SELECT coalesce(max(n.id) + 1, 0) FROM notifications AS n WHERE n.recipient_user_id = digest_people.user_id)
WHERE gone = 1 AND ` + in("user_id") + ` AND EXISTS (SELECT 1 FROM users AS u WHERE u.id = digest_people.user_id)`,
		insert + "u.id, " + first + ", 0, 0, 0 FROM (SELECT DISTINCT id FROM users WHERE id IS NOT NULL AND " + in("id") + ") AS u ON CONFLICT DO NOTHING",
	}
	if beginning {
		traces := func(column, table string) string {
			return "SELECT " + column + " FROM " + table + " WHERE " + in(column)
		}
		statements = append(statements, insert+"traces.id, $mark, $none, $none, 1 FROM ("+strings.Join([]string{traces("recipient_user_id", "notification_digests"),
			traces("recipient_user_id", "notifications"), traces("user_id", "digest_preferences"), traces("recipient_user_id", "held_emails")}, " UNION ")+
			") AS traces (id) WHERE traces.id IS NOT NULL ON CONFLICT DO NOTHING")
	}
	for i := range statements {
		statements[i] = strings.NewReplacer("$mark", mark, "$none", noneYet).Replace(statements[i])
	}
	return statements
}
