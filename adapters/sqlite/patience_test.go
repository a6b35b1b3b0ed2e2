package sqlite

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// busy returns the error of a connection that found the lock of the file taken.
func busy(t *testing.T) error {
	t.Helper()
	path := migrated(t)
	holder, asker := connected(t, path), connected(t, path)
	_, err := holder.Exec("BEGIN IMMEDIATE")
	require.NoError(t, err)
	_, err = asker.Exec("BEGIN IMMEDIATE")
	require.Error(t, err)
	require.True(t, isBusy(err))
	return err
}

// With SQLite's own busy timeout it is the other way round, and of eight writers some wait for more than five seconds.
func TestAWriterThatHasWaitedLongAsksMoreOften(t *testing.T) {
	t.Parallel()
	locked := busy(t)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var last time.Duration
		asked := map[time.Duration]int{} // in each second
		err := patience(5*time.Second).wait(t.Context(), func() error {
			now := time.Since(began)
			switch pause := now - last; {
			case now > time.Second:
				assert.LessOrEqual(t, pause, 2*time.Millisecond)
			default:
				assert.LessOrEqual(t, pause, longPause)
			}
			last = now
			asked[now.Truncate(time.Second)]++
			return locked
		})
		assert.ErrorIs(t, err, locked)
		assert.GreaterOrEqual(t, time.Since(began), 5*time.Second)
		assert.Less(t, time.Since(began), 5*time.Second+longPause)
		assert.Greater(t, asked[time.Second], 2*asked[0])
	})
}

func TestOnlyABusyDatabaseIsWaitedFor(t *testing.T) {
	t.Parallel()
	locked, other := busy(t), errors.New("no such table")
	for _, test := range []struct {
		name  string
		said  []error // what tries return, one after the other
		tries int
		want  error
	}{
		{"it was free", []error{nil}, 1, nil},
		{"it was free in the end", []error{locked, locked, locked, locked, nil}, 5, nil},
		{"another error", []error{other}, 1, other},
		{"another error in the end", []error{locked, other}, 2, other},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				err := patience(time.Second).wait(t.Context(), func() error { tries++; return test.said[tries-1] })
				assert.Equal(t, test.want, err)
				assert.Equal(t, test.tries, tries)
			})
		})
	}
	t.Run("the caller gave up", func(t *testing.T) {
		ctx, giveUp := context.WithCancel(t.Context())
		giveUp()
		tries := 0
		assert.ErrorIs(t, patience(time.Hour).wait(ctx, func() error { tries++; return locked }), locked)
		assert.LessOrEqual(t, tries, 3) // either was ready
	})
}
