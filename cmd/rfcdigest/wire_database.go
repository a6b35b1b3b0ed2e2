package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/riverengine"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// namedDatabase is the database that the settings name, and what can be done with it. Its names contain no
// password.
type namedDatabase struct {
	// name is the database's name for people; brief is the same in a word.
	name, brief string
	open        func(context.Context, sqlite.Options) (*sqlstore.Store, error)
	// state is how it differs from what this release wants.
	state   func(context.Context) (schema.State, error)
	migrate func(context.Context, func(schema.Progress)) (done []string, err error)
	remove  func(ctx context.Context, data bool, progress func(schema.Progress)) (done, stays []string, err error)
	// clock returns the clock that all processes on it share.
	clock func(context.Context) (ports.Clock, error)
	// engine returns an engine that has processes share ticks; nil for SQLite, with which none is asked for.
	engine func(*app.Ticker, time.Duration, *slog.Logger) (*riverengine.Engine, error)
	// diagnose has a doctor look at it, and reports whether it can be read and is migrated.
	diagnose func(context.Context, *doctor) bool
}

// named returns the database that the settings name. Of a file it only asks whether it is there.
func (s *Settings) named() (namedDatabase, error) {
	path, server, err := databaseURL(s.Database)
	switch {
	case err != nil:
		return namedDatabase{}, err
	case server != "":
		return s.namedPostgres(server)
	case s.Engine == river:
		return namedDatabase{}, usagef("--engine river: it needs PostgreSQL, --database postgres://…; leave it out on SQLite, which one process serves")
	}
	return namedDatabase{
		name: path, brief: filepath.Base(path),
		open: func(ctx context.Context, o sqlite.Options) (*sqlstore.Store, error) { return sqlite.Open(ctx, path, o) },
		state: func(ctx context.Context) (schema.State, error) {
			c, err := sqlite.Inspect(ctx, path)
			return c.State, err
		},
		migrate: func(ctx context.Context, progress func(schema.Progress)) ([]string, error) {
			return sqlite.MigrateStepwise(ctx, path, progress)
		},
		remove: func(ctx context.Context, data bool, progress func(schema.Progress)) (done, stays []string, err error) {
			return sqlite.Remove(ctx, path, data, progress)
		},
		clock:    func(context.Context) (ports.Clock, error) { return systemclock.Clock{}, nil },
		diagnose: func(ctx context.Context, d *doctor) bool { return d.file(ctx, path) },
	}, nil
}

func (s *Settings) namedPostgres(url string) (namedDatabase, error) {
	name, err := postgres.Name(url)
	if err != nil {
		return namedDatabase{}, usagef("--database: %w", err)
	}
	brief, _, _ := strings.Cut(name, " ")
	return namedDatabase{
		name: name, brief: brief,
		open: func(ctx context.Context, o sqlite.Options) (*sqlstore.Store, error) {
			return postgres.Open(ctx, url, postgres.Options{ReadOnly: o.ReadOnly})
		},
		state: func(ctx context.Context) (schema.State, error) {
			c, err := postgres.Inspect(ctx, url)
			c.Foreign = c.Foreign && c.Unwritable == "" // else that is to be told first
			return c.State, err
		},
		migrate: func(ctx context.Context, progress func(schema.Progress)) (done []string, err error) {
			if err = s.engineFits(ctx, url); err == nil {
				done, err = postgres.MigrateStepwise(ctx, url, progress)
			}
			if err != nil || s.Engine != river {
				return done, err
			}
			more, err := riverengine.Migrate(ctx, url)
			return append(done, more...), err
		},
		remove: func(ctx context.Context, data bool, progress func(schema.Progress)) (done, stays []string, err error) {
			if err = s.engineFits(ctx, url); err == nil && data && s.Engine == river {
				done, err = riverengine.Remove(ctx, url)
			}
			if err != nil {
				return nil, nil, err
			}
			more, stays, err := postgres.Remove(ctx, url, data, progress)
			return append(done, more...), stays, err
		},
		engine: func(t *app.Ticker, every time.Duration, log *slog.Logger) (*riverengine.Engine, error) {
			return s.newEngine(url, t, every, log)
		},
		clock:    func(ctx context.Context) (ports.Clock, error) { return postgres.NewClock(ctx, url) },
		diagnose: func(ctx context.Context, d *doctor) bool { return d.server(ctx, name, url) },
	}, nil
}

// river is the engine of that name, and ownPort how to have it on a database behind a pooler.
const (
	river   = "river"
	ownPort = "give --database the server's own port, or use --engine plain"
)

// engineFits says if the engine cannot work at url since a pooler answers there.
func (s *Settings) engineFits(ctx context.Context, url string) error {
	if s.Engine != river {
		return nil
	}
	pooled, err := postgres.IsPooled(ctx, url)
	if pooled {
		err = usagef("--engine river: it listens, which a pooler like PgBouncer does not pass on; %s", ownPort)
	}
	return err
}

// newEngine returns an engine that has t make ranges of ticks.
func (s *Settings) newEngine(url string, t *app.Ticker, every time.Duration, log *slog.Logger) (*riverengine.Engine, error) {
	if err := s.engineFits(context.Background(), url); err != nil {
		return nil, err
	}
	return riverengine.New(riverengine.Config{
		URL: url, Every: every, Log: log, Ranges: t.Planner().Ranges,
		Range: func(ctx context.Context, now time.Time, r core.Range, round int) (time.Duration, error) {
			report, err := t.TickRange(ctx, now, r, round)
			return report.RetryIn(round), err
		},
	})
}
