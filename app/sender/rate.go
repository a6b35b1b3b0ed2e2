package sender

import (
	"context"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// rate is the rate limit of all connections together, from one tick to the next. The store keeps its state, so that all
// processes that send from the store share it.
type rate struct {
	limit core.RateLimit
	store ports.Marks
	clock ports.Clock
	// next has room for one worker, which waits for the store's limit; the others wait for that worker.
	next chan struct{}
	// mu guards spare: until then another message may leave at once, in place of one that had waited and did not.
	mu    sync.Mutex
	spare time.Time
}

func newRate(limit core.RateLimit, store ports.Marks, clock ports.Clock) *rate {
	return &rate{limit: limit, store: store, clock: clock, next: make(chan struct{}, 1)}
}

// wait returns nil when the next message may be sent. Its error says that ctx ended before, or that the store does not
// answer.
func (r *rate) wait(ctx context.Context) error {
	if r.limit.PerMinute == 0 {
		return ctx.Err()
	}
	select {
	case r.next <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.next }()
	if r.takeSpare() {
		return ctx.Err()
	}
	leave, err := r.store.NextSend(ctx, r.limit, r.clock.Now())
	if err != nil {
		return err
	}
	if now := r.clock.Now(); leave.After(now) {
		wait(ctx, leave.Sub(now))
	}
	return ctx.Err()
}

// unused gives back what wait allowed, for a message that does not leave. Another may take its place until the next one
// is due.
func (r *rate) unused() {
	if r.limit.PerMinute == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spare = r.clock.Now().Add(time.Minute / time.Duration(r.limit.PerMinute))
}

func (r *rate) takeSpare() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	there := r.clock.Now().Before(r.spare)
	r.spare = time.Time{}
	return there
}
