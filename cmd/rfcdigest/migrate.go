package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
)

type migrateCommand struct {
	JSON bool `name:"json" help:"Print the result as one line of JSON."`
}

// Run migrates the database.
func (c *migrateCommand) Run(ctx context.Context, s *Settings, std streams) error {
	path, err := sqlitePath(s.Database)
	if err != nil {
		return err
	}
	var latest atomic.Pointer[stage]
	latest.Store(&stage{})
	stop := newProgress(std.err).follow("", func() stage { return *latest.Load() })
	done, err := sqlite.MigrateStepwise(ctx, path, func(s sqlite.Step) {
		latest.Store(&stage{done: int64(s.Done), total: int64(s.Of), what: s.What})
	})
	stop()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std, map[string]any{"database": path, "done": append([]string{}, done...)})
	}
	if len(done) == 0 {
		fmt.Fprintf(std.out, "%s is already up to date\n", path)
		return nil
	}
	fmt.Fprintf(std.out, "%s is migrated:\n", path)
	for _, step := range done {
		fmt.Fprintf(std.out, "  %s\n", step)
	}
	return nil
}

// printJSON prints v on one line.
func printJSON(std streams, v any) error {
	e := json.NewEncoder(std.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
