package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// parcel is one message with what must be recorded before and after it goes out.
type parcel interface {
	// recipient is whom it is for.
	recipient() int64
	// content is what is handed over.
	content() core.Message
	// dueSince is when its recipient fell due; zero for what is no digest.
	dueSince() time.Time
	// claim records, until lease, that it is about to leave.
	claim(ctx context.Context, lease time.Time) error
	// outcome returns what is to be recorded now that the server gave its answer (nil: accepted),
	// and counts it. It returns nothing where there is nothing to record.
	outcome(answer *ports.SendError) *debt
}

// post sends parcels over a few connections: claim, hand over, record, one parcel at a time each.
type post struct {
	pass *pass
	// ctx ends when no new parcel may be begun; hands ends a grace later, and with it those in hand.
	ctx, hands context.Context
	release    context.CancelFunc
	// going ends with ctx, and when sending stops.
	going   context.Context
	halted  context.CancelFunc
	queue   chan parcel
	workers sync.WaitGroup
	pending sync.WaitGroup

	mu       sync.Mutex
	started  int
	stop     string
	fault    error
	refusals int // messages refused for good since the last acceptance
}

func newPost(ctx context.Context, p *pass) *post {
	hands, release := withGrace(ctx, Grace)
	going, halted := context.WithCancel(ctx)
	return &post{pass: p, ctx: ctx, hands: hands, release: release, going: going, halted: halted, queue: make(chan parcel, p.config.Connections)}
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

// submit hands over a parcel to the next free worker. Where as many wait as there are connections, it
// waits too.
func (p *post) submit(one parcel) {
	p.mu.Lock()
	if p.started < p.pass.config.Connections {
		p.started++
		p.workers.Go(p.work)
	}
	p.mu.Unlock()
	p.pending.Add(1)
	p.queue <- one
}

// wait returns when everything that was submitted is done with.
func (p *post) wait() { p.pending.Wait() }

// done says that one parcel is done with.
func (p *post) done() {
	p.pass.vitals.progressed(p.pass.clock.Now())
	p.pending.Done()
}

// leave counts a parcel that a later tick takes.
func (p *post) leave(one parcel) {
	p.pass.missed(one.dueSince())
	p.pass.count(left)
}

// close ends the workers and their connections.
func (p *post) close() {
	close(p.queue)
	p.workers.Wait()
	p.halted()
	p.release()
}

// stopped says why sending stopped; empty where it goes on.
func (p *post) stopped() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stop
}

// err is the trouble of the store that sending stopped for, if any.
func (p *post) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// halt stops sending for this tick.
func (p *post) halt(why string, fault error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop == "" {
		p.stop, p.fault = why, fault
		p.halted()
		p.pass.log.Error("sending stopped for this tick", "reason", why)
	}
}

// work delivers parcels over one connection, which is opened when it is first needed, and again
// when it broke. What the last parcel is owed is written down together with the claim of the next
// where there is a next, and else at once: so each costs one commit, and never is one connection's
// second parcel on its way before the first is settled.
func (p *post) work() {
	var conn ports.MailConn
	var owing *debt
	for {
		one, more := p.take(owing == nil)
		if one == nil {
			p.settle(owing)
			owing = nil
			if !more {
				break
			}
			continue
		}
		conn, owing = p.deliverSafely(conn, one, owing)
		if owing == nil {
			p.done()
		}
	}
	if conn != nil {
		_ = conn.Close() // what was accepted stays accepted
	}
}

// take returns the next parcel, or nil where there is none: for now, unless it should wait for one,
// or, where more is false, for good.
func (p *post) take(wait bool) (one parcel, more bool) {
	if wait {
		one, more = <-p.queue
		return one, more
	}
	select {
	case one, more = <-p.queue:
		return one, more
	default:
		return nil, true
	}
}

// settle writes down what an accepted parcel is owed, if there is one; then that is done with.
func (p *post) settle(owing *debt) {
	if owing == nil || owing.settled {
		return
	}
	owing.settled = true
	defer p.done()
	p.write(owing)
}

// write records an outcome. Where that cannot be done, nothing more is sent.
func (p *post) write(d *debt) {
	if err := p.pass.record(p.hands, d); err != nil {
		p.halt("an outcome could not be recorded", fmt.Errorf("recording an outcome: %w", err))
	}
}
