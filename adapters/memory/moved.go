package memory

import (
	"context"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Merge gives the notifications of one person to another, as an app does that merges their accounts.
func (s *Store) Merge(ctx context.Context, from, to int64) error {
	return s.do(ctx, func() error {
		for _, id := range s.byRecipient[from] {
			n := s.notifications[id]
			var m core.Moved
			if n.Moved != nil {
				m = core.Moved{From: slices.DeleteFunc(slices.Clone(n.Moved.From), func(id int64) bool { return id == to }), At: n.Moved.At}
			}
			if !n.IncludedAt.Set && !n.EmailedAt.Set && !n.ReadAt.Set {
				m = core.Moved{From: append([]int64{from}, m.From...), At: time.Now().UTC().Truncate(time.Second)}
			}
			n.Recipient, n.Moved = to, nil
			if len(m.From) > 0 {
				n.Moved = &m
			}
			s.notifications[id] = n
		}
		s.byRecipient[to], s.byRecipient[from] = append(s.byRecipient[to], s.byRecipient[from]...), nil
		return nil
	})
}

// moved returns where n came from, with the digest that has it there.
func (s *Store) moved(n core.Notification) *core.Moved {
	if n.Moved == nil {
		return nil
	}
	m := core.Moved{From: n.Moved.From, At: n.Moved.At}
	for _, row := range s.ledger {
		if row.Status == core.Sending && slices.Contains(m.From, row.Recipient) && slices.Contains(row.Notifications, n.ID) {
			m.Digest = row.ID
		}
	}
	return &m
}

// forgetMoves forgets where notifications came from.
func (s *Store) forgetMoves(of func(core.Notification) bool) {
	for id, n := range s.notifications {
		if n.Moved != nil && of(n) {
			n.Moved = nil
			s.notifications[id] = n
		}
	}
}
