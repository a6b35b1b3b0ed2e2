package engine

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // a database to write to
)

// testWriter returns a writer over a database with a table of numbers, and what reads them.
func testWriter(t *testing.T) (*writer, func() []int) {
	t.Helper()
	name := "file:" + filepath.Join(t.TempDir(), "numbers.db") + "?_txlock=immediate&_pragma=journal_mode(WAL)"
	pool, err := sql.Open("sqlite", name)
	require.NoError(t, err)
	pool.SetMaxOpenConns(1)
	_, err = pool.ExecContext(t.Context(), "CREATE TABLE numbers (n INTEGER)")
	require.NoError(t, err)
	reader, err := sql.Open("sqlite", name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, reader.Close()) })
	return newWriter(Config{Write: bun.NewDB(pool, sqlitedialect.New()), Writers: 1, Classify: func(err error) error { return err }}), func() (out []int) {
		rows, err := reader.QueryContext(t.Context(), "SELECT n FROM numbers ORDER BY n")
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var n int
			require.NoError(t, rows.Scan(&n))
			out = append(out, n)
		}
		require.NoError(t, rows.Err())
		return out
	}
}

// insert returns the change that adds n and then returns err.
func insert(n int, err error) Change {
	return func(ctx context.Context, tx Tx) error {
		if _, failed := tx.ExecContext(ctx, "INSERT INTO numbers VALUES (?)", n); failed != nil {
			return failed
		}
		return err
	}
}

// together has the changes made in one transaction and returns what each of them came to.
func together(t *testing.T, w *writer, changes ...Change) []error {
	t.Helper()
	out := make([]error, len(changes))
	jobs := make([]*job, len(changes))
	w.mu.Lock()
	for i, c := range changes {
		jobs[i] = &job{ctx: t.Context(), change: c, done: make(chan struct{})}
		w.queue = append(w.queue, jobs[i])
	}
	w.work.Signal()
	w.mu.Unlock()
	for i, j := range jobs {
		<-j.done
		out[i] = j.err
	}
	return out
}

var errOdd = errors.New("odd")

func TestOneChangeThatFailsDoesNotSpoilTheOthers(t *testing.T) {
	t.Parallel()
	w, numbers := testWriter(t)
	defer w.close()
	errs := together(t, w, insert(1, nil), insert(2, errOdd), func(ctx context.Context, tx Tx) error {
		_ = insert(3, nil)(ctx, tx)
		panic("a bug")
	}, func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, "no SQL at all")
		return err
	}, insert(5, nil))
	assert.NoError(t, errs[0])
	assert.ErrorIs(t, errs[1], errOdd)
	assert.EqualError(t, errs[2], "panic: a bug")
	assert.ErrorContains(t, errs[3], "syntax error")
	assert.NoError(t, errs[4])
	assert.Equal(t, []int{1, 5}, numbers())
}

func TestATransactionThatTheDatabaseEndedIsNobodysSuccess(t *testing.T) {
	t.Parallel()
	w, numbers := testWriter(t)
	defer w.close()
	errs := together(t, w, insert(1, nil), func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, "ROLLBACK") // as SQLite does when the disk is full
		require.NoError(t, err)
		return errOdd
	}, insert(3, nil))
	assert.ErrorIs(t, errs[0], errOdd)
	assert.ErrorIs(t, errs[1], errOdd)
	assert.NoError(t, errs[2], "it has its turn in the next transaction")
	assert.Equal(t, []int{3}, numbers())
}

func TestAContextThatEndedStartsNothing(t *testing.T) {
	t.Parallel()
	w, numbers := testWriter(t)
	ctx, cancel := context.WithCancel(t.Context())
	errs := together(t, w, func(inner context.Context, tx Tx) error {
		cancel() // while the next waits in the queue
		return insert(1, nil)(inner, tx)
	})
	require.NoError(t, errs[0])
	require.ErrorIs(t, w.do(ctx, &job{change: insert(2, nil)}), context.Canceled)
	require.NoError(t, w.do(t.Context(), &job{change: insert(3, nil)}))
	assert.Equal(t, []int{1, 3}, numbers())

	require.NoError(t, w.close())
	require.ErrorIs(t, w.do(t.Context(), &job{change: insert(4, nil)}), errClosed)
}

func TestABatchHasAnEnd(t *testing.T) {
	t.Parallel()
	w, numbers := testWriter(t)
	changes := make([]Change, 2*maxBatch+10)
	for i := range changes {
		changes[i] = insert(i, nil)
	}
	for _, err := range together(t, w, changes...) {
		require.NoError(t, err)
	}
	assert.Len(t, numbers(), len(changes))
	require.NoError(t, w.close())
}

func TestPlaceholdersAreNumbered(t *testing.T) {
	t.Parallel()
	db := bun.NewDB(nil, pgdialect.New())
	for statement, want := range map[string]string{
		"SELECT 1":                       "SELECT 1",
		"a = ? AND b IN (?, ?) LIMIT ?":  "a = $1 AND b IN ($2, $3) LIMIT $4",
		"VALUES (?0, ?11, ?0)":           "VALUES ($1, $12, $1)",
		"?":                              "$1",
		"lower(?) LIKE ? ESCAPE '\\' OR": "lower($1) LIKE $2 ESCAPE '\\' OR",
	} {
		assert.Equal(t, want, bound(db, statement))
	}
	assert.Equal(t, "a = ? AND b = ?", bound(bun.NewDB(nil, sqlitedialect.New()), "a = ? AND b = ?"))
}
