package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/ports"
)

type doctorCommand struct {
	JSON bool `name:"json" help:"Print the result as one line of JSON."`
}

// status is how a check went.
type status string

const (
	fine    status = "ok"
	warning status = "warning"
	failure status = "failure"
)

// check is what was looked at, what was found and, unless that is fine, how to mend it.
type check struct {
	Name   string `json:"name"`
	Status status `json:"status"`
	Found  string `json:"found"`
	Mend   string `json:"mend"`
}

// doctor looks at one thing after another, and says at once what it found.
type doctor struct {
	*Settings
	std    streams
	now    time.Time
	asJSON bool
	checks []check
}

// Run looks at everything that digests need. It sends no message, and changes nothing.
func (c *doctorCommand) Run(ctx context.Context, s *Settings, std streams) error {
	d := &doctor{Settings: s, std: std, now: systemclock.Clock{}.Now(), asJSON: c.JSON}
	d.configuration()
	if d.database(ctx) {
		if err := d.content(ctx); err != nil {
			d.fails("ticks", plainly(err), "see whether the database is damaged, and who else writes to it")
		}
	} else {
		d.warns("ticks", "not looked at, since the database cannot be used", "mend the database first")
	}
	d.timeZones()
	d.mailServer(ctx)
	d.unsubscribing(ctx)
	return d.conclude()
}

// content looks at what is in a database that can be used.
func (d *doctor) content(ctx context.Context) error {
	ticker, store, err := d.open(ctx, sqlite.Options{ReadOnly: true}, discard.Mailer{}, systemclock.Clock{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	switch err := ticker.MaySend(ctx); {
	case errors.Is(err, ports.ErrUnfinished):
		found, mend := parted(plainly(err), "; ", "run rfcdigest copy again")
		d.fails("copy", found, mend)
		d.warns("ticks", "not looked at, since the ledger is not whole", "finish the copy first")
		return nil
	case err != nil:
		return err
	}
	d.passes("copy", "none to this database is unfinished")
	mark, err := ticker.LastTick(ctx)
	if err != nil {
		return err
	}
	arrears, err := ticker.Arrears(ctx, d.now)
	if err != nil {
		return err
	}
	d.lastTick(mark)
	d.oldestDue(mark, arrears)
	d.people(arrears)
	d.systemClock(mark, arrears)
	return nil
}

func (d *doctor) passes(name, found string)      { d.say(check{name, fine, found, ""}) }
func (d *doctor) warns(name, found, mend string) { d.say(check{name, warning, found, mend}) }
func (d *doctor) fails(name, found, mend string) { d.say(check{name, failure, found, mend}) }

// nameWidth is the width of the longest name of a check, and statusWidth of the longest status.
const nameWidth, statusWidth = len("unsubscribe links"), len(failure)

// say notes a check, and prints it in one line. On a terminal the line is broken between words, so that
// the first two columns can be read down.
func (d *doctor) say(c check) {
	d.checks = append(d.checks, c)
	if d.asJSON {
		return
	}
	text := c.Found
	if c.Mend != "" {
		text += ". To mend it: " + c.Mend
	}
	indent := statusWidth + nameWidth + 4
	if columns, ok := columnsOf(d.std); ok {
		text = wrappedIn(text, indent, min(max(columns, indent+30), 120))
	}
	fmt.Fprintf(d.std.out, "%s%s  %-*s  %s\n", c.Status.colour(paletteFor(d.std.out))(string(c.Status)), blanks(statusWidth-len(c.Status)), nameWidth, c.Name, text)
}

// columnsOf returns how wide the terminal is that is written to, if one is.
func columnsOf(std streams) (columns int, ok bool) {
	if !isTerminal(std.out) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(std.out.(interface{ Fd() uintptr }).Fd()))
	return columns, err == nil && columns > 0
}

func (s status) colour(p palette) func(text string) string {
	switch s {
	case failure:
		return p.bad
	case warning:
		return p.warning
	}
	return p.good
}

// conclude counts the checks. Any failure is one of the command.
func (d *doctor) conclude() error {
	count := map[status]int{}
	for _, c := range d.checks {
		count[c.Status]++
	}
	if d.asJSON {
		if err := printJSON(d.std, struct {
			Checks   []check `json:"checks"`
			OK       int     `json:"ok"`
			Warnings int     `json:"warnings"`
			Failures int     `json:"failures"`
		}{d.checks, count[fine], count[warning], count[failure]}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(d.std.out, "%s: %d ok, %s, %s\n", plural(len(d.checks), "check"), count[fine], plural(count[warning], "warning"), plural(count[failure], "failure"))
	}
	if count[failure] > 0 {
		return fmt.Errorf("doctor: %s; each says how to mend it", plural(count[failure], "failure"))
	}
	return nil
}

// plainly returns err in one line.
func plainly(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(redact(err.Error()), "\n", "; ")), " ")
}
