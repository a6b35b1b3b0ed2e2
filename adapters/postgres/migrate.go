package postgres

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// alone is the number of the lock that keeps migrations apart: "rfcdgst" in ASCII.
const alone = 0x72666364677374

// Migrate makes the database at url what this release wants, and returns what it did, a line for each thing;
// nothing if it was up to date. To what is the app's it only ever adds. If a table of the app's lacks a column
// that it should have, the error names all such columns.
//
// All of it is one transaction: after an error, or when the process dies, the database is what it
// was before. Of two at once one waits for the other.
func Migrate(ctx context.Context, url string) (done []string, err error) {
	return MigrateStepwise(ctx, url, func(schema.Progress) {})
}

// MigrateStepwise is [Migrate] and calls progress before each thing that it does and after the last; not at all
// if there is nothing to do.
func MigrateStepwise(ctx context.Context, url string, progress func(schema.Progress)) (done []string, err error) {
	d, err := parse(url)
	if err != nil {
		return nil, err
	}
	db := d.open(1, durable)
	defer db.Close()
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		done, err = migrateIn(ctx, tx, progress)
		return err
	})
	if err != nil {
		return nil, d.failed("migrate", err)
	}
	return done, nil
}

func migrateIn(ctx context.Context, tx bun.Tx, progress func(schema.Progress)) (done []string, err error) {
	// However long the other takes.
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(?)", alone); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout TO DEFAULT"); err != nil {
		return nil, err
	}
	return wanted.Migrate(ctx, tx, progress)
}
