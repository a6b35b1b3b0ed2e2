package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
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

// countOfReason is for how many people a plan has the same action for the same reason.
type countOfReason struct {
	Action core.Action `json:"action"`
	Reason core.Reason `json:"reason"`
	Count  int         `json:"count"`
}

// unreadable stands for the many reasons why there is no plan for somebody.
const unreadable core.Reason = "what is stored for them cannot be read"

func newTotals(now time.Time) totals {
	return totals{Now: now.UTC().Truncate(time.Second), ByReason: []countOfReason{}}
}

func (t *totals) add(p app.Planned) {
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
	order := func(c countOfReason) int { return slices.Index(actionOrder, c.Action) }
	one := countOfReason{p.Plan.Action, reason, 1}
	at, found := slices.BinarySearchFunc(t.ByReason, one, func(a, b countOfReason) int {
		if by := order(a) - order(b); by != 0 {
			return by
		}
		return cmp.Compare(a.Reason, b.Reason)
	})
	if found {
		t.ByReason[at].Count++
		return
	}
	t.ByReason = slices.Insert(t.ByReason, at, one)
}

// actionOrder is from what concerns most to what concerns nobody.
var actionOrder = []core.Action{core.Send, core.Roll, core.Defer, core.Refuse, core.Skip}

func (t totals) line() string {
	return fmt.Sprintf("%d to send, %d with nothing new, %d deferred, %d refused, %d unreadable, %d not due",
		t.Send, t.Roll, t.Defer, t.Refuse, t.Unreadable, t.Skip)
}

func (t totals) print(std streams) error {
	_, err := fmt.Fprintf(std.out, "%s\n", t.line())
	if t.LookedAt == 0 || err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "\n%s looked at, %s with %s in all\n", plural(t.LookedAt, "recipient"), plural(t.Send, "digest"), plural(t.Events, "event"))
	for _, c := range t.ByReason {
		if err == nil {
			_, err = fmt.Fprintf(std.out, "%6d  %-6s  %s\n", c.Count, c.Action, c.Reason)
		}
	}
	return err
}
