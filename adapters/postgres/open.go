package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/ports"
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

// Open opens the migrated database at url. Where it is not migrated, it leaves it as it is and returns
// [ErrUnmigrated]. The caller closes the store.
func Open(ctx context.Context, url string, o Options) (*sqlstore.Store, error) {
	d, err := parse(url)
	if err != nil {
		return nil, err
	}
	read := d.open(readers, onlyReads)
	ready := &guard{d, read}
	config := sqlstore.Config{Dialect: d.dialect(ready), Read: read}
	if err := d.checkMigrated(ctx, read); err != nil {
		_ = read.Close()
		return nil, d.classify(err)
	}
	if !o.ReadOnly {
		config.Write, config.Writers = d.preparing().open(writers, durable), writers
		if err := d.checkWritable(ctx, config.Write); err != nil {
			_, _ = read.Close(), config.Write.Close()
			return nil, d.classify(err)
		}
	}
	return sqlstore.New(config), nil
}

// checkMigrated returns [ErrUnmigrated], in words, where anything is missing that statements name.
func (d database) checkMigrated(ctx context.Context, db bun.IDB) error {
	found, err := inspect(ctx, db)
	if err != nil {
		return err
	}
	if len(found.lacking()) > 0 || len(found.additions()) > 0 {
		return d.unmigrated()
	}
	return nil
}

func (d database) unmigrated() error {
	return &trouble{fmt.Sprintf(`database %s is not migrated: run "rfcdigest migrate" with the same --database`, d.name()), []error{ErrUnmigrated, ports.ErrUnavailable}}
}

// checkWritable finds out whether the server lets anything be written at all. A standby does not.
func (d database) checkWritable(ctx context.Context, db bun.IDB) error {
	var readOnly string
	if err := db.QueryRowContext(ctx, "SHOW transaction_read_only").Scan(&readOnly); err != nil {
		return err
	}
	if readOnly == "on" {
		return d.unavailable("is read-only: connect to the primary server, not to a standby of it")
	}
	return nil
}

// guard sees to it that a database which was migrated when it was opened still is: another program may
// make one of its tables anew, and triggers go with the old one; or turn them off.
type guard struct {
	database
	db *bun.DB
}

func (g *guard) check(ctx context.Context) error {
	found, err := keptBy(ctx, g.db)
	if err == nil && len(missing(found)) > 0 {
		err = g.unmigrated()
	}
	return err
}
