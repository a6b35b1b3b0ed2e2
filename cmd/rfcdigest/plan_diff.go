package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// difference is what changes from a tick at one instant to one at another, with the same database.
type difference struct {
	Before     totals         `json:"before"`
	After      totals         `json:"after"`
	Recoveries []changedLine  `json:"recoveries"`
	Releases   []changedLine  `json:"releases"`
	Changes    []changedPlans `json:"changes"`
}

// changedPlans are the two plans for one recipient.
type changedPlans struct {
	ID     int64            `json:"recipient"`
	Before plannedRecipient `json:"before"`
	After  plannedRecipient `json:"after"`
}

// changedLine is what becomes of a digest in doubt or of a held e-mail at either instant; empty where
// that tick would not see it.
type changedLine struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// diff prints what changes from before to after.
func (c *planCommand) diff(ctx context.Context, ticker *app.Ticker, mail bool, before, after *outlook, std streams) error {
	for _, o := range []*outlook{before, after} {
		o.whole = true
		if err := o.lookAhead(ctx, ticker, mail); err != nil {
			return err
		}
	}
	d := difference{
		Before: before.totals, After: after.totals, Changes: changedBetween(before.everybody, after.everybody),
		Recoveries: changedLines(before.Recoveries, after.Recoveries), Releases: changedLines(before.Releases, after.Releases),
	}
	if c.JSON {
		return printJSON(std, d)
	}
	return d.print(std)
}

// changedBetween returns those for whom action, reason, number of events or subject differ. Both are by
// ascending ID; whoever came or went between the two readings is left out.
func changedBetween(before, after []plannedRecipient) []changedPlans {
	changes := []changedPlans{}
	for len(before) > 0 && len(after) > 0 {
		b, a := before[0], after[0]
		if b.ID <= a.ID {
			before = before[1:]
		}
		if a.ID <= b.ID {
			after = after[1:]
		}
		if a.ID == b.ID && (a.Action != b.Action || a.Reason != b.Reason || a.Events != b.Events || a.Subject != b.Subject) {
			changes = append(changes, changedPlans{a.ID, b, a})
		}
	}
	return changes
}

// changedLines compares lines that say what, a colon, and what becomes of it.
func changedLines(before, after []string) []changedLine {
	changes := []changedLine{}
	at := map[string]int{}
	for _, line := range before {
		what, becomes, _ := strings.Cut(line, ": ")
		at[what] = len(changes)
		changes = append(changes, changedLine{What: what, Before: becomes})
	}
	for _, line := range after {
		what, becomes, _ := strings.Cut(line, ": ")
		if i, ok := at[what]; ok {
			changes[i].After = becomes
		} else {
			changes = append(changes, changedLine{What: what, After: becomes})
		}
	}
	differing := changes[:0]
	for _, c := range changes {
		if c.Before != c.After {
			differing = append(differing, c)
		}
	}
	return differing
}

func (d difference) print(std streams) error {
	fmt.Fprintf(std.out, "From a tick at %s UTC\n  to a tick at %s UTC, both with the database as it is\n",
		core.Timestamp(d.Before.Now), core.Timestamp(d.After.Now))
	for _, c := range append(d.Recoveries, d.Releases...) {
		fmt.Fprintf(std.out, "%s: %s → %s\n", c.What, orNothing(c.Before), orNothing(c.After))
	}
	if d.Before.Stale != d.After.Stale {
		fmt.Fprintf(std.out, "stale watches: %d → %d\n", d.Before.Stale, d.After.Stale)
	}
	if err := d.table(std); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "%s of %d differ, with %d → %d events in all\nbefore: %s\nafter:  %s\n",
		plural(len(d.Changes), "plan"), d.After.LookedAt, d.Before.Events, d.After.Events, d.Before.line(), d.After.line())
	return err
}

func (d difference) table(std streams) error {
	if len(d.Changes) == 0 {
		return nil
	}
	var laidOut bytes.Buffer
	w := tabwriter.NewWriter(&laidOut, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "RECIPIENT\tBEFORE\t  AFTER")
	for _, c := range d.Changes {
		fmt.Fprintf(w, "%d\t%s\t→ %s\n", c.ID, c.Before.short(), c.After.short())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	heading, rest, _ := strings.Cut(laidOut.String(), "\n")
	_, err := fmt.Fprintf(std.out, "%s\n%s", paletteFor(std.out).strong(heading), rest)
	return err
}

// short says what is planned in a few words. The subject of a digest says no more than they do.
func (r plannedRecipient) short() string {
	if r.Action == core.Send && r.Subject != "" {
		return fmt.Sprintf("send, %s across %s", plural(r.Events, "event"), plural(r.RFCs, "RFC"))
	}
	return string(r.Action) + ", " + strings.Join(strings.Fields(r.Reason), " ")
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}
