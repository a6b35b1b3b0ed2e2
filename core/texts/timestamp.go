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
