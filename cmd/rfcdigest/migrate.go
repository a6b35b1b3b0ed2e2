package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
)

type migrateCommand struct {
	Create bool `help:"Make a database, or the app's tables in one, though its name looks like a mistake."`
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
	fresh, err := c.mayCreate(ctx, database)
	if err != nil {
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
	is := "is"
	if fresh {
		is = "is new, and is" // if it should have been there already, that is to be seen
	}
	fmt.Fprintf(std.out, "%s %s migrated:\n", database.name, is)
	for _, step := range done {
		fmt.Fprintf(std.out, "  %s\n", step)
	}
	return nil
}

// mayCreate reports whether there is no database yet. It returns an error if one is to be made, or the app's tables in one, and its name is
// most likely wrong: another database of nearly that name is beside it, or other tables are in it. Other errors are for the migration to tell.
func (c *migrateCommand) mayCreate(ctx context.Context, database namedDatabase) (fresh bool, err error) {
	state, err := database.state(ctx)
	switch {
	case errors.Is(err, sqlite.ErrNoDatabase):
		if other := beside(database.name); other != "" && !c.Create {
			return true, fmt.Errorf("there is no database at %s, but %s is beside it; check --database, or give --create to make one", database.name, other)
		}
		return true, nil
	case err == nil && state.Foreign && !c.Create:
		return false, fmt.Errorf("there are tables in %s, but none of the RFC app; check --database, or give --create to make them", database.name)
	}
	return false, nil
}

// beside returns a database in the folder of path whose name differs from it by a letter that is missing, added or another, or by two that
// are swapped; empty if there is none.
func beside(path string) string {
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	for _, other := range files {
		if nearly(filepath.Base(path), filepath.Base(other)) && sqlite.IsDatabase(other) {
			return other
		}
	}
	return ""
}

// nearly reports whether one typing error makes one name of another. Numbers that differ are no error.
func nearly(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return (len(a) <= 1 && len(b) <= 1 || swapped) && !strings.ContainsAny(a+b, "0123456789")
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
