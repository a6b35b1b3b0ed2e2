package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// told returns people and for each of them n notifications: the first have the IDs 1 to many.
func told(many, n int) core.World {
	w := core.World{Users: people(many)}
	for i := range many * n {
		w.Notifications = append(w.Notifications, core.Notification{ID: int64(i + 1), Recipient: int64(i%many + 1), CreatedAt: noon})
	}
	return w
}

// record makes changes in sets of so many, in any order, and alone what is busy then. It returns the results by ID of
// the row or recipient.
func record(t *testing.T, s ports.Store, size int, key func(core.Claim) int64, changes []ports.Change) map[int64]ports.Result {
	changes = slices.Clone(changes)
	rand.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	all := make(map[int64]ports.Result)
	for some := range slices.Chunk(changes, size) {
		results, err := s.Record(t.Context(), some...)
		if !assert.NoError(t, err) {
			return all
		}
		for i, r := range results {
			if errors.Is(r.Err, ports.ErrBusy) {
				alone, err := s.Record(t.Context(), some[i])
				if !assert.NoError(t, err) {
					return all
				}
				r = alone[0]
			}
			all[key(some[i].Claim)] = r
		}
	}
	return all
}

func recipientOf(c core.Claim) int64 { return c.Recipient }
func rowOf(c core.Claim) int64       { return c.ID }

// disturb has the app change many of the people, and of their notifications, in each of its transactions, in any order,
// until ctx ends. Nothing that it does fails.
func disturb(ctx context.Context, t *testing.T, app *pgx.Conn, people, notifications int) {
	for ctx.Err() == nil {
		assert.NoError(t, pgx.BeginFunc(context.Background(), app, func(tx pgx.Tx) error {
			for range 10 {
				if _, err := tx.Exec(context.Background(), "UPDATE notifications SET read_at = now() WHERE id = $1", 1+rand.IntN(notifications)); err != nil {
					return err
				}
				if _, err := tx.Exec(context.Background(), "UPDATE users SET digest_cadence = CASE digest_cadence WHEN 'daily' THEN 'weekly' ELSE 'daily' END WHERE id = $1", 1+rand.IntN(people)); err != nil {
					return err
				}
				if _, err := tx.Exec(context.Background(), "SELECT 1 FROM users WHERE id = $1 FOR UPDATE", 1+rand.IntN(people)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// TestSetsThatOverlap has two stores make the same claims, and then release or settle the same rows, in sets at the same
// instant, while the app locks the same rows in any order. One wins each claim, and there is no deadlock.
func TestSetsThatOverlap(t *testing.T) {
	t.Parallel()
	h := moved(t)
	const many, rounds = 96, 4
	require.NoError(t, h.fill(t.Context(), told(many, rounds)))
	stores := []ports.Store{h.store, opened(t, h.url, postgres.Options{})}
	ctx, stop := context.WithCancel(t.Context())
	var app sync.WaitGroup
	app.Go(func() { disturb(ctx, t, h.app, many, many*rounds) })
	both := func(size int, key func(core.Claim) int64, changes []ports.Change) (results [2]map[int64]ports.Result) {
		var at sync.WaitGroup
		for i, s := range stores {
			at.Go(func() { results[i] = record(t, s, size, key, changes) })
		}
		at.Wait()
		return results
	}
	claimed := func(round int64) (made []core.Claim) {
		page, err := porttest.On(h.store).Recipients(t.Context(), 0, many)
		require.NoError(t, err)
		require.Len(t, page, many)
		var claims []ports.Change
		for _, r := range page {
			c := claimOf(r.ID, r.ID+round*many)
			c.Person, c.Previous, c.Window.End = r.Person, r.Latest.ID, noon.Add(time.Duration(round)*24*time.Hour)
			claims = append(claims, ports.Claim(c))
		}
		results := both(32, recipientOf, claims)
		for _, c := range claims {
			one, other := results[0][c.Claim.Recipient], results[1][c.Claim.Recipient]
			if one.Err != nil {
				one, other = other, one
			}
			require.NoError(t, one.Err)
			require.ErrorIs(t, other.Err, ports.ErrConflict)
			c.Claim.ID = one.ID
			made = append(made, c.Claim)
		}
		return made
	}
	ended := func(claims []core.Claim, end func(core.Claim) ports.Change) {
		var changes []ports.Change
		for _, c := range claims {
			changes = append(changes, end(c))
		}
		for _, all := range both(16, rowOf, changes) {
			require.Len(t, all, many)
			for _, r := range all {
				require.NoError(t, r.Err)
			}
		}
	}
	for round := range int64(rounds) {
		ended(claimed(round), ports.Release)
		ended(claimed(round), func(c core.Claim) ports.Change { return ports.Settle(c, c.Window.End) })
	}
	stop()
	app.Wait()
	require.NoError(t, h.store.Mark(t.Context()))
	d, err := h.store.Dump(t.Context())
	require.NoError(t, err)
	require.Len(t, d.Ledger, many*rounds)
	for _, row := range d.Ledger {
		assert.Equal(t, core.Sent, row.Status)
	}
	for _, n := range d.Notifications {
		assert.Equal(t, core.At(noon.Add(time.Duration((n.ID-1)/many)*24*time.Hour)), n.IncludedAt, n.ID)
	}
}

// locked has the app hold what a query locks while f runs.
func locked(t *testing.T, h home, query string, f func()) {
	t.Helper()
	tx, err := h.app.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), query)
	require.NoError(t, err)
	f()
	require.NoError(t, tx.Rollback(t.Context()))
}

// A set does not wait for others: what is locked is left to be claimed alone, or to be marked later.
func TestASetPassesOverWhatIsLocked(t *testing.T) {
	t.Parallel()
	h := moved(t)
	require.NoError(t, h.fill(t.Context(), told(4, 2)))
	begun := time.Now()
	var claims []ports.Change
	for id := range int64(4) {
		claims = append(claims, ports.Claim(claimOf(id+1, id+1, id+5)))
	}
	var results []ports.Result
	locked(t, h, "UPDATE users SET digest_cadence = 'weekly' WHERE id = 2", func() {
		locked(t, home{app: connectedTo(t, h.url)}, "SELECT 1 FROM users WHERE id = 3 FOR UPDATE", func() {
			var err error
			results, err = h.store.Record(t.Context(), claims...)
			require.NoError(t, err)
		})
	})
	assert.Equal(t, []error{nil, ports.ErrBusy, ports.ErrBusy, nil}, []error{results[0].Err, results[1].Err, results[2].Err, results[3].Err})

	first, last := claims[0].Claim, claims[3].Claim
	first.ID, last.ID = results[0].ID, results[3].ID
	locked(t, h, "UPDATE users SET digest_cadence = 'weekly' WHERE id = 4", func() {
		results, err := h.store.Record(t.Context(), ports.Release(first), ports.Release(last))
		require.NoError(t, err)
		assert.Equal(t, []ports.Result{{}, {Err: ports.ErrBusy}}, results)
		results, err = h.store.Record(t.Context(), claims[0])
		require.NoError(t, err)
		first.ID = results[0].ID
	})
	// A second update of a ledger row in a transaction would wait for its person.
	locked(t, h, "WITH u AS (SELECT 1 FROM users WHERE id IN (1, 4) FOR UPDATE) UPDATE notifications SET read_at = now() WHERE id IN (5, 8) AND (SELECT count(*) FROM u) > 0", func() {
		results, err := h.store.Record(t.Context(), ports.Settle(last, noon), ports.Settle(first, noon), claims[1], claims[2])
		require.NoError(t, err)
		for _, r := range results {
			require.NoError(t, r.Err)
		}
		seen, err := h.store.ByID(t.Context(), []int64{1, 4, 5, 8})
		require.NoError(t, err)
		require.Len(t, seen, 4)
		for _, n := range seen {
			assert.Equal(t, core.At(noon), n.IncludedAt, "it counts as included before it is marked")
		}
		assert.Equal(t, []string{"1", "4"}, textsOf(t, h.url, "SELECT id::text FROM notifications WHERE digest_included_at IS NOT NULL ORDER BY id"))
	})
	require.NoError(t, h.store.Mark(t.Context()))
	assert.Equal(t, []string{"1", "4", "5", "8"}, textsOf(t, h.url, "SELECT id::text FROM notifications WHERE digest_included_at IS NOT NULL ORDER BY id"))
	assert.Less(t, time.Since(begun), 4*time.Second, "nobody has waited for a lock until that was too long")
}

// A claim that is made alone waits for the transaction that has the person's rows, but not for long, and then for none for a while.
func TestAClaimIsNotMadeIfTheRowsStayLocked(t *testing.T) {
	t.Parallel()
	h := moved(t)
	require.NoError(t, h.fill(t.Context(), told(3, 1)))
	store, err := postgres.Open(t.Context(), h.url+"&lock_timeout=50ms", postgres.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close()) })
	locked(t, h, "UPDATE users SET display_name = 'x' WHERE id IN (1, 2)", func() {
		var took []time.Duration
		for id := range int64(2) {
			begun := time.Now()
			results, err := store.Record(t.Context(), ports.Claim(claimOf(id+1, id+1)))
			require.NoError(t, err)
			require.ErrorIs(t, results[0].Err, ports.ErrBusy)
			took = append(took, time.Since(begun))
		}
		assert.Greater(t, took[0], 50*time.Millisecond)
		assert.Less(t, took[1], took[0])
		results, err := store.Record(t.Context(), ports.Claim(claimOf(3, 3)))
		require.NoError(t, err)
		require.NoError(t, results[0].Err, "whose rows are free")
	})
	results, err := store.Record(t.Context(), ports.Claim(claimOf(1, 1)))
	require.NoError(t, err)
	require.NoError(t, results[0].Err)
	locked(t, h, "LOCK TABLE users IN EXCLUSIVE MODE", func() {
		_, err := store.Record(t.Context(), ports.Claim(claimOf(2, 2)))
		require.ErrorIs(t, err, ports.ErrUnavailable, "it may be about everybody")
		require.ErrorIs(t, err, ports.ErrBusy)
		require.ErrorContains(t, err, "is locked")
	})
}

func connectedTo(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, conn.Close(context.Background())) })
	return conn
}

// What the database refuses of one digest undoes the set. Alone, the others are made.
func TestASetThatFailsIsUndone(t *testing.T) {
	t.Parallel()
	h := moved(t)
	require.NoError(t, h.fill(t.Context(), told(3, 1)))
	execute(t, h.url, "ALTER TABLE notification_digests ADD CONSTRAINT odd CHECK (recipient_user_id <> 2)")
	t.Cleanup(func() { execute(t, h.url, "ALTER TABLE notification_digests DROP CONSTRAINT odd") })
	sent := claimOf(3, 3)
	var err error
	sent.ID, err = porttest.On(h.store).Claim(t.Context(), sent)
	require.NoError(t, err)
	_, err = h.store.Record(t.Context(), ports.Settle(sent, noon), ports.Claim(claimOf(1, 1)), ports.Claim(claimOf(2, 2)))
	require.ErrorContains(t, err, "odd")
	require.NotErrorIs(t, err, ports.ErrUnavailable)
	d, err := h.store.Dump(t.Context())
	require.NoError(t, err)
	require.Len(t, d.Ledger, 1)
	assert.Equal(t, core.Sending, d.Ledger[0].Status)
	assert.Equal(t, core.Stamp{}, d.Notifications[2].IncludedAt)
	for _, c := range []ports.Change{ports.Settle(sent, noon), ports.Claim(claimOf(1, 1))} {
		results, err := h.store.Record(t.Context(), c)
		require.NoError(t, err)
		require.NoError(t, results[0].Err)
	}
}
