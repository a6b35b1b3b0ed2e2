package memory

import (
	"context"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
)

// Unredirect implements [ports.Ledger].
func (s *Store) Unredirect(ctx context.Context) (n int, err error) {
	err = s.do(ctx, func() error {
		for id, row := range s.ledger {
			if row.Status == core.Redirected {
				delete(s.ledger, id)
				s.windows[row.Recipient] = slices.DeleteFunc(s.windows[row.Recipient], func(other int64) bool { return other == id })
				n++
			}
		}
		for id, row := range s.held {
			if row.Status == core.Redirected {
				row.Status, row.Error = core.Held, ""
				s.held[id] = row
				n++
			}
		}
		return nil
	})
	return n, err
}
