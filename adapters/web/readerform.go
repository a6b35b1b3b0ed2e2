package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// The days of the form.
const (
	asTheApp      = "app"
	everyDay      = "daily"
	onWorkdays    = "workdays"
	onChosenDays  = "chosen"
	everyTwoWeeks = "fortnight"
	monthly       = "monthly"
)

// form is the state of the page's form.
type form struct {
	Digests  bool
	Days     []option
	Weekdays []option
	Hours    []option
	// MonthDay is the day of the month, and From the date from which every second week counts.
	MonthDay         int
	From             string
	Zone             string
	Zones            []string
	Paused           string
	QuietFrom, Until string
	// Tomorrow is the first date until which they may pause.
	Tomorrow string
}

// option is one of several that can be chosen.
type option struct {
	Value, Label string
	Chosen       bool
}

// weekdays are in the order of the form.
var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func newForm(o core.Outlook, c core.Choice, zones []string) *form {
	f := &form{
		Digests: c.Digests(), MonthDay: 1, Zone: c.TimeZone, Zones: zones, Paused: c.PausedUntil, QuietFrom: clockTime(c.QuietStart), Until: clockTime(c.QuietEnd),
		Tomorrow: o.Now.In(o.Zone).AddDate(0, 0, 1).Format(time.DateOnly), From: o.Now.In(o.Zone).Format(time.DateOnly),
	}
	r, err := core.ParseRhythm(c.Rhythm)
	days := daysOf(r)
	if err != nil {
		days, r = asTheApp, core.Rhythm{Weekdays: []time.Weekday{time.Monday}, Hours: []int{8}}
	}
	if r.MonthDay > 0 {
		f.MonthDay = r.MonthDay
	}
	if !r.From.IsZero() {
		f.From = r.From.Format(time.DateOnly)
	}
	app := "Once a day"
	if o.Recipient.Cadence == core.Weekly {
		app = "Once a week"
	}
	for _, choice := range []option{
		{Value: asTheApp, Label: app + ", at no fixed hour"}, {Value: everyDay, Label: "Every day"}, {Value: onWorkdays, Label: "Monday to Friday"},
		{Value: onChosenDays, Label: "On the days below"}, {Value: everyTwoWeeks, Label: "Every two weeks, on the first day below"}, {Value: monthly, Label: "Once a month"},
	} {
		choice.Chosen = choice.Value == days
		f.Days = append(f.Days, choice)
	}
	for _, d := range weekdays {
		f.Weekdays = append(f.Weekdays, option{strings.ToLower(d.String()), d.String(), slices.Contains(r.Weekdays, d)})
	}
	for hour := range 24 {
		f.Hours = append(f.Hours, option{strconv.Itoa(hour), fmt.Sprintf("%02d:00", hour), slices.Contains(r.Hours, hour)})
	}
	return f
}

// daysOf returns what of the form r is.
func daysOf(r core.Rhythm) string {
	switch {
	case r.Days == core.EveryDay:
		return everyDay
	case r.Days == core.EveryTwoWeeks:
		return everyTwoWeeks
	case r.Days == core.EveryMonth:
		return monthly
	case strings.HasPrefix(r.String(), onWorkdays):
		return onWorkdays
	}
	return onChosenDays
}

// clockTime returns a time of day as a field for times has it: 07:00 for 7:00. What it cannot show it leaves as it is.
func clockTime(text string) string {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format("15:04")
		}
	}
	return text
}

// weeklyInstead is what a field again says of those who want a digest each week instead of none.
const weeklyInstead = "weekly instead"

// chosen returns what a form says. A field again says that digests come as before, with that cadence, or
// [weeklyInstead]. A field rhythm says all of the days and hours, as undoing has it.
func chosen(before core.Choice, sent url.Values) core.Choice {
	switch again := sent.Get("again"); again {
	case "":
	case weeklyInstead:
		return before.Weekly()
	default:
		before.Cadence = core.Cadence(again)
		return before
	}
	c := core.Choice{
		Cadence: core.Cadence(sent.Get("digests")), TimeZone: clean(sent, "zone"), PausedUntil: clean(sent, "paused"),
		QuietStart: clean(sent, "from"), QuietEnd: clean(sent, "to"), Rhythm: clean(sent, "rhythm"),
	}
	if sent.Has("rhythm") {
		return c
	}
	days := strings.Join(sent["weekday"], ", ")
	switch sent.Get("days") {
	case asTheApp:
		return c
	case everyTwoWeeks:
		first, _, _ := strings.Cut(days, ",")
		days = "every two weeks on " + first
	case monthly:
		days = "monthly on " + clean(sent, "monthday")
	case onChosenDays:
	default:
		days = sent.Get("days")
	}
	c.Rhythm = days + " at " + strings.Join(sent["hour"], ", ")
	if from := clean(sent, "since"); sent.Get("days") == everyTwoWeeks && from != "" {
		c.Rhythm += " from " + from
	}
	return c
}

type field struct{ Name, Value string }

// fieldsOf returns the fields by which that choice is made again.
func fieldsOf(c core.Choice) []field {
	return []field{{"digests", string(c.Cadence)}, {"rhythm", c.Rhythm}, {"zone", c.TimeZone}, {"paused", c.PausedUntil}, {"from", c.QuietStart}, {"to", c.QuietEnd}}
}

// clean returns a field of a form as one line.
func clean(form url.Values, name string) string {
	return strings.TrimSpace(texts.Clean(form.Get(name)))
}
