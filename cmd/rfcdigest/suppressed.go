package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

type suppressedCommand struct {
	Lift    []int64 `sep:"none" placeholder:"ID" help:"Forget what is held against this person's address, so that mail goes there again; may be given several times."`
	LiftAll bool    `help:"Forget what is held against all addresses, also those that were entered as suppressed."`
	JSON    bool    `name:"json" help:"Print the result as one line of JSON."`
}

// Run lists the people whose address is suppressed or was refused, or lifts that.
func (c *suppressedCommand) Run(ctx context.Context, s *Settings, std streams) error {
	if c.LiftAll && len(c.Lift) > 0 {
		return usagef("suppressed: --lift-all lifts for everybody, so it does not go with --lift")
	}
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return err
	}
	lifts := c.LiftAll || len(c.Lift) > 0
	plans, store, err := s.plans(ctx, sqlite.Options{ReadOnly: !lifts}, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	switch now := clock.Now(); {
	case c.LiftAll:
		return c.liftAll(ctx, plans, store, now, std)
	case lifts:
		return c.lift(ctx, store, now, std)
	case c.JSON:
		list, err := show.RefusedAsJSON(now, plans.Refused(ctx, now))
		if err != nil {
			return err
		}
		return printJSON(std, list)
	default:
		return show.Refused(std.out, now, plans.Refused(ctx, now))
	}
}

const withTheNextTick = "The next tick sends there what is due."

// lift does so for the people who are named, all or nothing.
func (c *suppressedCommand) lift(ctx context.Context, store ports.Store, now time.Time, std streams) error {
	lifted, err := app.Lift(ctx, store, now, c.Lift)
	if err != nil {
		return err
	}
	if c.JSON {
		return printLifted(std, len(lifted))
	}
	for _, r := range lifted {
		fmt.Fprintf(std.out, "Lifted for %s, %s.\n", show.Name(r), show.Address(r))
	}
	_, err = fmt.Fprintln(std.out, withTheNextTick)
	return err
}

func (c *suppressedCommand) liftAll(ctx context.Context, plans *planner.Planner, store ports.Refusals, now time.Time, std streams) error {
	lifted, err := app.LiftAll(ctx, plans, store, now)
	switch {
	case err != nil && lifted > 0:
		return fmt.Errorf("lifted for %s, and then: %w; run it again", texts.Plural(lifted, "address"), err)
	case err != nil:
		return err
	case c.JSON:
		return printLifted(std, lifted)
	case lifted == 0:
		_, err = fmt.Fprintln(std.out, show.NothingHeld)
	default:
		_, err = fmt.Fprintf(std.out, "Lifted for %s. %s\n", texts.Plural(lifted, "address"), withTheNextTick)
	}
	return err
}

func printLifted(std streams, n int) error {
	return printJSON(std, struct {
		Lifted int `json:"lifted"`
	}{n})
}
