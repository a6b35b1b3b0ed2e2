package engine

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Statement is one of a [Batch].
type Statement struct {
	// Query is the statement, in which ?0 stands for the first of Args.
	Query string
	Args  []any
	// Each is called with what scans it for each row that comes back. It is nil if no row matters.
	Each func(scan func(dest ...any) error) error
}

// Batch returns the statements of a transaction, which are sent together. It is called again if they are made again, after an
// error.
type Batch func() []Statement

// Together makes b and returns when it is durable; what names it in errors. It needs [Config].Together.
func (e *Engine) Together(ctx context.Context, what string, b Batch) error {
	return e.ask(ctx, what, &job{batch: b})
}

// together makes the batch of j, over conn at first. An error may be about another transaction that was in the way, or
// about a connection that has ended. So it is made once more.
func (w *writer) together(conn *sql.Conn, j *job) {
	b := func() []Statement { return w.placed(j.batch()) }
	err := w.Config.Together(context.Background(), conn, b)
	_ = conn.Close() // it goes back before the caller hears of the job
	if err != nil && !errors.Is(err, ports.ErrUnknown) {
		if conn, err = w.statements.db.DB.Conn(context.Background()); err == nil {
			err = w.Config.Together(context.Background(), conn, b)
			_ = conn.Close()
		}
	}
	j.err = w.Classify(err)
	close(j.done)
}

// placed returns statements with places in their queries.
func (w *writer) placed(all []Statement) []Statement {
	for i, s := range all {
		all[i].Query = w.statements.text(s.Query)
	}
	return all
}
