package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/ports"
)

// batches make several statements at once.
type batches struct {
	database
	bound sync.Map // statements as PostgreSQL numbers their placeholders, by how they were written
}

func (b *batches) text(statement string) string {
	if text, ok := b.bound.Load(statement); ok {
		return text.(string)
	}
	text := bind(statement)
	b.bound.Store(statement, text)
	return text
}

// together makes steps in two journeys to the server: there with all of them and back with what they came
// to, and then the commit. It is [sqlstore.Dialect.Together].
func (b *batches) together(ctx context.Context, conn *sql.Conn, steps []sqlstore.Statement) (made bool, err error) {
	var batch pgx.Batch
	batch.BeginTx(pgx.TxOptions{})
	for _, step := range steps {
		query := step.Query
		if step.ID != nil {
			query += returning
		}
		batch.Queue(b.text(query), step.Args...)
	}
	err = conn.Raw(func(driver any) error {
		tx, asExpected, err := send(ctx, driver.(*stdlib.Conn).Conn(), &batch, steps)
		if tx == nil {
			return err
		}
		if err != nil || !asExpected {
			return errors.Join(err, tx.Rollback(ctx))
		}
		if err := tx.Commit(ctx); err != nil {
			return fmt.Errorf("%w: commit: %w", ports.ErrUnknown, b.classify(err))
		}
		made = true
		return nil
	})
	return made, err
}

// send sends a batch that begins a transaction and makes steps, and reports whether each came to what it
// should have.
func send(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, steps []sqlstore.Statement) (tx pgx.Tx, asExpected bool, err error) {
	results := conn.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil { // of BEGIN
		return results.Tx(), false, errors.Join(err, results.Close())
	}
	asExpected = true
	for _, step := range steps {
		n, err := outcome(results, step)
		if err != nil {
			return results.Tx(), false, errors.Join(err, results.Close())
		}
		asExpected = asExpected && (step.Rows < 0 || n == step.Rows)
	}
	return results.Tx(), asExpected, results.Close()
}

// outcome reads how many rows a step changed or found, and the ID of the one that it added.
func outcome(results pgx.BatchResults, step sqlstore.Statement) (int, error) {
	if step.ID == nil {
		tag, err := results.Exec()
		return int(tag.RowsAffected()), err
	}
	err := results.QueryRow().Scan(step.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return 1, err
}
