package planner

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// People returns the people that who means, by ascending ID: the one with that ID, else all with that e-mail
// address, in any letter case. Empty if there are none.
func (pl *Planner) People(ctx context.Context, who string) (found []core.Recipient, err error) {
	who = texts.Mailbox(who)
	if id, err := strconv.ParseInt(who, 10, 64); err == nil {
		people, err := pl.store.Lookup(ctx, []int64{id})
		return people, wrap(err, "looking for somebody")
	}
	part := longestASCII(who) // a store folds the case of ASCII only
	pages := paged(func(after int64) ([]core.Recipient, error) {
		return pl.store.People(ctx, ports.Matching(part), after, pageSize)
	},
		func(r core.Recipient) int64 { return r.ID })
	for r, err := range each(pages) {
		if err != nil {
			return nil, wrap(err, "looking for somebody")
		}
		if strings.EqualFold(r.Address, who) {
			found = append(found, r)
		}
	}
	return found, nil
}

// longestASCII returns the longest part of text that is all ASCII.
func longestASCII(text string) (longest string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}
