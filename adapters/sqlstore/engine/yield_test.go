package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pauses returns how long the pauses were after transactions of 10 ms, before each of which another process had
// written or had not.
func pauses(written ...bool) (pauses []time.Duration) {
	var y yield
	version := int64(7)
	y.note(version)
	for _, other := range written {
		if other {
			version++
		}
		y.began = time.Now()
		y.note(version)
		time.Sleep(10 * time.Millisecond)
		before := time.Now()
		y.end()
		pauses = append(pauses, time.Since(before))
	}
	return pauses
}

func TestOthersAreLetInBetweenTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		assert.Equal(t, []time.Duration{0, 0, 0, 0, gap, 0, 0, 0, 0, gap}, pauses(make([]bool, 10)...), "nobody is known to write")
		const held = 10 * time.Millisecond
		assert.Equal(t, []time.Duration{0, held, held, held}, pauses(false, true, false, true), "another process writes")
		many := pauses(append([]bool{true}, make([]bool, 200)...)...)
		assert.Equal(t, held, many[98], "for two seconds")
		assert.Equal(t, []time.Duration{0, 0, 0, 0, gap}, many[100:105], "and then no more")
	})
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
		assert.Equal(t, 11*10*time.Millisecond+2*gap, time.Since(began))
		assert.Len(t, numbers(), 11)
		require.NoError(t, w.close())
	})
}
