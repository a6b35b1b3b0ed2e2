package app

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// sendDigests sends every due digest, in the order of their recipients' IDs, and records empty
// windows and when those are due who are not.
func (p *pass) sendDigests(ctx context.Context) error {
	defer p.post.wait()
	var s silent
	for plans, err := range p.ahead(ctx, p.now, p.part.ranges) {
		if err != nil {
			return err
		}
		for _, one := range plans {
			p.carryOut(one, &s)
		}
		if err := p.flush(ctx, &s, emptyAtOnce, restsAtOnce); err != nil {
			return err
		}
		if p.post.stopped() != "" || ctx.Err() != nil {
			break
		}
	}
	if err := p.flush(ctx, &s, 1, 1); err != nil {
		return err
	}
	return ctx.Err()
}

// silent is what is recorded without a mail, many together.
type silent struct {
	empty []core.Claim
	rests []core.Rest
}

// carryOut does, or puts down in s, what one recipient's plan says.
func (p *pass) carryOut(one Planned, s *silent) {
	if one.Plan.Action != core.Send || one.Err != nil {
		p.vitals.progressed(p.clock.Now())
	}
	if one.Plan.Action == core.Skip {
		if one.Plan.Reason == core.NotDue {
			s.rests = append(s.rests, core.Rest{Recipient: one.Recipient.ID, Revision: one.Recipient.Revision, Until: one.Plan.DueAt})
		}
		return
	}
	p.count(considered)
	switch {
	case one.Err != nil:
		p.missed(dueSince(one, p.now))
		p.fail(one.Recipient.ID, "%v", one.Err)
	case one.Plan.Action == core.Refuse:
		p.fail(one.Recipient.ID, "%s", one.Plan.Reason)
	case one.Plan.Action == core.Defer && one.Plan.Reason == core.Suppressed:
		p.count(suppressed)
	case one.Plan.Action == core.Defer:
		p.count(deferred)
	case one.Plan.Action == core.Roll:
		s.empty = append(s.empty, one.Plan.Claim)
	case one.Plan.Action == core.Send:
		p.post.submit(&digest{pass: p, row: one.Plan.Claim, message: one.Plan.Message, since: dueSince(one, p.now)})
	}
	if n := one.Plan.BrokenPayloads; n > 0 {
		p.log.Info("payloads are no JSON objects, read as empty", "recipient", one.Recipient.ID, "notifications", n)
	}
}

// dueSince returns since when a recipient has been due at now. Of somebody who never had a digest it
// cannot be said, since their first window reaches back as far as any does.
func dueSince(one Planned, now time.Time) time.Time {
	if one.Recipient.Latest.End.IsZero() {
		return now
	}
	return one.Plan.DueAt
}

// How much is recorded together without a mail: one commit instead of many, but while it is made
// nobody else's claim is.
const (
	emptyAtOnce = 500
	restsAtOnce = 5000
)

// flush records what is in s, as soon as there are so many of a sort.
func (p *pass) flush(ctx context.Context, s *silent, empty, rests int) error {
	if len(s.rests) >= rests {
		// Where it fails, they are looked at again in the next tick.
		if err := p.store.Rest(ctx, s.rests); err != nil {
			p.log.Warn("not noted when recipients are due", "recipients", len(s.rests), "error", err)
		}
		s.rests = nil
	}
	if len(s.empty) < empty {
		return nil
	}
	windows := s.empty
	s.empty = nil
	return p.roll(ctx, windows)
}

// roll records empty windows. Those that another scheduler closed first are left to it.
func (p *pass) roll(ctx context.Context, empty []core.Claim) error {
	held, err := p.store.Roll(ctx, empty)
	if err != nil {
		return wrap(err, "recording empty windows")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.RolledEmpty += held
	p.report.Left += len(empty) - held
	return nil
}
