package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// Migrate makes the database in the file at path what this release wants, and the file if there is none. It
// returns what it did, a line for each thing; nothing if it was up to date. To what is the app's it only ever
// adds. If a table of the app's lacks a column that it should have, the error names all such columns.
//
// It takes the write lock for some milliseconds at a time, and lets others write between; only to make an index of a
// table it needs it for as long as that takes. If it returned an error, or the process died, what was done stays. The
// database counts as not migrated then, and another call goes on.
func Migrate(ctx context.Context, path string) (done []string, err error) {
	return MigrateStepwise(ctx, path, func(schema.Progress) {})
}

// MigrateStepwise is [Migrate] and calls progress before each thing that it does and after the last; not at all
// if there is nothing to do.
func MigrateStepwise(ctx context.Context, path string, progress func(schema.Progress)) (done []string, err error) {
	m, err := newMigration(path, progress)
	if err != nil {
		return nil, err
	}
	defer m.db.Close()
	times, err := lookAtTimes(ctx, m.db)
	switched := false
	if err == nil {
		switched, err = m.prepare(ctx)
	}
	if err == nil {
		done, err = m.Run(ctx)
	}
	if err != nil {
		return nil, failed("migrate", path, err)
	}
	if switched {
		done = append(done, "switched to a write-ahead log",
			"note: if the app's SQLite has a weaker default for such a log (better-sqlite3 has), the app's last commits can be lost with the power, unless it says PRAGMA synchronous = FULL",
			"note: a copy of the file alone is no backup any more; make one with .backup of sqlite3, or with VACUUM INTO")
	}
	if len(done) > 0 {
		lines, odd := times.told()
		done = slices.Concat(done, lines, odd)
	}
	return done, nil
}

// Remove takes out of the database in the file at path what [Migrate] put in, as [schema.Schema.Remove] does. To remove a
// column, SQLite writes the whole table anew, and nobody else can write until it is done.
func Remove(ctx context.Context, path string, data bool, progress func(schema.Progress)) (done, stays []string, err error) {
	if err := checkFile(path); err != nil {
		return nil, nil, err
	}
	m, err := newMigration(path, progress)
	if err != nil {
		return nil, nil, err
	}
	defer m.db.Close()
	if done, stays, err = wanted.Remove(ctx, m.database(), data, progress); err != nil {
		return done, stays, failed("remove from", path, err)
	}
	return done, stays, nil
}

// migration is a migration of a file.
type migration struct {
	*schema.Migration
	connection
	db *bun.DB
}

// spacious lets SQLite sort a large index in memory, in 64 MB.
var spacious = pragma{"cache_size", "-65536", "-65536"}

func newMigration(path string, progress func(schema.Progress)) (*migration, error) {
	if err := checkFolder(path); err != nil {
		return nil, err
	}
	if err := checkFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c := connection{path: path, access: create, pragmas: standing(BusyTimeout, strict, spacious)}
	db, err := c.open(1)
	if err != nil {
		return nil, err
	}
	m := &migration{connection: c, db: db}
	m.Migration = wanted.NewMigration(m.database(), progress)
	return m, nil
}

func (m *migration) database() schema.Database {
	write := func(ctx context.Context, f func(context.Context, bun.IDB) error) error {
		return m.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return f(ctx, tx) })
	}
	return schema.Database{Read: m.db, Write: write, Rest: rest}
}

// prepare has the file keep a write-ahead log, so that readers never wait, unless it is not to be migrated.
func (m *migration) prepare(ctx context.Context) (switched bool, err error) {
	state, err := wanted.State(ctx, m.db)
	if err != nil || state.Newer != "" || len(state.Lacking)+len(state.Unfit) > 0 {
		return false, err
	}
	return m.writeAheadLog(ctx, m.db, patience(BusyTimeout))
}

// rest lets others write: twice as long as the lock was held, since they ask for it ever more rarely, up to a limit.
func rest(ctx context.Context, held time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(min(2*held, maxRest)):
	}
}

// maxRest is how long a pause is at the most: then those that wait have asked again, also by SQLite's own busy handler, but
// for those who have waited for an index.
const maxRest = 60 * time.Millisecond
