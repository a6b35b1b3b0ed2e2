package planner

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Overdue is what ticks have left undone, and which settings keep people from their digests or move them to another
// hour than people think.
type Overdue struct {
	// People counts those who can have digests.
	People int
	// Due counts those whose digest the next tick sends.
	Due int
	// Oldest is the recipient among the Due who has waited longest, and Since the instant from which a tick could have
	// sent the digest. Recipients without a window do not count: the store does not say since when they want
	// digests. Both are zero if there is none.
	Oldest int64
	Since  time.Time
	// NoAddress are the people with a cadence and no address; BadAddress those whose address cannot be sent to; UTF8 those
	// whose address needs a server with SMTPUTF8 ([texts.NeedsUTF8]).
	NoAddress, BadAddress, UTF8 Affected
	// Quirks are the people whose settings are not taken as stored, by quirk; nil if there are none.
	Quirks map[core.Quirk]Affected
	// NewestEnd is the latest end of a window that any of them had; zero if none is recorded.
	NewestEnd time.Time
}

// Affected counts people and names a few.
type Affected struct {
	Count int
	// First are the lowest of their IDs, up to five.
	First []int64
	// Text is what the remark on the first of them says; empty if it is not about a setting.
	Text string
}

// firstFew is how many of the affected are named.
const firstFew = 5

func (a *Affected) add(id int64) {
	if a.Count++; len(a.First) < firstFew {
		a.First = append(a.First, id)
	}
}

// Overdue looks at everybody who can have digests, as of now, and writes nothing.
func (pl *Planner) Overdue(ctx context.Context, now time.Time) (a Overdue, err error) {
	now = now.UTC().Truncate(time.Second)
	pages := paged(func(after int64) ([]core.Recipient, error) {
		return pl.store.People(ctx, ports.Matching(""), after, pageSize)
	},
		func(r core.Recipient) int64 { return r.ID })
	for r, err := range each(pages) {
		if err != nil {
			return Overdue{}, wrap(err, "looking at everybody")
		}
		if r.Address == "" && r.Cadence.Period() > 0 {
			a.NoAddress.add(r.ID)
		}
		if r.Address == "" || r.Cadence == core.Off {
			continue
		}
		a.remarked(r, pl.config.Schedule.Remarks(r, pl.zones.of(r), now))
		if r.Cadence.Period() > 0 {
			pl.arrear(&a, r, now)
		}
	}
	return a, nil
}

// remarked counts r among the people with each quirk of remarks, once.
func (a *Overdue) remarked(r core.Recipient, remarks []core.Remark) {
	counted := make(map[core.Quirk]bool)
	for _, remark := range remarks {
		if counted[remark.Quirk] {
			continue
		}
		counted[remark.Quirk] = true
		who := a.Quirks[remark.Quirk]
		if who.add(r.ID); who.Count == 1 {
			who.Text = remark.Text
		}
		if a.Quirks == nil {
			a.Quirks = make(map[core.Quirk]Affected)
		}
		a.Quirks[remark.Quirk] = who
	}
}

func (pl *Planner) arrear(a *Overdue, r core.Recipient, now time.Time) {
	a.People++
	if r.Latest.End.After(a.NewestEnd) {
		a.NewestEnd = r.Latest.End
	}
	zone := pl.zones.of(r)
	switch {
	case !texts.UsableAddress(r.Address):
		a.BadAddress.add(r.ID)
	case texts.NeedsUTF8(r.Address):
		a.UTF8.add(r.ID)
	}
	prospect := pl.config.Schedule.Look(r, zone, now)
	if prospect.Action != core.Send {
		return
	}
	a.Due++
	if r.Latest.End.IsZero() || a.Oldest != 0 && !prospect.DueAt.Before(a.Since) {
		return // quiet hours before the due time do not matter
	}
	if since := freeSince(pl.config.Schedule, r.Preferences, zone, prospect.DueAt, now); a.Oldest == 0 || since.Before(a.Since) {
		a.Oldest, a.Since = r.ID, since
	}
}

// freeSince returns since when a tick could have sent to a person who is due since due and not in quiet hours at now:
// due, or the end of the quiet hours that it fell into.
func freeSince(schedule core.Schedule, p core.Preferences, zone *time.Location, due, now time.Time) time.Time {
	const day = 24 * time.Hour // quiet hours come back every day, if there are any
	for at := now.Truncate(time.Minute); at.After(due) && now.Sub(at) < day+time.Hour; at = at.Add(-time.Minute) {
		if schedule.InQuietHours(p, zone, at) {
			return at.Add(time.Minute)
		}
	}
	return due
}
