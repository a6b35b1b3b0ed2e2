package memory

import (
	"context"
	"maps"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
)

// Add adds a person as the app does. If a deleted person had the ID, nothing that is left of them belongs to
// the new one. If the ID is in use, it stays the same person.
func (s *Store) Add(ctx context.Context, u core.Recipient) error {
	return s.do(ctx, func() error {
		if there, known := s.users[u.ID]; known {
			u.Person = there.Person
		} else {
			s.forget(u.ID)
			u.Person = core.Person{Mark: 1 + s.random.Int64N(core.NoneYet)}
			if s.gone[u.ID] {
				u.Person.FirstDigest, u.Person.FirstNotification = after(s.windows[u.ID]), after(s.byRecipient[u.ID])
			}
		}
		delete(s.gone, u.ID)
		s.users[u.ID] = copyRecipient(u)
		return nil
	})
}

// Remove deletes a person as the app does, with what is kept for them. The ledger and the notifications
// stay; the app may delete those too.
func (s *Store) Remove(ctx context.Context, id int64) error {
	return s.do(ctx, func() error {
		if _, there := s.users[id]; there {
			delete(s.users, id)
			s.gone[id] = true
			s.forget(id)
		}
		return nil
	})
}

// forget deletes the held mail of the person with the given ID, and forgets what was moved to them.
func (s *Store) forget(id int64) {
	s.forgetMoves(func(n core.Notification) bool { return n.Recipient == id })
	maps.DeleteFunc(s.held, func(_ int64, row core.HeldRow) bool { return row.Recipient == id })
}

// after returns an ID above all of ids; 0 if there are none.
func after(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return slices.Max(ids) + 1
}

// windowsOf returns the IDs of a person's ledger rows, ascending.
func (s *Store) windowsOf(id int64) []int64 {
	ids, person := s.windows[id], s.users[id].Person
	first := slices.IndexFunc(ids, person.HasDigest)
	if first < 0 {
		return nil
	}
	return ids[first:]
}

// still reports whether the ID is still that of the person with the mark.
func (s *Store) still(user, mark int64) bool {
	u, there := s.users[user]
	return there && u.Person.Mark == mark
}
