package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

// The tables that say which migrations were applied, and that one is running.
const (
	migrationsTable = "rfcdigest_migrations"
	locksTable      = "rfcdigest_migration_locks"
)

// additionsMigration is the name of the migration that adds all that is missing. It looks at what is
// there, so that it can be applied to any database, and again.
const additionsMigration = "20260501000000"

// Migrate adds what a database lacks to the one in the file at path, which it makes if there is
// none, and returns what it did, a line for each thing; nothing where it was up to date. It only ever adds. Where a table of the app's
// lacks a column that it should have, the error names all such columns.
//
// All of it is one transaction: after an error, or when the process dies, the database is what it
// was before; where there was none, it is an empty file.
func Migrate(ctx context.Context, path string) (done []string, err error) {
	return MigrateStepwise(ctx, path, func(sqlstore.Step) {})
}

// MigrateStepwise is [Migrate] and calls progress before each of its steps and after the last; not at all, where
// there is nothing to do.
func MigrateStepwise(ctx context.Context, path string, progress func(sqlstore.Step)) (done []string, err error) {
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
	done, err = migrateIn(ctx, db, progress)
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

// migrateIn migrates in a transaction that spans everything, the migrator's own book-keeping too. db
// has one connection, so a statement that knows nothing of the transaction is in it all the same.
func migrateIn(ctx context.Context, db *bun.DB, progress func(sqlstore.Step)) (done []string, err error) {
	if _, err := db.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	// Rolled back is what did not get to its end; and that even where ctx has ended.
	end, endCtx := "ROLLBACK", context.WithoutCancel(ctx)
	defer func() {
		if _, failed := db.ExecContext(endCtx, end); failed != nil && err == nil {
			done, err = nil, failed
			_, _ = db.ExecContext(endCtx, "ROLLBACK")
		}
	}()
	there, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	if lacking := there.lacking(); len(lacking) > 0 {
		return nil, fmt.Errorf("the app's tables lack %s: is this the RFC app's database? nothing was changed", strings.Join(lacking, ", "))
	}
	needed := there.additions()
	recorded, err := isRecorded(ctx, db)
	if err != nil {
		return nil, err
	}
	if len(needed) == 0 && recorded {
		return nil, nil
	}
	if err := apply(ctx, db, needed, recorded, progress); err != nil {
		return nil, err
	}
	for _, a := range needed {
		done = append(done, a.What)
	}
	end = "COMMIT"
	return append(done, "recorded migration "+additionsMigration), nil
}

// isRecorded reports whether db says that it was migrated.
func isRecorded(ctx context.Context, db *bun.DB) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", migrationsTable).Scan(&n)
	if err != nil || n == 0 {
		return false, err
	}
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM ? WHERE name = ?", bun.Ident(migrationsTable), additionsMigration).Scan(&n)
	return n > 0, err
}

// apply runs the migration and records it. Where it is on record and something is missing again, it
// is taken off the record first.
func apply(ctx context.Context, db *bun.DB, needed []sqlstore.Addition, recorded bool, progress func(sqlstore.Step)) error {
	migrations := migrate.NewMigrations()
	migrations.Add(migrate.Migration{
		Name: additionsMigration,
		Up: func(ctx context.Context, m *migrate.Migrator, _ *migrate.Migration) error {
			return sqlstore.Add(needed, progress, func(statement string) error {
				if _, err := m.DB().ExecContext(ctx, statement); err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
				return nil
			})
		},
	})
	m := migrate.NewMigrator(db, migrations, migrate.WithTableName(migrationsTable), migrate.WithLocksTableName(locksTable),
		migrate.WithMarkAppliedOnSuccess(true))
	if err := m.Init(ctx); err != nil {
		return err
	}
	if err := m.Lock(ctx); err != nil {
		return err
	}
	if recorded {
		applied, err := m.AppliedMigrations(ctx)
		if err != nil {
			return err
		}
		for i := range applied {
			if err := m.MarkUnapplied(ctx, &applied[i]); err != nil {
				return err
			}
		}
	}
	if _, err := m.Migrate(ctx); err != nil {
		return err
	}
	return m.Unlock(ctx)
}
