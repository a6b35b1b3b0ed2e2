package memory

import (
	"context"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Claim implements [ports.Ledger].
func (s *Store) Claim(ctx context.Context, c core.Claim) (id int64, err error) {
	err = s.do(ctx, func() error {
		id, err = s.claim(c)
		return err
	})
	return id, err
}

func (s *Store) claim(c core.Claim) (int64, error) {
	if !s.holds(c) {
		return 0, ports.ErrConflict
	}
	return s.insert(c, core.Sending), nil
}

// holds reports whether nobody was faster than the plan that c was made by.
func (s *Store) holds(c core.Claim) bool {
	ids := s.windows[c.Recipient]
	for _, id := range ids {
		if s.ledger[id].Status == core.Sending {
			return false
		}
	}
	if len(ids) == 0 {
		return c.Previous == 0
	}
	return ids[len(ids)-1] == c.Previous
}

func (s *Store) insert(c core.Claim, status core.Status) int64 {
	c.ID = s.nextID(0)
	s.putLedger(core.LedgerRow{Claim: c, Status: status, SentAt: c.Window.End})
	return c.ID
}

// Roll implements [ports.Rolls].
func (s *Store) Roll(ctx context.Context, cs []core.Claim) (held int, err error) {
	err = s.do(ctx, func() error {
		for _, c := range cs {
			if s.holds(c) {
				s.insert(c, core.Empty)
				held++
			}
		}
		return nil
	})
	return held, err
}

// Settle implements [ports.Ledger].
func (s *Store) Settle(ctx context.Context, c core.Claim, at time.Time) error {
	return s.do(ctx, func() error { return s.settle(c, at) })
}

// SettleAndClaim implements [ports.Turnover].
func (s *Store) SettleAndClaim(ctx context.Context, done core.Claim, at time.Time, next core.Claim) (id int64, settled, claimed error) {
	err := s.do(ctx, func() error {
		settled = s.settle(done, at)
		id, claimed = s.claim(next)
		return nil
	})
	if err != nil {
		return 0, err, err
	}
	return id, settled, claimed
}

func (s *Store) settle(c core.Claim, at time.Time) error {
	row, ok := s.ledger[c.ID]
	if !ok || row.Recipient != c.Recipient || row.MessageID != c.MessageID {
		return ports.ErrConflict
	}
	if row.Status == core.Sent {
		return nil
	}
	row.Status, row.SentAt, row.Lease = core.Sent, at, time.Time{}
	s.ledger[c.ID] = row
	for _, id := range c.Notifications {
		if n, ok := s.notifications[id]; ok && n.Recipient == c.Recipient && !n.IncludedAt.Set {
			n.IncludedAt = core.At(at)
			s.notifications[id] = n
		}
	}
	s.accept(c.Recipient)
	return nil
}

// Release implements [ports.Ledger].
func (s *Store) Release(ctx context.Context, c core.Claim, r core.Refusal) error {
	return s.do(ctx, func() error {
		row, ok := s.ledger[c.ID]
		if !ok || row.Status != core.Sending || row.MessageID != c.MessageID || !row.Lease.Equal(c.Lease) {
			return nil
		}
		delete(s.ledger, c.ID)
		s.windows[c.Recipient] = slices.DeleteFunc(s.windows[c.Recipient], func(id int64) bool { return id == c.ID })
		s.refuse(c.Recipient, r)
		return nil
	})
}

func (s *Store) accept(recipient int64) {
	if u, ok := s.users[recipient]; ok {
		u.Preferences = core.CountAcceptance(u.Preferences)
		s.users[recipient] = u
	}
}

func (s *Store) refuse(recipient int64, r core.Refusal) {
	if u, ok := s.users[recipient]; ok {
		u.Preferences = core.CountRefusal(u.Preferences, r)
		s.users[recipient] = u
	}
}

// Reclaim implements [ports.Doubts].
func (s *Store) Reclaim(ctx context.Context, c core.Claim, lease time.Time) error {
	return s.do(ctx, func() error {
		row, ok := s.ledger[c.ID]
		if !ok || row.Status != core.Sending || !row.Lease.Equal(c.Lease) {
			return ports.ErrConflict
		}
		row.Lease = lease
		row.Attempts++
		s.ledger[c.ID] = row
		return nil
	})
}

// Hold implements [ports.HeldMails].
func (s *Store) Hold(ctx context.Context, m core.HeldMail) (id int64, err error) {
	err = s.do(ctx, func() error {
		id = s.nextID(0)
		m.ID, m.Status, m.MessageID, m.Attempts, m.Lease = id, core.Held, "", 0, time.Time{}
		m.Notifications = slices.Clone(m.Notifications)
		s.held[id] = core.HeldRow{HeldMail: m}
		return nil
	})
	return id, err
}

// ClaimHeld implements [ports.HeldLedger].
func (s *Store) ClaimHeld(ctx context.Context, m core.HeldMail, lease time.Time) error {
	return s.do(ctx, func() error {
		row, ok := s.held[m.ID]
		if !ok || row.Status != m.Status || !row.Lease.Equal(m.Lease) {
			return ports.ErrConflict
		}
		row.Status, row.MessageID, row.Lease = core.Sending, m.MessageID, lease
		s.held[m.ID] = row
		return nil
	})
}

// SettleHeld implements [ports.HeldLedger].
func (s *Store) SettleHeld(ctx context.Context, m core.HeldMail, at time.Time) error {
	return s.do(ctx, func() error {
		row, ok := s.held[m.ID]
		if !ok || row.MessageID != m.MessageID {
			return ports.ErrConflict
		}
		if row.Status == core.Sent {
			return nil
		}
		row.Status, row.SentAt, row.Lease, row.Error = core.Sent, core.At(at), time.Time{}, ""
		s.held[m.ID] = row
		for _, id := range m.Notifications {
			if n, ok := s.notifications[id]; ok && n.Recipient == m.Recipient && !n.EmailedAt.Set {
				n.EmailedAt = core.At(at)
				s.notifications[id] = n
			}
		}
		s.accept(m.Recipient)
		return nil
	})
}

// ReturnHeld implements [ports.HeldLedger].
func (s *Store) ReturnHeld(ctx context.Context, m core.HeldMail, status core.Status, why string, r core.Refusal) error {
	return s.do(ctx, func() error {
		row, ok := s.held[m.ID]
		if !ok || row.Status != m.Status || !row.Lease.Equal(m.Lease) {
			return nil
		}
		row.Status, row.Attempts, row.Error, row.Lease = status, m.Attempts, why, time.Time{}
		s.held[m.ID] = row
		s.refuse(m.Recipient, r)
		return nil
	})
}

// Decay implements [ports.Watches].
func (s *Store) Decay(ctx context.Context, then time.Time) (decayed int, err error) {
	err = s.do(ctx, func() error {
		for i, w := range s.watches {
			if isStale(w, then) {
				s.watches[i].State = core.Dormant
				decayed++
			}
		}
		return nil
	})
	return decayed, err
}

// Unsubscribe implements [ports.Subscriptions].
func (s *Store) Unsubscribe(ctx context.Context, recipient int64) error {
	return s.do(ctx, func() error {
		if u, ok := s.users[recipient]; ok {
			u.Cadence = core.Off
			s.users[recipient] = u
		}
		return nil
	})
}
