package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// perPerson is how many requests for one person's page are answered at once. After that, each refill allows one more.
	perPerson = 30
	refill    = 2 * time.Second
	// maxRemembered is for how many people a throttle remembers that. Beyond it, it begins anew.
	maxRemembered = 10_000
)

// throttle is the rate limit of the readers' pages, each of which takes some queries. It goes by the person, not by the
// client's address: that is the proxy's. The zero value is ready.
type throttle struct {
	mu     sync.Mutex
	limits map[int64]*rate.Limiter
}

// allows reports whether a request for a person's page is answered at an instant, and counts it.
func (t *throttle) allows(person int64, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	limit := t.limits[person]
	if limit == nil {
		if t.limits == nil || len(t.limits) >= maxRemembered {
			t.limits = map[int64]*rate.Limiter{}
		}
		limit = rate.NewLimiter(rate.Every(refill), perPerson)
		t.limits[person] = limit
	}
	return limit.AllowN(now, 1)
}
