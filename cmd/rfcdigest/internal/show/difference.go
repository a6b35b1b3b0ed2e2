package show

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Difference is what changes from a tick at one instant to one at another, with the same database.
type Difference struct {
	Before     totals         `json:"before"`
	After      totals         `json:"after"`
	Recoveries []changedFate  `json:"recoveries"`
	Releases   []changedFate  `json:"releases"`
	Changes    []changedPlans `json:"changes"`
}

// changedPlans are the two plans for one recipient.
type changedPlans struct {
	ID     int64            `json:"recipient"`
	Before PlannedRecipient `json:"before"`
	After  PlannedRecipient `json:"after"`
}

// changedFate is what becomes of a digest in doubt or of a held e-mail at each instant; empty if
// the tick would not see it.
type changedFate struct {
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Compare returns what changes from before to after. It has both look ahead.
func Compare(ctx context.Context, from Planner, mail bool, before, after *Outlook) (d Difference, err error) {
	for _, o := range []*Outlook{before, after} {
		o.whole = true
		if err := o.LookAhead(ctx, from, mail); err != nil {
			return d, err
		}
	}
	return Difference{
		Before: before.totals, After: after.totals, Changes: changedBetween(before.everybody, after.everybody),
		Recoveries: changedFates(before.Recoveries, after.Recoveries), Releases: changedFates(before.Releases, after.Releases),
	}, nil
}

// changedBetween returns the recipients whose action, reason, number of events or subject differ. Both lists are by
// ascending ID. People who are in only one of them are left out.
func changedBetween(before, after []PlannedRecipient) []changedPlans {
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

func changedFates(before, after []fate) []changedFate {
	all := []changedFate{}
	at := map[string]int{}
	for _, f := range before {
		at[f.what] = len(all)
		all = append(all, changedFate{What: f.what, Before: f.becomes})
	}
	for _, f := range after {
		if i, ok := at[f.what]; ok {
			all[i].After = f.becomes
		} else {
			all = append(all, changedFate{What: f.what, After: f.becomes})
		}
	}
	return slices.DeleteFunc(all, func(c changedFate) bool { return c.Before == c.After })
}

// Print writes d for people.
func (d Difference) Print(w io.Writer) error {
	fmt.Fprintf(w, "From a tick at %s UTC\n  to a tick at %s UTC, both with the database as it is\n",
		texts.Timestamp(d.Before.Now), texts.Timestamp(d.After.Now))
	for _, c := range append(d.Recoveries, d.Releases...) {
		fmt.Fprintf(w, "%s: %s → %s\n", c.What, cmp.Or(c.Before, "nothing"), cmp.Or(c.After, "nothing"))
	}
	if d.Before.Stale != d.After.Stale {
		fmt.Fprintf(w, "stale watches: %d → %d\n", d.Before.Stale, d.After.Stale)
	}
	var rows [][]string
	for _, c := range d.Changes {
		rows = append(rows, []string{fmt.Sprint(c.ID), c.Before.short(), "→ " + c.After.short()})
	}
	if len(rows) > 0 {
		heading := []string{"RECIPIENT", "BEFORE", "  AFTER"}
		if err := term.Table(w, heading, rows, func(_, _ int, cell string) string { return cell }); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "Another plan for %d of %s, with %d → %d events in all\nbefore: %s\nafter:  %s\n",
		len(d.Changes), texts.Plural(d.After.LookedAt, "person"), d.Before.Events, d.After.Events, d.Before.line(), d.After.line())
	return err
}

// short says in a few words what is planned. It leaves out the subject, which says no more.
func (r PlannedRecipient) short() string {
	if r.Action == core.Send && r.Subject != "" {
		return fmt.Sprintf("send, %s across %s", texts.Plural(r.Events, "event"), texts.Plural(r.RFCs, "RFC"))
	}
	return string(r.Action) + ", " + strings.Join(strings.Fields(r.Reason), " ")
}
