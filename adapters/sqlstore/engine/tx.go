package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Tx is a transaction that changes something; it is used by one goroutine. Its own methods prepare each
// statement once, also for later transactions.
type Tx struct {
	*sql.Tx
	all *statements
	// mine are those that were used in it before.
	mine map[string]*sql.Stmt
}

func (s *statements) begin(ctx context.Context) (Tx, error) {
	tx, err := s.db.DB.BeginTx(ctx, nil)
	return Tx{Tx: tx, all: s, mine: make(map[string]*sql.Stmt)}, err
}

// keep has the statements that were new to t ready for the transactions that follow. It is called
// when t has ended: while it lasts it may have the only connection that there is.
func (t Tx) keep(ctx context.Context) {
	for query := range t.mine {
		_, _ = t.all.get(ctx, query) // if it fails, the next transaction prepares it for itself, and says so
	}
}

func (t Tx) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := t.mine[query]; ok {
		return statement, nil
	}
	t.all.mu.Lock()
	prepared := t.all.prepared[query]
	t.all.mu.Unlock()
	if prepared != nil {
		t.mine[query] = t.StmtContext(ctx, prepared)
		return t.mine[query], nil
	}
	statement, err := t.PrepareContext(ctx, bound(t.all.db, query))
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	t.mine[query] = statement
	return statement, nil
}

// Change runs a statement and returns how many rows it changed.
func (t Tx) Change(ctx context.Context, query string, args ...any) (int, error) {
	n, _, err := t.exec(ctx, query, args)
	return n, err
}

func (t Tx) exec(ctx context.Context, query string, args []any) (int, sql.Result, error) {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return 0, nil, err
	}
	result, err := statement.ExecContext(ctx, plain(args)...)
	if err != nil {
		return 0, nil, err
	}
	n, err := result.RowsAffected()
	return int(n), result, err
}

// One reads the row that a query returns into dest. Without any: [sql.ErrNoRows].
func (t Tx) One(ctx context.Context, dest []any, query string, args ...any) error {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, plain(args)...).Scan(dest...)
}

// Insert runs a statement that adds one row or none, whose ID goes to id. It returns how many.
func (t Tx) Insert(ctx context.Context, id *int64, query string, args ...any) (int, error) {
	if isSQLite(t.all.db) {
		n, result, err := t.exec(ctx, query, args)
		if err == nil {
			*id, err = result.LastInsertId()
		}
		return n, err
	}
	err := t.One(ctx, []any{id}, query+returning, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return 1, err
}
