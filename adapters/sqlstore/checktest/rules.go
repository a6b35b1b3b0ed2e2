package checktest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// rule is what may be in columns of a table, and what is said of anything else. All values are literals of SQL.
type rule struct {
	table, columns, says string
	right, wrong         []string
	// textRight and textWrong are further ones, if numbers may be texts.
	textRight, textWrong []string
	// like is what drawn texts are like.
	like string
}

// others sets columns that the rules are not about.
func (c rule) others() string {
	if c.table == "held_emails" {
		return "subject = 'Another', attempts = 2, lease_until = '2026-03-29 12:00:00'"
	}
	return "time_zone = 'Europe/Berlin', failures = 1, retry_at = '2026-03-29 12:00:00'"
}

const (
	dayLike   = `[ \t\x{a0}\x{2003}\x{3000}]?([Mm]on|[Tt]ue[sSſ]|[Ww]edne[sS]|[Tt]hurs|[Ff]ri|[Ssſ]atur|[Ssſ]un|some)(day|DAY|days)?[ \n\x{85}]?`
	clockLike = `[ \x{2028}]?[0-2]?[0-9]:[0-6][0-9](:[0-6][0-9]|:0)?[ \n]?|[0-9: ]{0,6}|24:00(:00|:01)?`
	dateLike  = `[ \x{205f}]?[0-9]{4}-[01][0-9]-[0-3][0-9][ \r]?|[0-9 -]{0,10}|2026-0?2-(28|29|30)`
	listLike  = `[ \n]?\[?(([ \t]?-?[0-9]{1,2}|null| )[ \r]?,){0,2}[ ]?(-?[0-9]{1,20}|null)?[ ]?\]?|[0-9nul \[\],-]{0,5}`
	hourLike  = `[ \t+-]?[0-3]?[0-9]( |:00|\.0)?`
)

var rules = []rule{{
	table: "digest_preferences", columns: "send_hour", says: "digest_preferences.send_hour must be a whole number from 0 to 23, or NULL",
	right: []string{"8", "NULL", "0", "23"}, wrong: []string{"24", "-1", "900"},
	textRight: []string{"'9'", "''", "' '", "'07'", "X'39'", "9.0"}, textWrong: []string{"'09:00'", "'noon'", "'9 am'", "8.5", "X'FF'", "'24'", "'-'"},
	like: hourLike,
}, {
	table: "digest_preferences", columns: "send_weekday", says: "digest_preferences.send_weekday must be an English name like monday, or NULL",
	right: []string{"'monday'", "NULL", "''", "' '", "'Sunday'", "'FRIDAY'", "' tuesday\t'", "'\u00a0wednesday\u3000'", "'ſaturday'"},
	wrong: []string{"'mon'", "'someday'", "'Montag'", "'1'", "'mondays'", "'monday, friday'", "'Mo nday'"}, like: dayLike,
}, {
	table: "digest_preferences", columns: "quiet_start, quiet_end", says: "digest_preferences.quiet_start and quiet_end must both be times like 22:00 and 7:00, or both be NULL",
	right: []string{"'22:00', '07:30'", "NULL, NULL", "'', ' '", "NULL, ''", "'7:00', '9:05'", "'22:00:30', '7:00:00'", "'0:00', '24:00'", "'24:00:00', '00:00'", "' 22:00 ', '\n7:00\u2003'", "'22:00', '22:00'"},
	wrong: []string{"'22', '7'", "'22:00', NULL", "NULL, '07:00'", "'22:00', ' '", "'25:00', '07:00'", "'22:60', '07:00'", "'22:00', '24:01'", "'24:00:01', '7:00'", "'10pm', '7am'", "'22:00', '7:0'",
		"'022:00', '7:00'", "'22:00:00.5', '7:00'", "'22:00Z', '7:00'", "'22.00', '7.00'", "'-2:00', '7:00'", "'2 2:00', '7:00'"},
	like: clockLike,
}, {
	table: "digest_preferences", columns: "paused_until", says: "digest_preferences.paused_until must be a date like 2026-12-31, or NULL",
	right: []string{"'2026-12-31'", "NULL", "''", "' 2028-02-29 '", "'0001-01-01'", "'9999-12-31'"},
	wrong: []string{"'soon'", "'31.12.2026'", "'2026-13-01'", "'2026-00-10'", "'2026-02-30'", "'2026-04-31'", "'2026-1-2'", "'2026-12-31 08:00:00'", "'20261231'", "'now'", "'2461128'"}, like: dateLike,
}, {
	table: "held_emails", columns: "status", says: "held_emails.status must be held, sending, sent, dropped, failed or redirected: write held for a mail that waits",
	right: []string{"'held'", "'sending'", "'sent'", "'dropped'", "'failed'", "'redirected'"}, wrong: []string{"NULL", "''", "'pending'", "'Held'", "' held'", "'queued'"}, like: `[ ]?(held|sent|Sent|failed|empty)?`,
}, {
	table: "held_emails", columns: "notification_ids", says: "held_emails.notification_ids must be a JSON list of whole numbers like [1, 2], or NULL",
	right: []string{"'[1, 2]'", "NULL", "''", "'[]'", "'[42]'", "'[1,2]'", "' [ 1 ,\t2 ]\n'", "'null'", "'[null, null]'", "'[-1, 0]'", "'[9223372036854775807]'"},
	wrong: []string{"'42'", "'1, 2'", `'["42"]'`, `'{"id": 42}'`, "'{1,2}'", "'[1.5]'", "'[1 2]'", "'[1,]'", "'[,1]'", "'[a]'", "'[[1]]'", "'none'", "'[1'", "'1]'", "'[1-2]'", "'[true]'", "'[-]'", "'[]]'"}, like: listLike,
}}

// any draws values.
func (c rule) any(r *rapid.T, textHours bool) string {
	if c.columns == "send_hour" && !textHours {
		return fmt.Sprint(rapid.IntRange(-30, 30).Draw(r, "hour"))
	}
	var values []string
	for range strings.Split(c.columns, ", ") {
		values = append(values, rapid.OneOf(rapid.Just("NULL"), rapid.Map(rapid.StringMatching(c.like), func(s string) string { return "'" + s + "'" })).Draw(r, "value"))
	}
	return strings.Join(values, ", ")
}
