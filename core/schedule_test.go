package core

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
		s := Schedule{Spread: 30 * time.Minute, Tick: time.Minute}
		assert.Equal(t, c.due, s.dueAt(r, instant(t, c.start), nil).Format(time.RFC3339), name)
		assert.Equal(t, DueAt(r, instant(t, c.start), nil), Schedule{}.dueAt(r, instant(t, c.start), nil), "%s: not spread", name)
	}
}

func TestSpreadThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spread Schedule
		want   string
	}{
		{Schedule{}, ""}, {Schedule{Tick: time.Hour}, ""}, {Schedule{Spread: 2 * time.Hour}, ""}, {Schedule{Spread: 12 * time.Hour}, ""},
		{Schedule{Spread: 30 * time.Minute, Tick: time.Minute}, ""}, {Schedule{Spread: 2 * time.Second, Tick: time.Second}, ""},
		{Schedule{Spread: 7 * time.Hour}, "a day is a whole number"}, {Schedule{Spread: 24 * time.Hour}, "a day is a whole number"},
		{Schedule{Spread: -time.Hour}, "a day is a whole number"}, {Schedule{Spread: 1500 * time.Millisecond, Tick: time.Second}, "a day is a whole number"},
		{Schedule{Spread: 500 * time.Millisecond, Tick: 1}, "a day is a whole number"},
		{Schedule{Spread: time.Hour}, "ticks are 1 h apart"}, {Schedule{Spread: 30 * time.Minute}, "ticks are 1 h apart"},
		{Schedule{Spread: 30 * time.Minute, Tick: 45*time.Minute + time.Second}, "ticks are 45 min 1 s apart"},
	} {
		err := c.spread.Check()
		if c.want == "" {
			assert.NoError(t, err, c.spread)
		} else {
			assert.ErrorContains(t, err, c.want, c.spread)
		}
	}
}

func TestBecauseDigestsAreSpread(t *testing.T) {
	t.Parallel()
	style, schedule := testStyle(t), Schedule{Spread: 30 * time.Minute, Tick: time.Minute}
	r := late(t)
	r.Latest = Entry{ID: 1, End: instant(t, "2026-03-28T12:00:00Z"), Status: Sent}
	why := func(now string) string {
		return Explain(Snapshot{Now: instant(t, now), Recipient: r, Schedule: schedule}, nil, style).Why
	}
	const rest = "2026-03-29 12:12:30: the last window ended 2026-03-28 12:00:00, and a daily digest follows 24 hours after, and 12 min 30 s later for them, since digests are spread over 30 min."
	assert.Equal(t, "Not due before "+rest, why("2026-03-29T12:12:29Z"))
	assert.Equal(t, "Due since "+rest+" Nothing in the window is for a digest: it is recorded as empty, without a mail.", why("2026-03-29T12:12:30Z"))
	r.Latest.End = instant(t, "2026-03-28T12:13:00Z")
	assert.Equal(t, "Not due before 2026-03-29 12:13:00: the last window ended 2026-03-28 12:13:00, and a daily digest follows 24 hours after.", why("2026-03-29T12:12:30Z"))
	r.Latest.Status, r.Preferences.QuietStart, r.Preferences.QuietEnd = Sent, "12:00", "13:00"
	assert.Equal(t, QuietHours, PlanDigest(Snapshot{Now: instant(t, "2026-03-29T12:30:00Z"), Recipient: r, Schedule: schedule}, style).Reason)
}
