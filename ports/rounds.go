package ports

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Rounds divides the people who may be due at an instant among all who serve that instant, so that each
// is looked at by one of them. It is there to save reading; that nobody gets a digest twice is for
// [Ledger] to see to.
type Rounds interface {
	// Ranges returns ranges of about size people each, ascending and without overlap, in which
	// everybody is whom [Roster.Due] would return at now. None means that there is nobody.
	Ranges(ctx context.Context, now time.Time, size int) ([]core.Range, error)
	// Open has the ranges of now ready to be taken, unless somebody opened now before. It forgets
	// rounds that are older than a day.
	Open(ctx context.Context, now time.Time, size int) error
	// Take returns a range of the round of now that nobody was given before; ok is false where there
	// is none left, or the round was not opened. It is durable on return.
	Take(ctx context.Context, now time.Time) (r core.Range, ok bool, err error)
}
