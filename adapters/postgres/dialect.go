package postgres

import (
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

// dialect returns what is PostgreSQL's own in the statements on a database.
func (d database) dialect(ready *guard) sqlstore.Dialect {
	return sqlstore.Dialect{
		Stamp:     func(t time.Time) any { return t.UTC().Truncate(time.Second) },
		StampText: stampText,
		Readable:  readable,
		Before: func(column string, t time.Time) string {
			return readable(column) + " AND " + column + " < '" + t.UTC().Truncate(time.Second).Format(time.RFC3339) + "'"
		},
		Unset:    func(column string) string { return column + " IS NULL" },
		Time:     func(expression string) string { return "CAST(" + expression + " AS timestamptz)" },
		List:     "(SELECT CAST(value AS bigint) AS value FROM json_array_elements_text(CAST(? AS json)))",
		Pairs:    "(SELECT CAST(key AS bigint) AS number, value AS text FROM json_each_text(CAST(? AS json)))",
		Ready:    ready.check,
		Indexed:  func(string) string { return "" },
		Bind:     bind,
		Together: (&batches{database: d}).together,

		SkipLocked: " FOR UPDATE SKIP LOCKED",

		Returning: returning,
		Random:    random,
		Reserve:   reserve, ReserveNow: reserveNow,
		Keep:     " FOR UPDATE",
		Wait:     "SET LOCAL lock_timeout = 0",
		Idle:     idle,
		Beyond:   beyond,
		Classify: d.classify,
	}
}

const (
	returning = " RETURNING id"
	// random has 52 bits that differ, in PostgreSQL before 15 48.
	random = "CAST(random() * 9223372036854775807 AS bigint)"
	// person is a number that stands for a recipient, whether there is a row of theirs that could be
	// locked or not. It differs from that of the same recipient in another schema.
	person = `hashint8extended(?1, CAST(CAST('notification_digests' AS regclass) AS oid)::bigint)`
	// reserve locks that, and then what everybody locks who changes what says when they are due.
	reserve    = `SELECT pg_advisory_xact_lock(` + person + `), (SELECT due.user_id FROM digest_due AS due WHERE due.user_id = ?1 FOR UPDATE)`
	reserveNow = `SELECT 1 FROM (SELECT pg_try_advisory_xact_lock(` + person + `) AS locked) AS person
WHERE locked AND (NOT EXISTS (SELECT 1 FROM digest_due AS due WHERE due.user_id = ?1)
 OR (SELECT due.user_id FROM digest_due AS due WHERE due.user_id = ?1 FOR UPDATE SKIP LOCKED) IS NOT NULL)`
)

// idle locks the rows that it finds, and passes over those that others have locked. Where the table is
// partitioned, rows of other partitions are in the same places; so the condition is there twice.
func idle(table, condition string) string {
	return "ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE " + condition + " FOR UPDATE SKIP LOCKED)) AND " + condition
}

// beyond may skip an ID; that does no harm.
const beyond = `SELECT setval(pg_get_serial_sequence(?1, 'id'), greatest(nextval(pg_get_serial_sequence(?1, 'id')), ?2))`

// stampText is right in sessions whose time zone is UTC, also of a column that knows no time zones.
// What is no instant is a word then (infinity), or has one (BC), and is not read as a time.
func stampText(column string) string { return "CAST(CAST(" + column + " AS timestamp) AS text)" }

// readable is true of all instants in years of four digits, but for the very first, which stands for
// none. The constants are of the column's own type, so that an index can be made with them.
func readable(column string) string {
	return "coalesce(isfinite(" + column + ") AND " + column + " >= '0001-01-02 00:00:00+00' AND " + column + " < '9999-12-31 00:00:00+00', false)"
}

// bind numbers the placeholders of a statement, in which a question mark stands for nothing else.
func bind(statement string) string {
	var out strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(statement, "?")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteByte('$')
		if after == "" || after[0] < '0' || after[0] > '9' {
			out.WriteString(strconv.Itoa(n))
		}
		statement = after
	}
}
