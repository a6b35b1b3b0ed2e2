package app

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// NoteWhenDue notes when the people are due who are not due at now, after a migration that forgot it. Without it, the
// first tick does the same. It has many small transactions; what is done stays, if the rest fails. looked is called
// with how many people were looked at; it may be nil.
func NoteWhenDue(ctx context.Context, plans *planner.Planner, store ports.Store, now time.Time, looked func(people int)) error {
	facts, err := store.Facts(ctx)
	if err != nil || facts[core.FactZones] != core.NoZones {
		return wrap(err, "reading what is known of when people are due")
	}
	if err := store.PutFact(ctx, core.FactZones, plans.ZoneEdition().Fingerprint); err != nil {
		return wrap(err, "noting which zone data are used")
	}
	now = now.UTC().Truncate(time.Second)
	people := 0
	for page, err := range plans.Due(ctx, now, core.Everybody()) {
		if err != nil {
			return err
		}
		planner.Anchor(page, planner.StoppedSince(facts), now)
		var rests []core.Rest
		for _, r := range page {
			if p := plans.Config().Schedule.Look(r, plans.Zone(r), now); p.Reason == core.NotDue {
				rests = append(rests, core.Rest{Recipient: r.ID, Revision: r.Revision, Until: p.DueAt})
			}
		}
		if err := store.Rest(ctx, rests); err != nil {
			return wrap(err, "noting when people are due")
		}
		if people += len(page); looked != nil {
			looked(people)
		}
	}
	return nil
}
