package app

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core"
)

// People returns those whom who means, by ascending ID: the one with that ID, else all with that e-mail
// address, in any case of letters. Empty where there is nobody.
func (t *Ticker) People(ctx context.Context, who string) (found []core.Recipient, err error) {
	who = strings.TrimSpace(who)
	if id, err := strconv.ParseInt(who, 10, 64); err == nil {
		people, err := t.store.Lookup(ctx, []int64{id})
		return people, wrap(err, "looking for somebody")
	}
	part := longestASCII(who) // stores need to know no other letters in both cases
	pages := paged(func(after int64) ([]core.Recipient, error) { return t.store.Find(ctx, part, after, pageSize) },
		func(r core.Recipient) int64 { return r.ID })
	for r, err := range each(pages) {
		if err != nil {
			return nil, wrap(err, "looking for somebody")
		}
		if strings.EqualFold(strings.TrimSpace(r.Address), who) {
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
