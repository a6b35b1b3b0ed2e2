package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Record implements [ports.Ledger].
func (s *Store) Record(ctx context.Context, changes ...ports.Change) ([]ports.Result, error) {
	if len(changes) == 0 {
		return nil, ctx.Err()
	}
	results := make([]ports.Result, len(changes))
	if set, ok := s.setOf(changes, results); ok {
		for try := 0; ; try++ {
			if err := s.db.Together(ctx, named(changes), set.statements); err != nil {
				return nil, err
			}
			if len(changes) > 1 || !errors.Is(results[0].Err, ports.ErrBusy) {
				return results, nil
			}
			if changes[0].Do != ports.DoClaim || try == maxPasses {
				break
			}
			if err := s.letPass(ctx, changes[0].Claim.Recipient); errors.Is(err, ports.ErrBusy) {
				return results, nil
			} else if err != nil {
				return nil, err
			}
		}
	}
	err := s.db.Write(ctx, named(changes), func(ctx context.Context, tx engine.Tx) error {
		var after aftermath
		for i, c := range changes {
			err := s.change(ctx, tx, c, &results[i].ID, &after)
			if results[i].Err = err; err != nil && !errors.Is(err, ports.ErrConflict) {
				return err
			}
		}
		return s.conclude(ctx, tx, after)
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// maxPasses is how often a claim lets others pass before it waits in line with them.
const maxPasses = 20

// noWait is for how long nobody is waited for after somebody's rows stayed locked: there may be many such people.
const noWait = time.Minute

// letPass waits until the transactions that have a person's rows are over. It waits in transactions of its own, which
// have nothing locked meanwhile, so that no other transaction waits for it in turn. If they are not over in time, it returns
// [ports.ErrBusy].
func (s *Store) letPass(ctx context.Context, recipient int64) error {
	if stuck := s.stuck.Load(); stuck != nil && time.Since(*stuck) < noWait {
		return ports.ErrBusy
	}
	for _, query := range s.dialect.Pass {
		err := s.changeRows(ctx, "wait for others", query, recipient)
		if errors.Is(err, ports.ErrBusy) {
			s.stuck.Store(new(time.Now()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// named says what changes do, and for which recipient.
func named(changes []ports.Change) string {
	first := changes[0]
	recipient, row := first.Claim.Recipient, first.Claim.ID
	if first.Held.ID != 0 {
		recipient, row = first.Held.Recipient, first.Held.ID
	}
	what := fmt.Sprintf("%s for recipient %d", ports.Changes(changes), recipient)
	if row != 0 {
		what += fmt.Sprintf(", row %d", row)
	}
	if len(changes) > 2 {
		what += fmt.Sprintf(", and %d more", len(changes)-1)
	}
	return what
}

// change makes c, and leaves the ID of a row that it adds in id, and what follows in after.
func (s *Store) change(ctx context.Context, tx engine.Tx, c ports.Change, id *int64, after *aftermath) error {
	switch c.Do {
	case ports.DoClaim:
		return s.claim(ctx, tx, c.Claim, id, after)
	case ports.DoSettle:
		return s.settle(ctx, tx, c.Claim, c.At, after)
	case ports.DoReclaim:
		return s.reclaim(ctx, tx, c.Claim, c.At)
	case ports.DoRelease:
		return s.release(ctx, tx, c.Claim)
	case ports.DoRoll:
		return s.closeWindow(ctx, tx, c.Claim, core.Empty, id)
	case ports.DoRedirect:
		return s.closeWindow(ctx, tx, c.Claim, core.Redirected, id)
	case ports.DoClaimHeld, ports.DoSettleHeld, ports.DoReturnHeld:
		return s.changeHeld(ctx, tx, c)
	}
	panic(fmt.Sprintf("no such change: %q", c.Do))
}
