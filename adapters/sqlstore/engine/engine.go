// Package engine runs the statements of a store on an SQL database, and knows nothing of its tables.
//
// Reads run on several connections. Writes wait in a queue for a few goroutines, each with a connection of
// its own, and return when they are durable. Nothing that a write has read can change before it is
// committed, either because one transaction at a time may write, or because each locks what it reads.
//
// If one at a time may write, the writes that wait share a transaction, so that many workers pay for one
// commit. If one of them fails, the transaction is undone and made again with a savepoint for each.
//
// If several may, each write has a transaction of its own. Callers put what is about several people in the order of
// their numbers, so that transactions wait for each other in one direction. One that fails is tried once more, since
// another may have been in the way. A [Batch] is sent all at once.
package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Config is what an engine is made from.
type Config struct {
	// Read is for statements that change nothing; it may have several connections.
	Read *bun.DB
	// Write has as many connections as Writers. If it is nil, [Engine.Write] returns [ports.ErrUnavailable].
	Write *bun.DB
	// Writers is how many transactions may be under way at once. It is 1 for a database in which a
	// transaction that writes keeps all others out from its start.
	Writers int
	// Patiently begins a transaction with try, again and again while another process is in the way and it does not take too
	// long. It is nil if the database itself waits well.
	Patiently func(ctx context.Context, try func() error) error
	// Together makes a batch in one transaction, and in as few journeys to the database as it takes. Its queries have
	// places like $1. After an error nothing was made, except after [ports.ErrUnknown]. It is nil if the database is no
	// journey away.
	Together func(ctx context.Context, conn *sql.Conn, b Batch) error
	// Others is a query for an integer that changes when another process has written; empty if the database lets
	// others in by itself. It is asked within transactions.
	Others string
	// Classify returns err as an error of package ports and in words for people, if it is one of the
	// database's own that they or app can act on; else err.
	Classify func(err error) error
}

// Engine runs statements. Make one with [New].
type Engine struct {
	// Read is for what is rarely read.
	Read     *bun.DB
	classify func(error) error
	reads    *statements
	writer   *writer // nil if nothing may be written
}

// New returns an engine over the databases in c, which it owns from then on.
func New(c Config) *Engine {
	e := &Engine{Read: c.Read, classify: c.Classify, reads: newStatements(c.Read)}
	if c.Write != nil {
		e.writer = newWriter(c)
	}
	return e
}

// Close finishes what was asked for before, and closes the databases. Calls that come later return
// an error. It must be called once.
func (e *Engine) Close() error {
	var err error
	if e.writer != nil {
		err = e.writer.close()
	}
	return errors.Join(err, e.Read.Close())
}

var (
	errReadOnly = fmt.Errorf("%w: the database was opened for reading only", ports.ErrUnavailable)
	errClosed   = fmt.Errorf("%w: the database was closed", ports.ErrUnavailable)
)

// Write runs c in a transaction and returns when that is durable; what names it in errors. If ctx
// has ended by then, c is not run.
func (e *Engine) Write(ctx context.Context, what string, c Change) error {
	return e.ask(ctx, what, &job{change: c})
}

// ask has the writer do j.
func (e *Engine) ask(ctx context.Context, what string, j *job) error {
	err := errReadOnly
	if e.writer != nil {
		err = e.writer.do(ctx, j)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Each calls visit on every row of a query until it returns false; what names the query in errors. A
// query is about a page at the most, so it is not interrupted: a driver that could do that would have
// to be ready for it at every row.
func (e *Engine) Each(ctx context.Context, what string, visit func(*sql.Rows) (bool, error), query string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	whole := context.WithoutCancel(ctx)
	statement, err := e.reads.get(whole, query)
	if err != nil {
		return e.Failed(ctx, what, err)
	}
	rows, err := statement.QueryContext(whole, plain(args)...)
	if err != nil {
		return e.Failed(ctx, what, err)
	}
	return e.Failed(ctx, what, Walk(rows, visit))
}

// Walk calls visit on every row until it returns false, and closes rows.
func Walk(rows *sql.Rows, visit func(*sql.Rows) (bool, error)) error {
	defer rows.Close()
	for rows.Next() {
		if more, err := visit(rows); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// Failed returns the error of a query; nil stays nil. One that was interrupted says why, which a
// driver may not.
func (e *Engine) Failed(ctx context.Context, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	return fmt.Errorf("%s: %w", what, e.classify(err))
}
