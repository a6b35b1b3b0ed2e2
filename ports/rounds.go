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
	// Open begins the round of now: it has the ranges of now ready to be taken, unless ranges of a round are
	// left, or somebody opened now before. Of several at once one opens; the others wait for that. Rounds of
	// more than a day before now are forgotten, and those after now are not looked at.
	Open(ctx context.Context, now time.Time, size int) error
	// Take returns a range of a round that was opened for now or up to a day before, and that nobody was
	// given before; ok is false where there is none left. It is durable on return. Who is late and who has
	// just started so take part in what the others do.
	Take(ctx context.Context, now time.Time) (r core.Range, ok bool, err error)
}
