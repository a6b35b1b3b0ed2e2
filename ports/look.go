package ports

import (
	"context"

	"github.com/wiggleverse/rfcdigest/core"
)

// Directory finds people by what others know of them.
type Directory interface {
	// Find returns at most limit people whose ID is greater than after, by ascending ID, whatever their
	// cadence: those of whose name or address text is a part (in any case, as far as A to Z go), and
	// the one whose ID text is. Empty text finds everybody.
	Find(ctx context.Context, text string, after int64, limit int) ([]core.Recipient, error)
}

// History reads the ledger back.
type History interface {
	// Windows returns at most limit ledger rows of recipient whose ID is less than before, by
	// descending ID; 0 for before stands for the newest.
	Windows(ctx context.Context, recipient, before int64, limit int) ([]core.LedgerRow, error)
	// Window returns the ledger row with the given ID; found is false where there is none.
	Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error)
}
