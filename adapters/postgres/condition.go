package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Condition is what can be told of a database by looking at it.
type Condition struct {
	// Version is the server's.
	Version string
	// Pooled says that a pooler like PgBouncer is between us and the server.
	Pooled bool
	// Size is how many bytes the database has.
	Size int64
	// Empty says that there is no table in it, whosever, or none in the schema in which tables are made.
	Empty bool
	schema.State
	// Unread is an error if the app keeps times in columns of other types.
	Unread error
	// Unwritable says what keeps this user from writing; empty if nothing does.
	Unwritable string
}

// Inspect looks at the database at url and changes nothing. An error says that there is no such
// database, or that it cannot be read, in words for people.
func Inspect(ctx context.Context, url string) (c Condition, err error) {
	d, err := parse(url)
	if err != nil {
		return c, err
	}
	db := d.open(1)
	defer db.Close()
	if err := c.read(ctx, db); err != nil {
		return c, d.failed("look at", err)
	}
	c.Pooled = d.pooled.Load()
	return c, nil
}

func (c *Condition) read(ctx context.Context, db *bun.DB) error {
	var readOnly string
	err := db.QueryRowContext(ctx, `SELECT current_setting('server_version'), pg_database_size(current_database()), current_setting('transaction_read_only'),
 NOT EXISTS (SELECT 1 FROM pg_class AS t JOIN pg_namespace AS s ON s.oid = t.relnamespace
  WHERE s.nspname = current_schema() AND t.relkind IN ('r', 'p', 'v', 'm', 'f'))`).
		Scan(&c.Version, &c.Size, &readOnly, &c.Empty)
	if err != nil {
		return err
	}
	if c.State, err = wanted.State(ctx, db); err != nil {
		return err
	}
	if c.Unread = checkTimes(ctx, db); c.Unread != nil && !errors.As(c.Unread, new(*ports.Trouble)) {
		return c.Unread
	}
	if readOnly == "on" {
		c.Unwritable = "anything: the server is a standby, or read-only"
		return nil
	}
	refused, err := refusals(ctx, db)
	c.Unwritable = strings.Join(refused, ", ")
	return err
}

// checkTimes returns a [ports.Trouble] if the app keeps times in columns of other types than those that statements compare.
func checkTimes(ctx context.Context, db bun.IDB) error {
	var wrong []string
	err := db.NewRaw(`SELECT t.relname || '.' || c.attname || ' is ' || format_type(c.atttypid, c.atttypmod)
FROM `+ours+` JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped JOIN pg_type AS y ON y.oid = c.atttypid
WHERE t.relname || '.' || c.attname IN (?1) AND coalesce(nullif(y.typbasetype, 0), y.oid) NOT IN (CAST('timestamptz' AS regtype), CAST('timestamp' AS regtype))
ORDER BY t.relname, c.attnum`, bun.List([]string{"notifications", "notification_digests", "watches"}), bun.List([]string{
		"notifications.created_at", "notifications.read_at", "notifications.email_sent_at", "notifications.digest_included_at", "notification_digests.sent_at",
		"notification_digests.period_start", "notification_digests.period_end", "watches.last_participation_at"})).Scan(ctx, &wrong)
	if err != nil || len(wrong) == 0 {
		return err
	}
	return &ports.Trouble{What: strings.Join(wrong, ", ") + "; rfcdigest needs timestamptz or timestamp there",
		Remedy: "change the type (ALTER TABLE … ALTER COLUMN … TYPE timestamptz USING …)", Kinds: []error{ports.ErrUnavailable}}
}

// refusals returns the tables, of those that are there, that this user may not write to as is done.
func refusals(ctx context.Context, db *bun.DB) (names []string, err error) {
	for _, need := range strings.Fields(`users:UPDATE notifications:UPDATE watches:INSERT watches:UPDATE watches:DELETE notification_digests:INSERT notification_digests:UPDATE
 notification_digests:DELETE digest_preferences:INSERT digest_preferences:UPDATE digest_due:UPDATE digest_people:UPDATE held_emails:INSERT
 held_emails:UPDATE digest_ticks:INSERT digest_ticks:UPDATE digest_pace:INSERT digest_pace:UPDATE digest_facts:INSERT digest_facts:UPDATE`) {
		table, right, _ := strings.Cut(need, ":")
		function := "has_any_column_privilege"
		if right == "DELETE" {
			function = "has_table_privilege"
		}
		var refused int
		err := db.NewRaw("SELECT count(*) FROM "+ours+" WHERE NOT "+function+"(t.oid, ?1)", bun.List([]string{table}), right).Scan(ctx, &refused)
		if err != nil {
			return nil, err
		}
		if refused > 0 {
			names = append(names, table+" ("+right+")")
		}
	}
	return names, nil
}
