package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"sync"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/schema"
)

// statements are the prepared statements of a database, by their text. What differs from call to call is
// bound, a list as JSON, so that there are few of them.
type statements struct {
	db *bun.DB

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
	texts    sync.Map // by query, with places
}

func newStatements(db *bun.DB) *statements {
	return &statements{db: db, prepared: make(map[string]*sql.Stmt)}
}

// place is the n-th value of a prepared statement, from 0.
type place int

// AppendQuery implements [schema.QueryAppender], in the words that SQLite and PostgreSQL share.
func (p place) AppendQuery(_ schema.QueryGen, b []byte) ([]byte, error) {
	return strconv.AppendInt(append(b, '$'), int64(p)+1, 10), nil
}

// places are more than any statement has.
var places = func() []any {
	all := make([]any, 100)
	for i := range all {
		all[i] = place(i)
	}
	return all
}()

// returning ends a statement that adds a row, if the driver does not tell the row's ID by itself, at less cost.
const returning = " RETURNING id"

func isSQLite(db *bun.DB) bool { return db.Dialect().Name() == dialect.SQLite }

// numbered finds a value that is not just the next.
var numbered = regexp.MustCompile(`\?\d`)

// bound returns a statement with places where bun would write the values: ? is the next value, ?0 the first.
func bound(db *bun.DB, query string) string {
	if isSQLite(db) && !numbered.MatchString(query) {
		return query // places without a number are cheaper: the driver asks for no names
	}
	return db.QueryGen().FormatQuery(query, places...)
}

// text is [bound] of a query that comes again.
func (s *statements) text(query string) string {
	if text, ok := s.texts.Load(query); ok {
		return text.(string)
	}
	text := bound(s.db, query)
	s.texts.Store(query, text)
	return text
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement, ok := s.prepared[query]; ok {
		return statement, nil
	}
	statement, err := s.db.DB.PrepareContext(ctx, bound(s.db, query))
	if err != nil {
		return nil, fmt.Errorf("prepare a statement: %w", err)
	}
	s.prepared[query] = statement
	return statement, nil
}

// plain has values in place of what gives them in args, and returns args: not every driver asks.
func plain(args []any) []any {
	for i, arg := range args {
		if v, ok := arg.(driver.Valuer); ok {
			args[i], _ = v.Value() // of the types of a store, none fails
		}
	}
	return args
}
