package app_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// busyStore makes only every other change of those that are asked for together.
type busyStore struct {
	ports.Store
	busy, alone atomic.Int32
	// locked has an error for a claim that is not even made alone.
	locked func(recipient int64) error
}

// waits returns the error for a change that is not even made alone; nil if it is.
func (s *busyStore) waits(c ports.Change) error {
	if s.locked == nil || c.Do != ports.DoClaim {
		return nil
	}
	return s.locked(c.Claim.Recipient)
}

// Record implements [ports.Ledger].
func (s *busyStore) Record(ctx context.Context, changes ...ports.Change) ([]ports.Result, error) {
	if len(changes) == 1 {
		s.alone.Add(1)
		switch err := s.waits(changes[0]); err {
		case nil:
		case ports.ErrBusy:
			return []ports.Result{{Err: err}}, nil
		default:
			return nil, err
		}
		return s.Store.Record(ctx, changes...)
	}
	var results []ports.Result
	for i, c := range changes {
		if i%2 == 1 || s.waits(c) != nil {
			s.busy.Add(1)
			results = append(results, ports.Result{Err: ports.ErrBusy})
			continue
		}
		one, err := s.Store.Record(ctx, c)
		if err != nil {
			return nil, err
		}
		results = append(results, one...)
	}
	return results, nil
}

func TestWhatIsBusyInASetIsMadeAlone(t *testing.T) {
	t.Parallel()
	const n = 300
	s := newStage(t, people(n), func(c *app.Config) { c.Connections = 4 })
	store := &busyStore{Store: s.store}
	s.faulty.Store = store
	assert.Equal(t, app.Report{Considered: n, DigestsSent: n}, s.tick())
	assert.Len(t, s.mailer.Sent(), n, "each once")
	d := s.dump()
	assert.Len(t, d.Ledger, n)
	for _, row := range d.Ledger {
		assert.Equal(t, core.Sent, row.Status)
	}
	for _, event := range d.Notifications {
		assert.True(t, event.IncludedAt.Set)
	}
	assert.Positive(t, store.busy.Load())
	assert.GreaterOrEqual(t, store.alone.Load(), store.busy.Load())
}

// Another program may keep a few rows locked for long. That is no trouble of everybody else's.
func TestWhoseRowsStayLockedIsLeftForLater(t *testing.T) {
	t.Parallel()
	const n = 40
	s := newStage(t, people(n), func(c *app.Config) { c.Connections, c.Doubt = 1, 1 })
	store := &busyStore{Store: s.store}
	s.faulty.Store = store
	everybody := &ports.Trouble{What: "the table is locked", Kinds: []error{ports.ErrUnavailable, ports.ErrBusy}}
	store.locked = func(recipient int64) error {
		switch {
		case recipient%20 == 7:
			return ports.ErrBusy
		case recipient == 1:
			return everybody
		}
		return nil
	}
	assert.Equal(t, app.Report{Considered: n, DigestsSent: n - 3, Left: 3, Waiting: 3, OldestDue: noon}, s.tick())

	store.locked = nil
	assert.Equal(t, app.Report{Considered: 3, DigestsSent: 3}, s.tick(), "the next tick has them")
	assert.Len(t, s.mailer.Sent(), n, "each once")
}

func TestIfEverybodysRowsStayLockedSendingStops(t *testing.T) {
	t.Parallel()
	const n = 40
	s := newStage(t, people(n), func(c *app.Config) { c.Connections, c.Doubt = 1, 1 })
	store := &busyStore{Store: s.store, locked: func(int64) error {
		return &ports.Trouble{What: "the table is locked", Kinds: []error{ports.ErrUnavailable, ports.ErrBusy}}
	}}
	s.faulty.Store = store
	report, err := s.ticker.Tick(context.Background())
	require.ErrorContains(t, err, "the table is locked")
	assert.Equal(t, []any{0, "the store cannot be written"}, []any{report.DigestsSent, report.Stopped})
	assert.Positive(t, report.Left)
	assert.Equal(t, int32(4), store.alone.Load())
}
