package preview

import (
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// refused is what is held against an address, and how to lift that.
type refused struct {
	Badge badge
	// Why also says until when.
	Why string
	// Lift is the command that lifts it; the page itself writes nothing.
	Lift string
}

var (
	suppressed    = badge{"suppressed", "suppressed", "■"}
	refusedLately = badge{"refused", "refused lately", "□"}
	onTrial       = badge{"refused", "tried next", "□"}
)

// newRefused returns nil if nothing is held against the address of r.
func newRefused(r core.Recipient, zone *time.Location, now time.Time) *refused {
	f := &refused{Badge: suppressed, Why: core.WhyRefused(r, zone, now), Lift: fmt.Sprintf("rfcdigest suppressed --lift %d", r.ID)}
	switch core.Stands(r, now) {
	case "":
		return nil
	case core.RefusedLately:
		f.Badge = refusedLately
	case core.OnTrial:
		f.Badge = onTrial
	}
	return f
}
