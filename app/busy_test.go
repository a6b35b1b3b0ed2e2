package app_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// busyStore makes only every other change of those that are asked for together.
type busyStore struct {
	ports.Store
	busy, alone atomic.Int32
}

// Record implements [ports.Ledger].
func (s *busyStore) Record(ctx context.Context, changes ...ports.Change) ([]ports.Result, error) {
	if len(changes) == 1 {
		s.alone.Add(1)
		return s.Store.Record(ctx, changes...)
	}
	var results []ports.Result
	for i, c := range changes {
		if i%2 == 1 {
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
