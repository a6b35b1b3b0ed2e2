package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// noon is the instant that the tests are built around.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// migrated returns the path of a fresh, migrated database.
func migrated(t *testing.T) string {
	t.Helper()
	content, err := migratedContent()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "app.db")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// migratedContent is what Migrate makes of nothing, made once: that takes longer than most tests.
var migratedContent = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "rfcdigest-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "app.db")
	if _, err := Migrate(context.Background(), path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// opened returns a store over the database at path, closed when the test ends.
func opened(t *testing.T, path string, o Options) *sqlstore.Store {
	t.Helper()
	s, err := Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// connected returns a connection to the file at path as another program has it: with SQLite's defaults.
func connected(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := connection{path: path, access: create}.open(1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db.DB
}

// execute runs statements on the file at path as another program does.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db := connected(t, path)
	for _, s := range statements {
		_, err := db.ExecContext(t.Context(), s)
		require.NoError(t, err, s)
	}
}

// explain returns how SQLite goes about a statement, whose placeholders have nothing in them.
func explain(t *testing.T, path, statement string) []string {
	t.Helper()
	args := make([]any, strings.Count(statement, "$")+strings.Count(statement, "?"))
	return query(t, path, "EXPLAIN QUERY PLAN "+statement, args...)
}

// query returns the rows of a query, each as its columns' texts joined by a bar.
func query(t *testing.T, path, statement string, args ...any) (out []string) {
	t.Helper()
	rows, err := connected(t, path).QueryContext(t.Context(), statement, args...)
	require.NoError(t, err, statement)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		fields := make([]string, len(names))
		for i, v := range values {
			fields[i] = v.String
			if !v.Valid {
				fields[i] = "NULL"
			}
		}
		out = append(out, strings.Join(fields, "|"))
	}
	require.NoError(t, rows.Err())
	return out
}

// recorder notes the statements that are run on the connections that it wraps.
type recorder struct {
	mu         sync.Mutex
	statements []string
}

// watched returns options with which r sees every statement of a store.
func (r *recorder) watched() Options {
	wrap := func(c driver.Connector) driver.Connector { return &watched{c, r} }
	return Options{wrapReader: wrap, wrapWriter: wrap}
}

func (r *recorder) note(statement string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statements = append(r.statements, statement)
}

// watched makes connections that a recorder sees.
type watched struct {
	driver.Connector
	recorder *recorder
}

func (w *watched) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &watchedConn{conn.(everything), w.recorder}, nil
}

type watchedConn struct {
	everything
	recorder *recorder
}

func (c *watchedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	statement, err := c.everything.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &watchedStatement{statement.(preparedStatement), query, c.recorder}, nil
}

func (c *watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.recorder.note(query)
	return c.everything.ExecContext(ctx, query, args)
}

func (c *watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.recorder.note(query)
	return c.everything.QueryContext(ctx, query, args)
}

func (c *watchedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.everything.BeginTx(ctx, o)
	c.recorder.note("BEGIN")
	return &watchedTx{tx, c.recorder}, err
}

type watchedTx struct {
	driver.Tx
	recorder *recorder
}

func (x *watchedTx) Commit() error {
	x.recorder.note("COMMIT")
	return x.Tx.Commit()
}

// preparedStatement is what a prepared statement of the driver can do.
type preparedStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type watchedStatement struct {
	preparedStatement
	query    string
	recorder *recorder
}

func (s *watchedStatement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.recorder.note(s.query)
	return s.preparedStatement.ExecContext(ctx, args)
}

func (s *watchedStatement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.recorder.note(s.query)
	return s.preparedStatement.QueryContext(ctx, args)
}

// taken returns what was noted since it was last asked.
func (r *recorder) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.statements
	r.statements = nil
	return out
}

// people returns n recipients with IDs from 1.
func people(n int) []core.Recipient {
	out := make([]core.Recipient, n)
	for i := range out {
		out[i] = core.Recipient{ID: int64(i + 1), Address: "someone@rfc.example", Name: "Someone", Cadence: core.Daily}
	}
	return out
}

// claimOf returns a fresh claim on the recipient's first window.
func claimOf(recipient int64, ids ...int64) core.Claim {
	return core.Claim{
		Recipient: recipient, Window: core.Window{Start: noon.Add(-24 * time.Hour), End: noon}, MessageID: "id@rfc.example",
		Notifications: ids, Lease: noon.Add(10 * time.Minute), Attempts: 1,
	}
}

// everyPort is a store that can be looked into.
type everyPort interface {
	ports.Store
	Dump(ctx context.Context) (core.World, error)
}
