package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"text/tabwriter"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
)

type copyCommand struct {
	To   string `required:"" placeholder:"URL" help:"The database to copy to, as --database has it: migrated, and with nothing of rfcdigest's in it."`
	JSON bool   `name:"json" help:"Print the result as one line of JSON."`
}

// nameSource takes the database that --from names. The sender, whose flag it is everywhere else, has no part
// in a copy, and no sender is a URL.
func (copyCommand) nameSource(s *Settings) {
	if strings.Contains(s.From, "://") {
		s.Database, s.From = s.From, "nobody@localhost"
	}
}

// Help says what goes before a copy, and what comes after it.
func (copyCommand) Help() string {
	return `To move to another database, such as from SQLite to PostgreSQL:

  1. Stop all schedulers, and the app.
  2. Let the app move its own tables: users, notifications, RFCs, watches.
  3. rfcdigest migrate --database postgres://HOST/NAME
  4. rfcdigest copy --from sqlite://PATH --to postgres://HOST/NAME
  5. Start the app and the schedulers on the new database, and only there.

Without --from, the database of --database is copied. Preferences, the ledger and held e-mail are copied, with their IDs. Both databases are then read again, and must have as many rows with the same hash. The database that is copied from is not changed.

When the last tick ended is not copied: it is about the old database. Until a tick has ended on the new one, doctor warns that none has, and the time of the last tick in /metrics is 0; serve makes one at its start, so that this is soon over.

A copy that was interrupted is gone on with by the same command. Until it has ended, nothing is sent from the new database: tick, serve, resend and send-test refuse it. To begin anew, or to take a copy back, delete what is in digest_preferences, notification_digests, held_emails and digest_copy of the new database, which is then as after step 3.`
}

// Run copies, and says what came of it.
func (c *copyCommand) Run(ctx context.Context, s *Settings, std streams) error {
	from, err := s.named()
	if err != nil {
		return err
	}
	to, err := (&Settings{Database: c.To}).named()
	if err != nil {
		return usagef("%s", strings.Replace(err.Error(), "--database", "--to", 1))
	}
	if from.name, err = wholeName(s.Database, from.name); err != nil {
		return err
	}
	if to.name, err = wholeName(c.To, to.name); err != nil {
		return err
	}
	if from.name == to.name {
		return usagef("--to is the same database as the source: name another one")
	}
	source, err := from.open(ctx, sqlite.Options{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("the source (--from): %w", err)
	}
	defer source.Close()
	target, err := to.open(ctx, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("the target (--to): %w", err)
	}
	defer target.Close()
	copying := app.Copy{From: source, To: target, Source: from.name, Now: systemclock.Clock{}.Now()}
	report, err := watchCopy(ctx, std, copying)
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("copy: interrupted; run the same command again, and it goes on")
	case err != nil:
		return fmt.Errorf("copy: %w", err)
	case c.JSON:
		return printJSON(std, map[string]any{"from": from.name, "to": to.name, "report": report})
	}
	printCopy(std, from.name, to.name, report)
	return nil
}

// wholeName returns the name of the database at url, wherever it is said.
func wholeName(url, name string) (string, error) {
	path, isFile := strings.CutPrefix(url, "sqlite://")
	if !isFile {
		return name, nil
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	return whole, nil
}

// watchCopy copies, and shows on a terminal how far it has come, with a bar for each pass.
func watchCopy(ctx context.Context, std streams, c app.Copy) (app.CopyReport, error) {
	var latest atomic.Pointer[app.CopyStage]
	var pass app.CopyPass
	stop := func() {}
	c.Progress = func(s app.CopyStage) {
		latest.Store(&s)
		if s.Pass == pass {
			return
		}
		stop()
		pass = s.Pass
		stop = newProgress(std.err).follow("rows", func() stage {
			s := latest.Load()
			return stage{done: s.Done, total: s.Of, what: string(s.Pass) + " " + s.Table}
		})
	}
	report, err := c.Run(ctx)
	stop()
	return report, err
}

// printCopy prints what a copy came to.
func printCopy(std streams, from, to string, r app.CopyReport) {
	if r.Already {
		fmt.Fprintf(std.out, "%s has all of %s already, by counts and hashes:\n", to, from)
	} else {
		fmt.Fprintf(std.out, "%s is copied to %s, and the same on both sides:\n", from, to)
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	for _, t := range r.Tables {
		_, rows, _ := strings.Cut(plural(int(t.Rows), "row"), " ")
		fmt.Fprintf(table, "  %s\t%7d %s\tsha256 %.12s\n", t.Table, t.Rows, rows, t.SHA256)
	}
	table.Flush()
	if r.Changed > 0 {
		fmt.Fprintf(std.out, "Not taken along as they were (what cannot be read, or is out of range, is left empty; of text, zero bytes go, and U+FFFD stands for invalid UTF-8): %s\n", plural(int(r.Changed), "value"))
		for _, c := range r.Changes {
			fmt.Fprintf(std.out, "  %s %d: %s %s\n", c.Table, c.ID, c.Column, c.Reason)
		}
		if more := int(r.Changed) - len(r.Changes); more > 0 {
			fmt.Fprintf(std.out, "  and %d more\n", more)
		}
	}
	if r.LeftOut > 0 {
		fmt.Fprintf(std.out, "Left out, since the people are in neither database: %s of the ledger, of users %s\n", plural(int(r.LeftOut), "row"), r.Strangers)
	}
	if r.InDoubt > 0 {
		fmt.Fprintf(std.out, "In doubt: %s; the first tick on the new database sends them again, under the same Message-ID\n", plural(int(r.InDoubt), "mail"))
	}
	fmt.Fprintln(std.out, "From now on, let schedulers run on the new database only.")
}
