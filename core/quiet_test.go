package core

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/zones"
)

func TestInQuietHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		start, end, zone, now string
		want                  bool
	}{
		{"09:00", "17:00", "UTC", "2026-03-29T08:59:59Z", false},
		{"09:00", "17:00", "UTC", "2026-03-29T09:00:00Z", true},
		{"09:00", "17:00", "UTC", "2026-03-29T16:59:59Z", true},
		{"09:00", "17:00", "UTC", "2026-03-29T17:00:00Z", false},
		{"22:00", "07:00", "UTC", "2026-03-29T21:59:59Z", false},
		{"22:00", "07:00", "UTC", "2026-03-29T22:00:00Z", true},
		{"22:00", "07:00", "UTC", "2026-03-29T00:00:00Z", true},
		{"22:00", "07:00", "UTC", "2026-03-29T06:59:59Z", true},
		{"22:00", "07:00", "UTC", "2026-03-29T07:00:00Z", false},
		{"08:00", "08:00", "UTC", "2026-03-29T08:00:00Z", false},
		{"22:00", "07:00", "Asia/Kathmandu", "2026-03-29T16:15:00Z", true},
		{"22:00", "07:00", "Asia/Kathmandu", "2026-03-29T16:14:59Z", false},
		{"01:00", "02:00", "America/New_York", "2026-11-01T05:30:00Z", true}, // both of the
		{"01:00", "02:00", "America/New_York", "2026-11-01T06:30:00Z", true}, // two one o'clocks
		{"", "07:00", "UTC", "2026-03-29T03:00:00Z", false},
		{"22:00", "", "UTC", "2026-03-29T23:00:00Z", false},
		// The end of a day is 24:00 or 00:00, and a second has its say.
		{"22:00", "24:00", "UTC", "2026-03-29T23:59:59Z", true},
		{"22:00", "24:00", "UTC", "2026-03-30T00:00:00Z", false},
		{"22:00", "00:00", "UTC", "2026-03-29T23:59:59Z", true},
		{"24:00", "07:00", "UTC", "2026-03-30T00:00:00Z", true},
		{"24:00", "07:00", "UTC", "2026-03-30T07:00:00Z", false},
		{"24:00", "00:00", "UTC", "2026-03-30T00:00:00Z", false},
		{"08:00:30", "10:00:00", "UTC", "2026-03-29T08:00:29Z", false},
		{"08:00:30", "10:00:00", "UTC", "2026-03-29T08:00:30Z", true},
		{"08:00:30", "10:00:01", "UTC", "2026-03-29T10:00:00Z", true},
	} {
		got := Schedule{}.InQuietHours(Preferences{QuietStart: c.start, QuietEnd: c.end}, zone(t, c.zone), instant(t, c.now))
		assert.Equal(t, c.want, got, "%s to %s in %s at %s", c.start, c.end, c.zone, c.now)
	}
	assert.True(t, Schedule{}.InQuietHours(Preferences{QuietStart: "22:00", QuietEnd: "07:00"}, nil, instant(t, "2026-03-29T23:00:00Z")))
}

func TestQuietTimes(t *testing.T) {
	t.Parallel()
	q, ok := Preferences{QuietStart: " 8:00\t", QuietEnd: "10:00\r\n"}.quiet()
	assert.True(t, ok)
	assert.Equal(t, quietHours{8 * 3600, 10 * 3600}, q)
	for _, p := range []Preferences{{}, {QuietStart: " ", QuietEnd: "\n"}} {
		q, ok := p.quiet()
		assert.True(t, ok, "none are set")
		assert.Equal(t, quietHours{}, q)
	}
	for _, p := range []Preferences{{QuietStart: "8:00"}, {QuietEnd: "8:00"}, {QuietStart: "8:00", QuietEnd: "soon"}} {
		q, ok := p.quiet()
		assert.False(t, ok, "%+v", p)
		assert.Equal(t, quietHours{}, q)
	}
}

// Quiet hours that leave no tick outside would keep all mail from a person for ever.
func TestQuietHoursLeaveATick(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	for _, c := range []struct {
		start, end, zone, now string
		tick                  time.Duration
		want                  bool
	}{
		{"00:00", "24:00", "UTC", "2026-03-29T12:00:00Z", time.Second, false},
		{"00:00", "23:59", "Europe/Berlin", "2026-03-10T12:00:00Z", hour, false},
		{"00:00", "23:59", "Europe/Berlin", "2026-03-10T12:00:00Z", time.Minute, true},
		{"10:30", "10:29", "Europe/Berlin", "2026-03-10T12:00:00Z", hour, false},
		{"00:01", "00:00", "Europe/Berlin", "2026-03-10T12:00:00Z", hour, true},
		{"08:00", "07:00", "Europe/Berlin", "2026-03-10T12:00:00Z", hour, true},
		// If clocks are no whole hours from UTC, nor are ticks from theirs.
		{"00:15", "00:00", "Asia/Kathmandu", "2026-03-10T12:00:00Z", hour, false}, // at a quarter to each hour
		{"00:15", "00:00", "Asia/Kathmandu", "2026-03-10T12:00:00Z", 15 * time.Minute, true},
		{"00:45", "00:15", "Asia/Kathmandu", "2026-03-10T12:00:00Z", hour, false},
		{"01:00", "00:45", "Asia/Kathmandu", "2026-03-10T12:00:00Z", hour, true},
		// The half hour of Lord Howe's summer moves ticks onto the hour, and off it.
		{"00:15", "00:00", "Australia/Lord_Howe", "2026-01-10T12:00:00Z", hour, true},
		{"00:15", "00:00", "Australia/Lord_Howe", "2026-07-10T12:00:00Z", hour, false},
		// In spring, the only tick of a day may be skipped; the next day has one.
		{"02:30", "02:00", "Europe/Berlin", "2026-03-28T02:00:00Z", hour, true},
		{"02:30", "02:00", "Europe/Berlin", "2026-03-29T01:00:00Z", hour, true},
		// Ticks that are further apart than a day.
		{"22:00", "08:00", "Europe/Berlin", "2026-03-10T12:00:00Z", 7 * 24 * hour, false}, // always at one or two in the morning
		{"22:00", "00:30", "Europe/Berlin", "2026-03-10T12:00:00Z", 7 * 24 * hour, true},
		{"22:00", "08:00", "Asia/Tokyo", "2026-03-10T12:00:00Z", 7 * 24 * hour, true}, // at nine
	} {
		q, ok := Preferences{QuietStart: c.start, QuietEnd: c.end}.quiet()
		require.True(t, ok)
		s := Schedule{Tick: c.tick}
		assert.Equal(t, c.want, s.leavesTick(q, zone(t, c.zone), instant(t, c.now)), "%s to %s in %s, ticks %s apart", c.start, c.end, c.zone, c.tick)
	}
}

// Whatever the quiet hours, the zone and the tick: who is held back is so for two days, or two ticks, at
// the most.
func TestNobodyIsQuietForEver(t *testing.T) {
	t.Parallel()
	names := []string{"UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		clock := func(n int) string { return fmt.Sprintf("%02d:%02d:%02d", n/3600, n/60%60, n%60) }
		start, end := rapid.IntRange(0, zones.SecondsOfDay).Draw(t, "start"), rapid.IntRange(0, zones.SecondsOfDay).Draw(t, "end")
		if rapid.Bool().Draw(t, "nearly all day") {
			end = max(0, start-rapid.IntRange(1, 7200).Draw(t, "gap"))
		}
		p := Preferences{QuietStart: clock(start), QuietEnd: clock(end)}
		z, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
		require.NoError(t, err)
		s := Schedule{Tick: rapid.SampledFrom([]time.Duration{time.Minute, 7 * time.Minute, 20 * time.Minute, time.Hour, 2 * time.Hour, 25 * time.Hour}).Draw(t, "tick")}
		now := LastTick(time.Unix(rapid.Int64Range(1_700_000_000, 1_800_000_000).Draw(t, "now"), 0).UTC(), s.Tick)
		last := now.Add(max(48*time.Hour, 2*s.Tick))
		for at := now; s.InQuietHours(p, z, at); at = at.Add(s.Tick) {
			require.False(t, at.After(last), "still quiet at %s", at)
		}
	})
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	hour := func(h int) *int { return &h }
	for _, c := range []struct {
		p       Preferences
		zone    *time.Location
		cadence Cadence
		want    []Remark
	}{
		{Preferences{}, nil, Daily, nil},
		{Preferences{TimeZone: "europe/paris", SendHour: hour(23), QuietStart: "22:00", QuietEnd: "24:00", SendWeekday: " FRIDAY "}, zone(t, "Europe/Paris"), Weekly, nil},
		{Preferences{TimeZone: "Mars/\x1bOlympus"}, nil, Daily, []Remark{
			{UnknownZone, `The time zone "Mars/ Olympus" is not known, so it is UTC; a name like Europe/Berlin would be.`},
		}},
		{Preferences{QuietStart: "8.00", QuietEnd: "10:00"}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: quiet hours '8.00 to 10:00'; a start and an end like 22:00 and 7:00 can be.`},
		}},
		{Preferences{QuietStart: "8:00"}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: quiet hours '8:00, without an end'; a start and an end like 22:00 and 7:00 can be.`},
		}},
		{Preferences{QuietStart: "00:00", QuietEnd: "23:59"}, nil, Daily, []Remark{
			{EndlessQuiet, `The quiet hours from 00:00 to 23:59 leave none of the ticks outside, which are 1 h apart, so there are none.`},
		}},
		{Preferences{SendHour: hour(24), SendWeekday: "someday"}, nil, Weekly, []Remark{
			{UnreadableSetting, `ignored: send hour '24'; 0 to 23 can be.`},
			{UnreadableSetting, `ignored: send weekday 'someday'; an English name like monday can be.`},
		}},
		{Preferences{SendHour: hour(-1)}, nil, Daily, []Remark{{UnreadableSetting, `ignored: send hour '-1'; 0 to 23 can be.`}}},
		{Preferences{OddHour: "09:\x1b00"}, nil, Daily, []Remark{{UnreadableSetting, `ignored: send hour '09: 00'; 0 to 23 can be.`}}},
		{Preferences{OddHour: " "}, nil, Daily, nil},
		{Preferences{QuietStart: "22", QuietEnd: "25:00"}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: quiet hours '22 to 25:00'; a start and an end like 22:00 and 7:00 can be.`},
		}},
		{Preferences{QuietEnd: "7:00"}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: quiet hours 'until 7:00, without a start'; a start and an end like 22:00 and 7:00 can be.`},
		}},
		{Preferences{Rhythm: "now and then"}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: rhythm 'now and then'; words like "daily at 7, 12, 17", "workdays at 7" or "monday, thursday at 7" can be.`},
		}},
		{Preferences{PausedUntil: "next week"}, nil, Daily, []Remark{{UnreadableSetting, `ignored: end of the pause 'next week'; a date like 2026-12-31 can be.`}}},
		{Preferences{Language: "Klingon"}, nil, Daily, []Remark{{UnreadableSetting, `ignored: language 'Klingon'; a tag like de or pt-BR can be.`}}},
		{Preferences{Language: "de_AT.UTF-8"}, nil, Daily, nil},
		{Preferences{LinksSince: At(now)}, nil, Daily, nil},
		{Preferences{LinksSince: Stamp{Set: true}}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: links_since, which cannot be read, so older links to their page still work; a time like 2026-03-29 12:00:00 can be.`},
		}},
		{Preferences{}, nil, "Daily", []Remark{{UnknownCadence, `ignored: cadence 'Daily'; daily, weekly and off can be.`}}},
		{Preferences{}, nil, "hourly", []Remark{{UnknownCadence, `ignored: cadence 'hourly'; daily, weekly and off can be.`}}},
		{Preferences{}, nil, Off, nil},
		{Preferences{SendWeekday: "someday"}, nil, Daily, []Remark{
			{UnreadableSetting, `ignored: send weekday 'someday'; an English name like monday can be.`},
		}},
		{Preferences{TimeZone: "localtime", QuietStart: "9", QuietEnd: "x", SendHour: hour(9), SendWeekday: "someday"}, nil, Weekly, []Remark{
			{UnknownZone, `The time zone "localtime" is not known, so it is UTC; a name like Europe/Berlin would be.`},
			{UnreadableSetting, `ignored: quiet hours '9 to x'; a start and an end like 22:00 and 7:00 can be.`},
			{UnreadableSetting, `ignored: send weekday 'someday'; an English name like monday can be.`},
		}},
	} {
		assert.Equal(t, c.want, Schedule{}.Remarks(Recipient{ID: 1, Cadence: c.cadence, Preferences: c.p}, c.zone, now), "%+v", c.p)
	}
	frequent := Schedule{Tick: time.Minute}
	assert.Empty(t, frequent.Remarks(Recipient{Preferences: Preferences{QuietStart: "00:00", QuietEnd: "23:59"}}, nil, now), "a tick a minute leaves one")
}

func TestLastTick(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:34:56Z")
	assert.Equal(t, instant(t, "2026-03-29T12:00:00Z"), LastTick(now, time.Hour))
	assert.Equal(t, instant(t, "2026-03-29T12:00:00Z"), LastTick(instant(t, "2026-03-29T12:00:00Z"), time.Hour))
	assert.Equal(t, instant(t, "2026-03-26T00:00:00Z"), LastTick(now, 7*24*time.Hour), "weeks since 1970 begin on Thursdays")
	assert.Equal(t, instant(t, "1969-12-31T23:00:00Z"), LastTick(instant(t, "1969-12-31T23:59:00Z"), time.Hour))
}
