package texts

import (
	"fmt"
	"strings"
	"time"
)

// TimeLayout is how instants are written for people and in the app's SQLite tables, in UTC.
const TimeLayout = "2006-01-02 15:04:05"

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
