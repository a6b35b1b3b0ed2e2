package memory

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Backlog implements [ports.Marks].
func (s *Store) Backlog(ctx context.Context, now time.Time) (b core.Backlog, err error) {
	err = s.do(ctx, func() error {
		for _, u := range s.users {
			if onRoster(u) {
				b.Due++
			}
		}
		for _, row := range s.ledger {
			if isInDoubt(row, now) {
				b.InDoubt++
			}
		}
		for _, row := range s.held {
			if row.Status == core.Held || row.Status == core.Sending {
				b.Held++
			}
		}
		return nil
	})
	return b, err
}

// Ticked implements [ports.Marks].
func (s *Store) Ticked(ctx context.Context, m core.TickMark) error {
	m.Instant, m.EndedAt = m.Instant.UTC().Truncate(time.Second), m.EndedAt.UTC().Truncate(time.Second)
	return s.do(ctx, func() error {
		s.lastTick = m
		return nil
	})
}

// LastTick implements [ports.Marks].
func (s *Store) LastTick(ctx context.Context) (m core.TickMark, err error) {
	err = s.do(ctx, func() error {
		m = s.lastTick
		return nil
	})
	return m, err
}
