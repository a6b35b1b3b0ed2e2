package core

import (
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/zones"
)

const (
	// Lookback is how far back a first digest reaches, and one whose previous window cannot be read.
	Lookback = 30 * 24 * time.Hour
	// LateArrivals is how long before a window's start a notification may have been created and still go in: it may
	// have become visible only after the window before was closed.
	LateArrivals = 15 * time.Minute
)

// Window is the time that one digest covers, in UTC at whole seconds. End is the instant of its tick. The zero value
// is no window.
type Window struct{ Start, End time.Time }

// WindowAt returns the window of r that would end at now. It is never negative.
func WindowAt(r Recipient, now time.Time) Window {
	start := r.Latest.End.Truncate(time.Second)
	if start.IsZero() {
		start = now.Add(-Lookback)
	}
	// If the clock was set back, the window is empty until its start has come again.
	return Window{Start: start, End: later(now, start)}
}

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Reach returns the instant from which notifications are read for a window of r that starts at start. It is earlier
// than start, for late arrivals, if this program closed the window before. It is not if the Python scheduler
// did, or if that digest was redirected: then nothing is marked as shipped, and what came late cannot be told from
// what was shipped.
func Reach(r Recipient, start time.Time) time.Time {
	if r.Latest.Status == "" || r.Latest.Status == Redirected || r.Latest.End.IsZero() {
		return start
	}
	return start.Add(-LateArrivals)
}

// DueAt returns when a window of r that starts at start is over: after a whole cadence or, if the person has a send
// hour, at the first local boundary after start. It is zero if the cadence has no digest. If digests are spread,
// they are due then or later; see [Schedule].
func DueAt(r Recipient, start time.Time, zone *time.Location) time.Time {
	period := r.Cadence.Period()
	if period == 0 {
		return time.Time{}
	}
	hour, ok := r.Preferences.sendHour()
	if !ok {
		return start.Add(period)
	}
	return zones.NextBoundary(start, zone, hour, r.Preferences.weekday(r.Cadence))
}

// sendHour returns the hour and whether there is one that a clock can show.
func (p Preferences) sendHour() (int, bool) {
	if p.SendHour == nil || *p.SendHour < 0 || *p.SendHour > 23 {
		return 0, false
	}
	return *p.SendHour, true
}

// weekday returns the day on which windows of cadence c end.
func (p Preferences) weekday(c Cadence) time.Weekday {
	if c != Weekly {
		return zones.AnyDay
	}
	day, _ := p.readWeekday()
	return day
}

// readWeekday returns the day on which weekly windows end: Monday if none is set, or if what is set is no day, and ok
// is false.
func (p Preferences) readWeekday() (day time.Weekday, ok bool) {
	text := strings.TrimSpace(p.SendWeekday)
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()) {
			return day, true
		}
	}
	return time.Monday, text == ""
}
