package core

import (
	"strconv"
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

// DueAt returns when a window of r that starts at start is over: after a whole cadence or, if the person has hours, at
// the first local boundary after start. While they pause, it is not before their pause is over. It is zero if the cadence
// has no digest. If digests are spread, they are due then or later; see [Schedule].
func DueAt(r Recipient, start time.Time, zone *time.Location) time.Time {
	if r.Cadence.Period() == 0 {
		return time.Time{}
	}
	rhythm := r.Rhythm()
	due := rhythm.after(start, zone)
	resumes, paused := r.Preferences.Resumes(zone)
	switch {
	case !paused || !due.Before(resumes):
		return due
	case len(rhythm.Hours) == 0:
		return resumes
	}
	return rhythm.after(resumes.Add(-time.Nanosecond), zone)
}

// Resumes returns when digests come again after a pause: when the day begins that PausedUntil names. ok is false if
// there is no pause. zone is as in [Snapshot].
func (p Preferences) Resumes(zone *time.Location) (at time.Time, ok bool) {
	if p.PausedUntil == "" {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, strings.TrimSpace(p.PausedUntil))
	if err != nil {
		return time.Time{}, false
	}
	return zones.StartOfDay(day, zone), true
}

// Rhythm returns when windows of r end: as [Preferences.Rhythm] says, or if that says nothing that can be read, as the
// cadence, the send hour and the weekday do.
func (r Recipient) Rhythm() Rhythm {
	p := r.Preferences
	if strings.TrimSpace(p.Rhythm) != "" {
		if own, err := ParseRhythm(p.Rhythm); err == nil {
			return own
		}
	}
	var out Rhythm
	if hour, ok := p.sendHour(); ok {
		out.Hours = []int{hour}
	}
	if r.Cadence == Weekly {
		day, _ := p.readWeekday()
		out.Days, out.Weekdays = OnWeekdays, []time.Weekday{day}
	}
	return out
}

// sendHour returns the hour and whether there is one that a clock can show.
func (p Preferences) sendHour() (int, bool) {
	if p.SendHour == nil || *p.SendHour < 0 || *p.SendHour > 23 {
		return 0, false
	}
	return *p.SendHour, true
}

// storedHour is the send hour as it is stored; empty if there is none.
func (p Preferences) storedHour() string {
	if p.SendHour == nil {
		return p.OddHour
	}
	return strconv.Itoa(*p.SendHour)
}

// readWeekday returns the day on which weekly windows end: Monday if none is set, or if what is set is no day, and ok
// is false.
func (p Preferences) readWeekday() (day time.Weekday, ok bool) {
	if day, ok := parseWeekday(p.SendWeekday); ok {
		return day, true
	}
	return time.Monday, strings.TrimSpace(p.SendWeekday) == ""
}
