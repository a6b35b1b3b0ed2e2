package ports

import "time"

// Clock tells the present instant.
type Clock interface {
	Now() time.Time
}
