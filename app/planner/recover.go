package planner

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// RecoveryPages plans all digests in doubt at now, a page at a time.
func (pl *Planner) RecoveryPages(ctx context.Context, now time.Time) iter.Seq2[[]core.RecoveryPlan, error] {
	return planned(pl.inDoubt(ctx, now), func(claims []core.Claim) ([]core.RecoveryPlan, error) { return pl.planRecoveries(ctx, now, claims) })
}

func (pl *Planner) inDoubt(ctx context.Context, now time.Time) iter.Seq2[[]core.Claim, error] {
	return paged(func(after int64) ([]core.Claim, error) {
		claims, err := pl.store.InDoubt(ctx, now, after, pageSize)
		return claims, wrap(err, "listing digests in doubt")
	}, func(c core.Claim) int64 { return c.ID })
}

// UnderWay returns how many digests and held e-mails processes are sending at now, and when the last of their leases ends.
func (pl *Planner) UnderWay(ctx context.Context, now time.Time) (n int, until time.Time, err error) {
	add := func(lease time.Time) {
		if lease.After(now) {
			n++
		}
		if lease.After(until) {
			until = lease
		}
	}
	ever := now.AddDate(100, 0, 0) // by then, all leases have ended
	for c, err := range each(pl.inDoubt(ctx, ever)) {
		if err != nil {
			return 0, until, err
		}
		add(c.Lease)
	}
	for m, err := range each(pl.waiting(ctx, ever)) {
		if err != nil {
			return 0, until, err
		}
		if m.Status == core.Sending {
			add(m.Lease)
		}
	}
	return n, until, nil
}

func (pl *Planner) planRecoveries(ctx context.Context, now time.Time, claims []core.Claim) ([]core.RecoveryPlan, error) {
	var people, notifications []int64
	for _, c := range claims {
		people = append(people, c.Recipient)
		notifications = append(notifications, c.Notifications...)
	}
	facts, err := pl.facts(ctx, people, notifications)
	if err != nil {
		return nil, fmt.Errorf("reading digests in doubt: %w", err)
	}
	return watch(&pl.watchdog, claims, func(c core.Claim) int64 { return c.Recipient }, func(c core.Claim) core.RecoveryPlan {
		r := core.Addressee(c, facts.people[c.Recipient], facts.heir(c))
		return core.PlanRecovery(core.RecoverySnapshot{
			Now: now, Claim: c, Recipient: r, Zone: pl.zones.of(r), Schedule: pl.config.Schedule, Notifications: facts.of(c.Notifications),
		}, pl.config.Style)
	}, func(c core.Claim, err error) core.RecoveryPlan {
		return core.RecoveryPlan{Claim: c, Action: core.Wait, Reason: core.Reason(err.Error())}
	}), nil
}

// PlanResend returns what sending a recorded digest once more would come to, and writes nothing. found
// is false if there is no such row in the ledger.
func (pl *Planner) PlanResend(ctx context.Context, digest int64) (plan core.RecoveryPlan, found bool, err error) {
	row, found, err := pl.store.Window(ctx, digest)
	if err != nil || !found {
		return core.RecoveryPlan{}, false, wrap(err, "reading the digest")
	}
	facts, err := pl.facts(ctx, []int64{row.Recipient}, row.Notifications)
	if err != nil {
		return core.RecoveryPlan{}, false, fmt.Errorf("reading the digest: %w", err)
	}
	return pl.resend(row, facts.people[row.Recipient], facts), true, nil
}

func (pl *Planner) resend(row core.LedgerRow, r core.Recipient, facts facts) core.RecoveryPlan {
	return core.PlanResend(row, core.RecoverySnapshot{
		Now: pl.clock.Now().UTC().Truncate(time.Second), Claim: row.Claim, Recipient: r, Zone: pl.zones.of(r), Schedule: pl.config.Schedule, Notifications: facts.of(row.Notifications),
	}, pl.config.Style)
}

// facts are the people and notifications that some rows refer to.
type facts struct {
	people        map[int64]core.Recipient
	notifications map[int64]core.Notification
}

// facts reads the people and notifications with the given IDs, in two queries, and who has those that came from others.
func (pl *Planner) facts(ctx context.Context, people, notifications []int64) (facts, error) {
	f := facts{people: make(map[int64]core.Recipient), notifications: make(map[int64]core.Notification)}
	told, err := pl.store.ByID(ctx, notifications)
	if err != nil {
		return f, fmt.Errorf("looking up notifications: %w", err)
	}
	for _, n := range told {
		f.notifications[n.ID] = n
		if n.Moved != nil {
			people = append(people, n.Recipient)
		}
	}
	found, err := pl.store.Lookup(ctx, people)
	if err != nil {
		return f, fmt.Errorf("looking up recipients: %w", err)
	}
	for _, r := range found {
		f.people[r.ID] = r
	}
	return f, nil
}

// heir returns who has the first notification of a claim that came from its recipient; the zero value if nobody has.
func (f facts) heir(c core.Claim) core.Recipient {
	for _, id := range c.Notifications {
		if n := f.notifications[id]; n.CameFrom(c.Recipient) {
			return f.people[n.Recipient]
		}
	}
	return core.Recipient{}
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
