package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Prune implements [ports.Retention]. It looks at all rows at once.
func (s *Store) Prune(ctx context.Context, what core.Prunable, before time.Time, after int64) (deleted int, next int64, err error) {
	err = s.do(ctx, func() error {
		if what == core.OldMails {
			n := len(s.held)
			maps.DeleteFunc(s.held, func(id int64, m core.HeldRow) bool {
				done := m.Status == core.Sent || m.Status == core.Dropped || m.Status == core.Failed
				return done && id > after && isOld(m.CreatedAt, before)
			})
			deleted = n - len(s.held)
			return nil
		}
		s.forgetMoves(func(n core.Notification) bool { return isOld(n.Moved.At, before) })
		for recipient, ids := range s.windows {
			newest := int64(0)
			for _, id := range ids {
				if stays(s.ledger[id].Status) {
					newest = id
				}
			}
			s.windows[recipient] = slices.DeleteFunc(ids, func(id int64) bool {
				row := s.ledger[id]
				gone := id > after && id < newest && stays(row.Status) && isOld(row.Window.End, before)
				if gone {
					delete(s.ledger, id)
					deleted++
				}
				return gone
			})
		}
		return nil
	})
	return deleted, 0, err
}

func isOld(t, before time.Time) bool { return !t.IsZero() && t.Before(before) }

// stays reports whether a ledger row of that status is one that the next window may follow from for good.
func stays(s core.Status) bool { return s != core.Sending && s != core.Redirected }
