package show

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// totals count what a tick at an instant would do.
type totals struct {
	Now        time.Time `json:"now"`
	Send       int       `json:"send"`
	Roll       int       `json:"roll"`
	Defer      int       `json:"defer"`
	Refuse     int       `json:"refuse"`
	Skip       int       `json:"skip"`
	Unreadable int       `json:"unreadable"`
	Stale      int       `json:"stale_watches"`
	// LookedAt is the sum of the counts from Send to Unreadable, and of ByReason.
	LookedAt int             `json:"looked_at"`
	Events   int             `json:"events"`
	ByReason []countOfReason `json:"by_reason"`
}

// countOfReason is how many people have the same action for the same reason.
type countOfReason struct {
	Action core.Action `json:"action"`
	Reason core.Reason `json:"reason"`
	Count  int         `json:"count"`
}

// unreadable stands for the many reasons why a person has no plan.
const unreadable core.Reason = "what is stored for them cannot be read"

func newTotals(now time.Time) totals {
	return totals{Now: now.UTC().Truncate(time.Second), ByReason: []countOfReason{}}
}

func (t *totals) add(p planner.Planned) {
	t.LookedAt++
	reason := p.Plan.Reason
	switch {
	case p.Err != nil:
		t.Unreadable++
		reason = unreadable
	case p.Plan.Action == core.Skip:
		t.Skip++
	case p.Plan.Action == core.Send:
		t.Send++
		t.Events += p.Plan.Digest.Events
	case p.Plan.Action == core.Roll:
		t.Roll++
	case p.Plan.Action == core.Defer:
		t.Defer++
	case p.Plan.Action == core.Refuse:
		t.Refuse++
	}
	for i := range t.ByReason {
		if c := &t.ByReason[i]; c.Action == p.Plan.Action && c.Reason == reason {
			c.Count++
			return
		}
	}
	t.ByReason = append(t.ByReason, countOfReason{p.Plan.Action, reason, 1})
	order := func(c countOfReason) int { return slices.Index(actionOrder, c.Action) }
	slices.SortFunc(t.ByReason, func(a, b countOfReason) int {
		return cmp.Or(order(a)-order(b), cmp.Compare(a.Reason, b.Reason))
	})
}

// actionOrder starts with the action that matters most.
var actionOrder = []core.Action{core.Send, core.Roll, core.Defer, core.Refuse, core.Skip}

func (t totals) line() string {
	return fmt.Sprintf("%d to send, %d with nothing new, %d deferred, %d refused, %d unreadable, %d not due",
		t.Send, t.Roll, t.Defer, t.Refuse, t.Unreadable, t.Skip)
}

func (t totals) print(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s\n", t.line())
	if t.LookedAt == 0 || err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s looked at, %s with %s in all\n", texts.Plural(t.LookedAt, "recipient"), texts.Plural(t.Send, "digest"), texts.Plural(t.Events, "event"))
	for _, c := range t.ByReason {
		if err == nil {
			_, err = fmt.Fprintf(w, "%6d  %-6s  %s\n", c.Count, c.Action, c.Reason)
		}
	}
	return err
}
