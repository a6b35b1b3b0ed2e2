package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// life is one person's windows, as ticks close them.
type life struct {
	r    Recipient
	zone *time.Location
	ends []time.Time
}

// drawLife makes up a person whose last window ended at epoch, in a spring in which clocks change.
func drawLife(t *rapid.T) *life {
	l := &life{r: drawRecipient(t), zone: drawZone(t)}
	l.r.ID = rapid.Int64Range(1, 1000).Draw(t, "id")
	l.r.Latest = Entry{ID: 1, End: epoch.Add(time.Duration(rapid.IntRange(0, 59).Draw(t, "minute")) * time.Minute), Status: Sent}
	l.ends = []time.Time{l.r.Latest.End}
	return l
}

// tick closes the window of l if it is due at now.
func (l *life) tick(s Schedule, now time.Time) {
	if s.Look(l.r, l.zone, now).Action == Send {
		l.r.Latest.End = now
		l.ends = append(l.ends, now)
	}
}

// drawQuiet gives l quiet hours, of 20 hours at the most.
func (l *life) drawQuiet(t *rapid.T) {
	start, long := rapid.IntRange(0, 23).Draw(t, "quiet from"), rapid.IntRange(0, 20).Draw(t, "quiet for")
	clock := func(hour int) string { return time.Date(2026, 1, 1, hour%24, 0, 0, 0, time.UTC).Format("15:04") }
	l.r.Preferences.QuietStart, l.r.Preferences.QuietEnd = clock(start), clock(start+long)
}

// eachTick calls tick every so often for days after epoch.
func eachTick(days int, every time.Duration, tick func(now time.Time)) {
	for at := every; at <= time.Duration(days)*24*time.Hour; at += every {
		tick(epoch.Add(at))
	}
}

func drawSpread(t *rapid.T, tick time.Duration) Schedule {
	return Schedule{Spread: rapid.SampledFrom([]time.Duration{30 * time.Minute, 2 * time.Hour, 12 * time.Hour}).Draw(t, "stretch"), Tick: tick}
}

// With a send hour there is one digest for each local day or week, whatever is spread over how long, also
// when that changes on the way, and none in quiet hours.
func TestSpreadOneDigestForEachLocalDayAndWeek(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLife(t)
		hour := rapid.IntRange(0, 23).Draw(t, "send hour")
		l.r.Preferences.SendHour = &hour
		l.drawQuiet(t)
		const days, tick = 36, 20 * time.Minute
		spread, changes := drawSpread(t, tick), rapid.Bool().Draw(t, "changes")
		eachTick(days, tick, func(now time.Time) {
			if changes && now.Hour() == 5 && now.Minute() == 40 {
				spread = drawSpread(t, tick)
				if rapid.Bool().Draw(t, "off") {
					spread = Schedule{}
				}
			}
			l.tick(spread, now)
		})
		rhythm := l.r.Rhythm()
		boundary, i := rhythm.after(l.ends[0], l.zone), 1
		for {
			next := rhythm.after(boundary, l.zone)
			if next.After(epoch.Add((days - 1) * 24 * time.Hour)) {
				break
			}
			require.Greater(t, len(l.ends), i, "none for %s", boundary)
			require.False(t, l.ends[i].Before(boundary) || !l.ends[i].Before(next), "%s is not from %s to %s", l.ends[i], boundary, next)
			require.False(t, spread.InQuietHours(l.r.Preferences, l.zone, l.ends[i]))
			boundary = next
			i++
		}
		require.Greater(t, i, 3)
	})
}

// Without a send hour windows are as long as ever, but for the first two, in which people are moved apart.
func TestSpreadWindowsDoNotCreep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLife(t)
		l.r.Preferences = Preferences{}
		const days = 90
		tick := rapid.SampledFrom([]time.Duration{10 * time.Minute, time.Hour}).Draw(t, "tick")
		spread := drawSpread(t, tick)
		if spread.Check() != nil {
			spread.Spread = 2 * time.Hour
		}
		eachTick(days, tick, func(now time.Time) { l.tick(spread, now) })
		period := l.r.Cadence.Period()
		// The first is not from tick to tick, so that it can take two to come to where it stays.
		apart := l.ends[2].Sub(l.ends[0])
		require.GreaterOrEqual(t, apart, 2*period)
		require.Less(t, apart, 2*period+spread.Spread+2*tick)
		for i := 3; i < len(l.ends); i++ {
			require.Equal(t, period, l.ends[i].Sub(l.ends[i-1]), i)
		}
		require.GreaterOrEqual(t, len(l.ends), int(days*24*time.Hour/period)-1)
	})
}

// However late ticks come, and however digests are spread meanwhile, nobody waits much longer.
func TestSpreadNobodyWaitsLongerThanAStretch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLife(t)
		l.r.Preferences = Preferences{}
		const tick, gap = 20 * time.Minute, 5
		spread, dropped := drawSpread(t, tick), 0
		eachTick(20, tick, func(now time.Time) {
			if now.Hour()%6 == 0 { // now and then, so that there are not too many draws
				if dropped < gap && rapid.Bool().Draw(t, "dropped") {
					dropped++
					return
				}
				spread = drawSpread(t, tick)
			}
			dropped = 0
			l.tick(spread, now)
		})
		for i := 1; i < len(l.ends); i++ {
			waited := l.ends[i].Sub(l.ends[i-1])
			require.GreaterOrEqual(t, waited, l.r.Cadence.Period())
			require.Less(t, waited, l.r.Cadence.Period()+12*time.Hour+(gap+1)*tick)
		}
	})
}

// A crowd whose windows all ended in the same tick comes apart, each tick having its share, and stays so.
func TestSpreadTakesACrowdApart(t *testing.T) {
	t.Parallel()
	spread := Schedule{Spread: 30 * time.Minute, Tick: time.Minute}
	byTick := map[time.Time]int{}
	for id := range int64(3000) {
		l := &life{r: Recipient{ID: id, Address: "ada@rfc.example", Cadence: Daily, Latest: Entry{ID: 1, End: epoch, Status: Sent}}}
		for range 3 { // each taken by the first tick that comes when they are due
			due := spread.dueAt(l.r, l.r.Latest.End, nil)
			l.tick(spread, due.Add(time.Minute-time.Second).Truncate(time.Minute))
		}
		require.Len(t, l.ends, 3)
		require.Equal(t, 48*time.Hour, l.ends[2].Sub(l.ends[0]))
		byTick[l.ends[0]]++
	}
	assert.InDelta(t, 30, len(byTick), 1)
	for at, n := range byTick {
		assert.Less(t, n, 150, at)
	}
}
