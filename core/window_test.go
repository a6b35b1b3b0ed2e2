package core

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at.UTC()
}

func TestWindowStartsWhereTheLastEnded(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	end := now.Add(-25 * time.Hour)
	assert.Equal(t, Window{end, now}, WindowAt(Recipient{Latest: Entry{ID: 1, End: end}}, now))
	assert.Equal(t, Window{end, now}, WindowAt(Recipient{Latest: Entry{ID: 1, End: end.Add(999 * time.Millisecond)}}, now), "whole seconds")
	assert.Equal(t, Window{now.Add(time.Hour), now.Add(time.Hour)}, WindowAt(Recipient{Latest: Entry{ID: 1, End: now.Add(time.Hour)}}, now), "clock set back")
	assert.Equal(t, Window{now.Add(-30 * 24 * time.Hour), now}, WindowAt(Recipient{}, now), "no window yet")
	assert.Equal(t, Window{now.Add(-30 * 24 * time.Hour), now}, WindowAt(Recipient{Latest: Entry{ID: 1}}, now), "end cannot be read")
}

func TestReachGoesBackForLateArrivalsWhereThisProgramClosedTheWindow(t *testing.T) {
	t.Parallel()
	start := instant(t, "2026-03-29T12:00:00Z")
	for _, c := range []struct {
		latest Entry
		want   time.Duration
	}{
		{Entry{}, 0},
		{Entry{ID: 1, End: start}, 0},
		{Entry{ID: 1, Status: Sent}, 0},
		{Entry{ID: 1, End: start, Status: Sent}, -15 * time.Minute},
		{Entry{ID: 1, End: start, Status: Empty}, -15 * time.Minute},
	} {
		assert.Equal(t, start.Add(c.want), Reach(Recipient{Latest: c.latest}, start), "%+v", c.latest)
	}
}

// due reports whether r's window w has rolled over.
func due(r Recipient, w Window, z *time.Location) bool {
	at := DueAt(r, w.Start, z)
	return !at.IsZero() && !at.After(w.End)
}

func TestDueByElapsedTime(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	day, week := 24*time.Hour, 7*24*time.Hour
	for _, c := range []struct {
		cadence Cadence
		age     time.Duration
		want    bool
	}{
		{Daily, day - time.Second, false}, {Daily, day, true}, {Daily, day + time.Second, true}, {Daily, 40 * day, true},
		{Weekly, week - time.Second, false}, {Weekly, week, true}, {Weekly, week + time.Second, true},
		{"", 40 * day, false}, {"off", 40 * day, false}, {"monthly", 40 * day, false}, {"DAILY", 40 * day, false},
		{Daily, 0, false}, {Daily, -time.Hour, false}, {Weekly, -40 * day, false},
	} {
		w := Window{Start: now.Add(-c.age), End: now}
		assert.Equal(t, c.want, due(Recipient{Cadence: c.cadence}, w, nil), "%s after %s", c.cadence, c.age)
	}
}

// anyDay stands for a boundary on every day.
const anyDay = time.Weekday(-1)

// boundaryAfter returns the first boundary after at.
func boundaryAfter(at time.Time, z *time.Location, hour int, day time.Weekday) time.Time {
	r := Rhythm{Hours: []int{hour}}
	if day != anyDay {
		r.Days, r.Weekdays = OnWeekdays, []time.Weekday{day}
	}
	return r.after(at, z)
}

// latestBoundary returns the last boundary that is not after now.
func latestBoundary(now time.Time, z *time.Location, hour int, day time.Weekday) time.Time {
	at := now.Add(-15 * 24 * time.Hour)
	for {
		next := boundaryAfter(at, z, hour, day)
		if next.After(now) {
			return at
		}
		at = next
	}
}

func TestBoundaries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		zone string
		now  string
		hour int
		day  time.Weekday
		want string
	}{
		{"just before the hour it is yesterday's", "UTC", "2026-03-29T07:59:59Z", 8, anyDay, "2026-03-28T08:00:00Z"},
		{"on the hour it is today's", "UTC", "2026-03-29T08:00:00Z", 8, anyDay, "2026-03-29T08:00:00Z"},
		{"midnight belongs to the day that begins", "UTC", "2026-03-29T00:00:00Z", 0, anyDay, "2026-03-29T00:00:00Z"},
		{"weekly waits for its day", "UTC", "2026-03-29T23:00:00Z", 8, time.Monday, "2026-03-23T08:00:00Z"},
		{"weekly on its day", "UTC", "2026-03-30T08:00:00Z", 8, time.Monday, "2026-03-30T08:00:00Z"},
		{"weekly on its day, before the hour", "UTC", "2026-03-30T07:59:59Z", 8, time.Monday, "2026-03-23T08:00:00Z"},

		{"New York in winter", "America/New_York", "2026-03-07T20:00:00Z", 9, anyDay, "2026-03-07T14:00:00Z"},
		{"New York in summer", "America/New_York", "2026-03-08T20:00:00Z", 9, anyDay, "2026-03-08T13:00:00Z"},
		{"New York skips 02:00, so 03:00 it is", "America/New_York", "2026-03-08T20:00:00Z", 2, anyDay, "2026-03-08T07:00:00Z"},
		{"New York, a second before the gap", "America/New_York", "2026-03-08T06:59:59Z", 2, anyDay, "2026-03-07T07:00:00Z"},
		{"New York has 01:00 twice, so the first", "America/New_York", "2026-11-01T20:00:00Z", 1, anyDay, "2026-11-01T05:00:00Z"},
		{"New York, between the two", "America/New_York", "2026-11-01T05:59:00Z", 1, anyDay, "2026-11-01T05:00:00Z"},
		{"New York, during the second", "America/New_York", "2026-11-01T06:30:00Z", 1, anyDay, "2026-11-01T05:00:00Z"},
		{"New York, 02:00 after the doubled hour", "America/New_York", "2026-11-01T20:00:00Z", 2, anyDay, "2026-11-01T07:00:00Z"},

		{"Lord Howe skips half of 02:00, whose end is 02:30", "Australia/Lord_Howe", "2026-10-04T12:00:00Z", 2, anyDay, "2026-10-03T15:30:00Z"},
		{"Lord Howe after the gap", "Australia/Lord_Howe", "2026-10-04T12:00:00Z", 3, anyDay, "2026-10-03T16:00:00Z"},
		{"Lord Howe doubles half of 01:00, which begins once", "Australia/Lord_Howe", "2026-04-05T12:00:00Z", 1, anyDay, "2026-04-04T14:00:00Z"},
		{"Lord Howe after the doubled half hour", "Australia/Lord_Howe", "2026-04-05T12:00:00Z", 2, anyDay, "2026-04-04T15:30:00Z"},

		{"Kathmandu is 5:45 ahead", "Asia/Kathmandu", "2026-03-29T12:00:00Z", 8, anyDay, "2026-03-29T02:15:00Z"},
		{"Beirut skips midnight", "Asia/Beirut", "2026-03-29T12:00:00Z", 0, anyDay, "2026-03-28T22:00:00Z"},
		{"Nuuk skips the last hour of a Saturday", "America/Nuuk", "2025-03-30T12:00:00Z", 23, time.Saturday, "2025-03-30T01:00:00Z"},
		{"Apia left out 30 December 2011", "Pacific/Apia", "2011-12-30T11:00:00Z", 8, anyDay, "2011-12-29T18:00:00Z"},
		{"Apia, the day after", "Pacific/Apia", "2011-12-30T18:00:00Z", 8, anyDay, "2011-12-30T18:00:00Z"},
		{"Apia's week without a Friday", "Pacific/Apia", "2011-12-30T18:00:00Z", 8, time.Friday, "2011-12-30T10:00:00Z"},
	} {
		got := latestBoundary(instant(t, c.now), zone(t, c.zone), c.hour, c.day)
		assert.Equal(t, c.want, got.Format(time.RFC3339), c.name)
	}
	assert.Equal(t, "2026-03-29T08:00:00Z", latestBoundary(instant(t, "2026-03-29T09:00:00Z"), nil, 8, anyDay).Format(time.RFC3339))
}

// Whatever the zone and the hour, two years have one boundary for each local day, and one for each
// local week.
func TestOneBoundaryForEachLocalDayAndWeek(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Chatham", "America/Nuuk"} {
		z := zone(t, name)
		for _, hour := range []int{0, 1, 2, 3, 12, 23} {
			count := func(day time.Weekday) (n int) {
				at := instant(t, "2025-01-01T00:00:00Z")
				for ; at.Year() < 2027; n++ {
					next := boundaryAfter(at, z, hour, day)
					require.True(t, next.After(at), "%s %d", name, hour)
					// What lies between two boundaries has the later one next.
					require.Equal(t, next, boundaryAfter(next.Add(-time.Second), z, hour, day))
					require.Equal(t, next, boundaryAfter(at.Add(next.Sub(at)/2).Truncate(time.Second), z, hour, day))
					at = next
				}
				return n
			}
			assert.InDelta(t, 731, count(anyDay), 1, "%s %d", name, hour)
			assert.InDelta(t, 105, count(time.Monday), 1, "%s %d", name, hour)
		}
	}
}

func TestSendHourAndWeekdayThatCannotBeRead(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z") // a Sunday
	at := func(hour int, day string) Recipient {
		return Recipient{Cadence: Weekly, Preferences: Preferences{SendHour: &hour, SendWeekday: day}}
	}
	justBefore := Window{Start: now.Add(-time.Hour), End: now}
	assert.True(t, due(at(12, "sunday"), justBefore, nil))
	assert.True(t, due(at(12, "Sunday"), justBefore, nil))
	assert.False(t, due(at(12, "someday"), justBefore, nil), "taken as monday")
	weekAgo := Window{Start: now.Add(-7 * 24 * time.Hour), End: now}
	for _, hour := range []int{-1, 24, 1 << 40} {
		assert.False(t, due(at(hour, "sunday"), justBefore, nil), "no such hour, so elapsed time decides")
		assert.True(t, due(at(hour, "sunday"), weekAgo, nil))
	}
}
