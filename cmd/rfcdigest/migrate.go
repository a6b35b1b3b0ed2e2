package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
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
	var latest atomic.Pointer[term.Stage]
	latest.Store(&term.Stage{})
	stop := term.NewProgress(std.err).Follow("", func() term.Stage { return *latest.Load() })
	done, err := database.migrate(ctx, func(s schema.Progress) {
		latest.Store(&term.Stage{Done: int64(s.Done), Total: int64(s.Of), What: s.What})
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
