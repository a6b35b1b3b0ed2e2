package ports

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Paces has everybody who sends from a store keep one pace together.
type Paces interface {
	// Leave returns when the next message may leave, at now or later, as [core.Pace.Next] has it of all
	// that were asked about before, by whomever; from then on this one counts as one of them. It is
	// durable on return.
	Leave(ctx context.Context, p core.Pace, now time.Time) (time.Time, error)
}
