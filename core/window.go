package core

import (
	"strings"
	"time"
)

const (
	// Lookback is how far back a first digest reaches, and one whose previous window cannot be read.
	Lookback = 30 * 24 * time.Hour
	// LateArrivals is how long before a window's start a notification may claim to have been
	// created and still go in: it can have become visible only after the window before had closed.
	LateArrivals = 15 * time.Minute
)

// Window is the span that one digest covers, in UTC at whole seconds.
type Window struct{ Start, End time.Time }

// WindowAt returns the window of r that would end at now. It is never negative.
func WindowAt(r Recipient, now time.Time) Window {
	start := r.Latest.End.Truncate(time.Second)
	if start.IsZero() {
		start = now.Add(-Lookback)
	}
	// Where the clock was set back, the window is empty until time has passed its start again.
	return Window{Start: start, End: later(now, start)}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Reach returns the instant from which notifications are read for a window of r that starts
// at start. Where this program closed the window before, late arrivals are looked for too;
// the Python scheduler's windows are taken as it left them.
func Reach(r Recipient, start time.Time) time.Time {
	if r.Latest.Status == "" || r.Latest.End.IsZero() {
		return start
	}
	return start.Add(-LateArrivals)
}

// DueAt returns the instant at which a window of r that starts at start has rolled over: when a
// whole cadence has passed or, where the person has a send hour, at the first local boundary after
// start. It is zero where the cadence has no digest. Where digests are spread, they are due then or
// later; see [Spread].
func DueAt(r Recipient, start time.Time, zone *time.Location) time.Time {
	period := r.Cadence.Period()
	if period == 0 {
		return time.Time{}
	}
	hour, ok := r.Preferences.sendHour()
	if !ok {
		return start.Add(period)
	}
	return nextBoundary(start, zone, hour, r.Preferences.weekday(r.Cadence))
}

// sendHour returns the hour and whether there is one that a clock can show.
func (p Preferences) sendHour() (int, bool) {
	if p.SendHour == nil || *p.SendHour < 0 || *p.SendHour > 23 {
		return 0, false
	}
	return *p.SendHour, true
}

// anyDay stands for a boundary on every day.
const anyDay = time.Weekday(-1)

// weekday returns the day on which windows of cadence c end.
func (p Preferences) weekday(c Cadence) time.Weekday {
	if c != Weekly {
		return anyDay
	}
	switch strings.ToLower(p.SendWeekday) {
	case "sunday":
		return time.Sunday
	case "tuesday":
		return time.Tuesday
	case "wednesday":
		return time.Wednesday
	case "thursday":
		return time.Thursday
	case "friday":
		return time.Friday
	case "saturday":
		return time.Saturday
	}
	return time.Monday
}

// nextBoundary returns the first instant after start at which the clocks of zone come to hour
// o'clock, on day (any day, if anyDay).
func nextBoundary(start time.Time, zone *time.Location, hour int, day time.Weekday) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	year, month, date := start.In(zone).Date()
	// The day before counts: an hour that its end skips comes when the next day has begun.
	for ahead := -1; ; ahead++ {
		noon := time.Date(year, month, date+ahead, 12, 0, 0, 0, time.UTC)
		if day != anyDay && noon.Weekday() != day {
			continue
		}
		at := firstInstant(zone, time.Date(year, month, date+ahead, hour, 0, 0, 0, time.UTC))
		if !at.After(start) {
			continue
		}
		// A date that a zone left out altogether (Apia has no 30 December 2011) was no day
		// on which to send a daily digest; a week that lost its weekday is a week all the same.
		if day == anyDay && firstInstant(zone, noon).In(zone).Day() != noon.Day() {
			continue
		}
		return at
	}
}

// firstInstant returns the first instant at which the clocks of zone show wall, which is given
// as if it were UTC, or later: in a skipped hour the end of the gap, in a doubled hour the first
// of the two.
func firstInstant(zone *time.Location, wall time.Time) time.Time {
	// No zone is further than 26 hours from UTC, so this is before the answer.
	from := wall.Add(-26 * time.Hour)
	for {
		_, offset := from.In(zone).Zone()
		_, end := from.In(zone).ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if at.Before(from) {
			return from // the clocks jumped over wall just here
		}
		if end.IsZero() || at.Before(end) {
			return at
		}
		from = end.UTC()
	}
}
