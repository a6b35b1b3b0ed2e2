package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

type planCommand struct {
	Now  string `placeholder:"INSTANT" help:"Plan for another instant (RFC 3339)."`
	User int64  `placeholder:"ID" help:"Show one recipient's plan in full, with the mail."`
	Diff string `placeholder:"INSTANT" help:"Show what changes for whom between --now and this instant (RFC 3339)."`
	JSON bool   `name:"json" help:"Print the result as one line of JSON."`
}

// Run prints what a tick would do.
func (c *planCommand) Run(ctx context.Context, s *Settings, std streams) error {
	clock, err := s.clockAt(ctx, c.Now)
	if err != nil {
		return err
	}
	var then time.Time
	if c.Diff != "" {
		if then, err = parseInstant("--diff", c.Diff); err != nil {
			return err
		}
		if c.User != 0 {
			return usagef("--diff compares everybody's plans; leave out --user")
		}
	}
	ticker, store, err := s.open(ctx, sqlite.Options{ReadOnly: true}, discard.Mailer{}, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	if err := ticker.MaySend(ctx); errors.Is(err, ports.ErrUnfinished) {
		newLog(std.err, slog.LevelWarn).Warn("a tick would be refused", "reason", err)
	} else if err != nil {
		return err
	}
	if c.User != 0 {
		return c.one(ctx, ticker, clock.Now(), std)
	}
	o := newOutlook(clock.Now())
	if c.Diff != "" {
		return c.diff(ctx, ticker, s.Enabled, o, newOutlook(then), std)
	}
	if err := o.lookAhead(ctx, ticker, s.Enabled); err != nil {
		return err
	}
	return o.print(std, c.JSON)
}

// one prints the plan for a single recipient.
func (c *planCommand) one(ctx context.Context, ticker *app.Ticker, now time.Time, std streams) error {
	p, found, err := ticker.PlanFor(ctx, now, c.User)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("no user has the ID %d", c.User)
	case p.Err != nil:
		return p.Err
	case c.JSON:
		return printJSON(std, newPlanned(p))
	}
	fmt.Fprint(std.out, core.Describe(p.Plan))
	if p.Plan.Action == core.Send {
		fmt.Fprintf(std.out, "\nSubject: %s\n\n%s", p.Plan.Message.Subject, p.Plan.Message.Text)
	}
	return nil
}

// outlook is what a tick would do, as plan and tick --dry-run show it.
type outlook struct {
	totals
	Recoveries []string           `json:"recoveries"`
	Releases   []string           `json:"releases"`
	Recipients []plannedRecipient `json:"recipients"`

	// everybody is for those with nothing due as well; only kept where whole is set.
	whole     bool
	everybody []plannedRecipient
}

func newOutlook(now time.Time) *outlook { return &outlook{totals: newTotals(now)} }

// plannedRecipient is one recipient's line of an outlook.
type plannedRecipient struct {
	ID      int64        `json:"recipient"`
	Cadence core.Cadence `json:"cadence"`
	Action  core.Action  `json:"action"`
	Reason  string       `json:"reason"`
	Start   time.Time    `json:"period_start"`
	End     time.Time    `json:"period_end"`
	Events  int          `json:"events,omitempty"`
	RFCs    int          `json:"rfcs,omitempty"`
	Subject string       `json:"subject,omitempty"`
}

func newPlanned(p app.Planned) plannedRecipient {
	line := plannedRecipient{
		ID: p.Recipient.ID, Cadence: p.Recipient.Cadence, Action: p.Plan.Action, Reason: string(p.Plan.Reason),
		Start: p.Plan.Window.Start, End: p.Plan.Window.End,
		Events: p.Plan.Digest.Events, RFCs: p.Plan.Digest.RFCs, Subject: p.Plan.Message.Subject,
	}
	if p.Err != nil {
		line.Reason = p.Err.Error()
	}
	return line
}

// lookAhead collects what a tick would do, with mail or without. Recipients with nothing due are only
// counted, unless all are asked for.
func (o *outlook) lookAhead(ctx context.Context, ticker *app.Ticker, mail bool) (err error) {
	if o.Stale, err = ticker.Stale(ctx, o.Now); err != nil || !mail {
		return err
	}
	for plan, err := range ticker.Recoveries(ctx, o.Now) {
		if err != nil {
			return err
		}
		o.Recoveries = append(o.Recoveries, core.DescribeRecovery(plan))
	}
	for plan, err := range ticker.Releases(ctx, o.Now) {
		if err != nil {
			return err
		}
		o.Releases = append(o.Releases, core.DescribeRelease(plan))
	}
	for p, err := range ticker.Plans(ctx, o.Now) {
		if err != nil {
			return err
		}
		o.totals.add(p)
		if o.whole {
			o.everybody = append(o.everybody, newPlanned(p))
		}
		if p.Err != nil || p.Plan.Action != core.Skip {
			o.Recipients = append(o.Recipients, newPlanned(p))
		}
	}
	return nil
}

// print writes o as a table or as JSON.
func (o *outlook) print(std streams, asJSON bool) error {
	if asJSON {
		return printJSON(std, o)
	}
	fmt.Fprintf(std.out, "A tick at %s UTC would\n", core.Timestamp(o.Now))
	for _, line := range append(o.Recoveries, o.Releases...) {
		fmt.Fprintf(std.out, "  %s\n", line)
	}
	if o.Stale > 0 {
		fmt.Fprintf(std.out, "  let %d stale watches lapse\n", o.Stale)
	}
	if err := o.table(std); err != nil {
		return err
	}
	return o.totals.print(std)
}

// table writes a line for each recipient. Colours come in when all is laid out, since they have no width.
func (o *outlook) table(std streams) error {
	if len(o.Recipients) == 0 {
		return nil
	}
	var laidOut bytes.Buffer
	w := tabwriter.NewWriter(&laidOut, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RECIPIENT\tACTION\tCADENCE\tSINCE\tWHY")
	for _, r := range o.Recipients {
		why := strings.Join(strings.Fields(r.Reason), " ") // joined errors have a line each
		if r.Action == core.Send && r.Subject != "" {
			why = r.Subject
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", r.ID, r.Action, r.Cadence, core.Timestamp(r.Start), why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	colours := paletteFor(std.out)
	if !colours.on {
		_, err := laidOut.WriteTo(std.out)
		return err
	}
	heading, rest, _ := strings.Cut(laidOut.String(), "\n")
	at := strings.Index(heading, "ACTION")
	fmt.Fprintln(std.out, colours.strong(heading))
	for _, r := range o.Recipients {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		action := string(r.Action)
		fmt.Fprintln(std.out, line[:at]+r.colour(colours)(action)+line[at+len(action):])
	}
	return nil
}

// colour returns how r's action looks. Who is to be sent something and has no mail cannot be read.
func (r plannedRecipient) colour(p palette) func(text string) string {
	switch {
	case r.Action == core.Refuse, r.Action == core.Send && r.Subject == "":
		return p.bad
	case r.Action == core.Send:
		return p.good
	case r.Action == core.Defer:
		return p.warning
	}
	return p.quiet
}
