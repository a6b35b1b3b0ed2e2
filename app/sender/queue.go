package sender

import (
	"math"
	"slices"
	"time"
)

// attempt is a job with how often it was tried.
type attempt struct {
	*Job
	tries   int
	skipped int
	// claimed says that it has a claim, which was made at since.
	claimed bool
	since   time.Time
	// seen is what the server's counted was when it was last taken.
	seen int
}

// giveBack queues a job again: before all others or, if late, after them.
func (r *Run) giveBack(one *attempt, late bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if late {
		r.again = append(r.again, one)
	} else {
		r.first = append(r.first, one)
	}
	r.ready.Signal()
	r.call()
}

// The things a worker may do next.
type next int

const (
	send     next = iota // the job that comes with it
	hangUp               // close its connection
	goAhead              // look for a job from elsewhere
	leaveOff             // end
)

// next returns what a worker does next.
func (r *Run) next(w *worker) (*attempt, next) {
	r.mu.Lock()
	defer r.mu.Unlock()
	connected := w.conn != nil
	if w.promised != nil {
		switch keep := r.redeem(w.promised); {
		case keep && connected:
			return r.take(&r.ahead, connected), send
		case connected:
			w.promised = nil
			return nil, hangUp
		}
		w.promised = nil
	}
	for {
		pause := time.Until(r.server.until)
		queue := r.queue()
		switch {
		case r.closed && queue == nil && (r.over() || len(r.fresh) == 0):
			return nil, leaveOff
		case r.over():
			r.ready.Wait() // until the registrar has left what is queued
		case connected && r.open > r.server.limit:
			return nil, hangUp
		case pause <= 0 && queue != nil && !r.onTrial() && !r.failing && r.undecided() < r.config.Doubt && (connected || r.slots < r.server.limit):
			if r.server.suspects() && !r.early && !r.blind && len(r.first) == 0 && (r.probe != nil || len(r.ahead)+len(r.fresh) > 1) {
				return nil, goAhead
			}
			return r.take(queue, connected), send
		case pause > 0 && queue != nil:
			timer := time.AfterFunc(pause, r.wakeAll)
			r.ready.Wait()
			timer.Stop()
		case !connected && r.slots >= r.server.limit:
			r.parked.Wait()
		default:
			r.ready.Wait()
		}
	}
}

// onTrial reports whether an answer is under way that says if the server takes anything. Others wait for it.
func (r *Run) onTrial() bool { return r.busy > 0 && r.server.refusals >= suspicious }

// mayRepeat reports whether it is time for the jobs that are tried after all others.
func (r *Run) mayRepeat() bool { return r.draining || r.closed || !r.server.suspects() }

// queue returns the queue that the next job comes from; nil if there is none for a worker.
func (r *Run) queue() *[]*attempt {
	switch {
	case len(r.first) > 0:
		return &r.first
	case len(r.ahead) > 0:
		return &r.ahead
	case len(r.fresh) > 0 && !r.claimsAhead():
		return &r.fresh
	case len(r.fresh) == 0 && len(r.again) > 0 && r.mayRepeat():
		return &r.again
	}
	return nil
}

// undecided counts the messages that may arrive twice if the process dies now, and those that are about to.
func (r *Run) undecided() int { return r.busy + r.promised + len(r.notes) + r.noting }

// take returns the next job for a worker. A worker without a connection gets a slot for one.
func (r *Run) take(queue *[]*attempt, connected bool) (one *attempt) {
	one, *queue = (*queue)[0], (*queue)[1:]
	if !connected {
		r.slots++
	}
	r.busy++
	one.tries++
	one.seen = r.server.counted
	r.blind = false
	r.room.Signal()
	r.call()
	return one
}

// idle says that a worker has no job in hand any more.
func (r *Run) idle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	r.call()
	if r.undecided() < r.config.Doubt {
		r.ready.Signal()
	}
	if r.server.refusals >= suspicious {
		r.ready.Broadcast()
	}
}

// vacate frees a slot.
func (r *Run) vacate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slots--
	r.parked.Signal()
	r.ready.Signal()
}

// lookElsewhere queues a job from elsewhere in the tick before all others, unless another worker just did.
func (r *Run) lookElsewhere() {
	r.probing.Lock()
	defer r.probing.Unlock()
	r.mu.Lock()
	needless, before := len(r.first) > 0 || r.pending == 0, r.server.probes
	probe := r.probe
	if needless || r.over() || r.fromQueue() || probe == nil {
		r.mu.Unlock()
		return
	}
	r.pending++ // so that Wait does not return meanwhile
	r.mu.Unlock()
	one, nobody := probe(before)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server.probes++
	if one == nil {
		r.settled()
		r.blind = true
		if nobody {
			r.probe = nil
		}
		return
	}
	r.first = append(r.first, &attempt{Job: one})
	r.ready.Broadcast()
	r.call()
}

// fromQueue reports whether it is the turn of a job that is queued already, and has that one come first. The places in
// the queue that are tried one after the other are spread over it.
func (r *Run) fromQueue() bool {
	n, tries := len(r.ahead)+len(r.fresh), r.server.probes
	if n < 2 || r.probe != nil && tries%2 == 0 {
		return false
	}
	const golden = 0.618
	_, place := math.Modf(golden * float64(tries+1))
	queue, at := &r.ahead, int(place*float64(n))
	if at >= len(r.ahead) {
		queue, at = &r.fresh, at-len(r.ahead)
	}
	r.first, *queue = append(r.first, (*queue)[at]), slices.Delete(*queue, at, at+1)
	r.server.probes++
	r.room.Signal()
	return true
}
