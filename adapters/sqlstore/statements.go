package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/uptrace/bun"
)

// statements are those of a database, by their text, each parsed once for each of its connections.
// Every text is written down in this package: what differs from call to call is bound, lists as
// JSON, so that there are few of them.
type statements struct {
	db      *bun.DB
	dialect Dialect

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

func newStatements(db *bun.DB, d Dialect) *statements {
	return &statements{db: db, dialect: d, prepared: make(map[string]*sql.Stmt)}
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement, ok := s.prepared[query]; ok {
		return statement, nil
	}
	statement, err := s.db.DB.PrepareContext(ctx, s.dialect.Bind(query))
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	s.prepared[query] = statement
	return statement, nil
}

// transaction is one that changes something; it is used by one goroutine.
type transaction struct {
	*sql.Tx
	all *statements
	// mine are those that were used in it before.
	mine map[string]*sql.Stmt
}

func (s *statements) begin(ctx context.Context) (transaction, error) {
	tx, err := s.db.DB.BeginTx(ctx, nil)
	return transaction{Tx: tx, all: s, mine: make(map[string]*sql.Stmt)}, err
}

// keep has the statements that were new to t ready for the transactions that follow. It is called
// when t has ended: while it lasts it may have the only connection that there is.
func (t transaction) keep(ctx context.Context) {
	for query := range t.mine {
		_, _ = t.all.get(ctx, query) // where it fails, the next transaction prepares it for itself, and says so
	}
}

func (t transaction) statement(ctx context.Context, query string) (*sql.Stmt, error) {
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
	statement, err := t.PrepareContext(ctx, t.all.dialect.Bind(query))
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	t.mine[query] = statement
	return statement, nil
}

// change runs a statement and returns how many rows it changed.
func (t transaction) change(ctx context.Context, query string, args ...any) (int, error) {
	result, err := t.exec(ctx, query, args)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// insert runs a statement that adds one row or none, returns how many, and leaves its ID in id.
func (t transaction) insert(ctx context.Context, id *int64, query string, args ...any) (int, error) {
	if returning := t.all.dialect.Returning; returning != "" {
		err := t.one(ctx, []any{id}, query+returning, args...)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, nil
		}
		return 1, err
	}
	result, err := t.exec(ctx, query, args)
	if err != nil {
		return 0, err
	}
	if *id, err = result.LastInsertId(); err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// step makes a step and returns how many rows it changed or found.
func (t transaction) step(ctx context.Context, s Statement) (int, error) {
	if s.ID != nil {
		return t.insert(ctx, s.ID, s.Query, s.Args...)
	}
	return t.change(ctx, s.Query, s.Args...)
}

func (t transaction) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

// one reads the row that a query returns into dest. Without any: sql.ErrNoRows.
func (t transaction) one(ctx context.Context, dest []any, query string, args ...any) error {
	statement, err := t.statement(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, args...).Scan(dest...)
}
