package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/ports"
)

// together makes steps in two journeys to the server: there with all of them and back with what they came
// to, and then the commit. It is [engine.Config.Together].
func (d database) together(ctx context.Context, conn *sql.Conn, steps []engine.Statement) (made bool, err error) {
	var batch pgx.Batch
	batch.BeginTx(pgx.TxOptions{})
	for _, step := range steps {
		batch.Queue(step.Query, step.Args...)
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
			return fmt.Errorf("%w: commit: %w", ports.ErrUnknown, d.classify(err))
		}
		made = true
		return nil
	})
	return made, err
}

// send sends a batch that begins a transaction and makes steps, and reports whether each came to what it
// should have.
func send(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch, steps []engine.Statement) (tx pgx.Tx, asExpected bool, err error) {
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
		asExpected = asExpected && (step.Rows == engine.AnyRows || n == step.Rows)
	}
	return results.Tx(), asExpected, results.Close()
}

// outcome reads how many rows a step changed or found, and the ID of the one that it added.
func outcome(results pgx.BatchResults, step engine.Statement) (int, error) {
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
