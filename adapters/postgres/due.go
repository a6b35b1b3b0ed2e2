package postgres

import "strings"

// digest_due has a row for everybody who can have digests, so that a tick need not look at all of
// them: due_at is an instant, in seconds since 1970, before which a person surely has none due; 0
// where that is not known, and then a tick looks at them and notes what it found. period is the
// cadence in seconds; with a send hour, has_hour is 1. Where it is 0, due_at follows from the newest
// ledger row, and is there as soon as that is. It has an index: to keep one costs a claim next to nothing
// here, and many processes ask who is due, and whoever reads their metrics.
//
// Triggers keep it true whoever writes, also by programs that know nothing of it. Each change also
// gives the row another revision, at random so that none comes again, so that what a tick found out
// just before the change is not noted after it. The only rows that triggers leave to this program are
// those of digests that are being sent, which nobody else adds.
//
// Two transactions may be changing what one row follows from, neither seeing what the other did. So a
// trigger changes the row first, which waits for the other to end, and looks at the rest in its next
// statement, which sees what the other did. Whoever comes last then has seen everything.
//
// The functions work in the schema that they are in and by the rights of who migrated, whoever the app
// connects as.

// What triggers do. $random is an integer that does not come again.
var bodies = []struct{ name, variables, body string }{
	{"rfcdigest_user", "", `
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

	// Where somebody's row is not there, another transaction may be about to add it. It has locked them.
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
  UPDATE digest_due SET due_at = ` + dueAfterNewest + `, revision = $random WHERE user_id = person;
 END LOOP;
 RETURN NULL;`},

	{"rfcdigest_emptied", "", `
 IF TG_ARGV[0] = 'users' THEN
  DELETE FROM digest_due;
 ELSE
  UPDATE digest_due SET has_hour = ` + hasHour + `, due_at = 0, revision = $random;
 END IF;
 RETURN NULL;`},
}

const (
	// eligibleNew is a condition on a row of users; null is false.
	eligibleNew = `NEW.digest_cadence IN ('daily', 'weekly') AND NEW.email <> ''`
	// hasHour is about a row of digest_due.
	hasHour = `(SELECT count(*) FROM digest_preferences AS p WHERE p.user_id = digest_due.user_id AND p.send_hour IS NOT NULL)`
)

// dueAfterNewest is about a row of digest_due. It takes the end of a window only where that can be
// read; what core then makes of it is at that second or later.
var dueAfterNewest = `coalesce((SELECT CAST(floor(extract(epoch FROM d.period_end)) AS bigint) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND ` + readable("d.period_end") + `), 0)`

// functions are the statements that make what triggers call.
func functions() (statements []string) {
	for _, f := range bodies {
		declared := ""
		if f.variables != "" {
			declared = "DECLARE " + f.variables
		}
		body := strings.ReplaceAll(declared+"BEGIN"+f.body+"\nEND", "$random", random)
		statements = append(statements,
			"CREATE OR REPLACE FUNCTION "+f.name+"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $rfcdigest$\n"+body+"\n$rfcdigest$",
			"REVOKE ALL ON FUNCTION "+f.name+"() FROM PUBLIC",
			"DO $rfcdigest$ BEGIN EXECUTE format('ALTER FUNCTION "+f.name+"() SET search_path = %I, pg_temp', current_schema()); END $rfcdigest$")
	}
	return statements
}

// trigger is a trigger that statements need.
type trigger struct {
	name, table string
	event       string // when it is run, of which columns, for which rows
	function    string
}

// triggers keep digest_due. What one of them does must not change under its name.
var triggers = []trigger{
	{"rfcdigest_user_added", "users", "AFTER INSERT ON users FOR EACH ROW", "rfcdigest_user()"},
	{"rfcdigest_user_changed", "users", "AFTER UPDATE OF id, email, digest_cadence ON users FOR EACH ROW", "rfcdigest_user()"},
	{"rfcdigest_user_deleted", "users", "AFTER DELETE ON users FOR EACH ROW", "rfcdigest_user()"},
	{"rfcdigest_users_emptied", "users", "AFTER TRUNCATE ON users", "rfcdigest_emptied('users')"},

	{"rfcdigest_preferences_added", "digest_preferences", "AFTER INSERT ON digest_preferences FOR EACH ROW", "rfcdigest_preferences()"},
	{"rfcdigest_preferences_changed", "digest_preferences",
		"AFTER UPDATE OF user_id, time_zone, send_hour, send_weekday ON digest_preferences FOR EACH ROW", "rfcdigest_preferences()"},
	{"rfcdigest_preferences_deleted", "digest_preferences", "AFTER DELETE ON digest_preferences FOR EACH ROW", "rfcdigest_preferences()"},
	{"rfcdigest_preferences_emptied", "digest_preferences", "AFTER TRUNCATE ON digest_preferences", "rfcdigest_emptied('digest_preferences')"},

	{"rfcdigest_digest_added", "notification_digests",
		"AFTER INSERT ON notification_digests FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM 'sending')", "rfcdigest_digest()"},
	{"rfcdigest_digest_changed", "notification_digests",
		"AFTER UPDATE OF id, recipient_user_id, period_end ON notification_digests FOR EACH ROW", "rfcdigest_digest()"},
	{"rfcdigest_digest_deleted", "notification_digests", "AFTER DELETE ON notification_digests FOR EACH ROW", "rfcdigest_digest()"},
	{"rfcdigest_digests_emptied", "notification_digests", "AFTER TRUNCATE ON notification_digests", "rfcdigest_emptied('notification_digests')"},
}

// create returns the statement that makes the trigger. One of that name may be there and turned off.
func (t trigger) create() string {
	return "DROP TRIGGER IF EXISTS " + t.name + " ON " + t.table + ";\nCREATE TRIGGER " + t.name + " " + t.event + " EXECUTE FUNCTION " + t.function
}

// fillDue makes digest_due what the triggers would have made of it, or better.
var fillDue = strings.ReplaceAll(`DELETE FROM digest_due;
INSERT INTO digest_due (user_id, period, has_hour, due_at, revision)
SELECT u.id, CASE u.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END, 0, 0, $random
FROM users AS u WHERE `+strings.ReplaceAll(eligibleNew, "NEW.", "u.")+`;
UPDATE digest_due SET has_hour = 1 WHERE EXISTS (SELECT 1 FROM digest_preferences AS p WHERE p.user_id = digest_due.user_id AND p.send_hour IS NOT NULL);
UPDATE digest_due SET due_at = `+dueAfterNewest, "$random", random)
