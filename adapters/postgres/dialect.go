package postgres

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// dialect returns what is PostgreSQL's own in the statements on a database.
func dialect(ready func(context.Context) error) sqlstore.Dialect {
	return sqlstore.Dialect{
		StampText: stampText,
		Readable:  readable,
		Search: sqlstore.Search{From: "span CROSS JOIN notifications AS n\nWHERE n.recipient_user_id = span.recipient AND n.created_at >= span.since",
			Missed: "(n.created_at IS NULL OR n.created_at < span.since)"},
		Hold: func(_ string, t time.Time) any { return texts.Timestamp(t) },
		Before: func(column string, t time.Time) []string {
			return []string{readable(column) + " AND " + column + " < '" + t.UTC().Truncate(time.Second).Format(time.RFC3339) + "'"}
		},
		Unset:   func(column string) string { return column + " IS NULL" },
		Time:    func(expression string) string { return "CAST(" + expression + " AS timestamptz)" },
		List:    "(SELECT CAST(value AS bigint) AS value FROM json_array_elements_text(CAST(? AS json)))",
		Pairs:   "(SELECT CAST(key AS bigint) AS number, value AS text FROM json_each_text(CAST(? AS json)))",
		Ready:   ready,
		Indexed: func(string) string { return "" },

		Random:  random,
		Reserve: reserve, ReserveNow: reserveNow, Sets: &sets,
		Pass: []string{"SELECT 1 FROM users WHERE id = ?0 FOR SHARE", "SELECT 1 FROM digest_due WHERE user_id = ?0 FOR SHARE"},
		Keep: " FOR UPDATE",
		Idle: idle,
	}
}

const (
	// random has 52 bits that differ, in PostgreSQL before 15 48.
	random = "CAST(random() * 9223372036854775807 AS bigint)"
	// person is a number that stands for a recipient, whether there is a row of theirs that could be
	// locked or not. It differs from that of the same recipient in another schema.
	person = `hashint8extended(?0, CAST(CAST('notification_digests' AS regclass) AS oid)::bigint)`
	// reserve locks that, and then the rows that all transactions lock which delete the person or change when they are
	// due, in the order in which those do.
	reserve = `SELECT pg_advisory_xact_lock(` + person + `), (SELECT u.id FROM users AS u WHERE u.id = ?0 LIMIT 1 FOR KEY SHARE),
 (SELECT due.user_id FROM digest_due AS due WHERE due.user_id = ?0 FOR UPDATE)`
	reserveNow = `SELECT 1 FROM (SELECT pg_try_advisory_xact_lock(` + person + `) AS locked) AS person
WHERE locked AND (SELECT u.id FROM users AS u WHERE u.id = ?0 LIMIT 1 FOR SHARE SKIP LOCKED) IS NOT NULL
 AND (NOT EXISTS (SELECT 1 FROM digest_due AS due WHERE due.user_id = ?0)
 OR (SELECT due.user_id FROM digest_due AS due WHERE due.user_id = ?0 FOR UPDATE SKIP LOCKED) IS NOT NULL)`
)

// idle locks the rows that it finds, and passes over those that other transactions have locked. If the table
// is partitioned, rows of other partitions are in the same places; so the condition is there twice.
func idle(table, condition string) string {
	return "ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE " + condition + " FOR UPDATE SKIP LOCKED)) AND " + condition
}

// stampText is right in sessions whose time zone is UTC, also of a column that knows no time zones.
// What is no instant is a word then (infinity), or has one (BC), and is not read as a time.
func stampText(column string) string { return "CAST(CAST(" + column + " AS timestamp) AS text)" }

// readable is true of all instants in years of four digits, but for the very first, which stands for
// none. The constants are of the column's own type, so that an index can be made with them.
func readable(column string) string {
	return "coalesce(isfinite(" + column + ") AND " + column + " >= '0001-01-02 00:00:00+00' AND " + column + " < '9999-12-31 00:00:00+00', false)"
}
