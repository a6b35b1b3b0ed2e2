package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// BusyTimeout is how long a write waits for another process to finish its own, unless told otherwise.
	BusyTimeout = 5 * time.Second
	// readers is how many statements read at the same time.
	readers = 4
)

// Options say how to open a database. Their zero value is for reading and writing.
type Options struct {
	// ReadOnly opens the file so that not a byte of it changes. The store's methods that write
	// return an error.
	ReadOnly bool
	// BusyTimeout takes the place of the constant [BusyTimeout] if it is not 0; to the millisecond.
	BusyTimeout time.Duration

	wrapReader, wrapWriter func(driver.Connector) driver.Connector
}

func (o Options) busy() time.Duration {
	if o.BusyTimeout > 0 {
		return o.BusyTimeout
	}
	return BusyTimeout
}

// Open opens the migrated database in the file at path. It makes no file if there is none. If the database
// is not migrated, it leaves it as it is and returns [schema.ErrUnmigrated]. The caller closes the store.
func Open(ctx context.Context, path string, o Options) (*sqlstore.Store, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	read, times, err := openReader(ctx, path, o)
	if err != nil {
		return nil, classifier(path, o.busy())(err)
	}
	config := engine.Config{Read: read, Writers: 1, Others: "PRAGMA data_version", Patiently: patience(o.busy()).wait, Classify: classifier(path, o.busy())}
	if !o.ReadOnly {
		if config.Write, err = openWriter(ctx, path, o, read); err != nil {
			_ = read.Close()
			return nil, config.Classify(err)
		}
	}
	opened, err := os.Stat(path) // a file that is put there from now on is another
	if err != nil {
		return nil, errors.Join(replaced(path), read.Close())
	}
	g := &guard{path: path, opened: opened, db: read}
	g.times.Store(&times)
	return sqlstore.New(dialect(g.check, g.hold), config), nil
}

// openReader returns a database for reading, and how its times are written, if it is migrated and they can be read.
func openReader(ctx context.Context, path string, o Options) (*bun.DB, times, error) {
	c := connection{path: path, access: readWrite, pragmas: standing(o.busy(), strict, onlyReads), wrap: o.wrapReader}
	if o.ReadOnly {
		c.access = readOnly
	}
	db, err := c.open(readers)
	if err != nil {
		return nil, nil, err
	}
	var found times
	if err = c.verify(ctx, db, readers, c.pragmas...); err == nil {
		found, err = lookAtTimes(ctx, db)
	}
	if err == nil {
		err = checkMigrated(ctx, db, path)
	}
	if err != nil {
		_ = db.Close()
		return nil, nil, err
	}
	return db, found, nil
}

// openWriter returns a database for writing, and has it and read use a write-ahead log.
func openWriter(ctx context.Context, path string, o Options, read *bun.DB) (*bun.DB, error) {
	c := connection{path: path, access: readWrite, pragmas: standing(0, strict, rarely), wrap: o.wrapWriter}
	db, err := c.open(1)
	if err != nil {
		return nil, err
	}
	wait := patience(o.busy())
	if _, err = c.writeAheadLog(ctx, db, wait); err == nil {
		err = wait.wait(ctx, func() error { return c.verify(ctx, db, 1, append(c.pragmas, writeAhead)...) })
	}
	if err == nil {
		err = c.verify(ctx, read, readers, writeAhead)
	}
	if err == nil {
		err = wait.wait(ctx, func() error { return tryWriting(ctx, db) })
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// tryWriting finds out whether the file can be written at all. SQLite opens one that cannot without
// a word, and every write would fail by itself later.
func tryWriting(ctx context.Context, db *bun.DB) error {
	if _, err := db.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, "ROLLBACK")
	return err
}

// checkMigrated returns [schema.ErrUnmigrated] if db is not as this release wants it.
func checkMigrated(ctx context.Context, db *bun.DB, path string) error {
	return wanted.Check(ctx, db, path, migrating(path))
}

// migrating returns the command that migrates the database at path.
func migrating(path string) string {
	return fmt.Sprintf(`"rfcdigest migrate --database sqlite://%s"`, path)
}

// guard sees to it that a database which was migrated when it was opened still is: another program may
// make one of its tables anew, and triggers and indexes go with the old one. And that it still is the file at its path: what is
// written to one that was moved away or deleted is lost, and its log may be written into the file that took its place.
type guard struct {
	path   string
	opened os.FileInfo
	db     *bun.DB

	mu      sync.Mutex
	checked int64 // the version of the schema that was found to be right; 0 for none

	times atomic.Pointer[times]
}

func replaced(path string) error {
	return &ports.Trouble{What: "database file " + path + " was replaced or deleted while it was open", Remedy: "restart", Kinds: []error{ports.ErrUnavailable, ports.ErrReplaced}}
}

// hold is [sqlstore.Dialect.Hold].
func (g *guard) hold(column string, at time.Time) any { return g.times.Load().form(column).Value(at) }

// begun reports whether the app has written its first times, of which the form is not known yet.
func (g *guard) begun(ctx context.Context) (begun bool, err error) {
	if !g.times.Load().find("notifications.created_at").found {
		err = g.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM notifications)").Scan(&begun)
	}
	return begun, err
}

func (g *guard) check(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if there, err := os.Stat(g.path); err != nil || !os.SameFile(there, g.opened) {
		return replaced(g.path)
	}
	var version int64
	if err := g.db.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil {
		return err
	}
	if version != g.checked {
		if err := checkMigrated(ctx, g.db, g.path); err != nil {
			return err
		}
	} else if begun, err := g.begun(ctx); err != nil || !begun {
		return err
	}
	times, err := lookAtTimes(ctx, g.db)
	if err == nil {
		g.times.Store(&times)
		g.checked = version
	}
	return err
}
