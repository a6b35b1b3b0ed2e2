package systemclock_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
)

func TestZeroValueIsTheSystemClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var clock systemclock.Clock
		start := time.Now()
		time.Sleep(90*time.Minute + time.Millisecond)
		now := clock.Now()
		assert.Equal(t, 90*time.Minute+time.Millisecond, now.Sub(start))
		assert.Equal(t, time.UTC, now.Location())
	})
}

func TestAtShowsAnotherInstantAndRunsOn(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("somewhere", 5*3600+1800)
	for _, instant := range []time.Time{
		time.Date(1999, time.December, 31, 23, 59, 59, 0, time.UTC),
		time.Date(2038, time.January, 19, 8, 44, 8, 0, zone),
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(700 * time.Millisecond)
			clock := systemclock.At(instant)
			assert.True(t, instant.Equal(clock.Now()))
			time.Sleep(48 * time.Hour)
			assert.True(t, instant.Add(48*time.Hour).Equal(clock.Now()))
			assert.Equal(t, time.UTC, clock.Now().Location())
		})
	}
}
