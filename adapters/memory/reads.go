package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// People implements [ports.Roster]. As due it lists everybody on the roster.
func (s *Store) People(ctx context.Context, who ports.Who, after int64, limit int) (page []core.Recipient, err error) {
	err = s.do(ctx, func() error {
		for _, id := range slices.Sorted(maps.Keys(s.users)) {
			if u := s.users[id]; id > after && among(who, u) && len(page) < limit {
				page = append(page, s.recipient(u))
			}
		}
		return nil
	})
	return page, err
}

// among reports whether u is one of who.
func among(who ports.Who, u core.Recipient) bool {
	if text, ok := who.Matching(); ok {
		return contains(u.Name, text) || contains(u.Address, text) || strconv.FormatInt(u.ID, 10) == text
	}
	return who.Refused() && u.Preferences.SuppressedAddress != "" || !who.Refused() && onRoster(u)
}

// onRoster reports whether u can have digests at all.
func onRoster(u core.Recipient) bool { return u.Cadence.Period() > 0 && texts.Mailbox(u.Address) != "" }

// Rest implements [ports.Roster]. It forgets everything at once.
func (s *Store) Rest(ctx context.Context, _ []core.Rest) error { return ctx.Err() }

// Wake implements [ports.Roster].
func (s *Store) Wake(ctx context.Context) error { return ctx.Err() }

// Lookup implements [ports.Roster].
func (s *Store) Lookup(ctx context.Context, ids []int64) (found []core.Recipient, err error) {
	err = s.do(ctx, func() error {
		for _, id := range ids {
			if u, ok := s.users[id]; ok {
				found = append(found, s.recipient(u))
			}
		}
		shuffle(s, found)
		return nil
	})
	return found, err
}

// recipient returns u with their newest ledger row.
func (s *Store) recipient(u core.Recipient) core.Recipient {
	u = copyRecipient(u)
	u.Address, u.Preferences.SuppressedAddress = texts.Mailbox(u.Address), texts.Mailbox(u.Preferences.SuppressedAddress)
	u.Latest = core.Entry{}
	if ids := s.windowsOf(u.ID); len(ids) > 0 {
		row := s.ledger[ids[len(ids)-1]]
		u.Latest = core.Entry{ID: row.ID, End: row.Window.End, Status: row.Status}
	}
	return u
}

// Since implements [ports.Activity].
func (s *Store) Since(ctx context.Context, spans []core.Span) (found []core.Notification, err error) {
	err = s.do(ctx, func() error {
		for _, span := range spans {
			for _, id := range s.byRecipient[span.Recipient] {
				n := s.notifications[id]
				if !span.Person.HasNotification(&n) {
					continue
				}
				if n.CreatedAt.IsZero() && !n.IncludedAt.Set || !n.CreatedAt.Before(span.Since) || n.Moved != nil {
					found = append(found, s.named(n))
				}
			}
		}
		shuffle(s, found)
		return nil
	})
	return found, err
}

// ByID implements [ports.Activity].
func (s *Store) ByID(ctx context.Context, ids []int64) (found []core.Notification, err error) {
	err = s.do(ctx, func() error {
		for _, id := range ids {
			if n, ok := s.notifications[id]; ok {
				found = append(found, s.named(n))
			}
		}
		shuffle(s, found)
		return nil
	})
	return found, err
}

// named returns n with the names of the people and the RFC that it refers to.
func (s *Store) named(n core.Notification) core.Notification {
	n.Actor = s.users[n.ActorID].Name
	n.Title = s.titles[n.Slug]
	n.Moved = s.moved(n)
	return n
}

// InDoubt implements [ports.Ledger].
func (s *Store) InDoubt(ctx context.Context, now time.Time, after int64, limit int) (claims []core.Claim, err error) {
	err = s.do(ctx, func() error {
		for id, row := range s.ledger {
			if id > after && isInDoubt(row, now) {
				c := row.Claim
				c.Notifications = slices.Clone(c.Notifications)
				claims = append(claims, c)
			}
		}
		slices.SortFunc(claims, func(a, b core.Claim) int { return cmp.Compare(a.ID, b.ID) })
		claims = claims[:min(limit, len(claims))]
		return nil
	})
	return claims, err
}

func isInDoubt(row core.LedgerRow, now time.Time) bool {
	return row.Status == core.Sending && !row.Lease.After(now)
}

// HeldOf implements [ports.HeldMails].
func (s *Store) HeldOf(ctx context.Context, recipient int64, limit int) (rows []core.HeldRow, err error) {
	err = s.do(ctx, func() error {
		for _, id := range slices.Backward(slices.Sorted(maps.Keys(s.held))) {
			if row := s.held[id]; row.Recipient == recipient && len(rows) < limit {
				row.Notifications = slices.Clone(row.Notifications)
				rows = append(rows, row)
			}
		}
		return nil
	})
	return rows, err
}

// Waiting implements [ports.HeldMails].
func (s *Store) Waiting(ctx context.Context, now time.Time, after int64, limit int) (mails []core.HeldMail, err error) {
	err = s.do(ctx, func() error {
		for id, row := range s.held {
			m := row.HeldMail
			waits := m.Status == core.Held || m.Status == core.Sending && !m.Lease.After(now)
			if id > after && waits {
				m.Notifications = slices.Clone(m.Notifications)
				mails = append(mails, m)
			}
		}
		slices.SortFunc(mails, func(a, b core.HeldMail) int { return cmp.Compare(a.ID, b.ID) })
		mails = mails[:min(limit, len(mails))]
		return nil
	})
	return mails, err
}
