package sqlite

import (
	"context"
	"errors"
	"io/fs"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// Migrate makes the database in the file at path what this release wants, and the file if there is none. It
// returns what it did, a line for each thing; nothing if it was up to date. To what is the app's it only ever
// adds. If a table of the app's lacks a column that it should have, the error names all such columns.
//
// All of it is one transaction: after an error, or when the process dies, the database is what it
// was before; if there was none, it is an empty file.
func Migrate(ctx context.Context, path string) (done []string, err error) {
	return MigrateStepwise(ctx, path, func(schema.Progress) {})
}

// MigrateStepwise is [Migrate] and calls progress before each thing that it does and after the last; not at all
// if there is nothing to do.
func MigrateStepwise(ctx context.Context, path string, progress func(schema.Progress)) (done []string, err error) {
	if err := checkFolder(path); err != nil {
		return nil, err
	}
	if err := checkFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c := connection{path: path, access: create, pragmas: standing(BusyTimeout, strict)}
	db, err := c.open(1)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		done, err = wanted.Migrate(ctx, tx, progress)
		return err
	})
	if err != nil {
		return nil, failed("migrate", path, err)
	}
	// A journal mode cannot be changed in a transaction. Opening the database does it as well.
	switched, err := c.writeAheadLog(ctx, db, BusyTimeout)
	if err != nil {
		return nil, failed("migrate", path, err)
	}
	if switched {
		done = append(done, "switched to a write-ahead log")
	}
	return done, nil
}
