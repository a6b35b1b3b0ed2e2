package zones

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// On 31 December of leap years, Time.ZoneBounds may say that an offset ended in the past. Searches that
// went on from there never ended. Files that list their changes have that from 2038 on.
func TestTheLastDayOfALeapYearHasABoundary(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, start, want string
		hour              int
	}{
		{"Europe/Berlin", "2024-12-30T08:00:00Z", "2024-12-31T08:00:00Z", 9},
		{"Europe/Berlin", "2040-12-30T08:00:00Z", "2040-12-31T08:00:00Z", 9},
		{"Europe/Berlin", "2040-12-31T08:00:00Z", "2041-01-01T08:00:00Z", 9},
		{"America/New_York", "2040-12-31T03:00:00Z", "2040-12-31T05:00:00Z", 0},
		{"Australia/Sydney", "2040-12-30T22:00:00Z", "2040-12-31T22:00:00Z", 9},
		{"Pacific/Auckland", "2044-12-30T20:00:00Z", "2044-12-31T20:00:00Z", 9},
	} {
		got := NextBoundary(instant(t, c.start), zone(t, c.zone), []int{c.hour}, Dates{})
		assert.Equal(t, c.want, got.Format(time.RFC3339), "%s after %s", c.zone, c.start)
	}
}

// Morocco goes back an hour for Ramadan, and forth again a month later, both at night.
func TestChangesAMonthApart(t *testing.T) {
	t.Parallel()
	casablanca := zone(t, "Africa/Casablanca")
	for start, want := range map[string]string{
		"2026-02-14T08:00:00Z": "2026-02-15T09:00:00Z", // back to UTC on 15 February
		"2026-03-21T09:00:00Z": "2026-03-22T08:00:00Z", // forth on 22 March
	} {
		assert.Equal(t, want, NextBoundary(instant(t, start), casablanca, []int{9}, Dates{}).Format(time.RFC3339), "after %s", start)
	}
}

// A search goes by offsets, so it must find the very second at which one ends.
func TestChangesAreFoundToTheSecond(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, change string }{
		{"Europe/Berlin", "2026-03-29T01:00:00Z"}, {"Europe/Berlin", "2026-10-25T01:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T15:30:00Z"},
		{"Africa/Monrovia", "1972-01-07T00:44:30Z"},
	} {
		at, z := instant(t, c.change), zone(t, c.zone)
		for _, before := range []time.Duration{time.Second, time.Minute, 7 * time.Hour, stride} {
			assert.Equal(t, at, changeWithin(z, at.Add(-before), stride), "%s, %s before", c.zone, before)
		}
		assert.Equal(t, at.Add(stride), changeWithin(z, at, stride), "%s, from there on", c.zone)
	}
}

// However strange a zone, a search ends.
func TestASearchEndsInAnyZone(t *testing.T) {
	t.Parallel()
	for _, hours := range []int{-1000, -48, 48, 1000} {
		z := time.FixedZone("far", hours*3600)
		for _, dates := range []Dates{{}, {On: func(noon time.Time) bool { return noon.Weekday() == time.Friday }, Rare: true}} {
			at := NextBoundary(instant(t, "2026-03-29T12:00:00Z"), z, []int{9}, dates)
			assert.True(t, at.After(instant(t, "2026-03-29T12:00:00Z")))
		}
	}
}
