package app

import (
	"context"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// MaySend returns why nothing may be sent from the store, or nil. The error is [ports.ErrUnfinished] where a copy
// to it has not ended: what the missing part of the ledger says was sent would be sent again. Each tick asks
// before it does anything, once and not for each person; who sends otherwise asks, too.
func (t *Ticker) MaySend(ctx context.Context) error {
	m, err := t.store.CopyMark(ctx)
	if err != nil {
		return wrap(err, "reading whether a copy is under way")
	}
	if m == (core.CopyMark{}) {
		return nil
	}
	return fmt.Errorf("the database has only a part of %s, so nothing is sent: %w (begun at %s UTC); run rfcdigest copy again with the same "+
		"--from and --to, or begin anew as rfcdigest copy --help says", core.Clean(m.Source), ports.ErrUnfinished, core.Timestamp(m.Begun))
}
