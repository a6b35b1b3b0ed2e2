package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
)

func TestAClockIsAheadByWhatIsLeftWhenTheWayIsTakenOff(t *testing.T) {
	t.Parallel()
	here := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for there, want := range map[time.Duration]time.Duration{0: -time.Second, time.Second: 0, time.Hour: time.Hour - time.Second, -time.Hour: -time.Hour - time.Second} {
		assert.Equal(t, want, ahead(here, here.Add(there), here.Add(2*time.Second)))
	}
}

func TestTheClockIsTheServers(t *testing.T) {
	t.Parallel()
	pgtest.TakePlace(t)
	c, err := NewClock(t.Context(), pgtest.Server)
	require.NoError(t, err)
	// Whatever this machine's clock says, the server's counts.
	for _, wrong := range []time.Duration{-time.Hour, time.Hour} {
		c.ahead, c.asked = wrong, time.Time{}
		var there time.Time
		before := c.Now()
		require.NoError(t, c.db.QueryRowContext(t.Context(), "SELECT clock_timestamp()").Scan(&there))
		after := c.Now()
		assert.False(t, before.After(there.Add(time.Minute)), "%s, %s", before, there)
		assert.False(t, after.Before(there.Add(-time.Minute)), "%s, %s", there, after)
		assert.Equal(t, time.UTC, before.Location())
	}
	// One that does not answer is no reason to stop.
	require.NoError(t, c.db.Close())
	c.ahead, c.asked = time.Hour, time.Time{}
	assert.InDelta(t, time.Now().Add(time.Hour).Unix(), c.Now().Unix(), 60)

	_, err = NewClock(context.Background(), "postgres://postgres@127.0.0.1:1/postgres?connect_timeout=2")
	assert.Error(t, err)
	_, err = NewClock(context.Background(), "sqlite://x")
	assert.ErrorIs(t, err, ErrURL)
}
