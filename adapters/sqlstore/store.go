package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/ports"
)

var _ ports.Store = (*Store)(nil)

// Dialect is what one SQL database does its own way. Every field must be set.
type Dialect struct {
	// Stamp returns t as a time column holds it, as a value for a placeholder.
	Stamp func(t time.Time) any
	// StampText returns the SQL of a time column's content as [core.ParseTimestamp] reads it.
	StampText func(column string) string
	// Readable returns the SQL of a condition under which the column surely holds a readable time
	// whose text sorts as its instant does. Where it is false, the time may be anything. It is
	// never null.
	Readable func(column string) string
	// Before returns the SQL of a condition under which the column surely holds a readable time
	// before t.
	Before func(column string, t time.Time) string
	// Indexed returns what follows a table's name to have it read by the index of that name, and
	// by no other; empty where the database is not told such things.
	Indexed func(index string) string
	// Classify returns err as an error of package ports and in words for people, where it is one
	// of the database's own that they or app can act on; else err.
	Classify func(err error) error
}

// The indexes that statements name. The database's package makes them.
const (
	// IndexOverlooked is on notifications(recipient_user_id) where [Dialect.Overlooked] holds.
	IndexOverlooked = "rfcdigest_overlooked"
	// IndexSending is on notification_digests(status, recipient_user_id) where status = 'sending'.
	IndexSending = "rfcdigest_sending"
	// IndexWaiting is on held_emails(id) where status IN ('held', 'sending').
	IndexWaiting = "rfcdigest_waiting"
)

// Overlooked returns the SQL of the condition on a row of notifications that a search by
// created_at could miss it, and that no digest has included it. alias is the table's in the
// statement; empty in an index. It asks nothing by IS NULL: where a column is NOT NULL, SQLite
// shortens that in statements, and then does not find them to be about the index any more.
func (d Dialect) Overlooked(alias string) string {
	if alias != "" {
		alias += "."
	}
	return "NOT (" + d.Readable(alias+"created_at") + ") AND coalesce(" + alias + "digest_included_at, '') = ''"
}

// Config is what a store is made from.
type Config struct {
	Dialect Dialect
	// Read is for statements that change nothing; it may have several connections.
	Read *bun.DB
	// Write has one connection, whose transactions exclude all other writers from their start. nil
	// makes a store whose methods that write return [ports.ErrUnavailable].
	Write *bun.DB
}

// Store is a [ports.Store] over an SQL database. Make one with [New].
type Store struct {
	dialect Dialect
	read    *bun.DB
	writer  *writer // nil where nothing may be written
}

// New returns a store over the databases in c, which it owns from then on.
func New(c Config) *Store {
	s := &Store{dialect: c.Dialect, read: c.Read}
	if c.Write != nil {
		s.writer = newWriter(c.Write, c.Dialect.Classify)
	}
	return s
}

// Close finishes what was asked for before, and closes the databases. Calls that come later return
// an error. It must be called once.
func (s *Store) Close() error {
	var err error
	if s.writer != nil {
		err = s.writer.close()
	}
	return errors.Join(err, s.read.Close())
}

var (
	errReadOnly = fmt.Errorf("%w: the database was opened for reading only", ports.ErrUnavailable)
	errClosed   = fmt.Errorf("%w: the database was closed", ports.ErrUnavailable)
)

// write runs change in a transaction and returns when that is durable; what names it in errors.
// Where ctx has ended by then, change is not run.
func (s *Store) write(ctx context.Context, what string, change func(context.Context, bun.Tx) error) error {
	err := errReadOnly
	if s.writer != nil {
		err = s.writer.do(ctx, change)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// each calls visit on every row of a query until it returns false; what names the query in errors.
func (s *Store) each(ctx context.Context, db bun.IDB, what string, visit func(*sql.Rows) (bool, error), query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return s.failed(ctx, what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if more, err := visit(rows); err != nil {
			return s.failed(ctx, what, err)
		} else if !more {
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return s.failed(ctx, what, err)
	}
	return nil
}

// failed returns the error of a query. One that was interrupted says why, which a driver may not.
func (s *Store) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	return fmt.Errorf("%s: %w", what, s.dialect.Classify(err))
}
