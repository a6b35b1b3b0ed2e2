package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

const (
	// number is the first number of the lock that keeps migrations of a schema apart: "rfcd" in ASCII.
	number = 0x72666364
	// aMoment is how long a transaction of a migration waits for a lock. Others that write wait behind it.
	aMoment = "200ms"
	// patience is how long it tries again, after a pause each time.
	patience = 2 * time.Minute
	minPause = 50 * time.Millisecond
	maxPause = time.Second
	// small is the size of a table in bytes of which an index is made in no time.
	small = 1 << 20
)

// Migrate makes the database at url what this release wants, and returns what it did, a line for each thing;
// nothing if it was up to date. To what is the app's it only ever adds. If a table of the app's lacks a column
// that it should have, the error names all such columns.
//
// It locks nothing for longer than some hundredths of a second, but tries again until it gets the lock: triggers are
// made in one transaction, indexes of large tables concurrently, and our own tables are filled in ranges. A
// partitioned table is the exception: while its index is made, it cannot be written to. If it returned an error, or the process
// died, what was done stays. The database counts as not migrated then, and another call goes on. Of two at once one waits for the
// other.
func Migrate(ctx context.Context, url string) (done []string, err error) {
	return MigrateStepwise(ctx, url, func(schema.Progress) {})
}

// MigrateStepwise is [Migrate] and calls progress before each thing that it does and after the last; not at all
// if there is nothing to do.
func MigrateStepwise(ctx context.Context, url string, progress func(schema.Progress)) (done []string, err error) {
	err = byItself(ctx, url, "migrate", func(db schema.Database) (err error) {
		if err = checkTimes(ctx, db.Read); err == nil {
			done, err = wanted.NewMigration(db, progress).Run(ctx)
		}
		return err
	})
	return done, err
}

// Remove takes out of the database at url what [Migrate] put in, as [schema.Schema.Remove] does.
func Remove(ctx context.Context, url string, data bool, progress func(schema.Progress)) (done, stays []string, err error) {
	err = byItself(ctx, url, "remove from", func(db schema.Database) (err error) {
		done, stays, err = wanted.Remove(ctx, db, data, progress)
		return err
	})
	return done, stays, err
}

// byItself calls f while no other migration is under way.
func byItself(ctx context.Context, url, verb string, f func(schema.Database) error) error {
	d, err := parse(url)
	if err != nil {
		return err
	}
	// Each waits for its own connection if the server has none left: one pool would make do with that of the lock.
	locks, db := d.open(1, durable), d.open(1, durable)
	defer locks.Close()
	defer db.Close()
	lock, err := alone(ctx, locks)
	if err != nil {
		return d.failed(verb, err)
	}
	defer lock.Rollback() //nolint:errcheck // nothing was written
	conn, err := db.Conn(ctx)
	if err == nil {
		defer conn.Close()
		m := migration{conn, d.pooled.Load()}
		err = f(schema.Database{Read: conn, Write: m.write, Index: m.index, Rest: rest})
	}
	if err != nil {
		return d.failed(verb, err)
	}
	return nil
}

// migration is the connection of a migration.
type migration struct {
	bun.Conn
	pooled bool
}

// alone waits until no other migration is under way, however long that takes, and returns a transaction that keeps others
// out. It asks again and again, since an index that is made concurrently waits for all statements that began before, also for
// one that waits. It does not wait for a transaction like this, between statements. A lock of a session would be lost at a pooler.
func alone(ctx context.Context, db *bun.DB) (bun.Tx, error) {
	for pause := minPause; ; pause = min(2*pause, maxPause) {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return tx, err
		}
		var mine bool
		err = tx.QueryRowContext(ctx, "SELECT pg_try_advisory_xact_lock(?, hashtext(coalesce(current_schema(), ''))) FROM set_config('idle_in_transaction_session_timeout', '0', true)", number).Scan(&mine)
		if err == nil && mine {
			return tx, nil
		}
		_ = tx.Rollback()
		if err == nil && !wait(ctx, pause) {
			err = ctx.Err()
		}
		if err != nil {
			return tx, err
		}
	}
}

// write is [schema.Database.Write].
func (m migration) write(ctx context.Context, f func(context.Context, bun.IDB) error) error {
	began := time.Now()
	for pause := minPause; ; pause = min(2*pause, maxPause) {
		err := m.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = '"+aMoment+"'"); err != nil {
				return err
			}
			return f(ctx, tx)
		})
		if !inTheWay(err) || time.Since(began) > patience || !wait(ctx, pause) {
			return err
		}
	}
}

// inTheWay reports whether err says that another transaction has a lock, or waited for ours.
func inTheWay(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == "55P03" || said.Code == "40P01")
}

// index is [schema.Database.Index]. One that was left half made has the name, too.
func (m migration) index(ctx context.Context, table string, statements []string) error {
	var size int64
	err := m.QueryRowContext(ctx, "SELECT coalesce(max(pg_relation_size(t.oid)), 0) FROM pg_class AS t WHERE t.relname = ? AND t.relnamespace = "+here, table).Scan(&size)
	if err != nil {
		return err
	}
	if size < small {
		return m.write(ctx, func(ctx context.Context, tx bun.IDB) error { return run(ctx, tx, statements) })
	}
	// It waits for others. No reader or writer waits for it. A pooler's connections have no lock_timeout.
	if !m.pooled {
		statements = append([]string{"SET lock_timeout = 0"}, statements...)
	}
	for i, s := range statements {
		statements[i] = concurrently.Replace(s)
	}
	if err = run(ctx, m, statements); m.pooled {
		return err
	}
	_, reset := m.ExecContext(context.WithoutCancel(ctx), "RESET lock_timeout")
	return errors.Join(err, reset)
}

var concurrently = strings.NewReplacer("CREATE INDEX ", "CREATE INDEX CONCURRENTLY ", "DROP INDEX ", "DROP INDEX CONCURRENTLY ")

func run(ctx context.Context, db bun.IDB, statements []string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// rest is [schema.Database.Rest]: others are not kept from anything but some rows.
func rest(context.Context, time.Duration) {}

// wait returns true after d, or false as soon as ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
