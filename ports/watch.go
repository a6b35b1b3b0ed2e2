package ports

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Backlog tells an operator how much there is to do.
type Backlog interface {
	// Backlog counts what a tick at now would find. It reads no more than it must, so Due may count
	// people who are not due, as [Roster.Due] may list them, and never leaves out one who is.
	Backlog(ctx context.Context, now time.Time) (core.Backlog, error)
}

// Ticks keeps the mark of the last tick on this store. It does not move to another; see app.Copy.
type Ticks interface {
	// Ticked puts m, to the second, in the place of the mark before. It is durable on return.
	Ticked(ctx context.Context, m core.TickMark) error
	// LastTick returns the mark; its zero value where there never was one.
	LastTick(ctx context.Context) (core.TickMark, error)
}
