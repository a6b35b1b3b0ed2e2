package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
)

type migrateCommand struct {
	Create bool `help:"Make a database if there is none, or the app's tables if there are none."`
	JSON   bool `name:"json" help:"Print the result as one line of JSON."`
}

// Run migrates the database.
func (c *migrateCommand) Run(ctx context.Context, s *Settings, std streams) error {
	database, err := s.named()
	if err != nil {
		return err
	}
	if _, err := s.zoneData().Open(); err != nil { // before anything is changed
		return err
	}
	if err := c.mayCreate(ctx, database); err != nil {
		return err
	}
	latest, tell, stop := follow(std)
	done, err := database.migrate(ctx, tell)
	if err == nil && len(done) > 0 {
		err = s.noteWhenDue(ctx, database, latest)
	}
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

// mayCreate returns an error if there is no database of the app's, and nobody asked for one: then its name is most likely wrong. Other errors
// are for the migration to tell.
func (c *migrateCommand) mayCreate(ctx context.Context, database namedDatabase) error {
	if c.Create {
		return nil
	}
	state, err := database.state(ctx)
	switch {
	case errors.Is(err, sqlite.ErrNoDatabase):
		return fmt.Errorf("there is no database at %s; give --create to make one, or check --database", database.name)
	case err == nil && state.Bare:
		return fmt.Errorf("there are no tables of the RFC app in %s; give --create to make them, or check --database", database.name)
	}
	return nil
}

// follow shows on a terminal how far a migration is, until stop.
func follow(std streams) (latest *atomic.Pointer[term.Stage], tell func(schema.Progress), stop func()) {
	latest = new(atomic.Pointer[term.Stage])
	latest.Store(&term.Stage{})
	tell = func(s schema.Progress) {
		latest.Store(&term.Stage{Done: int64(s.Done), Total: int64(s.Of), What: s.What})
	}
	return latest, tell, term.NewProgress(std.err).Follow("", func() term.Stage { return *latest.Load() })
}

// noteWhenDue does what the first tick would do otherwise.
func (s *Settings) noteWhenDue(ctx context.Context, database namedDatabase, stage *atomic.Pointer[term.Stage]) error {
	clock, err := database.clock(ctx)
	if err != nil {
		return err
	}
	plans, store, err := s.plans(ctx, sqlite.Options{}, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	now := clock.Now()
	b, err := plans.Backlog(ctx, now)
	if err == nil {
		err = app.NoteWhenDue(ctx, plans, store, now, func(people int) {
			stage.Store(&term.Stage{Done: int64(people), Total: int64(b.Due), What: "noting when people with a send hour are due"})
		})
	}
	if err != nil {
		return fmt.Errorf("%s is migrated, but the first tick will take longer: %w", database.name, err)
	}
	return nil
}
