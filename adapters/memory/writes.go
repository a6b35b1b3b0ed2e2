package memory

import (
	"context"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Record implements [ports.Ledger].
func (s *Store) Record(ctx context.Context, changes ...ports.Change) (results []ports.Result, err error) {
	err = s.do(ctx, func() error {
		for _, c := range changes {
			id, err := s.record(c)
			results = append(results, ports.Result{ID: id, Err: err})
		}
		return nil
	})
	return results, err
}

// Mark implements [ports.Ledger]. Record leaves nothing to it.
func (s *Store) Mark(ctx context.Context) error { return ctx.Err() }

func (s *Store) record(c ports.Change) (id int64, err error) {
	switch c.Do {
	case ports.DoClaim:
		return s.claim(c.Claim)
	case ports.DoReclaim:
		return 0, s.reclaim(c.Claim, c.At)
	case ports.DoSettle:
		return 0, s.settle(c.Claim, c.At)
	case ports.DoRelease:
		s.release(c.Claim)
		return 0, nil
	case ports.DoRoll:
		return s.close(c.Claim, core.Empty)
	case ports.DoRedirect:
		return s.close(c.Claim, core.Redirected)
	case ports.DoClaimHeld:
		return 0, s.claimHeld(c.Held, c.At)
	case ports.DoSettleHeld:
		return 0, s.settleHeld(c.Held, c.At)
	case ports.DoReturnHeld:
		s.returnHeld(c.Held, c.Status, c.Why)
		return 0, nil
	}
	panic("no such change: " + string(c.Do))
}

func (s *Store) claim(c core.Claim) (int64, error) {
	if !s.holds(c) || slices.ContainsFunc(c.Notifications, func(id int64) bool {
		n := s.notifications[id]
		return n.Recipient != c.Recipient && n.CameFrom(c.Recipient)
	}) {
		return 0, ports.ErrConflict
	}
	return s.insert(c, core.Sending), nil
}

// holds reports whether c holds, on the terms of [ports.Claim].
func (s *Store) holds(c core.Claim) bool {
	if !s.still(c.Recipient, c.Person.Mark) {
		return false
	}
	ids := s.windowsOf(c.Recipient)
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

// close adds a row with that status for c, if c holds.
func (s *Store) close(c core.Claim, status core.Status) (int64, error) {
	if !s.holds(c) {
		return 0, ports.ErrConflict
	}
	c.Attempts, c.Lease = 0, time.Time{} // it is not about to be sent
	return s.insert(c, status), nil
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
		if n, ok := s.notifications[id]; ok && (n.Recipient == c.Recipient || n.CameFrom(c.Recipient)) && !n.IncludedAt.Set {
			n.IncludedAt = core.At(at)
			s.notifications[id] = n
		}
	}
	if s.still(c.For(), c.Person.Mark) {
		s.accept(c.For())
	}
	return nil
}

func (s *Store) release(c core.Claim) {
	row, ok := s.ledger[c.ID]
	if !ok || row.Status != core.Sending || row.MessageID != c.MessageID || !row.Lease.Equal(c.Lease) {
		return
	}
	delete(s.ledger, c.ID)
	s.windows[c.Recipient] = slices.DeleteFunc(s.windows[c.Recipient], func(id int64) bool { return id == c.ID })
}

func (s *Store) accept(recipient int64) {
	if u, ok := s.users[recipient]; ok {
		u.Preferences = core.CountAcceptance(u.Preferences)
		s.users[recipient] = u
	}
}

func (s *Store) reclaim(c core.Claim, lease time.Time) error {
	row, ok := s.ledger[c.ID]
	if !ok || row.Status != core.Sending || !row.Lease.Equal(c.Lease) || !s.still(c.For(), c.Person.Mark) {
		return ports.ErrConflict
	}
	row.Lease = lease
	row.Attempts++
	s.ledger[c.ID] = row
	return nil
}

// Hold implements [ports.HeldMails].
func (s *Store) Hold(ctx context.Context, m core.HeldMail) (id int64, err error) {
	err = s.do(ctx, func() error {
		id = s.nextID(0)
		m.ID, m.Status, m.MessageID, m.Attempts, m.Lease, m.Dated = id, core.Held, "", 0, time.Time{}, time.Time{}
		m.Notifications = slices.Clone(m.Notifications)
		s.held[id] = core.HeldRow{HeldMail: m}
		return nil
	})
	return id, err
}

func (s *Store) claimHeld(m core.HeldMail, lease time.Time) error {
	row, ok := s.held[m.ID]
	if !ok || row.Status != m.Status || !row.Lease.Equal(m.Lease) {
		return ports.ErrConflict
	}
	row.Status, row.MessageID, row.Lease, row.Dated = core.Sending, m.MessageID, lease, m.Dated
	s.held[m.ID] = row
	return nil
}

func (s *Store) settleHeld(m core.HeldMail, at time.Time) error {
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
		if n, ok := s.notifications[id]; ok && (n.Recipient == m.Recipient || n.CameFrom(m.Recipient)) && !n.EmailedAt.Set {
			n.EmailedAt = core.At(at)
			s.notifications[id] = n
		}
	}
	s.accept(m.Recipient)
	return nil
}

func (s *Store) returnHeld(m core.HeldMail, status core.Status, why string) {
	row, ok := s.held[m.ID]
	if !ok || row.Status != m.Status || !row.Lease.Equal(m.Lease) {
		return
	}
	row.Status, row.Attempts, row.Error, row.Lease, row.Dated = status, m.Attempts, why, time.Time{}, time.Time{}
	s.held[m.ID] = row
}

// Choose implements [ports.Subscriptions].
func (s *Store) Choose(ctx context.Context, recipient, mark int64, c core.Choice) error {
	return s.do(ctx, func() error {
		u, ok := s.users[recipient]
		if !ok || u.Person.Mark != mark {
			return ports.ErrConflict
		}
		s.users[recipient] = core.Choose(u, c)
		return nil
	})
}

// Unsubscribe implements [ports.Subscriptions].
func (s *Store) Unsubscribe(ctx context.Context, recipient, mark int64) error {
	return s.do(ctx, func() error {
		if u, ok := s.users[recipient]; ok && u.Person.Mark == mark {
			u.Cadence = core.Off
			s.users[recipient] = u
		}
		return nil
	})
}
