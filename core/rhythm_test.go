package core

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRhythmsInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ written, words string }{
		"daily":              {"daily at 8", "every day at 08:00"},
		" Daily  AT 17,7, 7": {"daily at 7, 17", "every day at 07:00 and 17:00"},
		"workdays at 7":      {"workdays at 7", "on workdays at 07:00"},
		"friday,thursday,wednesday,tuesday,monday":       {"workdays at 8", "on workdays at 08:00"},
		"Sunday, monday at 0, 12, 23":                    {"monday, sunday at 0, 12, 23", "on Monday and Sunday at 00:00, 12:00 and 23:00"},
		"tuesday at 9":                                   {"tuesday at 9", "every Tuesday at 09:00"},
		"every two weeks on friday":                      {"every two weeks on friday at 8", "every other Friday at 08:00"},
		"every two weeks on friday at 7 from 2026-12-04": {"every two weeks on friday at 7 from 2026-12-04", "every other Friday at 07:00"},
		"monthly on 1 at 6":                              {"monthly on 1 at 6", "on day 1 of every month at 06:00"},
		"monthly on 31":                                  {"monthly on 31 at 8", "on day 31 of every month, or its last at 08:00"},
	} {
		r, err := ParseRhythm(text)
		require.NoError(t, err, text)
		assert.Equal(t, want.written, r.String(), text)
		assert.Equal(t, want.words, r.Words(), text)
	}
}

func TestWhatIsNoRhythm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "want \"daily\"",
		"hourly":                            "want \"daily\"",
		"monday,":                           "want \"daily\"",
		"montag":                            "want \"daily\"",
		"daily at":                          "want \"daily\"",
		"daily at 24":                       "hours from 0 to 23",
		"daily at 7:30":                     "hours from 0 to 23",
		"daily at 7,":                       "hours from 0 to 23",
		"daily from 2026-12-04":             "only \"every two weeks\"",
		"every two weeks":                   "want one day",
		"every two weeks on monday, friday": "want one day",
		"every two weeks on friday from 2026-02-30": "only \"every two weeks\"",
		"monthly":       "want a day of the month",
		"monthly on 0":  "want a day of the month",
		"monthly on 32": "want a day of the month",
	} {
		_, err := ParseRhythm(text)
		assert.ErrorContains(t, err, want, "%q", text)
	}
}

// boundaries lists the next n boundaries of a rhythm after an instant.
func boundaries(t *testing.T, rhythm, zoneName, start string, n int) (all []string) {
	t.Helper()
	r := Recipient{ID: 1, Cadence: Daily, Preferences: Preferences{Rhythm: rhythm}}
	at := instant(t, start)
	for range n {
		at = DueAt(r, at, zone(t, zoneName))
		all = append(all, at.Format(time.RFC3339))
	}
	return all
}

func TestWhenWindowsEndInEachRhythm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rhythm, zone, start string
		want                []string
	}{
		{"workdays at 7", "Asia/Kathmandu", "2026-11-27T02:00:00Z", []string{"2026-11-30T01:15:00Z", "2026-12-01T01:15:00Z"}},
		{"daily at 7, 17", "Europe/Berlin", "2026-03-28T10:00:00Z", []string{"2026-03-28T16:00:00Z", "2026-03-29T05:00:00Z", "2026-03-29T15:00:00Z"}},
		// Clocks skip from 02:00 to 03:00, so both hours are one instant.
		{"daily at 2, 3", "Europe/Berlin", "2026-03-28T10:00:00Z", []string{"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T01:00:00Z"}},
		{"monday, thursday at 9", "UTC", "2026-11-30T09:00:00Z", []string{"2026-12-03T09:00:00Z", "2026-12-07T09:00:00Z"}},
		{"every two weeks on friday at 8 from 2026-12-04", "UTC", "2026-11-29T00:00:00Z", []string{"2026-12-04T08:00:00Z", "2026-12-18T08:00:00Z", "2027-01-01T08:00:00Z"}},
		{"every two weeks on friday at 8 from 2026-12-11", "UTC", "2026-11-29T00:00:00Z", []string{"2026-12-11T08:00:00Z", "2026-12-25T08:00:00Z"}},
		// A date within the week will do, and one in the future counts backwards too.
		{"every two weeks on friday at 8 from 2027-02-09", "UTC", "2026-11-29T00:00:00Z", []string{"2026-12-04T08:00:00Z", "2026-12-18T08:00:00Z"}},
		{"monthly on 31 at 6", "UTC", "2027-01-31T06:00:00Z", []string{"2027-02-28T06:00:00Z", "2027-03-31T06:00:00Z", "2027-04-30T06:00:00Z"}},
		{"monthly on 1 at 0", "Asia/Beirut", "2026-03-02T00:00:00Z", []string{"2026-03-31T21:00:00Z", "2026-04-30T21:00:00Z"}},
		// Apia has no 30 December 2011, a Friday.
		{"workdays at 8", "Pacific/Apia", "2011-12-29T18:00:00Z", []string{"2012-01-01T18:00:00Z"}},
		{"every two weeks on friday at 8 from 2011-12-30", "Pacific/Apia", "2011-12-17T00:00:00Z", []string{"2011-12-30T10:00:00Z"}},
		{"monthly on 30 at 8", "Pacific/Apia", "2011-12-01T00:00:00Z", []string{"2011-12-30T10:00:00Z", "2012-01-29T18:00:00Z"}},
	} {
		assert.Equal(t, c.want, boundaries(t, c.rhythm, c.zone, c.start, len(c.want)), "%s, %s", c.rhythm, c.zone)
	}
}

func TestTheRhythmWinsOverTheCadenceButNotOverOff(t *testing.T) {
	t.Parallel()
	hour := 12
	r := Recipient{Cadence: Weekly, Preferences: Preferences{Rhythm: "daily at 6", SendHour: &hour, SendWeekday: "sunday"}}
	assert.Equal(t, "daily at 6", r.Rhythm().String())
	r.Preferences.Rhythm = "now and then"
	assert.Equal(t, "sunday at 12", r.Rhythm().String(), "what cannot be read does not count")
	r.Cadence, r.Preferences.Rhythm = Off, "daily at 6"
	assert.Zero(t, DueAt(r, instant(t, "2026-03-29T12:00:00Z"), nil))
}

func TestAPauseEndsWithItsDay(t *testing.T) {
	t.Parallel()
	start := instant(t, "2026-11-28T03:00:00Z")
	for _, c := range []struct{ rhythm, until, zone, want string }{
		{"daily at 7", "2026-12-05", "Asia/Kathmandu", "2026-12-05T01:15:00Z"},
		{"workdays at 7", "2026-12-05", "Asia/Kathmandu", "2026-12-07T01:15:00Z"},
		{"daily at 0", "2026-12-05", "UTC", "2026-12-05T00:00:00Z"},
		{"daily at 7", "2026-11-01", "UTC", "2026-11-28T07:00:00Z"},
		{"daily at 7", "soon", "UTC", "2026-11-28T07:00:00Z"},
		{"daily at 7", " 2026-11-28 ", "UTC", "2026-11-28T07:00:00Z"},
		{"", "2026-12-05", "America/New_York", "2026-12-05T05:00:00Z"},
		{"", "2026-11-29", "America/New_York", "2026-11-29T05:00:00Z"},
		{"", "2026-11-28", "America/New_York", "2026-11-29T03:00:00Z"},
	} {
		r := Recipient{Cadence: Daily, Preferences: Preferences{Rhythm: c.rhythm, PausedUntil: c.until}}
		assert.Equal(t, c.want, DueAt(r, start, zone(t, c.zone)).Format(time.RFC3339), "%+v", c)
	}
}

// drawRhythm draws any rhythm with hours.
func drawRhythm(t *rapid.T) Rhythm {
	r := Rhythm{Days: Days(rapid.IntRange(int(EveryDay), int(EveryMonth)).Draw(t, "days"))}
	weekday := rapid.Custom(func(t *rapid.T) time.Weekday { return time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")) })
	switch r.Days {
	case OnWeekdays:
		r.Weekdays = rapid.SliceOfNDistinct(weekday, 1, 7, rapid.ID).Draw(t, "weekdays")
		slices.SortFunc(r.Weekdays, func(a, b time.Weekday) int { return fromMonday(a) - fromMonday(b) })
	case EveryTwoWeeks:
		r.Weekdays = []time.Weekday{weekday.Draw(t, "weekday")}
		r.From = time.Date(2026, 1, rapid.IntRange(1, 500).Draw(t, "from"), 0, 0, 0, 0, time.UTC)
	case EveryMonth:
		r.MonthDay = rapid.IntRange(1, 31).Draw(t, "day")
	}
	r.Hours = rapid.SliceOfNDistinct(rapid.IntRange(0, 23), 1, 4, rapid.ID).Draw(t, "hours")
	slices.Sort(r.Hours)
	return r
}

// In every rhythm and zone, each local date and hour of the rhythm is one boundary, and there are no others.
func TestWindowsTileInEveryRhythm(t *testing.T) {
	t.Parallel()
	names := []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Chatham", "America/Nuuk"}
	rapid.Check(t, func(t *rapid.T) {
		r := drawRhythm(t)
		again, err := ParseRhythm(r.String())
		require.NoError(t, err)
		require.Equal(t, r, again)
		z, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
		require.NoError(t, err)
		at := time.Unix(rapid.Int64Range(1767225600, 1830297600).Draw(t, "start"), 0).UTC()
		var want []time.Time
		year, month, day := at.In(z).Date()
		for date := -1; date < 100; date++ {
			noon := time.Date(year, month, day+date, 12, 0, 0, 0, time.UTC)
			if on := r.dates().On; on != nil && !on(noon) {
				continue
			}
			for _, hour := range r.Hours {
				if end := firstShown(z, noon.Year(), noon.Month(), noon.Day(), hour); end.After(at) && (len(want) == 0 || end.After(want[len(want)-1])) {
					want = append(want, end)
				}
			}
		}
		for _, end := range want {
			next := r.after(at, z)
			require.True(t, next.Equal(end), "%s after %s in %s: %s, not %s", r, at, z, next, end)
			at = next
		}
	})
}

// firstShown returns the first instant at which clocks show an hour of a date or later, found minute by minute.
func firstShown(z *time.Location, year int, month time.Month, day, hour int) time.Time {
	wall := time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	for at := wall.Add(-26 * time.Hour); ; at = at.Add(time.Minute) {
		shown := at.In(z)
		if !time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), 0, 0, time.UTC).Before(wall) {
			return at
		}
	}
}
