package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

type doctorCommand struct {
	JSON      bool     `name:"json" help:"Print the result as one line of JSON."`
	Ready     string   `placeholder:"URL" help:"Only ask a serve --listen whether it is ready, for a container's health check, like http://127.0.0.1:8095/readyz."`
	MailCheck *os.File `name:"mail-check" placeholder:"PATH" help:"Look at this mail instead, as it arrived and a mail program saved it (.eml; - is standard input), and say what is missing or wrong."`
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
	// facts are those of the database; nil if it cannot be read.
	facts map[string]string
	// unusual are people whose address needs a mail server with SMTPUTF8, as far as that is known.
	unusual planner.Affected
}

// Run looks at everything that digests need. It sends no message, and changes nothing.
func (c *doctorCommand) Run(ctx context.Context, s *Settings, std streams) error {
	d := &doctor{Settings: s, std: std, now: systemclock.Clock{}.Now(), asJSON: c.JSON}
	if c.Ready != "" {
		if found := askPage(ctx, c.Ready, "ok"); found != "" {
			return fmt.Errorf("%s %s", c.Ready, found)
		}
		return nil
	}
	if c.MailCheck != nil {
		return c.delivered(d)
	}
	d.configuration()
	if d.database(ctx) {
		if err := d.content(ctx); err != nil {
			d.failsOf("ticks", err, "see whether the database is damaged, and who else writes to it")
		}
	} else {
		d.warns("ticks", "not looked at, since the database cannot be used", "mend the database first")
	}
	d.timeZones()
	d.mail(ctx)
	d.mailBack()
	d.secretsMatch()
	d.unsubscribing(ctx)
	return d.conclude()
}

// content looks at what is in the database.
func (d *doctor) content(ctx context.Context) error {
	plans, store, err := d.look(ctx, systemclock.Clock{})
	if err != nil {
		return err
	}
	defer store.Close()
	if d.facts, err = store.Facts(ctx); err != nil {
		return err
	}
	d.installation()
	mark, err := plans.LastTick(ctx)
	if err != nil {
		return err
	}
	overdue, err := plans.Overdue(ctx, d.now)
	if err != nil {
		return err
	}
	d.unusual = overdue.UTF8
	backlog, err := plans.Backlog(ctx, d.now)
	if err != nil {
		return err
	}
	if err := d.inDoubt(plans.RecoveryPages(ctx, d.now)); err != nil {
		return err
	}
	if err := d.heldMail(backlog, plans.Releases(ctx, d.now)); err != nil {
		return err
	}
	d.lastTick(mark)
	d.oldestDue(mark, overdue)
	d.people(overdue)
	if err := d.suppression(plans.Refused(ctx, d.now)); err != nil {
		return err
	}
	d.systemClock(mark, overdue)
	return nil
}

func (d *doctor) passes(name, found string)      { d.say(check{name, fine, found, ""}) }
func (d *doctor) warns(name, found, mend string) { d.say(check{name, warning, found, mend}) }
func (d *doctor) fails(name, found, mend string) { d.say(check{name, failure, found, mend}) }

// failsOf reports an error, and how to mend it: mend, unless the error itself says how.
func (d *doctor) failsOf(name string, err error, mend string) {
	what, remedy := ports.Parts(err)
	d.fails(name, oneLine(redact(what)), cmp.Or(oneLine(redact(remedy)), mend))
}

// nameWidth is the width of the longest name of a check, and statusWidth of the longest status.
const nameWidth, statusWidth = len("unsubscribe links"), len(failure)

// say keeps a check, and prints it in one line. On a terminal a long line is wrapped, so that the first two columns
// stay clear.
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
	if columns, ok := term.Columns(d.std.out); ok {
		text = term.Wrapped(text, indent, min(max(columns, indent+30), 120))
	}
	fmt.Fprintf(d.std.out, "%s%s  %-*s  %s\n", c.Status.colour(term.PaletteFor(d.std.out))(string(c.Status)), term.Blanks(statusWidth-len(c.Status)), nameWidth, c.Name, text)
}

func (s status) colour(p term.Palette) func(text string) string {
	switch s {
	case failure:
		return p.Bad
	case warning:
		return p.Warning
	}
	return p.Good
}

// conclude counts the checks. If any failed, so does the command.
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
		fmt.Fprintf(d.std.out, "%s: %d ok, %s, %s\n", texts.Plural(len(d.checks), "check"), count[fine], texts.Plural(count[warning], "warning"), texts.Plural(count[failure], "failure"))
	}
	if count[failure] > 0 {
		return fmt.Errorf("doctor: %s; each says how to mend it", texts.Plural(count[failure], "failure"))
	}
	return nil
}
