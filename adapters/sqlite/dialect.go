package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// dialect returns what is SQLite's own in statements. ready is as in [sqlstore.Dialect].
func dialect(ready func(context.Context) error) sqlstore.Dialect {
	return sqlstore.Dialect{
		LateMarks: true, // notifications of one person lie on pages of their own
		StampText: func(column string) string { return "CAST(" + column + " AS TEXT)" },
		Readable:  readable,
		Listed:    true,
		RowID:     "rowid",
		Before:    before,
		Unset:     func(column string) string { return "(" + column + " IS NULL OR " + column + " = '')" },
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
	const utc = "('', 'Z', 'z', '+00:00', '-00:00')"
	return fmt.Sprintf(`typeof(%[1]s) = 'text' AND instr(%[1]s, char(0)) = 0`+
		` AND %[1]s GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][ Tt][0-2][0-9]:[0-5][0-9]:[0-5][0-9]*'`+
		` AND substr(%[1]s, 6, 5) BETWEEN '01-01' AND '12-31' AND substr(%[1]s, 9, 2) BETWEEN '01' AND '31'`+
		` AND (substr(%[1]s, 6, 5) NOT IN ('02-29', '02-30', '02-31', '04-31', '06-31', '09-31', '11-31')`+
		` OR substr(%[1]s, 6, 5) = '02-29' AND substr(%[1]s, 3, 2) <> '00'`+
		` AND (substr(%[1]s, 3, 2) GLOB '[02468][048]' OR substr(%[1]s, 3, 2) GLOB '[13579][26]'))`+
		` AND substr(%[1]s, 12, 2) <= '23'`+
		` AND (substr(%[1]s, 20) IN `+utc+
		` OR substr(%[1]s, 20) GLOB '.[0-9]*' AND ltrim(substr(%[1]s, 21), '0123456789') IN `+utc+`)`, column)
}

// before narrows by the column itself, so that an index can serve, to the end of the day of t: so far a T
// instead of a blank makes no difference. Then it compares the time without the T. Times with
// an offset, which can be a day ahead of what they say, are left to SQLite to read.
func before(column string, t time.Time) string {
	then := texts.Timestamp(t)
	const offset = "GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][ Tt][0-2][0-9]:[0-5][0-9]:[0-5][0-9]*[-+][0-2][0-9]:[0-5][0-9]'"
	return fmt.Sprintf("%[1]s < '%[2]s~' AND (%[3]s AND substr(%[1]s, 1, 10) || ' ' || substr(%[1]s, 12, 8) < '%[4]s'"+
		" OR NOT (%[3]s) AND %[1]s %[5]s AND substr(%[1]s, 12, 2) <= '23' AND substr(%[1]s, 20) NOT GLOB '*[^-+.:0-9]*' AND date(substr(%[1]s, 1, 10)) = substr(%[1]s, 1, 10) AND datetime(%[1]s) < '%[4]s')",
		column, texts.Timestamp(t.Add(24 * time.Hour))[:10], readable(column), then, offset)
}
