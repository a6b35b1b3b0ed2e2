package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	driversqlite "modernc.org/sqlite"
)

// access is what a connection may do with the file.
type access string

const (
	readOnly  access = "ro"
	readWrite access = "rw"
	create    access = "rwc"
)

// connection says how connections to a file are made.
type connection struct {
	path   string
	access access
	// pragmas are set on every connection.
	pragmas []pragma
	wrap    func(driver.Connector) driver.Connector
}

// pragma is a setting of a connection, and what SQLite says when asked for it.
type pragma struct{ name, value, answer string }

// standing are the settings of every connection, which SQLite's own defaults are not, and more. Each
// is named once: the driver sets them in an order of its own.
func standing(busy time.Duration, more ...pragma) []pragma {
	wait := strconv.FormatInt(busy.Milliseconds(), 10)
	return append([]pragma{{"busy_timeout", wait, wait}, {"synchronous", "FULL", "2"}}, more...)
}

// The settings of some connections only.
var (
	writeAhead = pragma{"journal_mode", "WAL", "wal"}
	onlyReads  = pragma{"query_only", "1", "1"}
	strict     = pragma{"foreign_keys", "1", "1"}
	// rarely has the log copied into the database after 16 MB of it, not 4: while it is copied nothing
	// else is written, and most pages are written several times before they are left alone.
	rarely = pragma{"wal_autocheckpoint", "800", "800"}
	// loose lets rows refer to people who are gone.
	loose = pragma{"foreign_keys", "0", "0"}
)

// dsn returns the name that the driver opens. The path is that of a URI, so that no character in
// it means anything.
func (c connection) dsn() (string, error) {
	path, err := filepath.Abs(c.path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", c.path, err)
	}
	query := url.Values{"mode": {string(c.access)}, "_txlock": {"immediate"}, "_error_rc": {"1"}, "_time_format": {"sqlite"}}
	for _, p := range c.pragmas {
		query.Add("_pragma", p.name+"("+p.value+")")
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}).String(), nil
}

// open returns a pool of n connections, none of which is made yet.
func (c connection) open(n int) (*bun.DB, error) {
	name, err := c.dsn()
	if err != nil {
		return nil, err
	}
	connector, err := driversqlite.NewConnector(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", c.path, err)
	}
	if c.wrap != nil {
		connector = c.wrap(connector)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return bun.NewDB(pool, sqlitedialect.New()), nil
}

// verify makes n connections of db and asks each whether its settings took: one that SQLite does
// not know, or cannot have here, is no error to it.
func (c connection) verify(ctx context.Context, db *bun.DB, n int, settings ...pragma) error {
	for range n {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close() // together, when all were made: the pool gives no connection twice
		// Until it reads the file, a connection does not know that another changed the journal mode.
		if _, err := conn.ExecContext(ctx, "PRAGMA schema_version"); err != nil {
			return err
		}
		for _, p := range settings {
			var answer string
			if err := conn.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&answer); err != nil {
				return err
			}
			if answer != p.answer {
				return refusedSetting(c.path, p, answer)
			}
		}
	}
	return nil
}

// writeAheadLog has the file keep a write-ahead log, which it then does until told otherwise, and
// reports whether it kept none before. Unlike other statements this one never waits for others by itself.
func (c connection) writeAheadLog(ctx context.Context, db *bun.DB, p patience) (switched bool, err error) {
	err = p.wait(ctx, func() error {
		var mode string
		if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil || mode == writeAhead.answer {
			return err
		}
		if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
			return err
		}
		switched = true
		return c.verify(ctx, db, 1, writeAhead)
	})
	return switched, err
}

// patience is for how long a writer asks for SQLite's lock. SQLite's own busy timeout asks ever more rarely: of several
// writers, the one that has waited longest is the least likely to find it free. This asks ever more often.
type patience time.Duration

// wait tries until try succeeds, fails for another reason than that the database is busy, or p is over.
func (p patience) wait(ctx context.Context, try func() error) error {
	began := time.Now()
	for n := 0; ; n++ {
		err := try()
		waited := time.Since(began)
		if err == nil || !isBusy(err) || waited > time.Duration(p) {
			return err
		}
		pause := time.Millisecond << n
		if n > 2 { // an app that writes a row or two has ended; from now on chance decides who of several is next
			pause = rand.N(max(longPause-waited/64, 2*time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// longPause is how long a writer that has not waited long pauses at the most.
const longPause = 16 * time.Millisecond
