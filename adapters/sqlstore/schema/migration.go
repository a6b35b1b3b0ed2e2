package schema

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Database is how a store's database is migrated.
type Database struct {
	// Read is for looking at it.
	Read bun.IDB
	// Write runs f in a transaction. It may run f again, after all that f did was undone.
	Write func(ctx context.Context, f func(ctx context.Context, tx bun.IDB) error) error
	// Index runs the statements that make an index of a table, so that others can write to the table meanwhile. It is nil
	// for a database in which they cannot.
	Index func(ctx context.Context, table string, statements []string) error
	// Rest is a pause between two transactions, of which the first took so long.
	Rest func(ctx context.Context, held time.Duration)
}

// Migration makes a database what a release wants, in transactions that keep others from writing for a short time only.
// While it is under way, or if it ended half way, the database counts as not migrated; and the app, for which it is as good
// as ever, goes on writing. Another migration goes on where it ended.
type Migration struct {
	schema   Schema
	db       Database
	progress func(Progress)
	done     []string
	fill     *filler // nil if passes do not come next
}

// NewMigration returns a migration of db. It calls progress before each change and after the last.
func (s Schema) NewMigration(db Database, progress func(Progress)) *Migration {
	return &Migration{schema: s, db: db, progress: progress}
}

// Run makes all that is to be done, and returns what it did, a line for each thing. If it returns an error, what was
// done stays.
func (m *Migration) Run(ctx context.Context) (done []string, err error) {
	for more := true; more; {
		began := time.Now()
		if more, err = m.Step(ctx); err != nil {
			return nil, err
		}
		if more {
			m.db.Rest(ctx, time.Since(began))
		}
	}
	if n := len(m.done); n > 0 {
		m.progress(Progress{Done: n, Of: n})
	}
	return m.done, nil
}

// Step makes one transaction, or one index, and reports whether there may be more to do.
func (m *Migration) Step(ctx context.Context) (more bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if m.fill != nil {
		return true, m.fillSome(ctx)
	}
	f, err := m.schema.inspect(ctx, m.db.Read)
	if err == nil {
		err = m.schema.refusal(f)
	}
	changes := m.schema.changes(f)
	if err != nil || len(changes) == 0 {
		return false, err
	}
	switch first := changes[0]; {
	case first.stage == filling:
		m.fill = newFiller(m.schema.unfilled(f))
		m.tell(first, 0, len(changes))
		return true, m.fillSome(ctx)
	case first.stage == indexing && m.db.Index != nil:
		m.tell(first, 0, len(changes))
		if err := m.db.Index(ctx, first.table, first.statements); err != nil {
			return false, fmt.Errorf("%s: %w", first.statements[len(first.statements)-1], err)
		}
		m.done = append(m.done, first.String())
		return true, nil
	default:
		return true, m.make(ctx, first.stage)
	}
}

// tell says that a change is being made: the i-th of those that were left.
func (m *Migration) tell(c change, i, left int) {
	m.progress(Progress{Done: len(m.done) + i, Of: len(m.done) + left, What: c.doing + " " + c.what})
}

// make makes the changes of a stage in one transaction, of indexes the next one. In the transaction it looks again:
// another process may be migrating as well.
func (m *Migration) make(ctx context.Context, now stage) error {
	var lines []string
	err := m.db.Write(ctx, func(ctx context.Context, tx bun.IDB) error {
		lines = nil
		f, err := m.schema.inspect(ctx, tx)
		if err == nil {
			err = m.schema.refusal(f)
		}
		if err != nil {
			return err
		}
		changes := m.schema.changes(f)
		for i, c := range changes {
			if c.stage != now || now == indexing && i > 0 {
				break
			}
			m.tell(c, i, len(changes))
			if err := run(ctx, tx, c.statements); err != nil {
				return err
			}
			lines = append(lines, c.String())
		}
		if unfilled := m.schema.unfilled(f); len(lines) > 0 && unfilled != filled {
			return m.prepare(ctx, tx, now, unfilled)
		}
		return nil
	})
	if err == nil {
		m.done = append(m.done, lines...)
	}
	return err
}

// prepare notes that passes are to be made, and forgets what is not kept up to date. With the keepers it makes the first
// range, and what helps until all are done.
func (m *Migration) prepare(ctx context.Context, tx bun.IDB, now stage, unfilled fill) error {
	if err := mark(ctx, tx, unfilled); err != nil {
		return err
	}
	statements := []string{m.schema.Forget}
	if now == keeping {
		for _, o := range m.schema.meanwhile(unfilled) {
			statements = append(statements, m.schema.making(o)...)
		}
	}
	if err := run(ctx, tx, statements); err != nil || now != keeping {
		return err
	}
	_, _, err := newFiller(unfilled).some(ctx, tx, m.schema.Passes[0])
	return err
}

// run runs statements, and says which one failed.
func run(ctx context.Context, tx bun.IDB, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// meanwhile returns the triggers that are there until passes are made.
func (s Schema) meanwhile(f fill) []Object {
	if s.Meanwhile == nil {
		return nil
	}
	return s.Meanwhile(f == firstFill)
}

// errUnkept says that a keeper has gone while passes were made.
var errUnkept = errors.New("a keeper has gone")

// fillSome makes the next range. After the last of the last pass the database is migrated.
func (m *Migration) fillSome(ctx context.Context) error {
	pass := m.schema.Passes[m.fill.pass]
	var last bool
	var next int64
	began := time.Now()
	err := m.db.Write(ctx, func(ctx context.Context, tx bun.IDB) (err error) {
		began = time.Now()
		if last, next, err = m.fill.some(ctx, tx, pass); err != nil || !last || m.fill.pass+1 < len(m.schema.Passes) {
			return err
		}
		return m.finish(ctx, tx)
	})
	if errors.Is(err, errUnkept) {
		m.fill = nil
		return nil
	}
	if err != nil {
		return err
	}
	m.fill.took(time.Since(began))
	m.fill.through = next
	if last {
		m.passed(pass)
	}
	return nil
}

// passed notes that a pass was made, and goes on to the next.
func (m *Migration) passed(p Pass) {
	m.done = append(m.done, change{verb: noted, what: p.What}.String())
	beginning, passes := m.fill.beginning, m.schema.Passes
	if n := m.fill.pass + 1; n < len(passes) {
		m.fill = &filler{beginning: beginning, pass: n, through: newFiller(filled).through, size: atFirst}
		m.tell(change{verb: noted, what: passes[n].What}, 0, len(passes)-n)
		return
	}
	m.fill = nil
}

// finish notes that the passes are made, if no keeper has gone meanwhile.
func (m *Migration) finish(ctx context.Context, tx bun.IDB) error {
	f, err := m.schema.inspect(ctx, tx)
	if err != nil {
		return err
	}
	if f.fill == filled { // by another process
		return nil
	}
	if changes := m.schema.changes(f); changes[0].stage != filling {
		return errUnkept
	}
	statements := []string{m.schema.Filled}
	for _, o := range m.schema.meanwhile(f.fill) {
		statements = append(statements, m.schema.drop(o.ID))
	}
	if err := run(ctx, tx, statements); err != nil {
		return err
	}
	return mark(ctx, tx, filled)
}
