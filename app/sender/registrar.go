package sender

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// maxAhead is how many jobs are claimed before a worker is free for them.
	maxAhead = 64
	// linger is how long a note waits for others, to be recorded with them.
	linger = 20 * time.Millisecond
	// claimFor is how old a claim may be when its message is begun. What is left of the lease must be enough for the
	// longest conversation.
	claimFor = time.Minute
	// Notifications are marked when so many are not, or for so long, and at the end of a run: the more together, the
	// cheaper.
	maxUnmarked = 200_000
	markAfter   = 5 * time.Second
	// maxLocked is how many claims may wait in vain for another program before that counts as trouble of the store: it may
	// have locked a whole table.
	maxLocked = 3
	// releaseTime is how long it may take to release claims at the end.
	releaseTime = 5 * time.Second
)

// notBegun is what is said of a claim that is given up without a message.
const notBegun = "sending stopped before its turn"

// register records acceptances, and claims the jobs that come next, in sets of one transaction each, until the run
// ends. A claim whose message was not begun costs a wait after a crash, but no second copy; after a stop it is released.
func (r *Run) register() {
	for {
		notes, claims, leave, ok := r.nextSet()
		switch {
		case !ok:
			if r.unmarked > 0 {
				r.book.mark(r.hands)
			}
			return
		case leave != nil:
			r.leaveAll(leave)
		case len(notes)+len(claims) > 0:
			r.enter(notes, claims)
		}
		if r.shouldMark() {
			r.book.mark(r.hands)
			r.unmarked = 0
		}
	}
}

// shouldMark reports whether it is time to mark. After a stop it is: those that are in hand may take all the time that
// is left.
func (r *Run) shouldMark() bool {
	return r.unmarked >= maxUnmarked || r.unmarked > 0 && (r.over() || time.Since(r.since) >= markAfter)
}

// nextSet waits until there is something for the registrar to do. It returns notes to record and jobs to claim, or
// jobs to be left after a stop, or nothing if it is time to mark; ok is false if there will be nothing.
func (r *Run) nextSet() (notes []*outcome, claims, leave []*attempt, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ; !r.due(); r.desk.Wait() {
		if r.shouldMark() {
			return nil, nil, nil, true
		}
	}
	if over := r.over() || r.ended; over && len(r.notes) == 0 {
		leave, r.first, r.ahead, r.fresh, r.again = slices.Concat(r.first, r.ahead, r.fresh, r.again), nil, nil, nil, nil
		return nil, nil, leave, len(leave) > 0
	}
	notes, r.notes, r.noting, r.late = r.notes, nil, len(r.notes), false
	if r.claimsAhead() && len(r.ahead) <= r.mostAhead()/2 { // many at once write fewer pages
		// There may be more than the most: it falls with the connections, and with the pace of the server.
		n := max(0, min(len(r.fresh), r.mostAhead()-len(r.ahead)))
		claims, r.fresh = r.fresh[:n:n], r.fresh[n:]
		r.room.Broadcast()
	}
	return notes, claims, nil, true
}

// due reports whether there is something to record or to claim, or jobs to be left after a stop, or nothing will come.
func (r *Run) due() bool {
	if r.over() || r.ended {
		return len(r.notes)+len(r.first)+len(r.ahead)+len(r.fresh)+len(r.again) > 0 || r.ended
	}
	idle := r.busy == 0 && (r.draining || r.closed)
	many := r.undecided() >= r.config.Doubt || !r.behind && 2*len(r.notes) >= r.config.Doubt
	return r.wantsClaims() || len(r.notes) > 0 && (r.late || idle || many)
}

// call has the registrar come to its desk if there is something to do.
func (r *Run) call() {
	if r.due() {
		r.desk.Signal()
	}
}

// claimsAhead reports whether jobs are claimed before a worker is free for them: not before the server took a message,
// nor while it may take none.
func (r *Run) claimsAhead() bool {
	return r.server.accepted > 0 && r.mostAhead() > 0 && !r.server.suspects() && !r.over()
}

// wantsClaims reports whether claims are made without waiting for notes to go with them: if a worker would find no
// claimed job, or if there are many to be claimed.
func (r *Run) wantsClaims() bool {
	ahead, most := len(r.ahead), r.mostAhead()
	none := ahead == 0 && r.promised < max(1, r.open)
	return r.claimsAhead() && len(r.fresh) > 0 && (none || ahead <= most/2 && ahead+len(r.fresh) >= most)
}

// mostAhead is how many jobs are claimed ahead at the most: no more than leave before the claims are too old, by the
// rate limit and by how fast the server is.
func (r *Run) mostAhead() int {
	most := min(maxAhead, r.server.inAMinute())
	if limit := r.config.Rate.PerMinute; limit > 0 {
		most = min(most, limit/2)
	}
	return most
}

// note has an outcome recorded by the registrar.
func (r *Run) note(o *outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.notes = append(r.notes, o); len(r.notes) == 1 {
		time.AfterFunc(linger, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.late = len(r.notes) > 0 && r.notes[0] == o
			r.call()
		})
	}
	r.call()
}

// enter records notes and claims, in one transaction if that can be done, and else one by one. In the model of the
// claims (fixtures/model) these are the steps "note" and "claim ahead".
func (r *Run) enter(notes []*outcome, claims []*attempt) {
	at := r.now()
	// Processes that claim for the same people at once do so in one order, so that they wait for each other in one
	// direction only.
	slices.SortStableFunc(claims, func(a, b *attempt) int { return cmp.Compare(a.Recipient(), b.Recipient()) })
	var changes []ports.Change
	var asked, made []*attempt
	for _, o := range notes {
		changes = append(changes, o.change)
	}
	for _, one := range claims {
		if c, needed := one.claim(at); needed && one.Kind != Doubt { // whose claim is an attempt
			changes, asked = append(changes, c), append(asked, one)
		} else {
			made = append(made, one)
		}
	}
	results, err := r.book.try(r.hands, changes)
	if err == nil {
		made = append(made, r.held(asked, results[len(notes):], at)...)
		for _, o := range r.book.recorded(notes, results) {
			r.write(o)
		}
	} else {
		made = append(made, r.failed(asked, err)...)
		r.insist(notes)
	}
	first := r.unmarked == 0
	for _, o := range notes {
		r.unmarked += len(o.change.Claim.Notifications)
	}
	if first && r.unmarked > 0 {
		r.since = time.Now()
		time.AfterFunc(markAfter, r.wakeAll) // else nothing might, if every connection waits for its server
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behind = r.undecided() >= r.config.Doubt
	for range notes {
		r.settled()
	}
	r.noting = 0
	r.ahead = append(r.ahead, made...)
	r.ready.Broadcast()
}

// insist records notes that could not be recorded at once. Meanwhile no message is begun, so that no more are in doubt if
// the process ends before it succeeds.
func (r *Run) insist(notes []*outcome) {
	r.setFailing(true)
	r.write(notes...)
	r.setFailing(false)
}

func (r *Run) setFailing(failing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failing = failing
}

// held returns the jobs whose claims hold, and those that are to be claimed alone. The others are done.
func (r *Run) held(asked []*attempt, results []ports.Result, at time.Time) (made []*attempt) {
	for i, one := range asked {
		err := results[i].Err
		if errors.Is(err, ports.ErrBusy) {
			made = append(made, one)
			continue
		}
		if err != nil {
			r.unclaimed(one, err)
			r.finish()
			continue
		}
		one.claimedAs(results[i].ID, at)
		one.Message.ReturnPath = r.config.Links.ReturnAddress(one.about())
		one.claimed, one.since = true, at
		made = append(made, one)
	}
	return made
}

// failed returns the jobs to go on with after the claims of all of them failed together. Each is claimed alone then, since
// the error may be about another. There are none if it is about the store.
func (r *Run) failed(asked []*attempt, err error) []*attempt {
	if errors.Is(err, ports.ErrBusy) || !errors.Is(err, ports.ErrUnavailable) && !errors.Is(err, ports.ErrUnknown) {
		return asked
	}
	for _, one := range asked {
		r.unclaimed(one, err)
		r.finish()
	}
	return nil
}

// claim claims a job for the message that is about to begin, unless the registrar did so a short time ago (step "renew").
func (r *Run) claim(one *attempt) error {
	at := r.now()
	if one.claimed && at.Sub(one.since) <= claimFor {
		return nil
	}
	var changes []ports.Change
	if one.claimed {
		one.claimed = false
		if c, ok := one.undo(notBegun); ok {
			changes = append(changes, c)
		}
	}
	one.since = at
	c, needed := one.claim(at)
	if !needed {
		return nil
	}
	results, err := r.book.ledger.Record(r.ctx, append(changes, c)...)
	if err != nil {
		return err
	}
	last := results[len(results)-1]
	if one.claimed = last.Err == nil; one.claimed {
		one.claimedAs(last.ID, at)
		one.Message.ReturnPath = r.config.Links.ReturnAddress(one.about())
	}
	return last.Err
}

// now is when a claim is made that is made now. It is the Date of its mail, and its lease begins then.
func (r *Run) now() time.Time { return r.clock.Now().UTC().Truncate(time.Second) }

// unclaimed is the result of a job whose claim was not made, or may not have been.
func (r *Run) unclaimed(one *attempt, err error) {
	switch {
	case errors.Is(err, ports.ErrConflict):
		r.add(Result{Job: one.Job, What: Taken})
	case r.ctx.Err() != nil:
		r.leave(one)
	case errors.Is(err, ports.ErrBusy) && (!errors.Is(err, ports.ErrUnavailable) || r.locked.Add(1) <= maxLocked):
		r.config.Log.Warn("left for later: another program keeps rows of the person locked", "recipient", one.Recipient(), "remedy", "see which in pg_stat_activity")
		r.add(Result{Job: one.Job, What: Left, Passing: true})
	case errors.Is(err, ports.ErrUnavailable), errors.Is(err, ports.ErrUnknown):
		r.leave(one) // if it was made all the same, it is in doubt when its lease ends
		r.halt("the store cannot be written", false, fmt.Errorf("claiming: %w", err))
	default:
		r.add(Result{Job: one.Job, What: Failed, Err: fmt.Errorf("claiming: %w", err)})
	}
}

// undo takes the claim of a job back, so that it can be claimed again, and reports whether that was recorded.
func (r *Run) undo(one *attempt, why string) bool {
	one.claimed = false
	c, needed := one.Job.undo(why)
	return !needed || r.write(outcomeOf(one.Job, c))
}

// leaveAll leaves jobs for a later tick, after sending stopped (step "release"). Claims that cannot be released end with their leases.
func (r *Run) leaveAll(jobs []*attempt) {
	var changes []ports.Change
	for _, one := range jobs {
		if one.claimed {
			one.claimed = false
			if c, needed := one.undo(notBegun); needed {
				changes = append(changes, c)
			}
		}
	}
	// The grace may be over by now: a server that did not answer took all of it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.hands), releaseTime)
	defer cancel()
	results, err := r.book.try(ctx, changes)
	for i := range results {
		if errors.Is(results[i].Err, ports.ErrBusy) && err == nil {
			_, err = r.book.try(ctx, changes[i:i+1])
		}
	}
	if err != nil {
		r.config.Log.Warn("claims are not released, and end with their leases", "claims", len(changes), "error", err)
	}
	for _, one := range jobs {
		r.leave(one)
		r.finish()
	}
	r.wakeAll()
}
