package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// meet finds out which of the people whom rows of the ledger are about are not in the target.
func (c *copying) meet(ctx context.Context, rows []core.LedgerRow) error {
	people := make(map[int64]bool)
	for _, r := range rows {
		people[r.Recipient] = true
	}
	if err := without(ctx, c.To, people); err != nil {
		return wrap(err, "looking people up in the target")
	}
	if len(people) == 0 {
		return nil
	}
	unknown := maps.Clone(people)
	if err := without(ctx, c.From, unknown); err != nil {
		return wrap(err, "looking people up in the source")
	}
	for id := range people {
		if unknown[id] {
			c.strangers[id] = true
		} else {
			c.missing[id] = true
		}
	}
	return nil
}

// without takes those out of people who are in the store.
func without(ctx context.Context, s ports.Roster, people map[int64]bool) error {
	found, err := s.Lookup(ctx, slices.Sorted(maps.Keys(people)))
	for _, r := range found {
		delete(people, r.ID)
	}
	return err
}

// first returns the first of people, by ID.
func first(people map[int64]bool) []int64 {
	ids := slices.Sorted(maps.Keys(people))
	return ids[:min(len(ids), changesNamed)]
}

// named names people, by ID.
func named(people map[int64]bool) string {
	text := ""
	for i, id := range first(people) {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(id)
	}
	if more := len(people) - changesNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
