package main

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/ports"
)

// namedDatabase is the database that the settings name, and what is done with it. Passwords are in
// none of its names.
type namedDatabase struct {
	// name is what people call it; brief is that in a word.
	name, brief string
	open        func(context.Context, sqlite.Options) (*sqlstore.Store, error)
	migrate     func(context.Context, func(sqlstore.Step)) (done []string, err error)
	// clock returns what tells the time to all who work on it.
	clock func(context.Context) (ports.Clock, error)
	// shared says that several processes may be meant to divide ticks among them.
	shared bool
	// diagnose says what a doctor finds, and reports whether it can be read and is migrated.
	diagnose func(context.Context, *doctor) bool
}

// named returns the database that the settings name, without touching it.
func (s *Settings) named() (namedDatabase, error) {
	scheme, path, ok := strings.Cut(s.Database, "://")
	switch {
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return namedPostgres(s.Database)
	case !ok || scheme != "sqlite":
		return namedDatabase{}, usagef("--database %q: want sqlite://PATH or postgres://HOST/NAME", redact(s.Database))
	case path == "":
		return namedDatabase{}, usagef("--database %q: the path is missing, like sqlite://rfcdigest.db", s.Database)
	}
	return namedDatabase{
		name: path, brief: filepath.Base(path),
		open: func(ctx context.Context, o sqlite.Options) (*sqlstore.Store, error) { return sqlite.Open(ctx, path, o) },
		migrate: func(ctx context.Context, progress func(sqlstore.Step)) ([]string, error) {
			return sqlite.MigrateStepwise(ctx, path, progress)
		},
		clock:    func(context.Context) (ports.Clock, error) { return systemclock.Clock{}, nil },
		diagnose: func(ctx context.Context, d *doctor) bool { return d.file(ctx, path) },
	}, nil
}

func namedPostgres(url string) (namedDatabase, error) {
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
		migrate: func(ctx context.Context, progress func(sqlstore.Step)) ([]string, error) {
			return postgres.MigrateStepwise(ctx, url, progress)
		},
		clock:    func(ctx context.Context) (ports.Clock, error) { return postgres.NewClock(ctx, url) },
		shared:   true,
		diagnose: func(ctx context.Context, d *doctor) bool { return d.server(ctx, name, url) },
	}, nil
}
