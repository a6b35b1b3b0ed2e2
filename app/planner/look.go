package planner

import (
	"context"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Backlog counts what a tick at now would find. Progress comes near to the sum when that tick ends.
func (pl *Planner) Backlog(ctx context.Context, now time.Time) (core.Backlog, error) {
	b, err := pl.store.Backlog(ctx, now.UTC().Truncate(time.Second))
	return b, wrap(err, "counting what waits")
}

// LastTick returns the mark of the last tick on this database, whichever process made it; its zero
// value if there never was one.
func (pl *Planner) LastTick(ctx context.Context) (core.TickMark, error) {
	m, err := pl.store.LastTick(ctx)
	return m, wrap(err, "reading when the last tick ended")
}

// Refused returns those against whose present address something is held at now, by ascending ID, whatever their
// cadence. It ends after the first error, and writes nothing.
func (pl *Planner) Refused(ctx context.Context, now time.Time) iter.Seq2[core.Recipient, error] {
	return func(yield func(core.Recipient, error) bool) {
		for r, err := range each(pl.refusedPages(ctx)) {
			if err == nil && core.Stands(r, now) == "" {
				continue // of an address that they had before
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

func (pl *Planner) refusedPages(ctx context.Context) iter.Seq2[[]core.Recipient, error] {
	return paged(func(after int64) ([]core.Recipient, error) {
		page, err := pl.store.People(ctx, ports.Refused(), after, pageSize)
		return page, wrap(err, "listing refused addresses")
	}, func(r core.Recipient) int64 { return r.ID })
}
