package sqlstore

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/ports"
)

var _ ports.Store = (*Store)(nil)

// Dialect is what one SQL database does its own way. Every field must be set, except those that say what
// empty means.
type Dialect struct {
	// StampText returns the SQL of a time column's content as [texts.ParseTimestamp] reads it.
	StampText func(column string) string
	// Readable returns the SQL of a condition under which the column surely holds a readable time, and Search would
	// find it. If it is false, the time may be anything. It is never null.
	Readable func(column string) string
	// Search finds notifications by created_at.
	Search Search
	// Hold returns t as a time column of the app's holds it, which is named like notifications.created_at.
	Hold func(column string, t time.Time) any
	// Before returns the SQL of conditions, each of which an index serves. If one holds, the column surely holds a
	// readable time before t. No two hold of the same.
	Before func(column string, t time.Time) []string
	// Listed says that the table digest_unreadable has the notifications of which [Dialect.Unreadable] holds, perhaps with
	// others. If not, [IndexUnreadable] has them: to make that takes as long as it takes to read all there are.
	Listed bool
	// Unset returns the SQL of a condition under which the time column is empty. It is never null.
	Unset func(column string) string
	// Time returns the SQL of what a time column holds for the instant that [texts.Timestamp] writes as the
	// text that expression is.
	Time func(expression string) string
	// LateMarks says that it is much cheaper to mark the notifications of many digests together than those of one. Then
	// [Store.Record] leaves them to [Store.Mark].
	LateMarks bool
	// RowID is a column that most tables have without saying so; empty if the database has none, or lets several
	// transactions write at a time.
	RowID string
	// List is the SQL of a table whose column value has the elements of a JSON array of integers, which is
	// the value of its one placeholder.
	List string
	// Pairs is the SQL of a table whose columns number and text have the names and the values of a JSON
	// object of texts by integers, which is the value of its one placeholder.
	Pairs string
	// Ready returns an error, as opening does, if another program has changed the database so that it is no
	// longer as it was migrated. It is called before every page of people who are due.
	Ready func(ctx context.Context) error
	// Indexed returns what follows a table's name to have it read by the index of that name, and
	// by no other; empty if the database is not told such things.
	Indexed func(index string) string
	// Random is the SQL of an integer that does not come again.
	Random string
	// Reserve is a query that returns a row as soon as no other transaction can claim for the recipient ?0,
	// or change when they are due, until its own ends. ReserveNow does not wait: it returns no row if another
	// transaction is in the way. Both are empty if only one transaction at a time may write.
	Reserve, ReserveNow string
	// Pass are queries that each return when no other transaction has locked one of the rows of the recipient ?0 that
	// Reserve locks.
	Pass []string
	// Sets are nil if there is no other way than to change one digest after another.
	Sets *Sets
	// Keep ends a query so that the rows it found stay as they are until its transaction ends; empty if
	// they do anyhow.
	Keep string
	// Idle returns the SQL of a condition on the rows of a table: the given one, whose placeholders have
	// numbers, holds, and no other transaction is about to change the row.
	Idle func(table, condition string) string
}

// Search is how notifications AS n that are not before since are found, for each recipient in the table span, which has both as
// its columns. It may find more.
type Search struct {
	// With are more tables, each after a comma.
	With string
	// From are tables, and WHERE with conditions.
	From string
	// Missed is the condition on a notification of the recipient in span that From does not find it.
	Missed string
}

// Unreadable returns the SQL of a condition on a row of notifications: a search by created_at could miss
// it. alias is the table's in the statement; empty in an index. Only created_at is in it, which never
// changes. With a mark such as digest_included_at in it, the database would work the condition out twice for
// each row that is marked, at several times the cost of marking.
func (d Dialect) Unreadable(alias string) string {
	if alias != "" {
		alias += "."
	}
	return "NOT (" + d.Readable(alias+"created_at") + ")"
}

// Store is a [ports.Store] over an SQL database. Make one with [New].
type Store struct {
	dialect Dialect
	db      *engine.Engine
	// The statements that are run for each digest.
	claimRow, next string
	marks          map[string][]string // by column
	// stuck is when a claim last waited in vain for another program.
	stuck atomic.Pointer[time.Time]
}

// New returns a store over the databases in c, which it owns from then on.
func New(d Dialect, c engine.Config) *Store {
	s := &Store{dialect: d, db: engine.New(c)}
	s.claimRow = s.claimQuery()
	s.next = "UPDATE digest_due SET due_at = CASE has_hour WHEN 0 THEN ? + period ELSE 0 END, revision = " + d.Random + " WHERE user_id IN (SELECT asked.value FROM " + d.List + " AS asked)"
	s.marks = map[string][]string{"digest_included_at": s.markQueries("digest_included_at"), "email_sent_at": s.markQueries("email_sent_at")}
	return s
}

// hold returns t as the column holds it, or null if it is zero.
func (s *Store) hold(column string, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return s.dialect.Hold(column, t)
}

// Close finishes what was asked for before, and closes the databases. Calls that come later return
// an error. It must be called once.
func (s *Store) Close() error { return s.db.Close() }
