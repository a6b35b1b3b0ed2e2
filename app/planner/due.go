package planner

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Ranges returns ranges of about size people each, which together are everybody. Several processes share the tick at
// now if each takes some of them. There are few ranges if few people may be due. There is one if nothing may be sent
// from the store; the tick over it returns the error.
func (pl *Planner) Ranges(ctx context.Context, now time.Time, size int) ([]core.Range, error) {
	if err := pl.MaySend(ctx); errors.Is(err, ErrOtherInstallation) {
		return core.Whole(nil), nil
	}
	found, err := pl.store.Ranges(ctx, now.UTC().Truncate(time.Second), size)
	if err != nil {
		return nil, wrap(err, "dividing who is due")
	}
	return core.Whole(found), nil
}

// Due reads those in r who may be due at now, a page at a time.
func (pl *Planner) Due(ctx context.Context, now time.Time, r core.Range) People {
	return func(yield func([]core.Recipient, error) bool) {
		for after := r.After; after < r.Through; {
			page, err := pl.store.People(ctx, ports.Due(now), after, pageSize)
			if err != nil {
				yield(nil, wrap(err, "listing who is due"))
				return
			}
			beyond := slices.IndexFunc(page, func(one core.Recipient) bool { return one.ID > r.Through })
			if beyond >= 0 {
				page = page[:beyond]
			}
			if len(page) == 0 || !yield(page, nil) || beyond >= 0 {
				return
			}
			after = page[len(page)-1].ID
		}
	}
}

// StoppedSince reads since when ticks have had to stop; zero if the last one did not.
func StoppedSince(facts map[string]string) time.Time {
	at, _ := time.Parse(time.RFC3339, facts[core.FactStopped])
	return at
}

// anchored reads since when ticks have had to stop, and does what [Anchor] does.
func (pl *Planner) anchored(ctx context.Context, now time.Time, people []core.Recipient) error {
	facts, err := pl.store.Facts(ctx)
	if err != nil {
		return wrap(err, "reading since when ticks have to stop")
	}
	Anchor(people, StoppedSince(facts), now)
	return nil
}

// Anchor fixes the start of first windows while ticks have to stop, at what it was when they first had to. Else the
// start would move on with each tick, and events would drop out of the window unsent.
func Anchor(people []core.Recipient, stopped, now time.Time) {
	if stopped.IsZero() || !stopped.Before(now) {
		return
	}
	for i, r := range people {
		if r.Latest.ID == 0 && r.Latest.End.IsZero() {
			people[i].Latest.End = stopped.Add(-core.Lookback)
		}
	}
}
