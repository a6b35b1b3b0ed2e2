package postgres

import (
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// digest_due has a row for each person who can have digests, so that a tick need not look at all of
// them. due_at is an instant, in seconds since 1970, before which the person surely has none due; 0 if
// that is not known, and then a tick looks at the person and notes what it found. period is the cadence
// in seconds; has_hour is 1 if there is a send hour. If it is 0, due_at follows from the newest ledger
// row, and is there as soon as that is. It has an index: to keep one costs a claim next to nothing here,
// and many processes ask who is due, for their ticks and for their metrics.
//
// Triggers keep it true for all programs that write, also for those that know nothing of it. Each change
// also gives the row another revision, at random so that none comes again. So what a tick found out just
// before the change is not noted after it. Triggers leave only one kind of row to this program: those of
// digests that are being sent, which it alone adds.
//
// Two transactions may be changing what one row follows from, neither seeing what the other did. So a
// trigger changes the row first, which waits for the other to end, and looks at the rest in its next
// statement, which sees what the other did. The last of them has then seen everything.
//
// The functions work in the schema that they are in, and by the rights of the user who migrated, not by
// those of the user that the app connects as.

// What triggers do. $random is an integer that does not come again.
var bodies = []struct{ name, variables, body string }{
	{"rfcdigest_user", "", personIs + `
 IF TG_OP <> 'INSERT' THEN
  IF TG_OP = 'DELETE' THEN
   DELETE FROM digest_due WHERE user_id = OLD.id;
   RETURN NULL;
  END IF;
  DELETE FROM digest_due WHERE user_id = OLD.id AND (OLD.id <> NEW.id OR (` + eligibleNew + `) IS NOT TRUE);
 END IF;
 IF ` + eligibleNew + ` THEN
  INSERT INTO digest_due AS due (user_id, period, has_hour, due_at, revision)
  VALUES (NEW.id, CASE NEW.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END, 0, 0, $random)
  ON CONFLICT (user_id) DO UPDATE SET period = excluded.period, due_at = 0, revision = excluded.revision;
  UPDATE digest_due SET has_hour = ` + hasHour + ` WHERE user_id = NEW.id;
 END IF;
 RETURN NULL;`},

	// If the person's row is not there, another transaction may be about to add it. It has locked them.
	{"rfcdigest_preferences", "person bigint;\n", `
 FOREACH person IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.user_id] WHEN 'DELETE' THEN ARRAY[OLD.user_id] ELSE ARRAY[OLD.user_id, NEW.user_id] END LOOP
  UPDATE digest_due SET due_at = 0, revision = $random WHERE user_id = person;
  IF NOT FOUND THEN
   PERFORM 1 FROM users WHERE id = person FOR SHARE;
  END IF;
  UPDATE digest_due SET has_hour = ` + hasHour + `, due_at = 0, revision = $random WHERE user_id = person;
 END LOOP;
 RETURN NULL;`},

	{"rfcdigest_digest", "person bigint;\n", `
 FOREACH person IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.recipient_user_id] WHEN 'DELETE' THEN ARRAY[OLD.recipient_user_id]
   ELSE ARRAY[OLD.recipient_user_id, NEW.recipient_user_id] END LOOP
  PERFORM 1 FROM digest_due WHERE user_id = person FOR UPDATE;
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM notification_digests WHERE recipient_user_id = person AND id > OLD.id) THEN
   RETURN NULL; -- nothing follows from a row that is not the newest
  END IF;
  UPDATE digest_due SET due_at = ` + dueAfterNewest + `, revision = $random WHERE user_id = person;
 END LOOP;
 RETURN NULL;`},

	{"rfcdigest_moved", "person bigint;\n", noteMove},

	{"rfcdigest_emptied", "", `
 IF TG_ARGV[0] = 'users' THEN
  DELETE FROM digest_due;` + everybodyParts + `
 ELSIF TG_ARGV[0] = 'notifications' THEN
  UPDATE digest_people SET first_notification = 0 WHERE first_notification <> 0 AND gone = 0;
 ELSE
  IF TG_ARGV[0] = 'notification_digests' THEN
   UPDATE digest_people SET first_digest = 0 WHERE first_digest <> 0 AND gone = 0;
  END IF;
  UPDATE digest_due SET has_hour = ` + hasHour + `, due_at = 0, revision = $random;
 END IF;
 RETURN NULL;`},
}

const (
	// eligibleNew is a condition on a row of users; null is false.
	eligibleNew = `NEW.digest_cadence IN ('daily', 'weekly') AND NEW.email <> ''`
	// hasHour is about a row of digest_due, and setHour about one of digest_preferences.
	hasHour = `(SELECT count(*) FROM digest_preferences AS p WHERE p.user_id = digest_due.user_id AND ` + setHour + `)`
	setHour = `(p.send_hour IS NOT NULL OR p.rhythm <> '' OR p.paused_until <> '')`
)

// dueAfterNewest is about a row of digest_due. It takes the end of a window only if that can be
// read; what core then makes of it is at that second or later.
var dueAfterNewest = `coalesce((SELECT CAST(floor(extract(epoch FROM d.period_end)) AS bigint) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND ` + readable("d.period_end") + `
 AND NOT EXISTS (SELECT 1 FROM digest_people AS who WHERE who.user_id = digest_due.user_id AND who.first_digest > d.id)), 0)`

// functions are what triggers call.
func functions() (objects []schema.Object) {
	for _, f := range bodies {
		objects = append(objects, function(f.name, f.variables, f.body))
	}
	return objects
}

func function(name, variables, body string) schema.Object {
	declared := ""
	if variables != "" {
		declared = "DECLARE " + variables
	}
	body = "\n" + strings.NewReplacer("$random", random, "$mark", mark, "$none", noneYet).Replace(declared+"BEGIN"+body+"\nEND") + "\n"
	return schema.Object{ID: schema.ID{Kind: "function", Name: name}, Text: body,
		Replace: "CREATE OR REPLACE FUNCTION " + name + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $rfcdigest$" + body + "$rfcdigest$;\n" +
			"REVOKE ALL ON FUNCTION " + name + "() FROM PUBLIC;\n" +
			"DO $rfcdigest$ BEGIN EXECUTE format('ALTER FUNCTION " + name + "() SET search_path = %I, pg_temp', current_schema()); END $rfcdigest$"}
}

// triggers keep digest_due and digest_people.
func triggers() (objects []schema.Object) {
	for _, t := range []struct{ name, event, table, function string }{
		{"user_added", "INSERT", "users", "user()"},
		{"user_changed", "UPDATE of id, email, digest_cadence", "users", "user()"},
		{"user_deleted", "DELETE", "users", "user()"},
		{"users_emptied", "TRUNCATE", "users", "emptied('users')"},
		{"preferences_added", "INSERT", "digest_preferences", "preferences()"},
		{"preferences_changed", "UPDATE of user_id, time_zone, send_hour, send_weekday, rhythm, paused_until", "digest_preferences", "preferences()"},
		{"preferences_deleted", "DELETE", "digest_preferences", "preferences()"},
		{"preferences_emptied", "TRUNCATE", "digest_preferences", "emptied('digest_preferences')"},
		{"digest_added", "INSERT", "notification_digests", "digest()"},
		{"digest_changed", "UPDATE of id, recipient_user_id, period_end", "notification_digests", "digest()"},
		{"digest_deleted", "DELETE", "notification_digests", "digest()"},
		{"notification_moved", "UPDATE of recipient_user_id", "notifications", "moved()"},
		{"notification_deleted", "DELETE", "notifications", "moved()"},
		{"notifications_emptied", "TRUNCATE", "notifications", "emptied('notifications')"},
		{"digests_emptied", "TRUNCATE", "notification_digests", "emptied('notification_digests')"},
	} {
		each := "ROW"
		event, columns, _ := strings.Cut(t.event, " of ")
		switch {
		case event == "TRUNCATE":
			each = "STATEMENT"
		case columns != "":
			each += " WHEN (" + changes(columns) + ")"
		case t.name == "digest_added":
			each += " WHEN (NEW.status IS DISTINCT FROM 'sending')"
		}
		objects = append(objects, trigger("rfcdigest_"+t.name, event, t.table, each, t.function))
	}
	return objects
}

func trigger(name, event, table, each, function string) schema.Object {
	return schema.Object{ID: schema.ID{Kind: "trigger", Table: table, Name: name},
		Text: "CREATE TRIGGER " + name + " AFTER " + event + " ON " + table + " FOR EACH " + each + " EXECUTE FUNCTION rfcdigest_" + function}
}

// changes compares columns, instead of saying UPDATE OF: that is about those that a statement names, and a generated column
// changes without being named, as does one that a trigger of the app's sets before.
func changes(columns string) string {
	var changed []string
	for column := range strings.SplitSeq(columns, ", ") {
		changed = append(changed, "OLD."+column+" IS DISTINCT FROM NEW."+column)
	}
	return strings.Join(changed, " OR ")
}

// fillRows adds the rows of digest_due, before anything is known of when people are due. A change of one of these
// people waits meanwhile, and so does the trigger on their preferences: else it might find no row yet.
func fillRows(in func(column string) string, _ bool) []string {
	return []string{
		`SELECT 1 FROM users WHERE ` + in("id") + ` ORDER BY id FOR NO KEY UPDATE`,
		strings.ReplaceAll(`INSERT INTO digest_due (user_id, period, has_hour, due_at, revision)
SELECT u.id, max(CASE u.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END),
 (SELECT count(*) FROM digest_preferences AS p WHERE p.user_id = u.id AND `+setHour+`), 0, $random
FROM users AS u WHERE `+strings.ReplaceAll(eligibleNew, "NEW.", "u.")+` AND `+in("u.id")+` GROUP BY u.id ON CONFLICT DO NOTHING`, "$random", random),
	}
}

// fillDue works out when people are due who have no send hour, as the triggers do: it locks the rows first.
func fillDue(in func(column string) string, _ bool) []string {
	return []string{
		`SELECT 1 FROM digest_due WHERE ` + in("user_id") + ` ORDER BY user_id FOR UPDATE`,
		`UPDATE digest_due SET due_at = ` + dueAfterNewest + `, revision = ` + random + ` WHERE due_at = 0 AND has_hour = 0 AND ` + in("user_id"),
	}
}
