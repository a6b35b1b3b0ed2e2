package postgres

import (
	"context"
	"database/sql"
	"strings"

	"github.com/uptrace/bun"
)

// Condition is what can be told of a database by looking at it.
type Condition struct {
	// Version is the server's.
	Version string
	// Size is how many bytes the database has.
	Size int64
	// Empty says that there is no table in it, whosever, or none in the schema in which tables are made.
	Empty bool
	// Lacking are columns of the app's own, as table.column, that migrate does not add: without them it
	// is another program's database.
	Lacking []string
	// Missing is what migrate would do, a line for each thing.
	Missing []string
	// Unwritable says what keeps this user from writing; empty where nothing does.
	Unwritable string
}

// Inspect looks at the database at url and changes nothing. An error says that there is no such
// database, or that it cannot be read, in words for people.
func Inspect(ctx context.Context, url string) (c Condition, err error) {
	d, err := parse(url)
	if err != nil {
		return c, err
	}
	db := d.open(1, nil)
	defer db.Close()
	if err := c.read(ctx, db); err != nil {
		return c, d.failed("look at", err)
	}
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
	there, err := inspect(ctx, db)
	if err != nil {
		return err
	}
	c.Lacking = there.lacking()
	for _, a := range there.additions() {
		c.Missing = append(c.Missing, a.What)
	}
	if readOnly == "on" {
		c.Unwritable = "anything: the server is a standby, or read-only"
		return nil
	}
	refused, err := refusals(ctx, db)
	c.Unwritable = strings.Join(refused, ", ")
	return err
}

// refusals returns the tables, of those that are there, that this user may not write to as is done.
func refusals(ctx context.Context, db *bun.DB) (names []string, err error) {
	type need struct{ table, rights string }
	for _, n := range []need{
		{"users", "UPDATE"}, {"notifications", "UPDATE"}, {"watches", "UPDATE"}, {"notification_digests", "INSERT UPDATE DELETE"},
		{"digest_preferences", "INSERT UPDATE"}, {"digest_due", "UPDATE"}, {"held_emails", "INSERT UPDATE"}, {"digest_ticks", "INSERT UPDATE"},
		{"digest_rounds", "INSERT UPDATE DELETE"}, {"digest_pace", "INSERT UPDATE"}, {"digest_copy", "INSERT DELETE"},
	} {
		for _, right := range strings.Fields(n.rights) {
			function := "has_any_column_privilege"
			if right == "DELETE" {
				function = "has_table_privilege"
			}
			err := visit(ctx, db, func(row *sql.Rows) error {
				var may bool
				err := row.Scan(&may)
				if !may {
					names = append(names, n.table+" ("+right+")")
				}
				return err
			}, "SELECT "+function+"(t.oid, ?) FROM "+ours, right, bun.List([]string{n.table}))
			if err != nil {
				return nil, err
			}
		}
	}
	return names, nil
}
