package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

// alone is the number of the lock that keeps migrations apart: "rfcdgst" in ASCII.
const alone = 0x72666364677374

// Migrate adds what the database at url lacks, and returns what it did, a line for each thing; nothing
// where it was up to date. It only ever adds. Where a table of the app's lacks a column that it should
// have, the error names all such columns.
//
// All of it is one transaction: after an error, or when the process dies, the database is what it
// was before. Of two at once one waits for the other.
func Migrate(ctx context.Context, url string) (done []string, err error) {
	return MigrateStepwise(ctx, url, func(sqlstore.Step) {})
}

// MigrateStepwise is [Migrate] and calls progress before each of its steps and after the last; not at all, where
// there is nothing to do.
func MigrateStepwise(ctx context.Context, url string, progress func(sqlstore.Step)) (done []string, err error) {
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

func migrateIn(ctx context.Context, tx bun.Tx, progress func(sqlstore.Step)) (done []string, err error) {
	// However long the other takes.
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(?)", alone); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout TO DEFAULT"); err != nil {
		return nil, err
	}
	there, err := inspect(ctx, tx)
	if err != nil {
		return nil, err
	}
	if lacking := there.lacking(); len(lacking) > 0 {
		return nil, fmt.Errorf("the app's tables lack %s: is this the RFC app's database? nothing was changed", strings.Join(lacking, ", "))
	}
	needed := there.additions()
	err = sqlstore.Add(needed, progress, func(statement string) error {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, a := range needed {
		done = append(done, a.What)
	}
	return done, nil
}
