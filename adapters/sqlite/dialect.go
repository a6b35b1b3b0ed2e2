package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	driversqlite "modernc.org/sqlite"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// dialect returns what is SQLite's own in statements. ready and hold are as in [sqlstore.Dialect].
func dialect(ready func(context.Context) error, hold func(string, time.Time) any) sqlstore.Dialect {
	return sqlstore.Dialect{
		LateMarks: true, // notifications of one person lie on pages of their own
		StampText: func(column string) string { return "CAST(" + column + " AS TEXT)" },
		Readable:  findable,
		Search:    search,
		Hold:      hold,
		Listed:    true,
		RowID:     "rowid",
		Before:    before,
		Unset:     unset,
		Time:      func(expression string) string { return expression },
		List:      "json_each(?)",
		Pairs:     "(SELECT CAST(key AS INTEGER) AS number, value AS text FROM json_each(?))",
		Ready:     ready,
		Indexed:   func(index string) string { return " INDEXED BY " + index },
		Random:    "random()",
		Idle:      func(_, condition string) string { return condition },
	}
}

// readable is true of texts that are surely a time, and in UTC: YYYY-MM-DD HH:MM:SS on a day that
// exists, with a T for the blank, a fraction and a Z or +00:00 if they like. Such texts sort as
// their instants do, but that a T sorts after a blank on the same day. It is false of some that are
// times as well: in the years before 1000 and after 2999, with a decimal comma, with an offset.
//
// A trigger asks it, which the app's own SQLite runs: so it consists of functions
// that are built into every SQLite of this century's second decade, and that cannot fail. The type
// is asked for first, since builds differ in what GLOB makes of a blob, and so that null is false;
// the search for a zero byte is there because the other functions stop at one.
func readable(column string) string {
	return "(" + expand(day+` AND `+clock+` AND `+zone+` IN ('', 'Z', 'z', '+00:00', '-00:00')`, column) + ")"
}

// findable is true of what is surely a time, and found by [search]: of what is
// readable, of such texts without a time or seconds or with an offset, and of numbers in one of [texts.Units], which may
// be text. It asks what is usual first.
func findable(column string) string {
	const minute = `substr($c, 11) = '' OR substr($c, 11, 6) GLOB '[ Tt][0-2][0-9]:[0-5][0-9]' AND substr($c, 12, 2) <= '23' AND substr($c, 17) IN ('', 'Z')`
	const offset = `(` + zone + ` IN (' UTC', ' GMT', ' +0000 UTC') OR ltrim(` + zone + `) GLOB '[-+][01][0-9]'
 OR ltrim(` + zone + `) GLOB '[-+][01][0-9][0-5][0-9]' OR ltrim(` + zone + `) GLOB '[-+][01][0-9]:[0-5][0-9]')`
	const digits = `length($c) - length(ltrim($c, '0123456789'))`
	const number = `instr($c, char(0)) = 0 AND ($c GLOB '1*' AND ` + digits + ` IN (10, 13, 16, 19) OR $c GLOB '24[6-9]*' AND ` + digits + ` = 7)
 AND (ltrim($c, '0123456789') = '' OR ltrim($c, '0123456789') GLOB '.[0-9]*' AND ltrim(substr(ltrim($c, '0123456789'), 2), '0123456789') = '')`
	var ranges []string
	for _, u := range texts.Units() {
		ranges = append(ranges, fmt.Sprintf("$c BETWEEN %d AND %d", u.Least, u.Most))
	}
	return "(" + readable(column) + expand(` OR typeof($c) IN ('integer', 'real') AND (`+strings.Join(ranges, " OR ")+`)
 OR `+day+` AND (`+minute+` OR `+clock+` AND `+offset+`) OR typeof($c) = 'text' AND `+number, column) + ")"
}

// What readable and findable say of the column $c.
const (
	// day holds of texts that begin with a day that exists.
	day = `typeof($c) = 'text' AND instr($c, char(0)) = 0 AND $c GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'` +
		` AND substr($c, 6, 5) BETWEEN '01-01' AND '12-31' AND substr($c, 9, 2) BETWEEN '01' AND '31'` +
		` AND (substr($c, 6, 5) NOT IN ('02-29', '02-30', '02-31', '04-31', '06-31', '09-31', '11-31')` +
		` OR substr($c, 6, 5) = '02-29' AND substr($c, 3, 2) <> '00'` +
		` AND (substr($c, 3, 2) GLOB '[02468][048]' OR substr($c, 3, 2) GLOB '[13579][26]'))`
	// clock holds if the time of day follows, to the second, and zone is what comes after it and its fraction.
	clock = `substr($c, 11, 9) GLOB '[ Tt][0-2][0-9]:[0-5][0-9]:[0-5][0-9]' AND substr($c, 12, 2) <= '23'`
	zone  = `CASE WHEN substr($c, 20) GLOB '.[0-9]*' THEN ltrim(substr($c, 21), '0123456789') ELSE substr($c, 20) END`
)

// expand puts a column in the place of $c.
func expand(condition, column string) string { return strings.ReplaceAll(condition, "$c", column) }

// search looks in ranges in which created_at can be if it is not before since. They do not overlap. Text can be in a zone
// of its own, up to a day behind. Seconds to nanoseconds as text begin alike. The upper bounds of numbers are before the
// lower ones as text: so nothing is read in a column of texts, in which they are compared as such. No bound has an affinity,
// or the index would not serve. For people whose times are all texts of the usual kind only the first range is looked in.
// It has a day of what earlier digests told of. That their times are such texts is told by datetime, at a fifth of what readable costs.
var search = sqlstore.Search{
	With: `,
unusual (recipient, since, later) AS MATERIALIZED (SELECT recipient, since, ` + later + ` FROM span
 WHERE EXISTS (SELECT 1 FROM notifications AS n WHERE n.recipient_user_id = span.recipient AND n.created_at < '1~')),
bound (recipient, since, low, high) AS MATERIALIZED (SELECT recipient, since, date(since, '-1 day'), x'ff' FROM span
 UNION ALL SELECT recipient, since, strftime('%s', later), '2' FROM unusual
 UNION ALL SELECT recipient, since, strftime('%s', later) * 1, 1e10 FROM unusual
 UNION ALL SELECT recipient, since, strftime('%s', later) * 1000, 1e13 FROM unusual
 UNION ALL SELECT recipient, since, strftime('%s', later) * 1000000, 1e16 FROM unusual
 UNION ALL SELECT recipient, since, strftime('%s', later) * 1000000000, 1e19 FROM unusual
 UNION ALL SELECT recipient, since, julianday(since), 1e7 FROM unusual)`,
	From: `bound CROSS JOIN notifications AS n
WHERE n.recipient_user_id = bound.recipient AND n.created_at >= bound.low AND n.created_at < bound.high
 AND (n.created_at >= bound.since OR n.created_at IS NOT datetime(n.created_at) COLLATE BINARY AND NOT ` + readable("n.created_at") + `)`,
	Missed: `coalesce(NOT (n.created_at >= date(span.since, '-1 day') AND n.created_at < x'ff'
 OR n.created_at >= strftime('%s', ` + strings.ReplaceAll(later, "since", "span.since") + `) AND n.created_at < '2'), 1)`,
}

// later is since, or when the numbers of all units but Julian days begin.
const later = `max(since, '2001-09-09 01:46:40')`

// unset is what [texts.IsUnset] is.
func unset(column string) string {
	condition := "CAST($c AS TEXT) IN ('', '0', '0.0')"
	for _, prefix := range texts.UnsetPrefixes {
		condition += " OR CAST($c AS TEXT) GLOB '" + prefix + "*'"
	}
	return expand("($c IS NULL OR "+condition+")", column)
}

// before narrows by the column itself, so that an index can serve, to the end of the day of t: so far a T
// instead of a blank makes no difference. Then it compares the time without the T. All others are read here, also what sorts
// after that day: days of the same year with slashes or nothing between, words, and Julian days as text.
func before(column string, t time.Time) []string {
	day := texts.Timestamp(t.Add(24 * time.Hour))[:10]
	read := fmt.Sprintf("rfcdigest_seconds(CAST(%s AS BLOB)) < %d", column, t.Unix())
	return []string{
		fmt.Sprintf("%[1]s < '%[2]s~' AND (%[3]s AND substr(%[1]s, 1, 10) || ' ' || substr(%[1]s, 12, 8) < '%[4]s' OR NOT %[3]s AND %[5]s)",
			column, day, readable(column), texts.Timestamp(t), read),
		fmt.Sprintf("%[1]s > '%[2]s/' AND %[1]s < '%[3]s~' AND %[4]s", column, day[:4], strings.ReplaceAll(day, "-", ""), read),
		column + " > '2400~' AND " + read,
	}
}

// rfcdigest_seconds are those since 1970 of what [texts.ParseTimestamp] reads, as a blob; null of others. The driver ends
// text at a zero byte. It is there in the connections of this program only, so no trigger may use it.
func init() {
	driversqlite.MustRegisterDeterministicScalarFunction("rfcdigest_seconds", 1, func(_ *driversqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		content, _ := args[0].([]byte)
		t, ok := texts.ParseTimestamp(string(content))
		if !ok || texts.IsUnset(string(content)) {
			return nil, nil
		}
		return t.Unix(), nil
	})
}
