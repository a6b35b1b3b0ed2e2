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
			if isInDoubt(row, now) && onRoster(s.users[row.Recipient]) {
				b.InDoubt++
			}
		}
		for _, row := range s.held {
			switch row.Status {
			case core.Held, core.Sending:
				b.Held++
			case core.Failed:
				b.GivenUp++
				b.LastGivenUp = max(b.LastGivenUp, row.ID)
			case core.Sent, core.Dropped, core.Redirected:
			default:
				b.Stuck++
				b.LastStuck = max(b.LastStuck, row.ID)
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
