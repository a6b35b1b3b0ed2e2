package app

import (
	"context"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// PlanResend returns what sending a recorded digest once more would come to, and writes nothing. found
// is false where there is no such row in the ledger.
func (t *Ticker) PlanResend(ctx context.Context, digest int64) (plan core.RecoveryPlan, found bool, err error) {
	row, found, err := t.store.Window(ctx, digest)
	if err != nil || !found {
		return core.RecoveryPlan{}, false, wrap(err, "reading the digest")
	}
	facts, err := t.facts(ctx, []int64{row.Recipient}, row.Notifications)
	if err != nil {
		return core.RecoveryPlan{}, false, fmt.Errorf("reading the digest: %w", err)
	}
	r := facts.people[row.Recipient]
	return core.PlanResend(row, core.RecoverySnapshot{
		Now: t.clock.Now().UTC().Truncate(time.Second), Claim: row.Claim, Recipient: r, Zone: t.zones.of(r), Notifications: facts.of(row.Notifications),
	}, t.config.Style), true, nil
}

// SendOnce hands one message to the mailer, outside of any tick, and records nothing. Whether anything
// may be sent, [Ticker.MaySend] says before. Its error is a *ports.SendError.
func (t *Ticker) SendOnce(ctx context.Context, m core.Message) error {
	conn, err := t.mailer.Dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // what was accepted stays accepted
	return conn.Send(ctx, m)
}
