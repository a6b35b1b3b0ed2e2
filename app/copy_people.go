package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// named names people, by ID; the first of them, where there are many.
func named(people map[int64]bool) string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(people)) {
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	if more := len(ids) - changesNamed; more > 0 {
		return strings.Join(ids[:changesNamed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(ids, ", ")
}
