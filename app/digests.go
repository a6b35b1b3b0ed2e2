package app

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// sendDigests sends every due digest, records empty windows, and notes when the others are due. It goes by recipient
// ID; recipients who failed before come last.
func (p *pass) sendDigests(ctx context.Context) error {
	p.run.FindOthers(func(before int) (*sender.Job, bool) { return p.elsewhere(ctx, before) })
	defer p.sendReserve()
	var s silent
	for plans, err := range p.planner.Ahead(ctx, p.now, p.inOrder(ctx)) {
		if err != nil {
			return err
		}
		for _, one := range plans {
			p.carryOut(one, &s)
		}
		if err := p.flush(ctx, &s, emptyAtOnce, restsAtOnce); err != nil {
			return err
		}
		if p.run.Stopped() != "" || ctx.Err() != nil {
			break
		}
	}
	if err := p.flush(ctx, &s, 1, 1); err != nil {
		return err
	}
	return ctx.Err()
}

// sendReserve sends the digests that were put off, after all others.
func (p *pass) sendReserve() {
	p.run.Wait()
	for d := p.fromReserve(); d != nil; d = p.fromReserve() {
		p.run.Submit(d)
	}
	p.run.Wait()
}

// silent is what is recorded without a mail, many rows at a time.
type silent struct {
	empty []core.Claim
	rests []core.Rest
}

// carryOut does what one recipient's plan says, or adds it to s.
func (p *pass) carryOut(one planner.Planned, s *silent) {
	if one.Plan.Action != core.Send || one.Err != nil {
		p.vitals.progressed(p.clock.Now())
	}
	if one.Plan.Action == core.Skip {
		if one.Plan.Reason == core.NotDue {
			s.rests = append(s.rests, core.Rest{Recipient: one.Recipient.ID, Revision: one.Recipient.Revision, Until: one.Plan.DueAt})
		}
		return
	}
	if !p.reached(one.Recipient.ID) {
		return
	}
	p.count(considered)
	switch {
	case one.Err != nil:
		p.missed(dueSince(one, p.now))
		p.fail(one.Recipient.ID, "%v", one.Err)
	case one.Plan.Action == core.Refuse:
		p.fail(one.Recipient.ID, "%s", one.Plan.Reason)
	case one.Plan.Action == core.Defer && (one.Plan.Reason == core.Suppressed || one.Plan.Reason == core.Refused):
		p.count(suppressed)
	case one.Plan.Action == core.Defer:
		p.count(deferred)
	case one.Plan.Action == core.Roll:
		s.empty = append(s.empty, one.Plan.Claim)
	case p.round > 0 && p.config.Schedule.InQuietHours(one.Recipient.Preferences, p.planner.Zone(one.Recipient), p.clock.Now()):
		p.count(deferred) // they began after the tick's instant
	case one.Plan.Action == core.Send:
		if d := p.jobOf(one); !p.putOff(d) {
			p.run.Submit(d)
		}
	}
	if n := one.Plan.BrokenPayloads; n > 0 {
		p.log.Info("payloads are no JSON objects, read as empty", "recipient", one.Recipient.ID, "notifications", n)
	}
}

// jobOf returns what is to be sent of a plan.
func (p *pass) jobOf(one planner.Planned) *sender.Job {
	return &sender.Job{
		Claim: one.Plan.Claim, Message: one.Plan.Message, Mark: one.Recipient.Person.Mark, Known: one.Recipient.Preferences.Failures > 0,
		Since: dueSince(one, p.now), Redirected: p.redirected(),
	}
}

// dueSince returns since when a recipient has been due at now. For a first digest that is now: a first window
// reaches back a fixed time, which says nothing about how long the recipient has waited.
func dueSince(one planner.Planned, now time.Time) time.Time {
	if one.Recipient.Latest.End.IsZero() {
		return now
	}
	return one.Plan.DueAt
}

// How many rows without a mail go into one commit. While it is made, claims have to wait, and others who want to write.
const (
	emptyAtOnce = 200
	restsAtOnce = 1000
)

// flush records what is in s, if there are as many of one sort as the last two arguments say.
func (p *pass) flush(ctx context.Context, s *silent, empty, rests int) error {
	if len(s.rests) >= rests {
		// If this fails, the next tick looks at them again.
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

// roll records empty windows, but for those that another scheduler closed first.
func (p *pass) roll(ctx context.Context, empty []core.Claim) error {
	change := ports.Roll
	if p.redirected() {
		change = ports.Redirect
	}
	var changes []ports.Change
	for _, c := range empty {
		changes = append(changes, change(c))
	}
	results, err := p.store.Record(ctx, changes...)
	if err != nil {
		return wrap(err, "recording empty windows")
	}
	for _, r := range results {
		if r.Err == nil {
			p.count(rolledEmpty)
		} else {
			p.count(left)
		}
	}
	return nil
}
