package postgres

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
)

const (
	// readers is how many statements read at the same time.
	readers = 4
	// writers is how many transactions write at the same time.
	writers = 4
)

// Options say how to open a database. Their zero value is for reading and writing.
type Options struct {
	// ReadOnly opens the database so that nothing in it changes. The store's methods that write return
	// an error.
	ReadOnly bool
}

// Open opens the migrated database at url. If it is not migrated, it leaves it as it is and returns
// [schema.ErrUnmigrated]. The caller closes the store.
func Open(ctx context.Context, url string, o Options) (*sqlstore.Store, error) {
	d, err := parse(url)
	if err != nil {
		return nil, err
	}
	read := d.open(readers, onlyReads)
	config := engine.Config{Read: read, Together: d.together, Classify: d.classify}
	if err = checkTimes(ctx, read); err == nil {
		err = d.checkMigrated(ctx, read)
	}
	if err != nil {
		_ = read.Close()
		return nil, d.classify(err)
	}
	if !o.ReadOnly {
		config.Write, config.Writers = d.preparing().open(writers, durable, onlyFew), writers
		if err := d.checkWritable(ctx, config.Write); err != nil {
			_, _ = read.Close(), config.Write.Close()
			return nil, d.classify(err)
		}
	}
	return sqlstore.New(dialect(d.stillMigrated(read)), config), nil
}

// checkMigrated returns [schema.ErrUnmigrated] if db is not as this release wants it.
func (d database) checkMigrated(ctx context.Context, db bun.IDB) error {
	return wanted.Check(ctx, db, d.name(), migrating)
}

// checkWritable finds out whether the server lets anything be written at all. A standby does not.
func (d database) checkWritable(ctx context.Context, db bun.IDB) error {
	var readOnly string
	if err := db.QueryRowContext(ctx, "SHOW transaction_read_only").Scan(&readOnly); err != nil {
		return err
	}
	if readOnly == "on" {
		return d.unavailable("is read-only", "connect to the primary server, not to a standby of it")
	}
	return nil
}

// stillMigrated sees to it that db, which was migrated when it was opened, still is: another program may
// make one of its tables anew, and triggers go with the old one; or turn them off.
func (d database) stillMigrated(db bun.IDB) func(context.Context) error {
	return func(ctx context.Context) error {
		kept, err := wanted.Kept(ctx, db)
		if err == nil && !kept {
			err = d.checkMigrated(ctx, db)
		}
		return err
	}
}
