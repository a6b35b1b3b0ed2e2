// Package checktest tests that wrong values in our tables are refused, and lets other tests have them all the same.
package checktest

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Lift takes away what refuses wrong values in an SQLite database, and returns what brings it back. What is written meanwhile
// is as it was there before migrate.
func Lift(t require.TestingT, db *sql.DB) (back func()) {
	rows, err := db.QueryContext(context.Background(), "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'rfcdigest_wrong_*'")
	require.NoError(t, err)
	defer rows.Close()
	var drop, create []string
	for rows.Next() {
		var name, text string
		require.NoError(t, rows.Scan(&name, &text))
		drop, create = append(drop, "DROP TRIGGER "+name), append(create, text)
	}
	require.NoError(t, rows.Close())
	require.NotEmpty(t, drop)
	execute := func(statements []string) {
		_, err := db.ExecContext(context.Background(), "BEGIN;"+strings.Join(statements, ";")+";COMMIT")
		require.NoError(t, err)
	}
	execute(drop)
	return func() { execute(create) }
}

// LiftOnPostgreSQL is [Lift] for the schema that conn is at home in.
func LiftOnPostgreSQL(t require.TestingT, conn *pgx.Conn) (back func()) {
	turn := func(how string) {
		_, err := conn.Exec(context.Background(), `DO $$ DECLARE g record; BEGIN
 PERFORM set_config('synchronous_commit', 'off', true);
 FOR g IN SELECT tgname, tgrelid FROM pg_trigger WHERE tgname LIKE 'rfcdigest\_wrong\_%' AND tgrelid IN (to_regclass('digest_preferences'), to_regclass('held_emails')) LOOP
  EXECUTE format('ALTER TABLE %s `+how+` TRIGGER %I', CAST(g.tgrelid AS regclass), g.tgname);
 END LOOP; END $$`)
		require.NoError(t, err)
	}
	turn("DISABLE")
	return func() { turn("ENABLE") }
}

// Whatever runs write, all of it or nothing. If that is refused, it runs once more with the rules lifted.
func Whatever(lift func() (back func()), write func() error) error {
	err := write()
	if err == nil || !strings.Contains(err.Error(), " (1811)") && !strings.Contains(err.Error(), " (SQLSTATE 23514)") {
		return err
	}
	defer lift()()
	return write()
}
