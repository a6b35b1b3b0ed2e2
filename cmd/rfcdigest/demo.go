package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

type demoCommand struct {
	Dir           string `default:"rfcdigest-demo" placeholder:"DIR" help:"The folder to make; a demo that is there already is made anew."`
	People        int64  `placeholder:"N" help:"Make a database of so many people instead, all of them due, to time ticks on."`
	To            string `placeholder:"URL" help:"With --people: make it in this PostgreSQL database, which must be empty, and not in a folder."`
	Notifications int64  `default:"10" placeholder:"N" help:"With --people: how many unread notifications each of them has (${default})."`
}

// The files of a demo, in its folder.
const (
	demoDatabase = "rfcdigest.db"
	demoOutbox   = "outbox"
	demoPage     = "digest.html"
	// demoMark tells a demo from a database in use and its outbox, whose names may be the same.
	demoMark = "made-by-rfcdigest-demo.txt"
)

// Run makes a database, runs a tick on it, and says what happened and what to try next.
func (c *demoCommand) Run(ctx context.Context, s *Settings, std streams) error {
	if c.People < 0 || c.Notifications < 0 {
		return usagef("--people %d --notifications %d: want numbers from 0", c.People, c.Notifications)
	}
	switch {
	case c.To != "" && c.People == 0:
		return usagef("--to is for a crowd: say how many with --people, such as 20000")
	case c.To != "":
		return c.crowdTo(ctx, std)
	}
	if err := clearDemo(c.Dir); err != nil {
		return err
	}
	if c.People > 0 {
		return c.crowd(ctx, std)
	}
	now := systemclock.Clock{}.Now()
	world := demoWorld(now)
	database := filepath.Join(c.Dir, demoDatabase)
	if _, err := sqlite.Migrate(ctx, database); err != nil {
		return err
	}
	if err := sqlite.Fill(ctx, database, world); err != nil {
		return fmt.Errorf("filling %s: %w", database, err)
	}
	settings := *s
	settings.Database = "sqlite://" + database
	settings.Mail = "maildir://" + filepath.Join(c.Dir, demoOutbox)
	settings.Enabled = true
	report, longest, err := settings.demoTick(ctx, now)
	if err != nil {
		return err
	}
	page := filepath.Join(c.Dir, demoPage)
	if err := os.WriteFile(page, []byte(longest.HTML), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Made %s: %d people, %d RFCs, %d notifications of five weeks, %d held e-mails, %d watches.\n\n",
		database, len(world.Users), len(world.RFCs), len(world.Notifications), len(world.Held), len(world.Watches))
	printReport(std, now, report)
	fmt.Fprintf(std.out, "\nThe mails are in      %s\nOne of them as a page %s\n", filepath.Join(c.Dir, demoOutbox, "new"), page)
	program := programName()
	tomorrow := now.Add(24 * time.Hour).Format(time.RFC3339)
	fmt.Fprintf(std.out, `
Next, see what tomorrow would bring, why one person gets what, and send it:

  %[1]s plan --database %[2]s --now %[3]s
  %[1]s explain --database %[2]s --now %[3]s --user 1
  %[1]s tick --database %[2]s --now %[3]s --mail %[4]s

Or look at all that in a browser, at any instant:

  %[1]s preview --database %[2]s
`, program, shellWord(settings.Database), tomorrow, shellWord(settings.Mail))
	return nil
}

// demoTick runs a tick and returns its report with the longest of its digests.
func (s *Settings) demoTick(ctx context.Context, now time.Time) (app.Report, core.Message, error) {
	mailer, err := s.newMailer()
	if err != nil {
		return app.Report{}, core.Message{}, err
	}
	watcher := &longestMail{Mailer: mailer}
	ticker, store, err := s.open(ctx, sqlite.Options{}, watcher, systemclock.At(now), slog.New(slog.DiscardHandler))
	if err != nil {
		return app.Report{}, core.Message{}, err
	}
	defer store.Close()
	report, err := ticker.TickAt(ctx, now)
	return report, watcher.longest, err
}

// longestMail is a mailer that remembers the longest message that went through it.
type longestMail struct {
	ports.Mailer
	mu      sync.Mutex
	longest core.Message
}

func (m *longestMail) Dial(ctx context.Context) (ports.MailConn, error) {
	conn, err := m.Mailer.Dial(ctx)
	return &longestMailConn{conn, m}, err
}

type longestMailConn struct {
	ports.MailConn
	mailer *longestMail
}

func (c *longestMailConn) Send(ctx context.Context, m core.Message) error {
	c.mailer.mu.Lock()
	if len(m.HTML) > len(c.mailer.longest.HTML) {
		c.mailer.longest = m
	}
	c.mailer.mu.Unlock()
	return c.MailConn.Send(ctx, m)
}

// clearDemo makes dir, or empties it of a demo. It leaves anything else alone, and says so.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("demo folder: %w; choose another with --dir", err)
	}
	marked := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMark })
	for _, e := range entries {
		name := e.Name()
		if !marked || !strings.HasPrefix(name, demoDatabase) && name != demoOutbox && name != demoPage && name != demoMark {
			return usagef("%s has something in it that is no demo (%s): choose another folder with --dir", dir, name)
		}
	}
	for _, e := range entries {
		if e.Name() == demoMark {
			continue // else a demo that could not be cleared would not be known for one
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("clearing the last demo: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("demo folder: %w; choose another with --dir", err)
	}
	if err := os.WriteFile(filepath.Join(dir, demoMark), []byte("What is in this folder goes when the demo is made anew.\n"), 0o644); err != nil {
		return fmt.Errorf("demo folder: %w; choose another with --dir", err)
	}
	return nil
}

// programName is how the program was started, to be pasted: go run leaves it in a temporary place.
func programName() string {
	if strings.Contains(os.Args[0], "go-build") {
		return "go run ./cmd/rfcdigest"
	}
	return shellWord(os.Args[0])
}

// shellWord returns text as a shell reads it for one word.
func shellWord(text string) string {
	if !strings.ContainsAny(text, " \t\n'\"\\`$&|;<>()*?[]{}~#!") {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
