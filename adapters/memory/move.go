package memory

import (
	"context"
	"maps"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// PreferencesAfter implements [ports.MoveOut].
func (s *Store) PreferencesAfter(ctx context.Context, after int64, limit int) (rows []core.PreferencesRow, _ []core.Oddity, err error) {
	err = s.do(ctx, func() error {
		rows = page(s.preferences(), after, limit)
		return nil
	})
	return rows, nil, err
}

// preferences returns the rows that say something, by user.
func (s *Store) preferences() map[int64]core.PreferencesRow {
	all := make(map[int64]core.PreferencesRow)
	for id, p := range s.strangers {
		all[id] = core.PreferencesRow{User: id, Preferences: p}
	}
	for id, u := range s.users {
		if u.Preferences != (core.Preferences{}) {
			all[id] = core.PreferencesRow{User: id, Preferences: copyRecipient(u).Preferences}
		}
	}
	return all
}

// acquainted returns u, who is new, with the preferences that were there before them.
func (s *Store) acquainted(u core.Recipient) core.Recipient {
	if p, there := s.strangers[u.ID]; there {
		u.Preferences = p
		delete(s.strangers, u.ID)
	}
	return u
}

// LedgerAfter implements [ports.MoveOut].
func (s *Store) LedgerAfter(ctx context.Context, after int64, limit int) (rows []core.LedgerRow, _ []core.Oddity, err error) {
	err = s.do(ctx, func() error {
		rows = page(s.ledger, after, limit)
		for i := range rows {
			rows[i].Notifications = slices.Clone(rows[i].Notifications)
		}
		return nil
	})
	return rows, nil, err
}

// HeldAfter implements [ports.MoveOut].
func (s *Store) HeldAfter(ctx context.Context, after int64, limit int) (rows []core.HeldRow, odd []core.Oddity, err error) {
	err = s.do(ctx, func() error {
		rows = page(s.held, after, limit)
		for i, row := range rows {
			rows[i].Notifications = slices.Clone(row.Notifications)
			if row.SentAt.Set && row.SentAt.At.IsZero() {
				rows[i].SentAt = core.Stamp{}
				odd = append(odd, core.Oddity{ID: row.ID, Column: "sent_at", Reason: core.Unreadable})
			}
		}
		return nil
	})
	return rows, odd, err
}

// page returns at most limit of the rows whose key is greater than after, by ascending key.
func page[R any](rows map[int64]R, after int64, limit int) (found []R) {
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		if id > after && len(found) < limit {
			found = append(found, rows[id])
		}
	}
	return found
}

// PutPreferences implements [ports.MoveIn].
func (s *Store) PutPreferences(ctx context.Context, rows []core.PreferencesRow) error {
	return s.do(ctx, func() error {
		there := s.preferences()
		for _, row := range rows {
			if _, ok := there[row.User]; ok {
				continue
			}
			u := copyRecipient(core.Recipient{Preferences: row.Preferences})
			if known, ok := s.users[row.User]; ok {
				known.Preferences = u.Preferences
				s.users[row.User] = known
			} else {
				s.strangers[row.User] = u.Preferences
			}
		}
		return nil
	})
}

// PutLedger implements [ports.MoveIn].
func (s *Store) PutLedger(ctx context.Context, rows []core.LedgerRow) error {
	return s.do(ctx, func() error {
		for _, row := range rows {
			if _, there := s.ledger[row.ID]; !there {
				s.nextID(row.ID)
				s.putLedger(row)
			}
		}
		return nil
	})
}

// PutHeld implements [ports.MoveIn].
func (s *Store) PutHeld(ctx context.Context, rows []core.HeldRow) error {
	return s.do(ctx, func() error {
		for _, row := range rows {
			if _, there := s.held[row.ID]; !there {
				s.nextID(row.ID)
				row.Notifications = slices.Clone(row.Notifications)
				s.held[row.ID] = row
			}
		}
		return nil
	})
}

// Owned implements [ports.Inventory].
func (s *Store) Owned(ctx context.Context) (o core.Owned, err error) {
	err = s.do(ctx, func() error {
		o = s.owned()
		return nil
	})
	return o, err
}

func (s *Store) owned() core.Owned {
	return core.Owned{Preferences: int64(len(s.preferences())), Ledger: int64(len(s.ledger)), Held: int64(len(s.held))}
}

// CopyMark implements [ports.CopyMarks].
func (s *Store) CopyMark(ctx context.Context) (m core.CopyMark, err error) {
	err = s.do(ctx, func() error {
		m = s.copying
		return nil
	})
	return m, err
}

// BeginCopy implements [ports.CopyMarks].
func (s *Store) BeginCopy(ctx context.Context, m core.CopyMark) error {
	return s.do(ctx, func() error {
		switch {
		case s.copying.Source == m.Source:
		case s.copying != core.CopyMark{}, s.owned() != core.Owned{}:
			return ports.ErrConflict
		default:
			s.copying = m
		}
		return nil
	})
}

// EndCopy implements [ports.CopyMarks].
func (s *Store) EndCopy(ctx context.Context, m core.CopyMark) error {
	return s.do(ctx, func() error {
		if s.copying.Source == m.Source {
			s.copying = core.CopyMark{}
		}
		return nil
	})
}
