package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// deliverSafely makes a bug that one parcel comes upon the trouble of its recipient alone.
func (p *post) deliverSafely(conn ports.MailConn, one parcel, owing *debt) (next ports.MailConn, owed *debt) {
	defer func() {
		if bug := recover(); bug != nil {
			p.pass.missed(one.dueSince())
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
		p.leave(one)
		return conn, nil
	}
	if err := p.turn(owing); err != nil {
		p.turnedAway(one, err)
		return conn, nil
	}
	if conn == nil {
		var err error
		if conn, err = p.pass.mailer.Dial(p.ctx); err != nil {
			p.leave(one)
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

// turn waits until another parcel may leave, with no claim open meanwhile: what the one before is owed
// is not put off that long.
func (p *post) turn(owing *debt) error {
	return p.pass.turns.wait(p.going, func() { p.settle(owing) })
}

// turnedAway counts a parcel whose turn did not come: since sending stopped before, or nobody could tell.
func (p *post) turnedAway(one parcel, err error) {
	if p.going.Err() != nil {
		p.leave(one)
		return
	}
	p.unclaimed(one, err)
}

// claim records that one is about to leave and, in the same transaction if that can be, what the
// parcel before it is owed.
func (p *post) claim(one parcel, owing *debt) error {
	lease := p.pass.clock.Now().UTC().Truncate(time.Second).Add(Lease)
	next, fresh := one.(*digest)
	if owing == nil || owing.settled || owing.digest == nil || !fresh || next.inDoubt {
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
		p.done()
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
	case errors.Is(err, ports.ErrConflict):
		p.pass.count(left) // another scheduler has it
	case errors.Is(err, errStopped), p.ctx.Err() != nil:
		p.leave(one)
	case errors.Is(err, ports.ErrUnavailable), errors.Is(err, ports.ErrUnknown):
		p.leave(one) // if it was made all the same, it is in doubt when its lease ends
		p.halt("the store cannot be written", fmt.Errorf("claiming: %w", err))
	default:
		p.pass.missed(one.dueSince())
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
