package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// The days of the form.
const (
	asTheApp = "app"
	// weeklyAsTheApp is offered to those who have no digests, since the app does not say then which it was.
	weeklyAsTheApp = "weekly"
	everyDay       = "daily"
	onWorkdays     = "workdays"
	onChosenDays   = "chosen"
	everyTwoWeeks  = "fortnight"
	monthly        = "monthly"
)

// form is the state of the page's form.
type form struct {
	Digests  bool
	Days     []option
	Weekdays []option
	Hours    []option
	// MonthDay is the day of the month, and From the date from which every second week counts.
	MonthDay         string
	From             string
	Zone             string
	Zones            []string
	Paused           string
	QuietFrom, Until string
	// Languages are those to choose from; none if digests are in English alone. Language is the tag of the one that is
	// chosen, and Unlisted the tag that the reader has if it is none of these.
	Languages          []*cldr.Language
	Language, Unlisted string
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

// usualHour is the hour of those who choose days and no hour.
const usualHour = 8

func newForm(o core.Outlook, c core.Choice, zones []string) *form {
	f := &form{
		Digests: c.Digests(), MonthDay: "1", Zone: c.TimeZone, Zones: zones, Paused: c.PausedUntil, QuietFrom: clockTime(c.QuietStart), Until: clockTime(c.QuietEnd),
		Tomorrow: o.Now.In(o.Zone).AddDate(0, 0, 1).Format(time.DateOnly), From: o.Now.In(o.Zone).Format(time.DateOnly),
	}
	if !o.English {
		f.offerLanguages(c.Language)
	}
	r, err := core.ParseRhythm(c.Rhythm)
	days := daysOf(r)
	if err != nil {
		days, r = asTheApp, core.Rhythm{}
	}
	if r.MonthDay > 0 {
		f.MonthDay = strconv.Itoa(r.MonthDay)
	}
	if !r.From.IsZero() {
		f.From = r.From.Format(time.DateOnly)
	}
	app := option{Value: asTheApp, Label: "Once a day, at no fixed hour"}
	if o.Recipient.Cadence == core.Weekly {
		app.Label = "Once a week, at no fixed hour"
	}
	f.Days = []option{app}
	if !c.Digests() {
		f.Days = append(f.Days, option{Value: weeklyAsTheApp, Label: "Once a week, at no fixed hour"})
	}
	f.Days = append(f.Days, option{Value: everyDay, Label: "Every day"}, option{Value: onWorkdays, Label: "Monday to Friday"}, option{Value: onChosenDays, Label: "On the days below"},
		option{Value: everyTwoWeeks, Label: "Every two weeks, on the first day below"}, option{Value: monthly, Label: "Once a month"})
	choose(f.Days, days)
	for _, d := range weekdays {
		f.Weekdays = append(f.Weekdays, option{strings.ToLower(d.String()), d.String(), slices.Contains(r.Weekdays, d)})
	}
	for hour := range 24 {
		f.Hours = append(f.Hours, option{strconv.Itoa(hour), fmt.Sprintf("%02d:00", hour), slices.Contains(r.Hours, hour)})
	}
	return f
}

// choose has those options be chosen that have one of the values.
func choose(all []option, values ...string) {
	for i := range all {
		all[i].Chosen = slices.Contains(values, all[i].Value)
	}
}

// keep has the form show what was sent, since something is wrong with it.
func (f *form) keep(sent url.Values) {
	f.Digests = sent.Get("digests") != string(core.Off)
	choose(f.Days, sent["days"]...)
	choose(f.Weekdays, sent["weekday"]...)
	choose(f.Hours, sent["hour"]...)
	f.MonthDay, f.From, f.Zone, f.Paused = clean(sent, "monthday"), clean(sent, "since"), clean(sent, "zone"), clean(sent, "paused")
	f.QuietFrom, f.Until = clean(sent, "from"), clean(sent, "to")
	if sent.Has("language") {
		f.Language = clean(sent, "language")
	}
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

// farthest is how far away a date of a form may be.
const farthest = 5

// chosen returns what a form says on a date, or what is wrong with it, in words. A field rhythm says all of the days and
// hours, as undoing has it. A reader who wants no digests gets none, even
// if the rest of the form is wrong. known reports whether a time zone is.
func chosen(before core.Choice, sent url.Values, today time.Time, known func(zone string) bool) (c core.Choice, wrong string) {
	c = core.Choice{
		Cadence: core.Cadence(sent.Get("digests")), TimeZone: clean(sent, "zone"), PausedUntil: clean(sent, "paused"),
		QuietStart: clean(sent, "from"), QuietEnd: clean(sent, "to"), Rhythm: clean(sent, "rhythm"), Language: chosenLanguage(before.Language, sent),
	}
	if c.Digests() && before.Digests() {
		c.Cadence = before.Cadence // which is the app's
	}
	if !sent.Has("rhythm") {
		c, wrong = chosenRhythm(c, before.Rhythm, sent, today)
	}
	wrong = cmp.Or(wrong, pause(&c, today), c.Check(before, known))
	switch {
	case c.Cadence == core.Off && wrong != "":
		before.Cadence = core.Off
		return before, ""
	case c.Cadence != core.Off && !c.Digests():
		return c, "Choose whether digests are sent."
	}
	return c, wrong
}

// pause takes a pause that is over for none, and says what is wrong with one.
func pause(c *core.Choice, today time.Time) (wrong string) {
	until, err := time.Parse(time.DateOnly, c.PausedUntil)
	switch {
	case err != nil:
		return "" // there is none, or it cannot be read, which is said elsewhere
	case until.After(today.AddDate(farthest, 0, 0)):
		return fmt.Sprintf("You can pause for %d years at the most. To get no more digests, choose to send none.", farthest)
	case !until.After(today):
		c.PausedUntil = ""
	}
	return ""
}

// chosenRhythm returns the days and hours of a form in words, and the cadence if that is chosen with them. Days and hours
// that the reader ticked count also without "on the days below"; those that were ticked before do not.
func chosenRhythm(c core.Choice, before string, sent url.Values, today time.Time) (core.Choice, string) {
	weekdays, hours := strings.Join(sent["weekday"], ", "), cmp.Or(strings.Join(sent["hour"], ", "), strconv.Itoa(usualHour))
	days := sent.Get("days")
	if days == weeklyAsTheApp {
		c.Cadence, days = core.Weekly, asTheApp
	}
	switch {
	case days == asTheApp && slices.Equal(ticked(before), slices.Concat(sent["weekday"], sent["hour"])):
		return c, ""
	case days == asTheApp && weekdays == "" && c.Cadence == core.Weekly:
		days = "monday"
	case days == asTheApp && weekdays == "":
		days = everyDay
	case days == asTheApp, days == onChosenDays, days == everyTwoWeeks:
		if weekdays == "" {
			return c, "Choose at least one day of the week."
		}
		if days != everyTwoWeeks {
			days = weekdays
			break
		}
		first, _, _ := strings.Cut(weekdays, ",")
		days = "every two weeks on " + first
		if since := clean(sent, "since"); since != "" {
			date, err := time.Parse(time.DateOnly, since)
			if err != nil || date.Before(today.AddDate(-farthest, 0, 0)) || date.After(today.AddDate(farthest, 0, 0)) {
				return c, "The date in the first of the two weeks cannot be read, or is far away. Write it like 2026-12-31."
			}
			hours += " from " + since
		}
	case days == monthly:
		day, err := strconv.Atoi(clean(sent, "monthday"))
		if err != nil || day < 1 || day > 31 {
			return c, "The day of the month is a number from 1 to 31."
		}
		days = "monthly on " + strconv.Itoa(day)
	}
	c.Rhythm = days + " at " + hours
	return c, ""
}

// ticked returns the days and hours that the form of a rhythm has ticked.
func ticked(rhythm string) (all []string) {
	r, err := core.ParseRhythm(rhythm)
	if err != nil {
		return nil
	}
	for _, d := range weekdays {
		if slices.Contains(r.Weekdays, d) {
			all = append(all, strings.ToLower(d.String()))
		}
	}
	for _, h := range r.Hours {
		all = append(all, strconv.Itoa(h))
	}
	return all
}

type field struct{ Name, Value string }

// fieldsOf returns the fields by which that choice is made again.
func fieldsOf(c core.Choice) []field {
	return []field{{"digests", string(c.Cadence)}, {"rhythm", c.Rhythm}, {"zone", c.TimeZone}, {"paused", c.PausedUntil}, {"from", c.QuietStart}, {"to", c.QuietEnd}, {"language", c.Language}}
}

// clean returns a field of a form as one line.
func clean(form url.Values, name string) string {
	return strings.TrimSpace(texts.Clean(form.Get(name)))
}
