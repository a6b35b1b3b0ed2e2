package sender

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// Lease is how long a claim is left alone after it was made.
	Lease = 10 * time.Minute
	// Grace is how long, after its context ended, a run may go on with the messages in hand.
	Grace = 30 * time.Second
)

// Config is how a [Sender] works. All of it must be set but Links.
type Config struct {
	// Connections is how many mail connections are used at once.
	Connections int
	// Rate is the rate limit of all runs together.
	Rate core.RateLimit
	// Doubt is how many messages may be with the server, or accepted, and not yet recorded: so many may arrive twice
	// after a crash.
	Doubt int
	// SuppressFor is how long an address is suppressed; 0 means [core.SuppressFor].
	SuppressFor time.Duration
	// Links say where mail comes back to.
	Links links.Links
	// Log gets a line for each event that is not a job's result.
	Log *slog.Logger
}

// Store is what a sender needs of a store: the ledger, and the state of the rate limit.
type Store interface {
	ports.Ledger
	ports.Marks
}

// Sender claims jobs, hands them to a mailer, and records what became of them.
type Sender struct {
	config Config
	mailer ports.Mailer
	clock  ports.Clock
	rate   *rate
	book   book
}

// New returns a Sender. It opens no connection.
func New(config Config, store Store, mailer ports.Mailer, clock ports.Clock) *Sender {
	return &Sender{config: config, mailer: mailer, clock: clock, rate: newRate(config.Rate, store, clock), book: book{ledger: store, log: config.Log}}
}

// Settle records the outcomes that earlier runs could not, and has what they left unmarked marked. If it fails, nothing
// must be sent.
func (s *Sender) Settle(ctx context.Context) error {
	s.book.mark(ctx)
	return s.book.settle(ctx)
}

// Tick is what a run is a part of.
type Tick struct {
	// Now is its instant.
	Now time.Time
	// Serves says that the server took mail in the day before.
	Serves bool
	// Retry says that it is a retry round.
	Retry bool
}

// Run sends jobs over a few connections. Each takes one job at a time: claim, hand over, record.
type Run struct {
	*Sender
	tick Tick
	// add is called with each result, from any goroutine.
	add func(Result)
	// ctx ends when no new job may begin; hands ends [Grace] later, and ends the jobs in hand.
	ctx, hands context.Context
	release    context.CancelFunc
	// going ends with ctx, and when sending stops.
	going   context.Context
	halted  context.CancelFunc
	workers sync.WaitGroup

	registrar sync.WaitGroup
	// unmarked counts the notifications of the notes that were recorded since the last were marked, and since is when the
	// first of them was. Both are the registrar's own.
	unmarked int
	since    time.Time

	// mu guards what follows. ready is signalled when a worker may have something to do, desk when the registrar may,
	// room when another job may be submitted, parked when another connection may be opened, and drained when pending
	// is 0.
	mu                                 sync.Mutex
	ready, desk, room, parked, drained *sync.Cond
	// pending counts the jobs that were submitted and are not done, and the searches for one from elsewhere.
	pending int
	server  server
	started int
	// busy counts the workers that have a job in hand, and promised the jobs that a worker sends after the one in hand.
	busy, promised int
	// slots counts the workers that have a connection or open one, and open the connections.
	slots, open int
	// The queues, by precedence: first are jobs that a worker gave back and jobs from elsewhere, ahead were claimed by
	// the registrar, fresh were not, and again are tried once more after all others.
	first, ahead, fresh, again []*attempt
	// notes are the outcomes that the registrar has yet to record, and noting counts those that it is recording. late
	// says that the first of notes has waited long enough, and behind that messages waited while the last set was recorded: then
	// larger sets are faster.
	notes        []*outcome
	noting       int
	late, behind bool
	// failing says that the store does not take notes.
	failing bool
	// closed says that nothing more is submitted, and ended that no worker is left.
	closed, ended bool
	// draining says that Wait was called: nothing else is submitted meanwhile. skipped counts the jobs that were put
	// off since the last one was tried.
	draining bool
	skipped  int
	// early says that digests follow later in this tick. If it is not sure that the server takes anything, they find
	// out, and what is sent now is left for the next tick.
	early bool
	// probe finds a job from elsewhere in the tick; before is how many were found since the server last took one. It is
	// nil if there is none to find.
	probe   func(before int) (one *Job, nobody bool)
	probing sync.Mutex
	// blind says that the last search found none, so that a job in order is tried first.
	blind   bool
	stop    string
	passing bool
	fault   error
	// locked counts the claims that waited in vain for a lock of which it is not known whose rows it is on.
	locked atomic.Int32
}

// Begin begins a run, which ends with [Run.Close]. add is called with each job's result, from any goroutine.
func (s *Sender) Begin(ctx context.Context, tick Tick, add func(Result)) *Run {
	hands, release := withGrace(ctx, Grace)
	going, halted := context.WithCancel(ctx)
	r := &Run{Sender: s, tick: tick, add: add, ctx: ctx, hands: hands, release: release, going: going, halted: halted, server: newServer(s.config.Connections), early: true}
	r.ready, r.desk, r.room, r.parked, r.drained = sync.NewCond(&r.mu), sync.NewCond(&r.mu), sync.NewCond(&r.mu), sync.NewCond(&r.mu), sync.NewCond(&r.mu)
	context.AfterFunc(going, r.wakeAll)
	r.registrar.Go(r.register)
	return r
}

// withGrace returns a context that ends grace after ctx does, or when cancel is called.
func withGrace(ctx context.Context, grace time.Duration) (late context.Context, cancel context.CancelFunc) {
	late, end := context.WithCancel(context.WithoutCancel(ctx))
	unwatch := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, end)
		context.AfterFunc(late, func() { timer.Stop() })
	})
	return late, func() { unwatch(); end() }
}

// Submit queues a job. It waits while the queue is full.
func (r *Run) Submit(one *Job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending++
	if r.started < r.config.Connections {
		r.started++
		r.workers.Go(r.work)
	}
	r.draining = false
	for len(r.fresh) > r.config.Connections && !(r.claimsAhead() && len(r.fresh) <= maxAhead) && !r.over() {
		r.room.Wait()
	}
	r.fresh = append(r.fresh, &attempt{Job: one})
	r.ready.Signal()
	r.call()
}

// FindOthers has probe find jobs from elsewhere in the tick, to try if the server takes none of those in order.
func (r *Run) FindOthers(probe func(before int) (one *Job, nobody bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.early, r.probe = false, probe
}

// Wait returns when every submitted job is done.
func (r *Run) Wait() {
	r.wakeAll()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	r.ready.Broadcast()
	r.desk.Signal()
	for r.pending > 0 {
		r.drained.Wait()
	}
}

// Close ends the workers and their connections.
func (r *Run) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.wakeAll()
	r.workers.Wait()
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.wakeAll()
	r.registrar.Wait()
	r.halted()
	r.release()
}

func (r *Run) wakeAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready.Broadcast()
	r.desk.Signal()
	r.room.Broadcast()
	r.parked.Broadcast()
}

// over reports whether nothing more is sent. Without mu the answer may be out of date.
func (r *Run) over() bool { return r.going.Err() != nil }

// Stopped says why sending stopped; empty if it goes on.
func (r *Run) Stopped() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stop
}

// Err is the store's error that stopped sending; nil if none did.
func (r *Run) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}

// halt stops sending for this tick. passing says that the reason may pass in some minutes.
func (r *Run) halt(why string, passing bool, fault error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop == "" {
		r.stop, r.passing, r.fault = why, passing, fault
		r.halted()
		r.config.Log.Error("sending stopped for this tick", "reason", why)
	}
}

// finish counts a job as done.
func (r *Run) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settled()
}

// settled takes one from pending. The caller holds mu.
func (r *Run) settled() {
	if r.pending--; r.pending == 0 {
		r.drained.Broadcast()
	}
}

// leave leaves a job for a later tick, without a claim.
func (r *Run) leave(one *attempt) {
	if one.claimed {
		r.undo(one, notBegun)
	}
	r.mu.Lock()
	passing := r.stop != "" && r.passing
	r.mu.Unlock()
	r.add(Result{Job: one.Job, What: Left, Passing: passing})
}

// write records outcomes and reports whether it could. If not, sending stops.
func (r *Run) write(outcomes ...*outcome) bool {
	err := r.book.record(r.hands, outcomes...)
	if err != nil {
		r.halt("an outcome could not be recorded", false, fmt.Errorf("recording an outcome: %w", err))
	}
	return err == nil
}

// Accepted returns how many messages the server took. The run must have been closed, as for all that follow.
func (r *Run) Accepted() int { return r.server.accepted }

// Verdict says that the server took nothing, though too few were refused to stop the run; empty if that is not so.
func (r *Run) Verdict() string { return r.server.verdict(r.tick.Serves) }

// Refusals returns the refusals to count against addresses: none if the server may refuse everybody.
func (r *Run) Refusals() []core.Refusal {
	if r.Verdict() != "" {
		return nil
	}
	return append(r.server.charges, r.server.unsure...)
}
