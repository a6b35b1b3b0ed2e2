package sender

import (
	"slices"
	"time"
)

// promise returns the job that a worker sends after the one in hand, so that its addresses can go out with the end of that
// one's message; nil if that is not sure enough. It must be claimed, and no other worker free for it. It counts in the budget of
// doubt from now on, so that its own message need not wait for that. With a rate limit there is none: it is not known when
// that lets the next one through.
func (r *Run) promise() *attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	free := max(0, r.server.limit-r.busy)
	if r.config.Rate.PerMinute > 0 || len(r.first) > 0 || len(r.ahead) <= free || !r.goesOn() || r.undecided() >= r.config.Doubt {
		return nil
	}
	one := r.ahead[0]
	r.ahead = r.ahead[1:]
	r.promised++
	r.call()
	return one
}

// goesOn reports whether nothing stands against another message over a connection that just had one.
func (r *Run) goesOn() bool {
	return r.claimsAhead() && !r.failing && r.open <= r.server.limit && time.Until(r.server.until) <= 0
}

// redeem puts a job that was promised back where it came from, and reports whether it may be sent at once. If not, the
// server must not be left waiting for it.
func (r *Run) redeem(one *attempt) bool {
	r.promised--
	r.ahead = slices.Insert(r.ahead, 0, one)
	r.call()
	if !r.goesOn() {
		r.ready.Signal()
		return false
	}
	return true
}
