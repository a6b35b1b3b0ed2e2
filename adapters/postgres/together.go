package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/ports"
)

// together makes b in two journeys to the server: there with all statements and back with what they came to, and then
// the commit. It is [engine.Config.Together].
func (d database) together(ctx context.Context, conn *sql.Conn, b engine.Batch) error {
	return conn.Raw(func(driver any) error {
		tx, err := begin(ctx, driver, b())
		if tx == nil {
			return err
		}
		if err != nil {
			return errors.Join(err, tx.Rollback(ctx))
		}
		if err := tx.Commit(ctx); err != nil {
			return fmt.Errorf("%w: commit: %w", ports.ErrUnknown, d.classify(err))
		}
		return nil
	})
}

// begin begins a transaction and makes statements in it.
func begin(ctx context.Context, driver any, statements []engine.Statement) (pgx.Tx, error) {
	conn, options, settings := begun(driver)
	var batch pgx.Batch
	batch.BeginTx(options)
	if settings != "" {
		batch.Queue(settings)
	}
	queue(&batch, statements)
	results := conn.SendBatch(ctx, &batch)
	if _, err := results.Exec(); err != nil { // of BEGIN
		return results.Tx(), errors.Join(err, results.Close())
	}
	return results.Tx(), results.Close()
}

// queue has statements made, and their rows read.
func queue(batch *pgx.Batch, statements []engine.Statement) {
	for _, s := range statements {
		queued := batch.Queue(s.Query, s.Args...)
		if s.Each == nil {
			continue
		}
		queued.Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := s.Each(rows.Scan); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
