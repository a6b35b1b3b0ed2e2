package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5"
	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/demo"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/shell"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

type demoCommand struct {
	Dir           string `default:"rfcdigest-demo" placeholder:"DIR" help:"The folder to make; a demo that is there already is made anew."`
	People        int64  `placeholder:"N" help:"Make a database of so many people instead, all of them due, to time ticks on."`
	To            string `placeholder:"URL" help:"With --people: make it in this PostgreSQL database, which must be empty, and not in a folder."`
	Notifications int64  `default:"10" placeholder:"N" help:"With --people: how many unread notifications each of them has (${default})."`
}

// Run makes a database, runs a tick on it, and says what happened and what to try next.
func (c *demoCommand) Run(ctx context.Context, line *kong.Context, s *Settings, std streams) error {
	for _, given := range line.Path {
		if flag := given.Flag; flag != nil && (flag.Name == "database" || flag.Name == "mail") {
			return usagef("demo makes a database and an outbox of its own; leave out --%s, and say where with --dir, or with --people and --to for PostgreSQL", flag.Name)
		}
	}
	if c.People < 0 || c.Notifications < 0 {
		return usagef("--people %d --notifications %d: want numbers from 0", c.People, c.Notifications)
	}
	switch {
	case c.To != "" && c.People == 0:
		return usagef("--to is for a crowd: say how many with --people, such as 20000")
	case c.To != "":
		return c.crowdTo(ctx, std)
	}
	if err := demo.Clear(c.Dir); errors.Is(err, demo.ErrNoDemo) {
		return usageError{err}
	} else if err != nil {
		return err
	}
	if c.People > 0 {
		return c.crowd(ctx, std)
	}
	return c.world(ctx, *s, std)
}

// world makes a lifelike database.
func (c *demoCommand) world(ctx context.Context, s Settings, std streams) error {
	now := systemclock.Clock{}.Now()
	world := demo.World(now)
	database := filepath.Join(c.Dir, demo.Database)
	if _, err := sqlite.Migrate(ctx, database); err != nil {
		return err
	}
	if err := sqlite.Fill(ctx, database, world); err != nil {
		return fmt.Errorf("filling %s: %w", database, err)
	}
	s.Database, s.Engine, s.Mail, s.Enabled = "sqlite://"+database, "plain", "maildir://"+filepath.Join(c.Dir, demo.Outbox), true
	page := filepath.Join(c.Dir, demo.Page)
	report, err := s.demoTick(ctx, now, page)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Made %s: %d people, %d RFCs, %d notifications of five weeks, %d held e-mails, %d watches.\n\n",
		database, len(world.Users), len(world.RFCs), len(world.Notifications), len(world.Held), len(world.Watches))
	show.Report(std.out, now, report)
	fmt.Fprintf(std.out, "\nThe mails are in      %s\nOne of them as a page %s\n", filepath.Join(c.Dir, demo.Outbox, "new"), page)
	fmt.Fprintf(std.out, `
Next, see what tomorrow would bring, why one person gets what, and send it:

  %[1]s plan --database %[2]s --now %[3]s
  %[1]s explain --database %[2]s --now %[3]s --user 1
  %[1]s tick --database %[2]s --now %[3]s --mail %[4]s

Or look at all that in a browser, at any instant:

  %[1]s preview --database %[2]s
`, programName(), shell.Word(s.Database), now.Add(24*time.Hour).Format(time.RFC3339), shell.Word(s.Mail))
	return nil
}

// demoTick writes the longest digest to a page, and runs a tick.
func (s *Settings) demoTick(ctx context.Context, now time.Time, page string) (app.Report, error) {
	mailer, _, err := s.newMailer()
	if err != nil {
		return app.Report{}, err
	}
	ticker, store, err := s.ticker(ctx, mailer, systemclock.At(now), slog.New(slog.DiscardHandler))
	if err != nil {
		return app.Report{}, err
	}
	defer store.Close()
	longest := ""
	for p, err := range ticker.Planner().Plans(ctx, now) {
		if err != nil {
			return app.Report{}, err
		}
		if html := p.Plan.Message.HTML; p.Plan.Action == core.Send && len(html) > len(longest) {
			longest = html
		}
	}
	if err := os.WriteFile(page, []byte(longest), 0o644); err != nil {
		return app.Report{}, err
	}
	return ticker.TickAt(ctx, now)
}

// programName is how to start the program again, to be pasted. go run leaves it in a temporary folder.
func programName() string {
	if strings.Contains(os.Args[0], "go-build") {
		return "go run ./cmd/rfcdigest"
	}
	return shell.Word(os.Args[0])
}

// crowd makes a database in the folder of the demo and prints what is in it and how to time a tick.
func (c *demoCommand) crowd(ctx context.Context, std streams) error {
	database := filepath.Join(c.Dir, demo.Database)
	w := c.newCrowd(std, database)
	if _, err := sqlite.Migrate(ctx, database); err != nil {
		return err
	}
	if err := w.Fill(func(rows core.World) error { return sqlite.Fill(ctx, database, rows) }); err != nil {
		return fmt.Errorf("filling %s: %w", database, err)
	}
	fmt.Fprintf(std.out, `Made %[1]s: %[2]s, %[3]s each.

Time a tick in which nobody is due, and then one in which everybody is:

  time %[4]s tick --database %[5]s --mail discard:// --now %[6]s
  time %[4]s tick --database %[5]s --mail discard:// --now %[7]s
`, database, texts.Plural(int(w.People), "person"), texts.Plural(int(w.Each), "notification"), programName(), shell.Word("sqlite://"+database), w.Now.Add(-time.Second).Format(time.RFC3339), w.Now.Format(time.RFC3339))
	return nil
}

// crowdTo makes a database on PostgreSQL and prints what is in it and how several processes share a tick.
func (c *demoCommand) crowdTo(ctx context.Context, std streams) error {
	name, err := postgres.Name(c.To)
	if err != nil {
		return usagef("--to: %w", err)
	}
	switch there, err := postgres.Inspect(ctx, c.To); {
	case err != nil:
		return err
	case !there.Empty:
		return usagef("--to: %s has tables in it: make an empty database with createdb", name)
	}
	w := c.newCrowd(std, name)
	if _, err := postgres.Migrate(ctx, c.To); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, c.To)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := w.Fill(func(rows core.World) error { return postgres.Fill(ctx, conn, rows) }); err != nil {
		return fmt.Errorf("filling %s: %w", name, err)
	}
	if _, err := conn.Exec(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("counting what is in %s: %w", name, err)
	}
	fmt.Fprintf(std.out, `Made %[1]s: %[2]s, %[3]s each, all of them due.

Have two processes share them, with the same URL in DIGEST_DATABASE_URL:

  %[4]s migrate --engine river
  %[4]s serve --engine river --mail discard:// --tick-seconds 10 &
  %[4]s serve --engine river --mail discard:// --tick-seconds 10 &
`, name, texts.Plural(int(w.People), "person"), texts.Plural(int(w.Each), "notification"), programName())
	return nil
}

func (c *demoCommand) newCrowd(std streams, name string) *demo.Crowd {
	fmt.Fprintf(std.out, "Making %s; a million rows take about half a minute.\n", name)
	return demo.NewCrowd(c.People, c.Notifications, systemclock.Clock{}.Now())
}
