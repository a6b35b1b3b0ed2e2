package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestTwoSchedulersAtTheSameInstant(t *testing.T) {
	t.Parallel()
	h := moved(t)
	const n = 30
	w := core.World{Users: people(n), Held: []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "x", Status: core.Held}}}}
	for id := range int64(n) {
		w.Notifications = append(w.Notifications, core.Notification{ID: id + 1, Recipient: id + 1, CreatedAt: noon})
	}
	require.NoError(t, h.fill(t.Context(), w))
	a, b := h.store, opened(t, h.url, postgres.Options{})
	var wg sync.WaitGroup
	var won, lost atomic.Int32
	count := func(err error) {
		if err == nil {
			won.Add(1)
		} else if assert.ErrorIs(t, err, ports.ErrConflict) {
			lost.Add(1)
		}
	}
	for id := range int64(n) {
		for _, s := range []ports.Store{a, b} {
			wg.Go(func() {
				c := claimOf(id+1, id+1) // to the last byte the same
				var err error
				c.ID, err = porttest.On(s).Claim(t.Context(), c)
				count(err)
				if err == nil && id%2 == 0 {
					assert.NoError(t, porttest.On(s).Settle(t.Context(), c, noon))
				}
			})
		}
	}
	var rolled atomic.Int32
	for _, s := range []ports.Store{a, b} { // an empty window is a claim as well
		wg.Go(func() {
			var empty []core.Claim
			for id := range int64(n) {
				empty = append(empty, claimOf(id+1))
			}
			held, err := porttest.On(s).Roll(t.Context(), empty)
			assert.NoError(t, err)
			rolled.Add(int32(held))
		})
	}
	wg.Wait()
	assert.Equal(t, int32(n), won.Load()+rolled.Load())
	assert.Equal(t, int32(2*n), won.Load()+lost.Load())
	d, err := a.Dump(t.Context())
	require.NoError(t, err)
	assert.Len(t, d.Ledger, n)

	m := core.HeldMail{ID: 1, Recipient: 1, Status: core.Held, MessageID: "held@rfc.example"}
	taken := new(atomic.Int32)
	for _, s := range []ports.Store{a, b} {
		wg.Go(func() {
			if err := porttest.On(s).ClaimHeld(t.Context(), m, noon); err == nil {
				taken.Add(1)
			} else {
				assert.ErrorIs(t, err, ports.ErrConflict)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int32(1), taken.Load())
}

// TestSchedulersAndTheAppDoNotStopEachOther has two schedulers take people through claims, refusals,
// rests and empty windows, while the app changes many of
// the same people in each of its transactions, in any order.
func TestSchedulersAndTheAppDoNotStopEachOther(t *testing.T) {
	t.Parallel()
	h := moved(t)
	const n = 30
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(n)}))
	ctx, stop := context.WithCancel(t.Context())
	var app, schedulers sync.WaitGroup
	var changes atomic.Int32
	app.Go(func() {
		for ctx.Err() == nil {
			assert.NoError(t, pgx.BeginFunc(context.Background(), h.app, func(tx pgx.Tx) error {
				for _, i := range rand.Perm(n)[:n/3] {
					if _, err := tx.Exec(context.Background(), "UPDATE users SET digest_cadence = CASE digest_cadence WHEN 'daily' THEN 'weekly' ELSE 'daily' END WHERE id = $1", i+1); err != nil {
						return err
					}
				}
				return nil
			}))
			changes.Add(1)
		}
	})
	var sent atomic.Int32
	for _, s := range []*sqlstore.Store{h.store, opened(t, h.url, postgres.Options{})} {
		for worker := range 3 {
			schedulers.Go(func() {
				for id := int64(worker + 1); id <= n; id += 2 {
					assert.NoError(t, oneTurn(t.Context(), s, id, worker, &sent))
				}
			})
		}
	}
	schedulers.Wait()
	stop()
	app.Wait()
	assert.NotZero(t, changes.Load())
	assert.NotZero(t, sent.Load())
}

// oneTurn has the recipient claimed, and settled or released; and others rest, or have an empty window. To lose is no error.
func oneTurn(ctx context.Context, s ports.Store, id int64, how int, sent *atomic.Int32) error {
	found, err := s.Lookup(ctx, []int64{id})
	if err != nil {
		return err
	}
	c := claimOf(id)
	c.Previous, c.Window.End = found[0].Latest.ID, noon.Add(time.Duration(found[0].Latest.ID)*time.Hour)
	if c.ID, err = porttest.On(s).Claim(ctx, c); errors.Is(err, ports.ErrConflict) {
		return nil
	} else if err != nil {
		return err
	}
	if how%2 == 0 {
		return porttest.On(s).Release(ctx, c)
	}
	sent.Add(1)
	if err := porttest.On(s).Settle(ctx, c, noon); err != nil {
		return err
	}
	page, err := porttest.On(s).Due(ctx, noon.Add(1000*time.Hour), 0, 100)
	if err != nil {
		return err
	}
	var rests []core.Rest
	for _, r := range page {
		rests = append(rests, core.Rest{Recipient: r.ID, Revision: r.Revision, Until: noon})
	}
	if err := s.Rest(ctx, rests); err != nil {
		return err
	}
	var rolled []core.Claim
	for _, r := range page {
		c := claimOf(r.ID)
		c.Previous, c.Window.End = r.Latest.ID, noon.Add(time.Duration(r.Latest.ID)*time.Hour)
		rolled = append(rolled, c)
	}
	_, err = porttest.On(s).Roll(ctx, rolled)
	return err
}
