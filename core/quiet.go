package core

import (
	"cmp"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/core/zones"
)

// quietHours are the times of day from start up to, not including, end, in seconds since midnight. They may
// cross midnight. If start equals end there are none, as in the zero value.
type quietHours struct{ start, end int }

// quiet reads the quiet hours of p. ok is false if they cannot be read, and then there are none.
func (p Preferences) quiet() (q quietHours, ok bool) {
	first, last := strings.TrimSpace(p.QuietStart), strings.TrimSpace(p.QuietEnd)
	if first == "" && last == "" {
		return quietHours{}, true
	}
	start, ok1 := zones.SecondOfDay(first)
	end, ok2 := zones.SecondOfDay(last)
	if !ok1 || !ok2 {
		return quietHours{}, false
	}
	return quietHours{start, end}, true
}

// QuietWords says what is stored as quiet hours; empty if nothing is.
func (p Preferences) QuietWords() string {
	start, end := texts.Clean(p.QuietStart), texts.Clean(p.QuietEnd)
	switch {
	case start == "" && end == "":
		return ""
	case end == "":
		return start + ", without an end"
	case start == "":
		return "until " + end + ", without a start"
	}
	return start + " to " + end
}

// hold reports whether a clock that shows local is in q.
func (q quietHours) hold(local time.Time) bool {
	second := (local.Hour()*60+local.Minute())*60 + local.Second()
	if q.start <= q.end {
		return q.start <= second && second < q.end
	}
	return second >= q.start || second < q.end
}

// length returns how long q is on a day of 24 hours.
func (q quietHours) length() time.Duration {
	seconds := q.end - q.start
	if seconds < 0 {
		seconds += zones.SecondsOfDay
	}
	return time.Duration(seconds) * time.Second
}

// InQuietHours reports whether now is in the quiet hours of p, by the clocks of zone (nil: UTC), from their
// start up to, not including, their end. They may cross midnight. There are none if start equals end, if either
// cannot be read, or if every tick falls into them: else there would never be mail.
func (s Schedule) InQuietHours(p Preferences, zone *time.Location, now time.Time) bool {
	q, _ := p.quiet()
	zone = cmp.Or(zone, time.UTC)
	return q.hold(now.In(zone)) && s.leavesTick(q, zone, now)
}

// leavesTick reports whether one of the ticks after now is outside q. It looks at two days, since the only free tick
// of a day may fall into the hour that clocks skip in spring, and at two ticks if those are further apart.
func (s Schedule) leavesTick(q quietHours, zone *time.Location, now time.Time) bool {
	const day = 24 * time.Hour
	if day-q.length() >= s.tick() {
		return true // whenever that begins
	}
	end := now.Add(max(2*day, 2*s.tick()))
	for at := LastTick(now, s.tick()).Add(s.tick()); !at.After(end); at = at.Add(s.tick()) {
		if !q.hold(at.In(zone)) {
			return true
		}
	}
	return false
}

// LastTick returns the last multiple of every since 1970-01-01 00:00 UTC that is not after now.
func LastTick(now time.Time, every time.Duration) time.Time {
	since := now.UnixNano() % int64(every)
	if since < 0 {
		since += int64(every)
	}
	return now.Add(-time.Duration(since))
}

// quietUntil returns when the quiet hours of p that hold now are over, to the minute: now if none do, and two days
// later at the most.
func (s Schedule) quietUntil(p Preferences, zone *time.Location, now time.Time) time.Time {
	if !s.InQuietHours(p, zone, now) {
		return now
	}
	until := now.Truncate(time.Minute)
	for end := now.Add(48 * time.Hour); s.InQuietHours(p, zone, until) && until.Before(end); {
		until = until.Add(time.Minute)
	}
	return until
}
