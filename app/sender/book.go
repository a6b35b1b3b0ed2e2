package sender

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

// outcome is what became of a message, to be recorded. To record it twice does no harm.
type outcome struct {
	change    ports.Change
	row       string // the one that it is about, in words
	recipient int64
}

// book records outcomes. If the store does not take one, it is unsettled: its row still says that the message is being
// sent. It must be recorded before the next tick recovers digests in doubt, or that mail would be sent twice.
type book struct {
	ledger ports.Ledger
	log    *slog.Logger

	mu        sync.Mutex
	unsettled []*outcome
}

// record records outcomes, even if ctx has ended. It asks the store again until ctx ends or [Grace] is over; then they
// stay unsettled until the next tick. What cannot be recorded for a reason of its own keeps no other from it.
func (b *book) record(ctx context.Context, outcomes ...*outcome) error {
	if len(outcomes) == 0 {
		return nil
	}
	var changes []ports.Change
	for _, o := range outcomes {
		changes = append(changes, o.change)
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		results, err := b.try(writing, changes)
		if err == nil {
			busy := b.recorded(outcomes, results)
			if len(busy) == 0 || len(outcomes) > 1 {
				return b.recordEach(ctx, busy)
			}
			err = results[0].Err // alone, nothing should be
		}
		if len(outcomes) > 1 && !errors.Is(err, ports.ErrUnavailable) && !errors.Is(err, ports.ErrUnknown) {
			return b.recordEach(ctx, outcomes)
		}
		o := outcomes[0]
		b.log.Warn("outcome not recorded yet", "recipient", o.recipient, "row", o.row, "outcomes", len(outcomes), "error", err)
		if !wait(writing, pause) || ctx.Err() != nil {
			b.add(outcomes...)
			return fmt.Errorf("%s of recipient %d: %w", o.row, o.recipient, err)
		}
	}
}

// recordEach records outcomes one by one.
func (b *book) recordEach(ctx context.Context, outcomes []*outcome) error {
	var errs []error
	for _, o := range outcomes {
		errs = append(errs, b.record(ctx, o))
	}
	return errors.Join(errs...)
}

// try records changes in one transaction. A panic in the store is an error.
func (b *book) try(ctx context.Context, changes []ports.Change) (results []ports.Result, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("internal error: %v", bug)
		}
	}()
	if len(changes) == 0 {
		return nil, nil
	}
	return b.ledger.Record(ctx, changes...)
}

// recorded returns the outcomes that are not recorded, since they are to be recorded alone. It logs those whose row is gone:
// that needs another program that deletes rows. A redirected digest may have its row already.
func (b *book) recorded(outcomes []*outcome, results []ports.Result) (busy []*outcome) {
	for i, o := range outcomes {
		if errors.Is(results[i].Err, ports.ErrBusy) {
			busy = append(busy, o)
		}
		if errors.Is(results[i].Err, ports.ErrConflict) && o.change.Do != ports.DoRedirect {
			b.log.Error("outcome has no row to go to", "recipient", o.recipient, "row", o.row)
		}
	}
	return busy
}

func (b *book) add(outcomes ...*outcome) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unsettled = append(b.unsettled, outcomes...)
}

// mark has the notifications marked of what is recorded (step "mark"). If it cannot, a later call does: they count as included
// meanwhile.
func (b *book) mark(ctx context.Context) {
	if err := b.ledger.Mark(ctx); err != nil && ctx.Err() == nil {
		b.log.Warn("notifications are not marked yet", "error", err)
	}
}

// settle records what earlier ticks could not.
func (b *book) settle(ctx context.Context) error {
	b.mu.Lock()
	unsettled := b.unsettled
	b.unsettled = nil
	b.mu.Unlock()
	var errs []error
	for _, o := range unsettled {
		if _, err := b.ledger.Record(ctx, o.change); err != nil {
			b.add(o)
			errs = append(errs, fmt.Errorf("recording an earlier outcome: %s of recipient %d: %w", o.row, o.recipient, err))
		}
	}
	return errors.Join(errs...)
}

// wait returns true after d, or false as soon as ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
