package riverengine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	// alone is the number of the lock that lets one migration run at a time: "rfcrivr" in ASCII.
	alone = 0x72666372697672
	// connectTimeout is how long a server may take to answer, unless the URL says otherwise.
	connectTimeout = 10 * time.Second
)

// ErrURL: the text is not the URL of a PostgreSQL database. It does not say what is wrong, since that
// could be part of a password.
var ErrURL = errors.New("want postgres://USER:PASSWORD@HOST:5432/NAME, with %-escapes for what is special in a URL")

// errTables says what to do if tables are missing.
var errTables = errors.New("the queue's tables are missing or old: run rfcdigest migrate")

func parse(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, ErrURL
	}
	// One connection listens, one may hold a lock, and the others do the rest.
	config.MaxConns = max(config.MaxConns, 4)
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "rfcdigest"
	}
	return config, nil
}

// Migrate makes River's tables in the database at url, or brings them up to date. It returns a line for
// each step that it did. Each step is a transaction: after an error, the steps before it stay, and the
// next run goes on from there. Of two runs at once, one waits for the other.
func Migrate(ctx context.Context, url string) (done []string, err error) {
	return byItself(ctx, url, func(m *rivermigrate.Migrator[pgx.Tx]) (done []string, err error) {
		made, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if err != nil {
			return nil, err
		}
		for _, v := range made.Versions {
			done = append(done, fmt.Sprintf("migrated the queue's tables to version %d: %s", v.Version, strings.ReplaceAll(v.Name, "_", " ")))
		}
		return done, nil
	})
}

// Remove removes River's tables, with all jobs, and returns a line; none if they were not there.
func Remove(ctx context.Context, url string) (done []string, err error) {
	return byItself(ctx, url, func(m *rivermigrate.Migrator[pgx.Tx]) ([]string, error) {
		gone, err := m.Migrate(ctx, rivermigrate.DirectionDown, &rivermigrate.MigrateOpts{TargetVersion: -1})
		if err != nil || len(gone.Versions) == 0 {
			return nil, err
		}
		return []string{"removed the queue's tables"}, nil
	})
}

// byItself calls f while no other migration is under way.
func byItself(ctx context.Context, url string, f func(*rivermigrate.Migrator[pgx.Tx]) ([]string, error)) (done []string, err error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("migrate river: %w", err)
	}
	defer pool.Close()
	err = pool.AcquireFunc(ctx, func(lock *pgxpool.Conn) error {
		if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(alone)); err != nil {
			return err
		}
		m, err := migrator(riverpgxv5.New(pool))
		if err == nil {
			done, err = f(m)
		}
		return err
	}) // the lock goes with the pool's connections
	if err != nil {
		return done, fmt.Errorf("migrate river: %w", err)
	}
	return done, nil
}

// checkTables returns an error unless River's tables are there and up to date.
func checkTables(ctx context.Context, driver riverdriver.Driver[pgx.Tx]) error {
	m, err := migrator(driver)
	if err != nil {
		return err
	}
	valid, err := m.Validate(ctx, nil)
	if err == nil && !valid.OK {
		err = errTables
	}
	return err
}

func migrator(driver riverdriver.Driver[pgx.Tx]) (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
}
