package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/ports"
)

var _ ports.Store = (*Store)(nil)

// Dialect is what one SQL database does its own way. Every field must be set, but where it says what
// empty stands for.
type Dialect struct {
	// Stamp returns t as a time column holds it, as a value for a placeholder.
	Stamp func(t time.Time) any
	// StampText returns the SQL of a time column's content as [core.ParseTimestamp] reads it.
	StampText func(column string) string
	// Readable returns the SQL of a condition under which the column surely holds a readable time
	// whose text sorts as its instant does. Where it is false, the time may be anything. It is
	// never null.
	Readable func(column string) string
	// Before returns the SQL of a condition under which the column surely holds a readable time
	// before t.
	Before func(column string, t time.Time) string
	// Unset returns the SQL of a condition under which the time column is empty. It is never null.
	Unset func(column string) string
	// Time returns the SQL of what a time column holds for an instant, of which the expression is the
	// text as [core.Timestamp] writes it.
	Time func(expression string) string
	// List is the SQL of a table whose column value has the elements of the JSON array of integers
	// that its one placeholder is given.
	List string
	// Pairs is the SQL of a table whose columns number and text have the names and the values of the
	// JSON object, of texts by integers, that its one placeholder is given.
	Pairs string
	// Ready returns an error, as opening does, where the database has changed so that what is
	// written down here is no longer true of it. It is asked before every page of the due.
	Ready func(ctx context.Context) error
	// SkipLocked is what follows a SELECT of rows that are about to be changed, so that nobody waits for
	// them who could take others; empty where only one transaction at a time changes anything.
	SkipLocked string
	// Indexed returns what follows a table's name to have it read by the index of that name, and
	// by no other; empty where the database is not told such things.
	Indexed func(index string) string
	// Bind returns a statement, in which ? stands for the next value and ?1 for the first, as the
	// driver takes it.
	Bind func(statement string) string
	// Returning ends a statement that adds a row and has the row's ID for its result; empty where the
	// driver tells the ID by itself.
	Returning string
	// Random is the SQL of an integer that does not come again.
	Random string
	// Reserve is a query that returns a row when, up to the end of its transaction, no other one claims
	// for the recipient that ?1 is, or changes when they are due. ReserveNow returns none where
	// another one has done so and not ended yet. Both are empty where transactions that write exclude
	// each other.
	Reserve, ReserveNow string
	// Keep ends a query so that the rows it found stay as they are up to the end of its transaction;
	// empty where they do anyhow.
	Keep string
	// Wait is a statement after which those that follow in its transaction wait for other transactions as
	// long as it takes; empty where waiting has no end of its own, or is for a whole database.
	Wait string
	// Idle returns the SQL of a condition on the rows of a table, that the given one holds, whose placeholders
	// have numbers; it need not hold of a row that another transaction is about to change.
	Idle func(table, condition string) string
	// Beyond is a query, of a table's name and an ID, after which the IDs that are chosen for the table are
	// greater; empty where that is so as soon as there is a row with the ID.
	Beyond string
	// Together makes steps in one transaction, as few journeys to the database as it takes, and commits
	// it where each came to the number of rows that it should have; else it undoes them all and returns
	// false. So it does with an error, but of [ports.ErrUnknown], after which they may have been made. It
	// is nil where the database is no journey away.
	Together func(ctx context.Context, conn *sql.Conn, steps []Statement) (made bool, err error)
	// Classify returns err as an error of package ports and in words for people, where it is one
	// of the database's own that they or app can act on; else err.
	Classify func(err error) error
}

// The indexes that statements name. The database's package makes them.
const (
	// IndexUnreadable is on notifications(recipient_user_id) where [Dialect.Unreadable] holds.
	IndexUnreadable = "rfcdigest_unreadable"
	// IndexSending is on notification_digests(status, recipient_user_id) where status = 'sending'.
	IndexSending = "rfcdigest_sending"
	// IndexWaiting is on held_emails(id) where status IN ('held', 'sending').
	IndexWaiting = "rfcdigest_waiting"
)

// Unreadable returns the SQL of the condition on a row of notifications that a search by created_at
// could miss it. alias is the table's in the statement; empty in an index. It is about nothing but
// created_at, which never changes: were a mark such as digest_included_at in it, the database would
// weigh the whole condition twice for each row that is marked, at several times the cost of marking.
func (d Dialect) Unreadable(alias string) string {
	if alias != "" {
		alias += "."
	}
	return "NOT (" + d.Readable(alias+"created_at") + ")"
}

// Config is what a store is made from.
type Config struct {
	Dialect Dialect
	// Read is for statements that change nothing; it may have several connections.
	Read *bun.DB
	// Write has as many connections as Writers. nil makes a store whose methods that write return
	// [ports.ErrUnavailable].
	Write *bun.DB
	// Writers is how many transactions may be under way at once. One, for a database whose transactions
	// exclude all other writers from their start, is shared by the calls that wait for it.
	Writers int
}

// Store is a [ports.Store] over an SQL database. Make one with [New].
type Store struct {
	dialect Dialect
	read    *bun.DB
	reads   *statements
	writer  *writer // nil where nothing may be written
	text    texts
}

// texts are the statements that are put together from more than constants.
type texts struct {
	recipients, due, lookup, since, byID, claim, roll, ledgerRow string
	find, windows, window, next, rest, take, paid                string
	marks                                                        map[string][]string // by column
}

// New returns a store over the databases in c, which it owns from then on.
func New(c Config) *Store {
	s := &Store{dialect: c.Dialect, read: c.Read, reads: newStatements(c.Read, c.Dialect)}
	s.text = texts{
		recipients: s.recipientsQuery(), due: s.dueQuery(), lookup: s.lookupQuery(), since: s.sinceQuery(), byID: s.byIDQuery(),
		claim: s.claimQuery(), roll: s.rollQuery(), ledgerRow: s.ledgerRowQuery(),
		find: s.findQuery(), windows: s.windowsQuery(), window: s.windowQuery(),
		marks: map[string][]string{"digest_included_at": s.markQueries("digest_included_at"), "email_sent_at": s.markQueries("email_sent_at")},
		next:  s.nextQuery(), rest: s.restQuery(), take: s.takeQuery(), paid: s.paidQuery(),
	}
	if c.Write != nil {
		s.writer = newWriter(newStatements(c.Write, c.Dialect), c.Writers)
	}
	return s
}

// Close finishes what was asked for before, and closes the databases. Calls that come later return
// an error. It must be called once.
func (s *Store) Close() error {
	var err error
	if s.writer != nil {
		err = s.writer.close()
	}
	return errors.Join(err, s.read.Close())
}

var (
	errReadOnly = fmt.Errorf("%w: the database was opened for reading only", ports.ErrUnavailable)
	errClosed   = fmt.Errorf("%w: the database was closed", ports.ErrUnavailable)
)

// write runs c in a transaction and returns when that is durable; what names it in errors. Where ctx
// has ended by then, c is not run. mostly are the steps, if they are known, that c nearly always comes to.
func (s *Store) write(ctx context.Context, what string, c change, mostly ...Statement) error {
	err := errReadOnly
	if s.writer != nil {
		err = s.writer.do(ctx, c, mostly)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// each calls visit on every row of a query until it returns false; what names the query in errors. A
// query is about a page at the most, so it is not interrupted: a driver that could do that would have
// to be ready for it at every row.
func (s *Store) each(ctx context.Context, what string, visit func(*sql.Rows) (bool, error), query string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	whole := context.WithoutCancel(ctx)
	statement, err := s.reads.get(whole, query)
	if err != nil {
		return s.failed(ctx, what, err)
	}
	rows, err := statement.QueryContext(whole, args...)
	if err != nil {
		return s.failed(ctx, what, err)
	}
	return s.failed(ctx, what, walk(rows, visit))
}

// walk calls visit on every row until it returns false, and closes rows.
func walk(rows *sql.Rows, visit func(*sql.Rows) (bool, error)) error {
	defer rows.Close()
	for rows.Next() {
		if more, err := visit(rows); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// failed returns the error of a query; nil stays nil. One that was interrupted says why, which a
// driver may not.
func (s *Store) failed(ctx context.Context, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	return fmt.Errorf("%s: %w", what, s.dialect.Classify(err))
}
