package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pauses returns how long the pauses were after transactions that took so long, before each of which another process had
// written or had not.
func pauses(took time.Duration, written ...bool) (pauses []time.Duration) {
	var y yield
	version := int64(7)
	y.note(version)
	for _, other := range written {
		if other {
			version++
		}
		y.began = time.Now()
		y.note(version)
		time.Sleep(took)
		before := time.Now()
		y.end()
		pauses = append(pauses, time.Since(before))
	}
	return pauses
}

func TestOthersAreLetInBetweenTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const ms = time.Millisecond
		assert.Equal(t, []time.Duration{0, 0, 0, 0, minPause, 0, 0, 0, 0, minPause}, pauses(10*ms, make([]bool, 10)...), "nobody is known to write")
		assert.Equal(t, []time.Duration{0, 0, 0, 0, 0, 0, 6 * ms, 0, 0, 0, 0, 0, 0, 6 * ms}, pauses(2*ms, append([]bool{true}, make([]bool, 13)...)...), "another process writes")
		assert.Equal(t, []time.Duration{10 * ms, 10 * ms}, pauses(10*ms, true, false), "as much as is left of a round")
		assert.Equal(t, []time.Duration{10 * ms, 10 * ms}, pauses(30*ms, true, false), "and more after long ones")
		assert.Equal(t, []time.Duration{maxPause}, pauses(100*ms, true))
		many := pauses(10*ms, append([]bool{true}, make([]bool, 200)...)...)
		assert.Equal(t, 10*ms, many[98], "for two seconds")
		assert.Equal(t, []time.Duration{0, 0, 0, 0, minPause}, many[100:105], "and then no more")
	})
}

// A process with SQLite's busy timeout finds the lock free when it asks for the sixth time at the latest.
func TestWhoWaitsLikeSQLiteMeetsAPause(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, took := range []time.Duration{300 * time.Microsecond, ms, 2 * ms, 3 * ms, 5 * ms} {
		synctest.Test(t, func(t *testing.T) {
			began, free := time.Now(), map[time.Duration]bool{}
			y := yield{seen: began}
			for time.Since(began) < time.Second {
				y.began = time.Now()
				time.Sleep(took)
				from := time.Since(began)
				y.end()
				for at := (from + ms/10 - 1).Truncate(ms / 10); at < time.Since(began); at += ms / 10 {
					free[at] = true
				}
			}
			missed, starts := 0, 0
			for start := 100 * ms; start < 900*ms; start += ms / 10 {
				starts++
				if !free[start] && !free[start+ms] && !free[start+3*ms] && !free[start+8*ms] && !free[start+18*ms] && !free[start+33*ms] {
					missed++
				}
			}
			assert.LessOrEqual(t, 100*missed, starts, "transactions of %s", took)
		})
	}
}

// The writer makes the pauses.
func TestAWriterLetsOthersInBetweenItsTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, numbers := testWriter(t)
		w.Others = "PRAGMA data_version"
		began := time.Now()
		for n := range 11 {
			require.NoError(t, w.do(t.Context(), &job{change: func(ctx context.Context, tx Tx) error {
				time.Sleep(10 * time.Millisecond)
				return insert(n, nil)(ctx, tx)
			}}))
		}
		assert.Equal(t, 11*10*time.Millisecond+2*minPause, time.Since(began))
		assert.Len(t, numbers(), 11)
		require.NoError(t, w.close())
	})
}
