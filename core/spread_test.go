package core

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The same person comes at the same time on every machine, and with every version.
func TestSpreadOfIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		recipient int64
		stretch   time.Duration
		want      time.Duration
	}{
		{1, 30 * time.Minute, 18*time.Minute + 50*time.Second}, {2, 30 * time.Minute, 16*time.Minute + 53*time.Second},
		{7, 30 * time.Minute, 3*time.Minute + 32*time.Second}, {7, 12 * time.Hour, 10*time.Hour + 33*time.Minute + 32*time.Second},
		{-7, 30 * time.Minute, 12*time.Minute + 15*time.Second}, {math.MaxInt64, 30 * time.Minute, 13*time.Minute + 47*time.Second},
		{7, time.Second, 0}, {7, 0, 0}, {7, -time.Hour, 0}, {7, time.Millisecond, 0},
	} {
		assert.Equal(t, c.want, SpreadOf(c.recipient, c.stretch), "%d over %s", c.recipient, c.stretch)
	}
}

func TestSpreadOfIsEven(t *testing.T) {
	t.Parallel()
	const people, parts = 60_000, 30
	// Whatever the IDs are like: one after another, every tenth or thousandth, or very large ones.
	for name, id := range map[string]func(int64) int64{
		"in a row": func(i int64) int64 { return i }, "tenths": func(i int64) int64 { return 10 * i },
		"thousandths": func(i int64) int64 { return 1000 * i }, "large": func(i int64) int64 { return math.MaxInt64 - i },
	} {
		var counts [parts]float64
		seconds := map[time.Duration]bool{}
		for i := range int64(people) {
			at := SpreadOf(id(i), 30*time.Minute)
			require.Zero(t, at%time.Second)
			counts[at/time.Minute]++
			seconds[at] = true
		}
		deviation := 0.0
		for _, n := range counts {
			deviation += (n - people/parts) * (n - people/parts) / (people / parts)
		}
		assert.Less(t, deviation, 58.3, "%s: chi-square of 29 degrees of freedom, which by chance is higher once in a thousand times", name)
		assert.Len(t, seconds, 1800, "%s: no second is left out", name)
	}
}

// late is a person who has 12 minutes and 30 seconds of half an hour.
func late(t *testing.T) Recipient {
	t.Helper()
	for id := int64(1); ; id++ {
		if SpreadOf(id, 30*time.Minute) == 12*time.Minute+30*time.Second {
			return Recipient{ID: id, Address: "ada@rfc.example", Cadence: Daily}
		}
	}
}

func TestSpreadDueAt(t *testing.T) {
	t.Parallel()
	at9, quiet := 9, func(from, to string) func(*Recipient) {
		return func(r *Recipient) { r.Preferences.QuietStart, r.Preferences.QuietEnd = from, to }
	}
	none := func(*Recipient) {}
	hour := func(r *Recipient) { r.Preferences.SendHour = &at9 }
	both := func(a, b func(*Recipient)) func(*Recipient) { return func(r *Recipient) { a(r); b(r) } }
	weekly := func(r *Recipient) { r.Cadence = Weekly }
	for name, c := range map[string]struct {
		change     func(*Recipient)
		start, due string
	}{
		"never":                         {func(r *Recipient) { r.Cadence = Off }, "2026-03-28T12:00:00Z", "0001-01-01T00:00:00Z"},
		"by elapsed time, first slot":   {none, "2026-03-28T12:00:00Z", "2026-03-29T12:12:30Z"},
		"the slot after, if that is by": {none, "2026-03-28T12:20:00Z", "2026-03-29T12:42:30Z"},
		"in the slot":                   {none, "2026-03-28T12:12:30Z", "2026-03-29T12:12:30Z"},
		"in the tick after it":          {none, "2026-03-28T12:13:29Z", "2026-03-29T12:13:29Z"},
		"a tick too late":               {none, "2026-03-28T12:13:30Z", "2026-03-29T12:42:30Z"},
		"just before it":                {none, "2026-03-28T12:12:29Z", "2026-03-29T12:12:30Z"},
		"before 1970":                   {none, "1969-12-30T23:50:00Z", "1970-01-01T00:12:30Z"},
		"weekly":                        {weekly, "2026-03-28T12:00:00Z", "2026-04-04T12:12:30Z"},
		"weekly, in the slot":           {weekly, "2026-03-28T12:12:30Z", "2026-04-04T12:12:30Z"},

		"send hour":                        {hour, "2026-03-28T12:00:00Z", "2026-03-29T09:12:30Z"},
		"send hour, after the last":        {hour, "2026-03-28T09:13:00Z", "2026-03-29T09:12:30Z"},
		"send hour, when it was not yet":   {hour, "2026-03-28T09:00:00Z", "2026-03-29T09:12:30Z"},
		"send hour, just before the hour":  {hour, "2026-03-28T08:59:59Z", "2026-03-28T09:12:30Z"},
		"send hour, weekly, monday":        {both(hour, weekly), "2026-03-28T12:00:00Z", "2026-03-30T09:12:30Z"},
		"quiet then":                       {both(hour, quiet("09:10", "17:00")), "2026-03-28T12:00:00Z", "2026-03-29T09:00:00Z"},
		"quiet before a tick":              {both(hour, quiet("09:13", "17:00")), "2026-03-28T12:00:00Z", "2026-03-29T09:00:00Z"},
		"quiet soon":                       {both(hour, quiet("09:14", "17:00")), "2026-03-28T12:00:00Z", "2026-03-29T09:12:30Z"},
		"quiet till then":                  {both(hour, quiet("06:00", "09:12")), "2026-03-28T12:00:00Z", "2026-03-29T09:12:30Z"},
		"quiet all along":                  {both(hour, quiet("06:00", "17:00")), "2026-03-28T12:00:00Z", "2026-03-29T09:00:00Z"},
		"quiet in the slot, no send hour":  {quiet("12:05", "17:00"), "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"},
		"quiet after the slot, no send h.": {quiet("12:14", "17:00"), "2026-03-28T12:00:00Z", "2026-03-29T12:12:30Z"},
	} {
		r := late(t)
		c.change(&r)
		s := Spread{Stretch: 30 * time.Minute, Tick: time.Minute}
		assert.Equal(t, c.due, s.dueAt(r, instant(t, c.start), nil).Format(time.RFC3339), name)
		assert.Equal(t, DueAt(r, instant(t, c.start), nil), Spread{}.dueAt(r, instant(t, c.start), nil), "%s: not spread", name)
	}
}

func TestSpreadThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spread Spread
		want   string
	}{
		{Spread{}, ""}, {Spread{Tick: time.Hour}, ""}, {Spread{Stretch: 2 * time.Hour}, ""}, {Spread{Stretch: 12 * time.Hour}, ""},
		{Spread{Stretch: 30 * time.Minute, Tick: time.Minute}, ""}, {Spread{Stretch: 2 * time.Second, Tick: time.Second}, ""},
		{Spread{Stretch: 7 * time.Hour}, "a day is a whole number"}, {Spread{Stretch: 24 * time.Hour}, "a day is a whole number"},
		{Spread{Stretch: -time.Hour}, "a day is a whole number"}, {Spread{Stretch: 1500 * time.Millisecond, Tick: time.Second}, "a day is a whole number"},
		{Spread{Stretch: 500 * time.Millisecond, Tick: 1}, "a day is a whole number"},
		{Spread{Stretch: time.Hour}, "ticks are 1 h apart"}, {Spread{Stretch: 30 * time.Minute}, "ticks are 1 h apart"},
		{Spread{Stretch: 30 * time.Minute, Tick: 45*time.Minute + time.Second}, "ticks are 45 min 1 s apart"},
	} {
		_, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Spread: c.spread})
		if c.want == "" {
			assert.NoError(t, err, c.spread)
		} else {
			assert.ErrorContains(t, err, c.want, c.spread)
		}
	}
}

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
func (l *life) tick(s Spread, now time.Time) {
	if s.look(l.r, l.zone, now).Action == Send {
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

func drawSpread(t *rapid.T, tick time.Duration) Spread {
	return Spread{Stretch: rapid.SampledFrom([]time.Duration{30 * time.Minute, 2 * time.Hour, 12 * time.Hour}).Draw(t, "stretch"), Tick: tick}
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
					spread = Spread{}
				}
			}
			l.tick(spread, now)
		})
		day := l.r.Preferences.weekday(l.r.Cadence)
		boundary, i := nextBoundary(l.ends[0], l.zone, hour, day), 1
		for {
			next := nextBoundary(boundary, l.zone, hour, day)
			if next.After(epoch.Add((days - 1) * 24 * time.Hour)) {
				break
			}
			require.Greater(t, len(l.ends), i, "none for %s", boundary)
			require.False(t, l.ends[i].Before(boundary) || !l.ends[i].Before(next), "%s is not from %s to %s", l.ends[i], boundary, next)
			require.False(t, InQuietHours(l.r.Preferences, l.zone, l.ends[i]))
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
			spread.Stretch = 2 * time.Hour
		}
		eachTick(days, tick, func(now time.Time) { l.tick(spread, now) })
		period := l.r.Cadence.Period()
		// The first is not from tick to tick, so that it can take two to come to where it stays.
		apart := l.ends[2].Sub(l.ends[0])
		require.GreaterOrEqual(t, apart, 2*period)
		require.Less(t, apart, 2*period+spread.Stretch+2*tick)
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
	spread := Spread{Stretch: 30 * time.Minute, Tick: time.Minute}
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

func TestBecauseDigestsAreSpread(t *testing.T) {
	t.Parallel()
	style, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Spread: Spread{Stretch: 30 * time.Minute, Tick: time.Minute}})
	require.NoError(t, err)
	r := late(t)
	r.Latest = Entry{ID: 1, End: instant(t, "2026-03-28T12:00:00Z"), Status: Sent}
	why := func(now string) string {
		return Explain(Snapshot{Now: instant(t, now), Recipient: r}, style).Why
	}
	const rest = "2026-03-29 12:12:30: the last window ended 2026-03-28 12:00:00, and a daily digest follows 24 hours after, and 12 min 30 s later for them, since digests are spread over 30 min."
	assert.Equal(t, "Not due before "+rest, why("2026-03-29T12:12:29Z"))
	assert.Equal(t, "Due since "+rest+" Nothing in the window is for a digest: it is recorded as empty, without a mail.", why("2026-03-29T12:12:30Z"))
	r.Latest.End = instant(t, "2026-03-28T12:13:00Z")
	assert.Equal(t, "Not due before 2026-03-29 12:13:00: the last window ended 2026-03-28 12:13:00, and a daily digest follows 24 hours after.", why("2026-03-29T12:12:30Z"))
	r.Latest.Status, r.Preferences.QuietStart, r.Preferences.QuietEnd = Sent, "12:00", "13:00"
	assert.Equal(t, QuietHours, PlanDigest(Snapshot{Now: instant(t, "2026-03-29T12:30:00Z"), Recipient: r}, style).Reason)
}

func TestSpell(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		30 * time.Minute: "30 min", 12*time.Minute + 30*time.Second: "12 min 30 s", time.Second: "1 s", 2 * time.Hour: "2 h",
		11*time.Hour + 59*time.Minute + 59*time.Second: "11 h 59 min 59 s", time.Hour + time.Second: "1 h 1 s",
	} {
		assert.Equal(t, want, spell(d))
	}
}
