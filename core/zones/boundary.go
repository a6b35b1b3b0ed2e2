// Package zones knows time zones: what their names mean, and when a clock there comes to an hour.
package zones

import (
	"cmp"
	"sort"
	"time"
)

// Dates are those that have boundaries. The zero value is every date.
type Dates struct {
	// On reports whether a date is one of them. It is given as its noon, as if that were UTC. nil means that all are.
	On func(noon time.Time) bool
	// Rare says that they are a week or more apart. If a zone leaves one of them out, there is a boundary all the
	// same.
	Rare bool
}

// daysAhead is how many days a boundary is searched for: two months, and some for dates that a zone left out.
const daysAhead = 70

// NextBoundary returns the first instant after start at which the clocks of zone (nil: UTC) come to one of hours
// o'clock, in ascending order, on one of dates.
func NextBoundary(start time.Time, zone *time.Location, hours []int, dates Dates) time.Time {
	zone = cmp.Or(zone, time.UTC)
	year, month, date := start.In(zone).Date()
	// It begins with the day before: if clocks skip the hour at its end, the boundary is after midnight.
	for ahead := -1; ahead < daysAhead; ahead++ {
		noon := time.Date(year, month, date+ahead, 12, 0, 0, 0, time.UTC)
		if dates.On != nil && !dates.On(noon) {
			continue
		}
		for _, hour := range hours {
			at := firstInstant(zone, noon.Add(time.Duration(hour-12)*time.Hour))
			if !at.After(start) {
				continue
			}
			// On a date that a zone left out (Apia has no 30 December 2011) there is no daily digest. A weekly one
			// comes all the same.
			if !dates.Rare && firstInstant(zone, noon).In(zone).Day() != noon.Day() {
				break
			}
			return at
		}
	}
	return start.Add(daysAhead * 24 * time.Hour) // no such zone is known
}

// StartOfDay returns the first instant of a date on the clocks of zone (nil: UTC). day is the date's midnight, in UTC.
func StartOfDay(day time.Time, zone *time.Location) time.Time {
	return firstInstant(cmp.Or(zone, time.UTC), day)
}

const (
	// farthest is more than any zone is from UTC.
	farthest = 26 * time.Hour
	// stride is how far apart a zone's offset is looked at. Two changes that undo each other within less would be
	// missed. The closest two of any zone since 1970 are a week apart.
	stride = 13 * time.Hour
)

// firstInstant returns the first instant at which the clocks of zone show wall or later. wall is given as if it were
// UTC. In a skipped hour it is the end of the gap, in a doubled hour the first of the two.
//
// It goes by offsets alone. [time.Time.ZoneBounds] would say when an offset ends, but on some days it names an
// instant that has passed, and a search from there would never end.
func firstInstant(zone *time.Location, wall time.Time) time.Time {
	for from := wall.Add(-farthest); from.Before(wall.Add(farthest)); from = from.Add(stride) {
		at, change := wall.Add(-offsetAt(zone, from)), changeWithin(zone, from, stride)
		if at.Before(change) {
			return at
		}
		if at = wall.Add(-offsetAt(zone, change)); !at.After(change) {
			return change // the clocks jumped to wall or over it just here
		}
		if at.Before(from.Add(stride)) {
			return at
		}
	}
	return wall.Add(-offsetAt(zone, wall))
}

// changeWithin returns the first full second of a span at which zone has another offset than at its start; the
// span's end if there is none.
func changeWithin(zone *time.Location, from time.Time, span time.Duration) time.Time {
	before := offsetAt(zone, from)
	if offsetAt(zone, from.Add(span)) == before {
		return from.Add(span)
	}
	seconds := sort.Search(int(span/time.Second), func(n int) bool {
		return offsetAt(zone, from.Add(time.Duration(n)*time.Second)) != before
	})
	return from.Add(time.Duration(seconds) * time.Second)
}

// offsetAt returns how far the clocks of zone are ahead of UTC at an instant.
func offsetAt(zone *time.Location, at time.Time) time.Duration {
	_, seconds := at.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
