package app

import (
	"context"
	"errors"
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
	queue      chan parcel
	workers    sync.WaitGroup
	pending    sync.WaitGroup

	mu       sync.Mutex
	started  int
	stop     string
	fault    error
	refusals int // messages refused for good since the last acceptance
}

func newPost(ctx context.Context, p *pass) *post {
	hands, release := withGrace(ctx, Grace)
	return &post{pass: p, ctx: ctx, hands: hands, release: release, queue: make(chan parcel, p.config.Connections)}
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

// close ends the workers and their connections.
func (p *post) close() {
	close(p.queue)
	p.workers.Wait()
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
			p.pending.Done()
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
	defer p.pending.Done()
	p.write(owing)
}

// write records an outcome. Where that cannot be done, nothing more is sent.
func (p *post) write(d *debt) {
	if err := p.pass.record(p.hands, d); err != nil {
		p.halt("an outcome could not be recorded", fmt.Errorf("recording an outcome: %w", err))
	}
}

// deliverSafely makes a bug that one parcel comes upon the trouble of its recipient alone.
func (p *post) deliverSafely(conn ports.MailConn, one parcel, owing *debt) (next ports.MailConn, owed *debt) {
	defer func() {
		if bug := recover(); bug != nil {
			p.settle(owing)
			p.pass.fail(one.recipient(), "sending: internal error: %v", bug)
			next, owed = nil, nil
		}
	}()
	return p.deliver(conn, one, owing)
}

// deliver takes one parcel as far as the server's answer, and settles what the one before it is owed.
// It returns the connection for the next, nil if it is spent, and what this one is owed if it was
// accepted.
func (p *post) deliver(conn ports.MailConn, one parcel, owing *debt) (ports.MailConn, *debt) {
	defer p.settle(owing) // where nothing came of the claim that would have done it
	if p.stopped() != "" || p.ctx.Err() != nil {
		p.pass.count(left)
		return conn, nil
	}
	if conn == nil {
		var err error
		if conn, err = p.pass.mailer.Dial(p.ctx); err != nil {
			p.pass.count(left)
			if p.ctx.Err() == nil {
				p.halt(err.Error(), nil)
			}
			return nil, nil
		}
	}
	if err := p.claim(one, owing); err != nil {
		p.unclaimed(one, err)
		return conn, nil
	}
	conn, answer := p.handOver(conn, one)
	p.judge(answer)
	owed := one.outcome(answer)
	if answer == nil {
		return conn, owed
	}
	if owed != nil {
		p.write(owed)
	}
	if answer.Broken {
		_ = conn.Close()
		return nil, nil
	}
	return conn, nil
}

// claim records that one is about to leave and, in the same transaction if that can be, what the
// parcel before it is owed.
func (p *post) claim(one parcel, owing *debt) error {
	lease := p.pass.clock.Now().UTC().Truncate(time.Second).Add(Lease)
	next, fresh := one.(*digest)
	if owing == nil || owing.digest == nil || !fresh || next.inDoubt {
		p.settle(owing)
		if p.stopped() != "" {
			return errStopped
		}
		return one.claim(p.ctx, lease)
	}
	settled, claimed := next.claimAfter(p.ctx, *owing.digest, lease)
	switch {
	case settled == nil:
		owing.settled = true
		p.pending.Done()
	case errors.Is(settled, ports.ErrConflict):
		p.settle(owing) // which says what it comes upon
	}
	return claimed
}

// errStopped says that sending stopped before a claim was made.
var errStopped = errors.New("sending stopped")

// unclaimed counts a parcel whose claim was not made, or may not have been.
func (p *post) unclaimed(one parcel, err error) {
	switch {
	case errors.Is(err, ports.ErrConflict), errors.Is(err, errStopped), p.ctx.Err() != nil:
		p.pass.count(left) // another scheduler has it, or a later tick will
	case errors.Is(err, ports.ErrUnavailable), errors.Is(err, ports.ErrUnknown):
		p.pass.count(left) // if it was made all the same, it is in doubt when its lease ends
		p.halt("the store cannot be written", fmt.Errorf("claiming: %w", err))
	default:
		p.pass.fail(one.recipient(), "claiming: %v", err)
	}
}

// handOver sends a parcel that is claimed, over a fresh connection where the old one turns out to
// have ended before it. It returns the connection that it used last. All of it ends with the lease
// at the latest, since then another may take the message over.
func (p *post) handOver(conn ports.MailConn, one parcel) (ports.MailConn, *ports.SendError) {
	ctx, cancel := context.WithTimeout(p.hands, Lease)
	defer cancel()
	answer := send(ctx, conn, one.content())
	if answer == nil || !answer.Unheard || p.ctx.Err() != nil {
		return conn, answer
	}
	fresh, err := p.pass.mailer.Dial(p.ctx)
	if err != nil {
		return conn, ports.OutcomeOf(err)
	}
	_ = conn.Close()
	return fresh, send(ctx, fresh, one.content())
}

// send hands a message over and returns the server's answer, nil where it was accepted.
func send(ctx context.Context, conn ports.MailConn, m core.Message) (answer *ports.SendError) {
	defer func() {
		if bug := recover(); bug != nil {
			answer = ports.OutcomeOf(fmt.Errorf("internal error: %v", bug))
		}
	}()
	if err := conn.Send(ctx, m); err != nil {
		return ports.OutcomeOf(err)
	}
	return nil
}

// judge stops sending where the answer to one parcel is to everybody.
func (p *post) judge(answer *ports.SendError) {
	p.mu.Lock()
	switch {
	case answer == nil:
		p.refusals = 0
	case answer.Outcome == ports.MessageRefusal:
		p.refusals++
	}
	tooMany := p.refusals >= maxMessageRefusals
	p.mu.Unlock()
	switch {
	case answer != nil && answer.Outcome == ports.ServerRefusal:
		p.halt(answer.Error(), nil)
	case tooMany:
		p.halt(fmt.Sprintf("%d messages in a row were refused, the last: %v", maxMessageRefusals, answer), nil)
	}
}
