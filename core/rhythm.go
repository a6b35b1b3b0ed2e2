package core

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/zones"
)

// Rhythm is when a person's windows end, by the clocks of their zone. The zero value is every day at no hour: a
// window then ends a day after the last one.
type Rhythm struct {
	// Days are the dates on which windows end.
	Days Days
	// Weekdays are the days of the week that Days speaks of; nil if it speaks of none.
	Weekdays []time.Weekday
	// MonthDay is the day of the month that Days speaks of, 1 to 31. In a shorter month it is the last one.
	MonthDay int
	// From is a date in the first of the weeks of [EveryTwoWeeks], at 00:00 UTC. Zero means that 1 January 1970 is.
	From time.Time
	// Hours are the hours at which windows end on such a date, 0 to 23, in order; nil if there are none.
	Hours []int
}

// Days are the dates on which windows end.
type Days int

// The days that windows end on.
const (
	EveryDay      Days = iota
	OnWeekdays         // each of Weekdays, in every week
	EveryTwoWeeks      // one weekday, in every other week
	EveryMonth         // MonthDay, in every month
)

// usualHour is when windows end if a rhythm in words names no hour.
const usualHour = 8

// workdays returns Monday to Friday.
func workdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
}

// ParseRhythm reads a rhythm in words, as [Rhythm.String] writes it. Case and further blanks do not matter. In
// these, [] is what may be left out; then the hour is 8:
//
//	daily [at 7, 12, 17]
//	workdays [at 7]
//	monday, thursday [at 7]
//	every two weeks on friday [at 7] [from 2026-12-04]
//	monthly on 1 [at 7]
func ParseRhythm(text string) (r Rhythm, err error) {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	days, from, dated := strings.Cut(text, " from ")
	days, at, timed := strings.Cut(days, " at ")
	r.Hours = []int{usualHour}
	if timed {
		if r.Hours, err = parseHours(at); err != nil {
			return Rhythm{}, err
		}
	}
	if err := r.parseDays(days); err != nil {
		return Rhythm{}, err
	}
	if dated {
		if r.From, err = time.Parse(time.DateOnly, from); err != nil || r.Days != EveryTwoWeeks {
			return Rhythm{}, errors.New(`only "every two weeks" has a date, like "from 2026-12-04"`)
		}
	}
	return r, nil
}

func (r *Rhythm) parseDays(text string) error {
	head, on, _ := strings.Cut(text, " on ")
	switch {
	case text == "daily":
	case text == "workdays":
		r.Days, r.Weekdays = OnWeekdays, workdays()
	case head == "every two weeks":
		day, ok := parseWeekday(on)
		if !ok {
			return errors.New(`want one day, like "every two weeks on friday"`)
		}
		r.Days, r.Weekdays = EveryTwoWeeks, []time.Weekday{day}
	case head == "monthly":
		day, err := strconv.Atoi(on)
		if err != nil || day < 1 || day > 31 {
			return errors.New(`want a day of the month, like "monthly on 1"`)
		}
		r.Days, r.MonthDay = EveryMonth, day
	default:
		r.Days = OnWeekdays
		for name := range strings.SplitSeq(text, ",") {
			day, ok := parseWeekday(name)
			if !ok {
				return errors.New(`want "daily", "workdays", days like "monday, thursday", "every two weeks on friday" or "monthly on 1"`)
			}
			r.Weekdays = append(r.Weekdays, day)
		}
		slices.SortFunc(r.Weekdays, func(a, b time.Weekday) int { return fromMonday(a) - fromMonday(b) })
		r.Weekdays = slices.Compact(r.Weekdays)
	}
	return nil
}

func parseHours(text string) (hours []int, err error) {
	for word := range strings.SplitSeq(text, ",") {
		hour, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || hour < 0 || hour > 23 {
			return nil, errors.New(`want hours from 0 to 23, like "at 7, 12, 17"`)
		}
		hours = append(hours, hour)
	}
	slices.Sort(hours)
	return slices.Compact(hours), nil
}

// parseWeekday reads an English name.
func parseWeekday(text string) (time.Weekday, bool) {
	text = strings.TrimSpace(text)
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()) {
			return day, true
		}
	}
	return 0, false
}

// fromMonday returns how many days after Monday a weekday is.
func fromMonday(day time.Weekday) int { return (int(day) + 6) % 7 }

// String returns the rhythm as [ParseRhythm] reads it.
func (r Rhythm) String() string {
	var text string
	switch r.Days {
	case EveryDay:
		text = "daily"
	case OnWeekdays:
		text = strings.ToLower(joinWeekdays(r.Weekdays, ", "))
		if slices.Equal(r.Weekdays, workdays()) {
			text = "workdays"
		}
	case EveryTwoWeeks:
		text = "every two weeks on " + strings.ToLower(joinWeekdays(r.Weekdays, ", "))
	case EveryMonth:
		text = "monthly on " + strconv.Itoa(r.MonthDay)
	}
	if len(r.Hours) > 0 {
		var hours []string
		for _, h := range r.Hours {
			hours = append(hours, strconv.Itoa(h))
		}
		text += " at " + strings.Join(hours, ", ")
	}
	if !r.From.IsZero() {
		text += " from " + r.From.Format(time.DateOnly)
	}
	return text
}

// Words returns the rhythm as part of a sentence: "on Monday and Thursday at 07:00".
func (r Rhythm) Words() string {
	text := "every day"
	switch r.Days {
	case OnWeekdays:
		text = "on " + joinWeekdays(r.Weekdays, " and ")
		switch {
		case slices.Equal(r.Weekdays, workdays()):
			text = "on workdays"
		case len(r.Weekdays) == 1:
			text = "every " + r.Weekdays[0].String()
		}
	case EveryTwoWeeks:
		text = "every other " + r.Weekdays[0].String()
	case EveryMonth:
		text = fmt.Sprintf("on day %d of every month", r.MonthDay)
		if r.MonthDay > 28 {
			text += ", or its last"
		}
	}
	var hours []string
	for _, h := range r.Hours {
		hours = append(hours, fmt.Sprintf("%02d:00", h))
	}
	if len(hours) > 0 {
		text += " at " + inList(hours, " and ")
	}
	return text
}

// joinWeekdays returns the days' names, the last two of them joined by last.
func joinWeekdays(days []time.Weekday, last string) string {
	var names []string
	for _, day := range days {
		names = append(names, day.String())
	}
	return inList(names, last)
}

// inList joins words by commas, the last two of them by last.
func inList(words []string, last string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + last + words[n-1]
	}
	return strings.Join(words, "")
}

// dates returns r's dates for a search.
func (r Rhythm) dates() zones.Dates {
	switch r.Days {
	case OnWeekdays:
		return zones.Dates{On: func(noon time.Time) bool { return slices.Contains(r.Weekdays, noon.Weekday()) }, Rare: len(r.Weekdays) == 1}
	case EveryTwoWeeks:
		from := r.From
		if from.IsZero() {
			from = time.Unix(0, 0).UTC()
		}
		monday := from.AddDate(0, 0, -fromMonday(from.Weekday()))
		return zones.Dates{On: func(noon time.Time) bool {
			weeks := floorDiv(int(noon.Sub(monday)/time.Hour), 7*24)
			return weeks%2 == 0 && slices.Contains(r.Weekdays, noon.Weekday())
		}, Rare: true}
	case EveryMonth:
		return zones.Dates{On: func(noon time.Time) bool {
			last := time.Date(noon.Year(), noon.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
			return noon.Day() == min(r.MonthDay, last)
		}, Rare: true}
	}
	return zones.Dates{}
}

// floorDiv returns a divided by b, rounded down.
func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// Period returns how long a window is at the least, without regard to clocks that change.
func (r Rhythm) Period() time.Duration {
	const day = 24 * time.Hour
	switch {
	case r.Days == EveryTwoWeeks:
		return 14 * day
	case r.Days == EveryMonth:
		return 28 * day
	case r.Days == OnWeekdays && len(r.Weekdays) == 1:
		return 7 * day
	}
	return day
}

// span returns what a digest is called.
func (r Rhythm) span() letter.Span {
	switch {
	case r.Days == EveryDay && len(r.Hours) <= 1:
		return letter.Day
	case r.Days == OnWeekdays && len(r.Weekdays) == 1 && len(r.Hours) <= 1:
		return letter.Week
	}
	return letter.Other
}

// after returns when a window ends that starts at start. zone is as in [Snapshot].
func (r Rhythm) after(start time.Time, zone *time.Location) time.Time {
	if len(r.Hours) == 0 {
		return start.Add(r.Period())
	}
	return zones.NextBoundary(start, zone, r.Hours, r.dates())
}
