package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// alone is the number of the lock that keeps migrations apart: "rfcdgst" in ASCII.
const alone = 0x72666364677374

// Step is how far a migration has come: Done steps Of all, with What is being done now. Nothing of it is kept
// before all are done.
type Step struct {
	Done, Of int
	What     string
}

// Migrate adds what the database at url lacks, and returns what it did, a line for each thing; nothing
// where it was up to date. It only ever adds. Where a table of the app's lacks a column that it should
// have, the error names all such columns.
//
// All of it is one transaction: after an error, or when the process dies, the database is what it
// was before. Of two at once one waits for the other.
func Migrate(ctx context.Context, url string) (done []string, err error) {
	return MigrateStepwise(ctx, url, func(Step) {})
}

// MigrateStepwise is [Migrate] and calls progress before each of its steps and after the last; not at all, where
// there is nothing to do.
func MigrateStepwise(ctx context.Context, url string, progress func(Step)) (done []string, err error) {
	d, err := parse(url)
	if err != nil {
		return nil, err
	}
	db := d.open(1, durable)
	defer db.Close()
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		done, err = migrateIn(ctx, tx, progress)
		return err
	})
	if err != nil {
		if err = d.classify(err); !errors.As(err, new(*trouble)) {
			err = fmt.Errorf("migrate %s: %w", d.name(), err)
		}
		return nil, err
	}
	return done, nil
}

func migrateIn(ctx context.Context, tx bun.Tx, progress func(Step)) (done []string, err error) {
	// However long the other takes.
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(?)", alone); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = ?", standing["lock_timeout"]); err != nil {
		return nil, err
	}
	there, err := inspect(ctx, tx)
	if err != nil {
		return nil, err
	}
	if lacking := there.lacking(); len(lacking) > 0 {
		return nil, fmt.Errorf("the app's tables lack %s: is this the RFC app's database? nothing was changed", strings.Join(lacking, ", "))
	}
	needed := there.additions()
	for i, a := range needed {
		progress(Step{Done: i, Of: len(needed), What: a.inHand()})
		if _, err := tx.ExecContext(ctx, a.statement); err != nil {
			return nil, fmt.Errorf("%s: %w", a.inHand(), err)
		}
		done = append(done, a.what)
	}
	if len(needed) > 0 {
		progress(Step{Done: len(needed), Of: len(needed)})
	}
	return done, nil
}

// inHand returns what a is about while it is made.
func (a addition) inHand() string {
	verb, rest, _ := strings.Cut(a.what, " ")
	return strings.TrimSuffix(strings.TrimSuffix(verb, "d"), "e") + "ing " + rest
}
