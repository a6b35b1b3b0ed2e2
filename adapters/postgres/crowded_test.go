package postgres_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestAStoreMakesDoWithTheConnectionsThatThereAre(t *testing.T) {
	t.Parallel()
	h := moved(t)
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(20)}))
	address, _ := pgtest.Limited(t, h.url, 2) // one that reads, and one that writes
	s := opened(t, address, postgres.Options{})
	var all sync.WaitGroup
	for id := int64(1); id <= 20; id++ {
		all.Go(func() {
			_, err := s.Lookup(t.Context(), []int64{id})
			assert.NoError(t, err)
			_, err = porttest.On(s).Claim(t.Context(), claimOf(id))
			assert.NoError(t, err)
		})
	}
	all.Wait()
}

func TestAMigrationWaitsForItsSecondConnection(t *testing.T) {
	t.Parallel()
	h := moved(t)
	address, limit := pgtest.Limited(t, h.url, 1)
	time.AfterFunc(300*time.Millisecond, func() { limit(2) })
	ctx, giveUp := context.WithTimeout(t.Context(), 30*time.Second)
	defer giveUp()
	_, err := postgres.Migrate(ctx, address)
	assert.NoError(t, err)
}

func TestAPoolWaitsForItsFirstConnection(t *testing.T) {
	t.Parallel()
	address, limit := pgtest.Limited(t, server, 1)
	other, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	pool, classify := postgres.Pool(address, 3, 200*time.Millisecond)
	defer pool.Close()
	begun := time.Now()
	err = classify(pool.PingContext(t.Context()))
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.ErrorContains(t, err, "has no connection left: too many connections for role")
	assert.ErrorContains(t, err, "CONNECTION LIMIT")
	assert.GreaterOrEqual(t, time.Since(begun), 100*time.Millisecond, "it has waited")

	patient, _ := postgres.Pool(address, 3, time.Minute)
	defer patient.Close()
	time.AfterFunc(300*time.Millisecond, func() { assert.NoError(t, other.Close(context.Background())) })
	require.NoError(t, patient.PingContext(t.Context()))
	require.NoError(t, patient.Close())

	limit(0)
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, postgresPing(short, address), context.DeadlineExceeded)
}

func postgresPing(ctx context.Context, address string) error {
	pool, _ := postgres.Pool(address, 1, time.Minute)
	defer pool.Close()
	return pool.PingContext(ctx)
}
