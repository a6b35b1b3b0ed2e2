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
	return &post{pass: p, ctx: ctx, hands: hands, release: release, queue: make(chan parcel)}
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

// submit hands over a parcel to the next free worker, and waits until there is one.
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
// when it broke.
func (p *post) work() {
	var conn ports.MailConn
	for one := range p.queue {
		conn = p.deliverSafely(conn, one)
		p.pending.Done()
	}
	if conn != nil {
		_ = conn.Close() // what was accepted stays accepted
	}
}

// deliverSafely makes a bug that one parcel comes upon the trouble of its recipient alone.
func (p *post) deliverSafely(conn ports.MailConn, one parcel) (next ports.MailConn) {
	defer func() {
		if bug := recover(); bug != nil {
			p.pass.fail(one.recipient(), "sending: internal error: %v", bug)
			next = nil
		}
	}()
	return p.deliver(conn, one)
}

// deliver takes one parcel all the way and returns the connection for the next, nil if it is spent.
func (p *post) deliver(conn ports.MailConn, one parcel) ports.MailConn {
	if p.stopped() != "" || p.ctx.Err() != nil {
		p.pass.count(left)
		return conn
	}
	if conn == nil {
		var err error
		if conn, err = p.pass.mailer.Dial(p.ctx); err != nil {
			p.pass.count(left)
			if p.ctx.Err() == nil {
				p.halt(err.Error(), nil)
			}
			return nil
		}
	}
	lease := p.pass.clock.Now().UTC().Truncate(time.Second).Add(Lease)
	err := one.claim(p.ctx, lease)
	switch {
	case errors.Is(err, ports.ErrConflict):
		p.pass.count(left) // another scheduler has it
		return conn
	case err != nil && p.ctx.Err() != nil:
		p.pass.count(left)
		return conn
	case errors.Is(err, ports.ErrUnavailable), errors.Is(err, ports.ErrUnknown):
		p.pass.count(left) // if it was made all the same, it is in doubt when its lease ends
		p.halt("the store cannot be written", fmt.Errorf("claiming: %w", err))
		return conn
	case err != nil:
		p.pass.fail(one.recipient(), "claiming: %v", err)
		return conn
	}
	conn, answer := p.handOver(conn, one)
	p.judge(answer, one)
	if answer != nil && answer.Broken {
		_ = conn.Close()
		return nil
	}
	return conn
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

// judge records the answer to one parcel, and stops sending where the answer is to everybody.
func (p *post) judge(answer *ports.SendError, one parcel) {
	if debt := one.outcome(answer); debt != nil {
		if err := p.pass.record(p.hands, debt); err != nil {
			p.halt("an outcome could not be recorded", fmt.Errorf("recording an outcome: %w", err))
		}
	}
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
