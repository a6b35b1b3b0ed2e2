package app

import (
	"context"
	"errors"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Backlog counts what a tick at now would find. Progress comes near to the sum when that tick ends.
func (t *Ticker) Backlog(ctx context.Context, now time.Time) (core.Backlog, error) {
	b, err := t.store.Backlog(ctx, now.UTC().Truncate(time.Second))
	return b, wrap(err, "counting what waits")
}

// LastTick returns the mark of the last tick on this database, whichever process made it; its zero
// value where there never was one.
func (t *Ticker) LastTick(ctx context.Context) (core.TickMark, error) {
	m, err := t.store.LastTick(ctx)
	return m, wrap(err, "reading when the last tick ended")
}

// markTime is how long writing the mark of a tick may take.
const markTime = 5 * time.Second

// mark leaves word of a tick that came to its end for those who come after this process. A tick that
// was interrupted did not, a store that does not answer need not be asked once more, and one that is still being
// copied to is left alone.
func (p *pass) mark(ctx context.Context, ended time.Time, err error) {
	if ctx.Err() != nil || errors.Is(err, ports.ErrUnavailable) || errors.Is(err, ports.ErrUnfinished) {
		return
	}
	m := core.TickMark{Instant: p.now, EndedAt: ended, Trouble: p.report.Stopped}
	if err != nil {
		m.Trouble = err.Error()
	}
	m.Trouble = core.Clean(m.Trouble)
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), markTime)
	defer cancel()
	if err := p.store.Ticked(writing, m); err != nil {
		p.log.Warn("not noted that a tick ended", "error", err)
	}
}
