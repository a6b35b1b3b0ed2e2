package core

import "time"

// View is the instant from which somebody looks at plans.
type View struct {
	// Now is the instant that is planned for, UTC, whole seconds.
	Now time.Time
	// Past says that Now has gone by, and asks for things as they were then. Some things have no history, and
	// are as they are stored today: the cadence, preferences, addresses and held e-mail.
	Past bool
	// Language is a BCP 47 tag for the mail instead of the person's own; empty for theirs.
	Language string
}

// RewindRecipient returns r without the windows that ended at now or later. So the digest that a tick sent at now is
// planned again as that tick did it. rows are ledger rows of r in any order, among them the newest whose window
// ended before now.
func RewindRecipient(r Recipient, rows []LedgerRow, now time.Time) Recipient {
	r.Latest = entryBefore(rows, now)
	return r
}

// ReachesBack reports whether rows has a window that ended before now, so that [RewindRecipient] needs
// no older ones.
func ReachesBack(rows []LedgerRow, now time.Time) bool { return entryBefore(rows, now) != Entry{} }

// entryBefore returns the newest of rows whose window ended before now, as it was then.
func entryBefore(rows []LedgerRow, now time.Time) Entry {
	var newest Entry
	for _, row := range rows {
		if row.ID <= newest.ID || !row.Window.End.Before(now) {
			continue
		}
		newest = Entry{ID: row.ID, End: row.Window.End, Status: row.Status}
		if row.Status == Sent && row.SentAt.After(now) {
			newest.Status = Sending // it was in doubt then
		}
	}
	return newest
}

// RewindNotifications returns those of ns that had been created, and been their recipient's, at now, without the marks that were made
// later. rows are as in [RewindRecipient]. A tick marks what it puts into digests with its own instant, and judges
// without those marks. But it releases held e-mail and recovers digests in doubt before it judges, so the marks of
// these count.
func RewindNotifications(ns []Notification, rows []LedgerRow, now time.Time) (then []Notification) {
	sentAgain := map[int64]bool{}
	for _, row := range rows {
		if row.Window.End.Before(now) && row.SentAt.Equal(now) {
			for _, id := range row.Notifications {
				sentAgain[id] = true
			}
		}
	}
	for _, n := range ns {
		if n.CreatedAt.After(now) || n.Moved != nil && n.Moved.At.After(now) {
			continue
		}
		if !n.IncludedAt.At.Before(now) && !sentAgain[n.ID] {
			n.IncludedAt = Stamp{}
		}
		if n.EmailedAt.At.After(now) {
			n.EmailedAt = Stamp{}
		}
		if !n.ReadAt.At.Before(now) {
			n.ReadAt = Stamp{}
		}
		then = append(then, n)
	}
	return then
}
