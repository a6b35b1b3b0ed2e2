package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

type tickCommand struct {
	Now    string `placeholder:"INSTANT" help:"Set the clock to an instant (RFC 3339), from where it runs on."`
	DryRun bool   `help:"Plan and print; send and write nothing."`
	JSON   bool   `name:"json" help:"Print the report as one line of JSON, last."`
}

// Run makes one tick and prints its report.
func (c *tickCommand) Run(ctx context.Context, s *Settings, std streams) error {
	clock, err := s.clockAt(ctx, c.Now)
	if err != nil {
		return err
	}
	if c.DryRun {
		return (&planCommand{Now: c.Now, JSON: c.JSON}).Run(ctx, s, std)
	}
	mailer, err := s.newMailer()
	if err != nil {
		return err
	}
	bar := newProgress(std.err)
	from := slog.LevelInfo
	if bar.shows {
		from = slog.LevelWarn // whoever watches sees what goes well by the bar, and in the report
	}
	log := newLog(bar, from)
	ticker, store, err := s.openToSend(ctx, sqlite.Options{}, mailer, clock, log)
	if err != nil {
		return err
	}
	defer store.Close()
	s.warnUnsubscribe(log)
	now := clock.Now()
	stop := bar.follow("people", tickStages(ctx, bar, ticker, now))
	report, err := ticker.TickAt(ctx, now)
	stop()
	if c.JSON {
		err = errors.Join(err, printJSON(std, report))
	} else {
		printReport(std, now, report)
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
	return nil
}

// tickStages returns how far a tick has come that is about to begin. What is counted before, for those who watch,
// is the most that there can be to do.
func tickStages(ctx context.Context, bar *progress, ticker *app.Ticker, now time.Time) func() stage {
	var waiting core.Backlog
	if bar.shows {
		waiting, _ = ticker.Backlog(ctx, now) // where nothing can be read, the tick says why
	}
	total := int64(waiting.Due + waiting.InDoubt + waiting.Held)
	return func() stage { return stage{done: ticker.Progress(), total: total} }
}

// printReport prints what a tick did, a line for each thing that there was to do.
func printReport(std streams, now time.Time, r app.Report) {
	fmt.Fprintf(std.out, "Tick at %s UTC, %d ms\n", core.Timestamp(now), r.DurationMS)
	line := func(n int, what string, more ...any) {
		if n > 0 {
			fmt.Fprintf(std.out, "%6d  %s\n", n, fmt.Sprintf(what, more...))
		}
	}
	line(r.Recovered, "digests in doubt sent again")
	line(r.Flushed, "held e-mails released")
	line(r.Dropped, "held e-mails dropped, their content was read")
	line(r.Decayed, "watches lapsed")
	fmt.Fprintf(std.out, "%6d  people due, of whom\n", r.Considered)
	line(r.DigestsSent, "  got their digest")
	line(r.RolledEmpty, "  had nothing new, their window rolled")
	line(r.Deferred, "  are in quiet hours, later")
	line(r.Suppressed, "  have a suppressed address")
	line(r.Left, "  left to a later tick")
	line(r.InDoubt, "  in doubt, no answer from the mail server")
	line(r.Failed, "  failed")
	for _, f := range r.Failures {
		fmt.Fprintf(std.out, "%16s %d: %s\n", "recipient", f.Recipient, f.Reason)
	}
	if r.Failed > len(r.Failures) {
		fmt.Fprintf(std.out, "%16s %d more; the log names them\n", "and", r.Failed-len(r.Failures))
	}
	if r.Stopped != "" {
		fmt.Fprintf(std.out, "Sending stopped: %s\n", r.Stopped)
	}
}
