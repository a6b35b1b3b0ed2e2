package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// leaves returns when messages leave that are ready at the given times after epoch, as times after epoch.
func leaves(p RateLimit, ready ...time.Duration) (left []time.Duration) {
	var paid time.Time
	now := epoch
	for _, at := range ready {
		now = later(now, epoch.Add(at))
		now, paid = p.Next(paid, now)
		left = append(left, now.Sub(epoch))
	}
	return left
}

func TestPace(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		perMinute   int
		ready, want []time.Duration
	}{
		"no limit":                          {0, []time.Duration{0, 0, 0, s}, []time.Duration{0, 0, 0, s}},
		"one a minute":                      {1, []time.Duration{0, 0, 0}, []time.Duration{0, 60 * s, 120 * s}},
		"one a second":                      {60, []time.Duration{0, 0, 0, 0}, []time.Duration{0, s, 2 * s, 3 * s}},
		"slower than it may":                {60, []time.Duration{0, 2 * s, 4 * s}, []time.Duration{0, 2 * s, 4 * s}},
		"no credit without a burst":         {60, []time.Duration{0, 90 * s, 90 * s, 90 * s}, []time.Duration{0, 90 * s, 91 * s, 92 * s}},
		"three a second, three at once":     {180, []time.Duration{0, 0, 0, 0, 0}, []time.Duration{0, 0, 0, s/3 + 1, 2 * (s/3 + 1)}},
		"and again after a pause":           {180, []time.Duration{0, 0, 0, 9 * s, 9 * s, 9 * s, 9 * s}, []time.Duration{0, 0, 0, 9 * s, 9 * s, 9 * s, 9*s + s/3 + 1}},
		"half a pause is a part of a burst": {120, []time.Duration{0, 0, s / 2, s / 2}, []time.Duration{0, 0, s / 2, s}},
	} {
		got := leaves(RateLimit{c.perMinute}, c.ready...)
		for i := range c.want {
			assert.InDelta(t, c.want[i], got[i], 10, "%s: message %d", name, i+1)
		}
	}
}

func TestPaceThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, MaxPerMinute} {
		assert.NoError(t, RateLimit{n}.Check())
	}
	for _, n := range []int{-1, MaxPerMinute + 1} {
		assert.ErrorContains(t, RateLimit{n}.Check(), "messages a minute, want 1 to 1000000")
	}
}

// However messages come, no minute has more of them than the pace and one burst.
func TestPaceHoldsInAnyMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := RateLimit{rapid.IntRange(1, 600).Draw(t, "per minute")}
		var paid time.Time
		var left []time.Time
		now := epoch
		pauses := rapid.SliceOfN(rapid.SampledFrom([]time.Duration{0, 0, time.Millisecond, 300 * time.Millisecond, time.Second, 20 * time.Second}), 1, 40).Draw(t, "pauses")
		for len(left) < 2*(p.PerMinute+p.Burst()) {
			for _, pause := range pauses {
				asked := now.Add(pause)
				now, paid = p.Next(paid, asked)
				require.False(t, now.Before(asked))
				require.LessOrEqual(t, now.Sub(asked), p.distance())
				left = append(left, now)
			}
		}
		most := p.PerMinute + p.Burst()
		for i := most; i < len(left); i++ {
			require.Greater(t, left[i].Sub(left[i-most]), time.Minute, "messages %d to %d", i-most, i)
		}
	})
}

func TestPaceWithoutAPauseIsThePace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := RateLimit{rapid.IntRange(1, 60_000).Draw(t, "per minute")}
		var paid time.Time
		now, n := epoch, 0
		for ; n < 5000 && now.Before(epoch.Add(time.Minute)); n++ {
			now, paid = p.Next(paid, now)
		}
		took := now.Sub(epoch)
		require.InDelta(t, float64(n-p.Burst()), float64(p.PerMinute)*took.Minutes(), 1+float64(n)/1000)
	})
}

func TestPaceIsNotUpsetByAClockThatIsSet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := RateLimit{rapid.IntRange(1, MaxPerMinute).Draw(t, "per minute")}
		var paid time.Time
		now := epoch
		for _, step := range rapid.SliceOf(rapid.Int64Range(-int64(48*time.Hour), int64(48*time.Hour))).Draw(t, "steps") {
			now = now.Add(time.Duration(step))
			leave, next := p.Next(paid, now)
			require.False(t, leave.Before(now))
			require.LessOrEqual(t, leave.Sub(now), MaxAskers*p.distance())
			now, paid = leave, next
		}
	})
}
