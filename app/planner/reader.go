package planner

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/zones"
)

// digestsListed is how many of their last digests a reader sees.
const digestsListed = 10

// Outlook reads what the page of a person shows. found is false if the person with that ID is not the one whose mark it
// is.
func (pl *Planner) Outlook(ctx context.Context, id, mark int64) (o core.Outlook, found bool, err error) {
	people, err := pl.store.Lookup(ctx, []int64{id})
	if err != nil || len(people) == 0 || people[0].Person.Mark != mark {
		return core.Outlook{}, false, wrap(err, "looking up the reader")
	}
	now := pl.clock.Now().UTC().Truncate(time.Second)
	pl.zones.renew(now)
	o = core.Outlook{Recipient: people[0], Zone: pl.zones.of(people[0]), Now: now, English: pl.config.Style.EnglishAlone()}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.Tick, o.Refused = pl.config.Schedule.Tick, core.IsSuppressed(o.Recipient, now)
	from, retry := now, o.Recipient.Preferences.RetryAt
	if o.Refused || core.Stands(o.Recipient, now) == core.RefusedLately && retry.After(now) {
		from = retry
	}
	if !from.IsZero() {
		o.Next = pl.config.Schedule.Upcoming(o.Recipient, o.Zone, from, 3)
	}
	rows, err := pl.store.Windows(ctx, id, 0, windowsShown)
	if err != nil {
		return core.Outlook{}, false, wrap(err, "reading digests")
	}
	for _, row := range rows {
		if row.Status == core.Sent && len(row.Notifications) > 0 && len(o.Digests) < digestsListed {
			o.Digests = append(o.Digests, row)
		}
	}
	return o, true, nil
}

// KnowsZone reports whether a name means a time zone.
func (pl *Planner) KnowsZone(name string) bool {
	pl.zones.mu.Lock()
	rules := pl.zones.rules
	pl.zones.mu.Unlock()
	return find(rules, zones.Read(name)) != nil
}

// ZoneNames returns the names of all zones, in order; nil if the data do not list them.
func (pl *Planner) ZoneNames() []string {
	pl.zones.mu.Lock()
	defer pl.zones.mu.Unlock()
	if list, ok := pl.zones.rules.(interface{ Names() []string }); ok {
		return list.Names()
	}
	return nil
}

// DigestMail makes a digest again that was sent to a person, also if nothing is sent to them now. found is false if it is
// not one of theirs, or if nothing of what it told is left.
func (pl *Planner) DigestMail(ctx context.Context, id, mark, digest int64) (m core.Message, found bool, err error) {
	row, found, err := pl.store.Window(ctx, digest)
	if err != nil || !found || row.Recipient != id || row.Status != core.Sent {
		return core.Message{}, false, wrap(err, "looking up the digest")
	}
	facts, err := pl.facts(ctx, []int64{id}, row.Notifications)
	if err != nil {
		return core.Message{}, false, wrap(err, "reading the digest")
	}
	r := facts.people[id]
	if r.Person.Mark != mark {
		return core.Message{}, false, nil
	}
	if r.Cadence.Period() == 0 {
		r.Cadence = core.Daily
	}
	p := &r.Preferences
	p.SuppressedAddress, p.QuietStart, p.QuietEnd = "", "", ""
	plan := pl.resend(row, r, facts)
	return plan.Message, plan.Action == core.Resend, nil
}
