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
	o = core.Outlook{Recipient: people[0], Zone: pl.zones.of(people[0]), Now: now}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	o.Next, o.Tick = pl.config.Schedule.Upcoming(o.Recipient, o.Zone, now, 3), pl.config.Schedule.Tick
	rows, err := pl.store.Windows(ctx, id, 0, windowsShown)
	if err != nil {
		return core.Outlook{}, false, wrap(err, "reading digests")
	}
	for _, row := range rows {
		if row.Status == core.Sent && len(o.Digests) < digestsListed {
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

// DigestMail makes a digest again that was sent to a person. found is false if it is not one of theirs.
func (pl *Planner) DigestMail(ctx context.Context, id, mark, digest int64) (m core.Message, found bool, err error) {
	row, found, err := pl.store.Window(ctx, digest)
	if err != nil || !found || row.Recipient != id || row.Status != core.Sent {
		return core.Message{}, false, wrap(err, "looking up the digest")
	}
	e, found, err := pl.Explain(ctx, core.View{Now: row.Window.End, Past: true}, id)
	if err != nil || !found || e.Recipient.Person.Mark != mark || !e.Recipient.Person.HasDigest(digest) || !e.Drafted {
		return core.Message{}, false, err
	}
	return e.Draft, true, nil
}
