package ports

import "time"

// Clock tells the present instant.
type Clock interface {
	// Now returns the present instant, in UTC, as precisely as the clock knows it.
	Now() time.Time
}
