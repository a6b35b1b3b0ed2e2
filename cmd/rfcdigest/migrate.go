package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

type migrateCommand struct {
	JSON bool `name:"json" help:"Print the result as one line of JSON."`
}

// Run migrates the database.
func (c *migrateCommand) Run(ctx context.Context, s *Settings, std streams) error {
	database, err := s.named()
	if err != nil {
		return err
	}
	var latest atomic.Pointer[stage]
	latest.Store(&stage{})
	stop := newProgress(std.err).follow("", func() stage { return *latest.Load() })
	done, err := database.migrate(ctx, func(s sqlstore.Step) {
		latest.Store(&stage{done: int64(s.Done), total: int64(s.Of), what: s.What})
	})
	stop()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std, map[string]any{"database": database.name, "done": append([]string{}, done...)})
	}
	if len(done) == 0 {
		fmt.Fprintf(std.out, "%s is already up to date\n", database.name)
		return nil
	}
	fmt.Fprintf(std.out, "%s is migrated:\n", database.name)
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
