package app

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// recoverDigests sends again what was handed over without an answer, or never was because the
// process died: the same notifications under the same Message-ID.
func (p *pass) recoverDigests(ctx context.Context) error {
	defer p.post.wait()
	for plans, err := range p.recoveries(ctx, p.now) {
		if err != nil {
			return err
		}
		for _, plan := range plans {
			p.recoverDigest(ctx, plan)
		}
		if p.post.stopped() != "" || ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// recoveries plans all digests in doubt at now, a page at a time.
func (t *Ticker) recoveries(ctx context.Context, now time.Time) iter.Seq2[[]core.RecoveryPlan, error] {
	pages := paged(func(after int64) ([]core.Claim, error) {
		claims, err := t.store.InDoubt(ctx, now, after, pageSize)
		return claims, wrap(err, "listing digests in doubt")
	}, func(c core.Claim) int64 { return c.ID })
	return planned(pages, func(claims []core.Claim) ([]core.RecoveryPlan, error) { return t.planRecoveries(ctx, now, claims) })
}

func (t *Ticker) planRecoveries(ctx context.Context, now time.Time, claims []core.Claim) ([]core.RecoveryPlan, error) {
	var people, notifications []int64
	for _, c := range claims {
		people = append(people, c.Recipient)
		notifications = append(notifications, c.Notifications...)
	}
	facts, err := t.facts(ctx, people, notifications)
	if err != nil {
		return nil, fmt.Errorf("reading digests in doubt: %w", err)
	}
	plans := make([]core.RecoveryPlan, len(claims))
	for i, c := range claims {
		r := facts.people[c.Recipient]
		plans[i] = core.PlanRecovery(core.RecoverySnapshot{
			Now: now, Claim: c, Recipient: r, Zone: t.zones.of(r), Notifications: facts.of(c.Notifications),
		}, t.config.Style)
	}
	return plans, nil
}

func (p *pass) recoverDigest(ctx context.Context, plan core.RecoveryPlan) {
	c := plan.Claim
	if plan.Action != core.Resend {
		p.vitals.progressed(p.clock.Now())
	}
	switch plan.Action {
	case core.Resend:
		p.log.Info("sending a digest in doubt again", "recipient", c.Recipient, "digest", c.ID, "message_id", c.MessageID)
		p.post.submit(&digest{pass: p, row: c, message: plan.Message, since: c.Window.End, inDoubt: true})
	case core.Abandon:
		p.log.Warn("abandoning a digest in doubt", "recipient", c.Recipient, "digest", c.ID, "reason", plan.Reason)
		if err := p.store.Release(ctx, c, core.Refusal{}); err != nil {
			p.fail(c.Recipient, "abandoning digest %d: %v", c.ID, err)
		}
	case core.Wait:
		p.log.Info("a digest in doubt waits", "recipient", c.Recipient, "digest", c.ID, "reason", plan.Reason)
	}
}

// facts are the people and notifications that some rows refer to.
type facts struct {
	people        map[int64]core.Recipient
	notifications map[int64]core.Notification
}

// facts reads the people and notifications with the given IDs, in two queries.
func (t *Ticker) facts(ctx context.Context, people, notifications []int64) (facts, error) {
	f := facts{people: make(map[int64]core.Recipient), notifications: make(map[int64]core.Notification)}
	found, err := t.store.Lookup(ctx, people)
	if err != nil {
		return f, fmt.Errorf("looking up recipients: %w", err)
	}
	for _, r := range found {
		f.people[r.ID] = r
	}
	told, err := t.store.ByID(ctx, notifications)
	if err != nil {
		return f, fmt.Errorf("looking up notifications: %w", err)
	}
	for _, n := range told {
		f.notifications[n.ID] = n
	}
	return f, nil
}

// of returns those of the notifications with the given IDs that exist.
func (f facts) of(ids []int64) []core.Notification {
	var found []core.Notification
	for _, id := range ids {
		if n, ok := f.notifications[id]; ok {
			found = append(found, n)
		}
	}
	return found
}
