package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

type removeCommand struct {
	WithData bool `help:"Also remove the tables of rfcdigest, with all rows, and the columns that migrate added to the app's."`
	JSON     bool `name:"json" help:"Print the result as one line of JSON."`
}

// Run takes out of the database what migrate put in.
func (c *removeCommand) Run(ctx context.Context, s *Settings, std streams) error {
	database, err := s.named()
	if err != nil {
		return err
	}
	if err := s.noneUnderWay(ctx); err != nil {
		return err
	}
	_, tell, stop := follow(std)
	done, stays, err := database.remove(ctx, c.WithData, tell)
	stop()
	switch {
	case err != nil && len(done) > 0:
		return fmt.Errorf("%w (removed so far: %s; run it again)", err, strings.Join(done, ", "))
	case err != nil:
		return err
	case c.JSON:
		return printJSON(std, map[string]any{"database": database.name, "done": append([]string{}, done...), "stays": append([]string{}, stays...)})
	}
	if len(done) == 0 {
		fmt.Fprintf(std.out, "There is nothing to remove from %s.\n", database.name)
	} else {
		fmt.Fprintf(std.out, "Removed from %s:\n  %s\n", database.name, strings.Join(done, "\n  "))
	}
	if len(stays) > 0 {
		why := "with their rows, for the next migrate; --with-data removes those, too, of which it is on record that migrate made them"
		if c.WithData {
			why = "since it is not on record that migrate added them to a table that was there"
		}
		fmt.Fprintf(std.out, "These stay, %s:\n  %s\n", why, strings.Join(stays, "\n  "))
	}
	return nil
}

// noneUnderWay returns an error if a process is sending just now. If the database is not as a tick needs it, none is.
func (s *Settings) noneUnderWay(ctx context.Context) error {
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return err
	}
	plans, store, err := s.look(ctx, clock)
	if err != nil {
		return nil
	}
	defer store.Close()
	n, until, err := plans.UnderWay(ctx, clock.Now())
	if n > 0 {
		err = fmt.Errorf("%s on the way just now, so nothing was removed; stop serve and every tick, and run remove again (if they were killed, after %s UTC)",
			texts.Plural(n, "message"), texts.Timestamp(until))
	}
	return err
}
