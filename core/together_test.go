package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestABoundaryTakesTheOneThatWasMissed(t *testing.T) {
	t.Parallel()
	const berlin = "Europe/Berlin"
	for _, c := range []struct {
		name           string
		cadence        Cadence
		zone           string
		hour           int
		last, now, due string
	}{
		{"off over the weekend, back an hour before", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"},
		{"back a second less than three hours before", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-23T07:00:01Z", "2026-11-23T10:00:00Z"},
		{"back three hours before", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-23T07:00:00Z", "2026-11-21T10:00:00Z"},
		{"back at the hour", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-23T10:00:00Z", "2026-11-21T10:00:00Z"},
		{"back after it", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-23T10:59:59Z", "2026-11-21T10:00:00Z"},
		{"off over a night", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-22T08:00:00Z", "2026-11-22T10:00:00Z"},
		{"off over Easter", Daily, berlin, 9, "2026-04-02T07:00:00Z", "2026-04-07T06:00:00Z", "2026-04-07T07:00:00Z"},
		{"for a week and a half, too long to wait", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-12-01T09:00:00Z", "2026-11-21T10:00:00Z"},
		{"while clocks were changed", Daily, berlin, 9, "2026-03-27T08:00:00Z", "2026-03-30T06:00:00Z", "2026-03-30T07:00:00Z"},
		{"the last came late in its day, as if nothing ran at the hour", Daily, "UTC", 10, "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z", "2026-11-20T10:00:00Z"},
		{"the last came late, but long before", Daily, "UTC", 10, "2026-11-20T18:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"},
		{"a week, back on the next day", Weekly, "UTC", 10, "2026-11-09T10:00:00Z", "2026-11-17T09:00:00Z", "2026-11-16T10:00:00Z"},
		{"a week, back before the next", Weekly, "UTC", 10, "2026-11-09T10:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"},
		{"two weeks are too long to wait", Weekly, "UTC", 10, "2026-11-09T10:00:00Z", "2026-11-30T09:00:00Z", "2026-11-16T10:00:00Z"},
		{"not due yet at all", Daily, "UTC", 10, "2026-11-20T10:00:00Z", "2026-11-21T09:59:59Z", "2026-11-21T10:00:00Z"},
	} {
		r := Recipient{ID: 1, Address: "a@rfc.example", Cadence: c.cadence, Preferences: Preferences{SendHour: &c.hour}, Latest: Entry{ID: 1, End: instant(t, c.last), Status: Sent}}
		p := Schedule{}.Look(r, zone(t, c.zone), instant(t, c.now))
		assert.Equal(t, c.due, p.DueAt.Format(time.RFC3339), c.name)
		assert.Equal(t, p.DueAt.After(instant(t, c.now)), p.Action == Skip, c.name)
	}
	elapsed := Recipient{ID: 1, Address: "a@rfc.example", Cadence: Daily, Latest: Entry{ID: 1, End: instant(t, "2026-11-20T10:00:00Z")}}
	assert.Equal(t, Send, Schedule{}.Look(elapsed, nil, instant(t, "2026-11-23T09:00:00Z")).Action, "without a send hour there is no next boundary")
}

// If digests are spread, the next one is theirs, not the boundary.
func TestABoundaryTakesTheOneThatWasMissedWhenSpread(t *testing.T) {
	t.Parallel()
	s, ten := Schedule{Spread: time.Hour, Tick: time.Minute}, 10
	r := Recipient{ID: 3, Address: "a@rfc.example", Cadence: Daily, Preferences: Preferences{SendHour: &ten}, Latest: Entry{ID: 1, End: instant(t, "2026-11-20T10:40:00Z"), Status: Sent}}
	own := instant(t, "2026-11-23T10:00:00Z").Add(SpreadOf(3, time.Hour))
	require.True(t, own.After(instant(t, "2026-11-23T10:01:00Z")))
	for _, now := range []string{"2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", "2026-11-23T10:01:00Z"} {
		assert.Equal(t, own, s.Look(r, nil, instant(t, now)).DueAt, now)
	}
	assert.Equal(t, Send, s.Look(r, nil, own).Action)
	r.Preferences.QuietStart, r.Preferences.QuietEnd = "09:30", "12:00"
	assert.Equal(t, instant(t, "2026-11-23T10:00:00Z"), s.Look(r, nil, instant(t, "2026-11-23T09:00:00Z")).DueAt, "not led into quiet hours")
}

func TestWhyABoundaryTakesTheOneThatWasMissed(t *testing.T) {
	t.Parallel()
	ten := 10
	r := Recipient{ID: 1, Address: "a@rfc.example", Cadence: Daily, Preferences: Preferences{SendHour: &ten}, Latest: Entry{ID: 1, End: instant(t, "2026-11-20T10:00:00Z"), Status: Sent}}
	e := Explain(Snapshot{Now: instant(t, "2026-11-23T09:00:00Z"), Recipient: r}, nil, testStyle(t))
	assert.Equal(t, "Not due before 2026-11-23 10:00:00: the last window ended 2026-11-20 10:00:00, and it follows every day at 10:00 on their clock (UTC). "+
		"No tick took the digest that was due 2026-11-21 10:00:00; the next one is near, and takes both.", e.Why)
}

// However a program is on and off: as long as it runs for an hour on each day, nobody with a send hour waits
// for more than six days once, or once more when their clock has changed, and later on for no more than two.
func TestNobodyWaitsForTheNextBoundaryForEver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hour := rapid.IntRange(0, 23).Draw(t, "send hour")
		z, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"}).Draw(t, "zone"))
		require.NoError(t, err)
		on, long := rapid.IntRange(0, 23).Draw(t, "on from"), rapid.IntRange(1, 24).Draw(t, "hours a day")
		start := time.Unix(rapid.Int64Range(1_770_000_000, 1_800_000_000).Draw(t, "start"), 0).UTC().Truncate(24 * time.Hour)
		r := Recipient{ID: 1, Address: "a@rfc.example", Cadence: Daily, Preferences: Preferences{SendHour: &hour}, Latest: Entry{ID: 1, End: boundaryAfter(start, z, hour, anyDay), Status: Sent}}
		digests := 0
		for at := r.Latest.End.Truncate(time.Hour).Add(time.Hour); at.Before(start.Add(60 * 24 * time.Hour)); at = at.Add(time.Hour) {
			if (at.Hour()-on+24)%24 >= long || (Schedule{}).Look(r, z, at).Action != Send {
				continue
			}
			gap, most := at.Sub(r.Latest.End), 2*24*time.Hour
			_, then := r.Latest.End.In(z).Zone()
			if _, now := at.In(z).Zone(); digests == 0 || now != then {
				most = 6 * 24 * time.Hour
			}
			require.LessOrEqual(t, gap, most+time.Hour, "at %s", at)
			r.Latest.End = at
			digests++
		}
		require.Greater(t, digests, 25)
	})
}
