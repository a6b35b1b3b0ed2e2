package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

type tickCommand struct {
	Now    string        `placeholder:"INSTANT" help:"Set the clock to an instant (RFC 3339). It runs on from there."`
	DryRun bool          `help:"Plan and print; send and write nothing."`
	Wait   time.Duration `placeholder:"TIME" help:"Try people who were refused for now again after 5, 15 and 30 minutes, within this time, like 40m."`
	Adopt  bool          `help:"The database belongs to this installation from now on, as after the app or the sender got another address."`
	JSON   bool          `name:"json" help:"Print the report as one line of JSON, last."`
}

// Run makes one tick and prints its report.
func (c *tickCommand) Run(ctx context.Context, s *Settings, std streams) error {
	clock, err := s.clockAt(ctx, c.Now)
	if err != nil {
		return err
	}
	now := clock.Now() // first of all, so that --now is the tick's instant to the second
	if c.Adopt && (s.RedirectAllTo != "" || c.DryRun) {
		return usagef("--adopt says that this is the installation now, so it goes with neither --redirect-all-to nor --dry-run")
	}
	s.adopt = c.Adopt
	if c.DryRun {
		return (&planCommand{Now: c.Now, JSON: c.JSON}).Run(ctx, s, std)
	}
	mailer, _, err := s.mailerToSend()
	if err != nil {
		return err
	}
	bar := term.NewProgress(std.err)
	from := slog.LevelInfo
	if bar.Shows {
		from = slog.LevelWarn // on a terminal, the bar and the report show what goes well
	}
	log, flush := term.NewBusyLog(bar, from)
	defer flush()
	ticker, store, err := s.ticker(ctx, mailer, clock, log)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := s.maySend(ctx, ticker.Planner(), store, log); err != nil {
		return err
	}
	facts, err := store.Facts(ctx)
	if err != nil {
		return err
	}
	s.warnUnsubscribe(log, facts, false)
	stop := bar.Follow("people", tickStages(ctx, bar, ticker, now))
	report, err := ticker.TickPatiently(ctx, now, c.Wait)
	stop()
	flush() // the report comes last
	return c.finish(s, std, now, report, err)
}

// finish prints what a tick did, and returns what is wrong with it.
func (c *tickCommand) finish(s *Settings, std streams, now time.Time, report app.Report, err error) error {
	if c.JSON {
		err = errors.Join(err, printJSON(std, report))
	} else {
		show.Report(std.out, now, report)
		if s.RedirectAllTo != "" {
			fmt.Fprintf(std.out, "Every mail went to %s instead (--redirect-all-to); nothing counts as sent.\n", s.RedirectAllTo)
		}
	}
	if errors.Is(err, context.Canceled) && report.Stopped == "" {
		return errors.New("tick: interrupted; what was in hand is recorded, and the next tick takes what is left")
	}
	if err != nil {
		return fmt.Errorf("tick: %w", err)
	}
	if report.Stopped != "" {
		return fmt.Errorf("sending stopped: %s", report.Stopped)
	}
	if report.Waiting > 0 {
		return fmt.Errorf("%s to be tried again: run tick again in some minutes, or with --wait 40m, or use serve", texts.Plural(report.Waiting, "message"))
	}
	return nil
}

// tickStages returns a function that says how far the next tick has come. If the bar is shown, it counts first what
// there is to do at the most.
func tickStages(ctx context.Context, bar *term.Progress, ticker *app.Ticker, now time.Time) func() term.Stage {
	var waiting core.Backlog
	if bar.Shows {
		waiting, _ = ticker.Planner().Backlog(ctx, now) // an error is the tick's to report
	}
	total := int64(waiting.Due + waiting.InDoubt + waiting.Held)
	return func() term.Stage { return term.Stage{Done: ticker.Progress(), Total: total} }
}
