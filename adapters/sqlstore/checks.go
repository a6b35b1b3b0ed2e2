package sqlstore

import (
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
)

// Check is a rule for the rows of a table of ours. It refuses only what core ignores, and tells. SQL does not see all of that.
type Check struct {
	Name, Table string
	// Columns are those that it is about, as a list of SQL.
	Columns string
	// Wrong is a condition on the row NEW. Says is the error of a statement that writes such a row.
	Wrong, Says string
}

// Right are conditions in a database's words: core can read what is in a column. What is blank or null is right for all but
// Clock, and nothing else is for Blank.
type Right struct{ Hour, Weekday, Date, Clock, Blank, List func(column string) string }

// Checks returns all rules. A row is judged after it was added, and after one of the columns has changed. So one that was wrong
// before can be changed in its others. Before it was added it is not: by ON CONFLICT it may yet become a change of another row.
//
// The ledger has no rule. Only this program writes to it, many rows at a time, which would take a third longer.
func Checks(r Right) []Check {
	not := func(right ...string) string { return "NOT (" + strings.Join(right, " OR ") + ")" }
	both := func(right func(string) string) string {
		return right("NEW.quiet_start") + " AND " + right("NEW.quiet_end")
	}
	var known []string
	for _, s := range []core.Status{core.Held, core.Sending, core.Sent, core.Dropped, core.Failed, core.Redirected} {
		known = append(known, "coalesce(NEW.status, '') = '"+string(s)+"'")
	}
	return []Check{
		{"hour", "digest_preferences", "send_hour", not(r.Hour("NEW.send_hour")),
			"digest_preferences.send_hour must be a whole number from 0 to 23, or NULL"},
		{"weekday", "digest_preferences", "send_weekday", not(r.Weekday("NEW.send_weekday")),
			"digest_preferences.send_weekday must be an English name like monday, or NULL"},
		{"quiet_hours", "digest_preferences", "quiet_start, quiet_end", not(both(r.Blank), both(r.Clock)),
			"digest_preferences.quiet_start and quiet_end must both be times like 22:00 and 7:00, or both be NULL"},
		{"pause", "digest_preferences", "paused_until", not(r.Date("NEW.paused_until")),
			"digest_preferences.paused_until must be a date like 2026-12-31, or NULL"},
		{"status", "held_emails", "status", not(known...),
			"held_emails.status must be held, sending, sent, dropped, failed or redirected: write held for a mail that waits"},
		{"list", "held_emails", "notification_ids", not(r.List("NEW.notification_ids")),
			"held_emails.notification_ids must be a JSON list of whole numbers like [1, 2], or NULL"},
	}
}
