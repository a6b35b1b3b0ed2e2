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

// debt is an outcome that is known and has to be written down. Writing it twice does no harm.
type debt struct {
	row       string // the one that it is about, in words
	recipient int64
	write     func(context.Context) error
	// digest is the claim that write settles, nil where it does something else.
	digest *core.Claim
	// settled says that somebody saw to it.
	settled bool
}

// owed are the outcomes that could not be written down. Until they are, their rows say that a
// message is still being sent; recover must not take that for doubt, or a mail would go out twice
// for no other reason than a full disk.
type owed struct {
	mu    sync.Mutex
	debts []*debt
}

func (o *owed) add(d *debt) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.debts = append(o.debts, d)
}

// take returns all debts and forgets them.
func (o *owed) take() []*debt {
	o.mu.Lock()
	defer o.mu.Unlock()
	debts := o.debts
	o.debts = nil
	return debts
}

// record writes an outcome down, even where ctx has ended. A store that does not take it is asked
// again until ctx ends, or for a grace; then the outcome is owed until the next tick.
func (t *Ticker) record(ctx context.Context, d *debt) error {
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := d.write(writing)
		if err == nil {
			return nil
		}
		if errors.Is(err, ports.ErrConflict) {
			// Only a row that somebody deleted by hand conflicts with its own outcome.
			t.log.Error("outcome has no row to go to", "recipient", d.recipient, "row", d.row)
			return nil
		}
		t.log.Warn("outcome not recorded yet", "recipient", d.recipient, "row", d.row, "error", err)
		if !wait(writing, pause) || ctx.Err() != nil {
			t.owed.add(d)
			return fmt.Errorf("%s of recipient %d: %w", d.row, d.recipient, err)
		}
	}
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

// settleOwed writes down what an earlier tick could not. While it cannot, nothing is sent.
func (p *pass) settleOwed(ctx context.Context) error {
	var errs []error
	for _, d := range p.owed.take() {
		if err := d.write(ctx); err != nil && !errors.Is(err, ports.ErrConflict) {
			p.owed.add(d)
			errs = append(errs, fmt.Errorf("recording an earlier outcome: %s of recipient %d: %w", d.row, d.recipient, err))
		}
	}
	return errors.Join(errs...)
}
