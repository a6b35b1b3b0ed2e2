package texts

import (
	"fmt"
	"strings"
	"time"
)

// TimeLayout is how instants are written for people and in the app's SQLite tables, in UTC.
const TimeLayout = "2006-01-02 15:04:05"

// ParseTimestamp reads an instant as the app's databases hold it: YYYY-MM-DD HH:MM:SS in UTC, or
// with a T between date and time, a fraction, and a Z or an offset (RFC 3339 §5.6). ok is false
// for any other text.
func ParseTimestamp(text string) (t time.Time, ok bool) {
	// Parse would also take an hour of one digit, and more blanks than one before it.
	if len(text) < len(TimeLayout) || text[11] == ' ' || text[13] != ':' {
		return time.Time{}, false
	}
	layout := TimeLayout
	switch text[10] {
	case 'T', 't':
		text = text[:10] + " " + text[11:]
	}
	switch last := text[len(text)-1]; {
	case last == 'Z' || last == 'z':
		text = text[:len(text)-1]
	case text[len(text)-3] == ':' && len(text) > len(TimeLayout):
		layout += "-07:00"
	}
	// The layout has no fraction; Parse takes one after the seconds all the same.
	t, err := time.Parse(layout, text)
	t = t.UTC()
	// An offset can lead out of the years that are written with four digits.
	if err != nil || t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, false
	}
	return t, true
}

// Timestamp writes t as the app's databases hold it.
func Timestamp(t time.Time) string { return t.UTC().Format(TimeLayout) }

// TimestampIn writes t as [Timestamp] does and, in brackets, as the clocks of zone show it, with the date if it is
// another one there. The brackets are left out if zone is nil or UTC.
func TimestampIn(t time.Time, zone *time.Location) string { return Timestamp(t) + Beside(t, zone) }

// Beside returns the brackets of [TimestampIn], with a blank before them; empty if there are none, or if t is zero.
func Beside(t time.Time, zone *time.Location) string {
	if zone == nil || zone == time.UTC || t.IsZero() {
		return ""
	}
	local, layout := t.In(zone), "15:04"
	if local.Format(time.DateOnly) != t.UTC().Format(time.DateOnly) {
		layout = "2006-01-02 15:04"
	}
	return " (" + strings.TrimSpace(local.Format(layout)+" "+zone.String()) + ")"
}

// Spell writes a duration as people say it, to the second, like 1 h 30 min; empty for less than a second.
func Spell(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit.name))
		}
		d %= unit.size
	}
	return strings.Join(parts, " ")
}
