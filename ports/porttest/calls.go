package porttest

import (
	"context"
	"errors"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Calls is a store with a method for each change and for each kind of [ports.Who], for tests.
type Calls struct{ ports.Store }

// On returns s with these methods.
func On(s ports.Store) Calls { return Calls{s} }

// change makes one change, and returns the ID of the row that it added, and the error of the change or the call.
func (s Calls) change(ctx context.Context, c ports.Change) (int64, error) {
	results, err := s.Record(ctx, c)
	if err != nil {
		return 0, err
	}
	return results[0].ID, results[0].Err
}

// Claim makes [ports.Claim].
func (s Calls) Claim(ctx context.Context, c core.Claim) (int64, error) {
	return s.change(ctx, ports.Claim(c))
}

// Reclaim makes [ports.Reclaim].
func (s Calls) Reclaim(ctx context.Context, c core.Claim, lease time.Time) error {
	_, err := s.change(ctx, ports.Reclaim(c, lease))
	return err
}

// Settle makes [ports.Settle].
func (s Calls) Settle(ctx context.Context, c core.Claim, at time.Time) error {
	_, err := s.change(ctx, ports.Settle(c, at))
	return errors.Join(err, s.Mark(ctx))
}

// Release makes [ports.Release].
func (s Calls) Release(ctx context.Context, c core.Claim) error {
	_, err := s.change(ctx, ports.Release(c))
	return err
}

// SettleAndClaim makes [ports.Settle] and [ports.Claim] together.
func (s Calls) SettleAndClaim(ctx context.Context, done core.Claim, at time.Time, next core.Claim) (id int64, settled, claimed error) {
	results, err := s.Record(ctx, ports.Settle(done, at), ports.Claim(next))
	if err == nil {
		err = s.again(ctx, results, ports.Settle(done, at), ports.Claim(next))
	}
	if err = errors.Join(err, s.Mark(ctx)); err != nil {
		return 0, err, err
	}
	return results[1].ID, results[0].Err, results[1].Err
}

// again makes alone what was busy, as its results say.
func (s Calls) again(ctx context.Context, results []ports.Result, changes ...ports.Change) error {
	for i, r := range results {
		if !errors.Is(r.Err, ports.ErrBusy) {
			continue
		}
		alone, err := s.Record(ctx, changes[i])
		if err != nil {
			return err
		}
		results[i] = alone[0]
	}
	return nil
}

// Roll makes [ports.Roll] of each of cs, and returns how many held.
func (s Calls) Roll(ctx context.Context, cs []core.Claim) (int, error) {
	return s.all(ctx, cs, ports.Roll)
}

// Redirect makes [ports.Redirect] of each of cs, and returns how many held.
func (s Calls) Redirect(ctx context.Context, cs []core.Claim) (int, error) {
	return s.all(ctx, cs, ports.Redirect)
}

func (s Calls) all(ctx context.Context, cs []core.Claim, change func(core.Claim) ports.Change) (held int, err error) {
	var changes []ports.Change
	for _, c := range cs {
		changes = append(changes, change(c))
	}
	results, err := s.Record(ctx, changes...)
	for _, r := range results {
		if r.Err == nil {
			held++
		}
	}
	return held, err
}

// ClaimHeld makes [ports.ClaimHeld].
func (s Calls) ClaimHeld(ctx context.Context, m core.HeldMail, lease time.Time) error {
	_, err := s.change(ctx, ports.ClaimHeld(m, lease))
	return err
}

// SettleHeld makes [ports.SettleHeld].
func (s Calls) SettleHeld(ctx context.Context, m core.HeldMail, at time.Time) error {
	_, err := s.change(ctx, ports.SettleHeld(m, at))
	return err
}

// ReturnHeld makes [ports.ReturnHeld].
func (s Calls) ReturnHeld(ctx context.Context, m core.HeldMail, status core.Status, why string) error {
	_, err := s.change(ctx, ports.ReturnHeld(m, status, why))
	return err
}

// Recipients lists everybody on the roster.
func (s Calls) Recipients(ctx context.Context, after int64, limit int) ([]core.Recipient, error) {
	return s.People(ctx, ports.Who{}, after, limit)
}

// Due lists [ports.Due].
func (s Calls) Due(ctx context.Context, now time.Time, after int64, limit int) ([]core.Recipient, error) {
	return s.People(ctx, ports.Due(now), after, limit)
}

// Refused lists [ports.Refused].
func (s Calls) Refused(ctx context.Context, after int64, limit int) ([]core.Recipient, error) {
	return s.People(ctx, ports.Refused(), after, limit)
}

// Find lists [ports.Matching].
func (s Calls) Find(ctx context.Context, text string, after int64, limit int) ([]core.Recipient, error) {
	return s.People(ctx, ports.Matching(text), after, limit)
}
