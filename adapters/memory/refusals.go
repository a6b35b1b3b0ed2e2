package memory

import (
	"context"

	"github.com/wiggleverse/rfcdigest/core"
)

// CountRefusals implements [ports.Refusals].
func (s *Store) CountRefusals(ctx context.Context, rs []core.Refusal) error {
	return s.do(ctx, func() error {
		for _, r := range rs {
			if u := s.users[r.Recipient]; s.still(r.Recipient, r.Mark) {
				u.Preferences = core.CountRefusal(u.Preferences, r)
				s.users[r.Recipient] = u
			}
		}
		return nil
	})
}

// Lift implements [ports.Refusals].
func (s *Store) Lift(ctx context.Context, ids []int64) (lifted int, err error) {
	err = s.do(ctx, func() error {
		for _, id := range ids {
			if u, ok := s.users[id]; ok && u.Preferences.SuppressedAddress != "" {
				u.Preferences = core.Lift(u.Preferences)
				s.users[id] = u
				lifted++
			}
		}
		return nil
	})
	return lifted, err
}
