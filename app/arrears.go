package app

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Arrears are what ticks have left undone, and what keeps people from their digests or has them come at
// another hour than they think.
type Arrears struct {
	// People counts those who can have digests.
	People int
	// Due counts those whose digest nothing but a tick keeps from them.
	Due int
	// Oldest is who has waited longest among the Due, and Since the instant from which a tick could have
	// taken them. Both are zero where nobody waits whose window before is known: when somebody without
	// one came to want digests is written nowhere.
	Oldest int64
	Since  time.Time
	// UnknownZone, Suppressed and BadAddress are whose time zone is not known, so that UTC is taken, and
	// whose address is suppressed, or no address at all.
	UnknownZone, Suppressed, BadAddress Affected
	// NewestEnd is the latest end of a window that any of them had; zero where none is recorded.
	NewestEnd time.Time
}

// Affected are the people whom something is about.
type Affected struct {
	Count int
	// First are the first few of their IDs.
	First []int64
}

// firstFew is how many of the affected are named.
const firstFew = 5

func (a *Affected) add(id int64) {
	if a.Count++; len(a.First) < firstFew {
		a.First = append(a.First, id)
	}
}

// Arrears looks at everybody who can have digests, as of now, and writes nothing.
func (t *Ticker) Arrears(ctx context.Context, now time.Time) (a Arrears, err error) {
	now = now.UTC().Truncate(time.Second)
	pages := paged(func(after int64) ([]core.Recipient, error) { return t.store.Recipients(ctx, after, pageSize) },
		func(r core.Recipient) int64 { return r.ID })
	for r, err := range each(pages) {
		if err != nil {
			return Arrears{}, wrap(err, "looking at everybody")
		}
		if r.Cadence.Period() > 0 {
			t.arrear(&a, r, now)
		}
	}
	return a, nil
}

func (t *Ticker) arrear(a *Arrears, r core.Recipient, now time.Time) {
	a.People++
	if r.Latest.End.After(a.NewestEnd) {
		a.NewestEnd = r.Latest.End
	}
	zone := t.zones.of(r)
	if name := r.Preferences.TimeZone; zone == time.UTC && name != "" && name != "UTC" { // it is what stands in for any other
		a.UnknownZone.add(r.ID)
	}
	switch {
	case r.Address != "" && !core.UsableAddress(r.Address):
		a.BadAddress.add(r.ID)
	case core.IsSuppressed(r):
		a.Suppressed.add(r.ID)
	}
	prospect := t.config.Style.Look(r, zone, now)
	if prospect.Action != core.Send {
		return
	}
	a.Due++
	if r.Latest.End.IsZero() || a.Oldest != 0 && !prospect.DueAt.Before(a.Since) {
		return // nobody is free before they are due
	}
	if since := freeSince(r.Preferences, zone, prospect.DueAt, now); a.Oldest == 0 || since.Before(a.Since) {
		a.Oldest, a.Since = r.ID, since
	}
}

// freeSince returns from when on quiet hours have not kept away somebody who is due since due, and whom
// none keep away at now.
func freeSince(p core.Preferences, zone *time.Location, due, now time.Time) time.Time {
	const day = 24 * time.Hour // quiet hours come back every day, if there are any
	for at := now.Truncate(time.Minute); at.After(due) && now.Sub(at) < day+time.Hour; at = at.Add(-time.Minute) {
		if core.InQuietHours(p, zone, at) {
			return at.Add(time.Minute)
		}
	}
	return due
}
