package core

import (
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/cldr"
)

// Choice is what a reader has set on their page.
type Choice struct {
	// Cadence is [Off], or another without digests, if they want none. Else it is what the cadence becomes if it is one
	// without digests now; one with digests is the app's, and stays as it is.
	Cadence Cadence
	// The rest is as in [Preferences]. Links that were ended stay ended: a zero LinksSince changes nothing.
	TimeZone, Rhythm, PausedUntil, QuietStart, QuietEnd, Language string
	LinksSince                                                    time.Time
}

// Digests reports whether they want any.
func (c Choice) Digests() bool { return c.Cadence.Period() > 0 }

// Weekly returns c with one digest a week instead of more: on Mondays, if the days or the hour are chosen.
func (c Choice) Weekly() Choice {
	mondays := Rhythm{Days: OnWeekdays, Weekdays: []time.Weekday{time.Monday}, Hours: []int{usualHour}}
	r, err := ParseRhythm(c.Rhythm)
	switch {
	case c.Rhythm == "" && c.Cadence == Daily:
		c.Rhythm = mondays.String()
	case err == nil && r.Period() < Weekly.Period():
		mondays.Hours = r.Hours[:1]
		c.Rhythm = mondays.String()
	}
	c.Cadence = Weekly
	return c
}

// ChoiceOf returns what r has set. The rhythm is in words even if it is the cadence that says it.
func ChoiceOf(r Recipient) Choice {
	p := r.Preferences
	c := Choice{
		Cadence: r.Cadence, TimeZone: strings.TrimSpace(p.TimeZone), PausedUntil: strings.TrimSpace(p.PausedUntil),
		QuietStart: strings.TrimSpace(p.QuietStart), QuietEnd: strings.TrimSpace(p.QuietEnd),
		Language: p.Language,
	}
	if rhythm := r.Rhythm(); len(rhythm.Hours) > 0 {
		c.Rhythm = rhythm.String()
	}
	return c
}

// Choose returns r as it is after c. A rhythm that is empty leaves those that the app set as they are. Quiet hours and a pause
// that cannot be read become none, which is what they are: stores need not take them.
func Choose(r Recipient, c Choice) Recipient {
	switch {
	case !c.Digests():
		r.Cadence = Off
	case r.Cadence.Period() == 0:
		r.Cadence = c.Cadence
	}
	p := &r.Preferences
	p.TimeZone, p.Rhythm, p.PausedUntil, p.QuietStart, p.QuietEnd, p.Language = c.TimeZone, c.Rhythm, c.PausedUntil, c.QuietStart, c.QuietEnd, c.Language
	if _, ok := p.quiet(); !ok {
		p.QuietStart, p.QuietEnd = "", ""
	}
	if _, paused := p.Resumes(nil); !paused {
		p.PausedUntil = ""
	}
	since := later(c.LinksSince, p.LinksSince.At)
	p.LinksSince = Stamp{Set: !since.IsZero(), At: since} // one that cannot be read means none
	return r
}

// Check says what is wrong with c in words for the reader; empty if nothing is. A time zone and a language are right if
// they are as before. known reports whether a time zone is.
func (c Choice) Check(before Choice, known func(zone string) bool) string {
	if c.TimeZone != "" && c.TimeZone != before.TimeZone && !known(c.TimeZone) {
		return "The time zone is not known. Take one from the list, like Europe/Berlin."
	}
	if c.Language != "" && c.Language != before.Language && cldr.Find(c.Language) == nil {
		return "The language is not known. Take one from the list."
	}
	if c.Rhythm != "" {
		if _, err := ParseRhythm(c.Rhythm); err != nil {
			return "Choose at least one day and one hour."
		}
	}
	if c.PausedUntil != "" {
		if _, err := time.Parse(time.DateOnly, c.PausedUntil); err != nil {
			return "The date until which you pause cannot be read. Write it like 2026-12-31."
		}
	}
	if _, ok := (Preferences{QuietStart: c.QuietStart, QuietEnd: c.QuietEnd}).quiet(); !ok {
		return "Quiet hours need a start and an end, like 22:00 and 7:00."
	}
	return ""
}

// Upcoming returns the next n instants, from now on, at which digests of r fall due, if each window ends when it is due;
// fewer if there are none. If that is in quiet hours, it is when they are over. zone is as in [Snapshot].
func (s Schedule) Upcoming(r Recipient, zone *time.Location, now time.Time, n int) (all []time.Time) {
	if r.Cadence.Period() == 0 {
		return nil
	}
	start := WindowAt(r, now).Start
	for len(all) < n {
		at := s.dueAt(r, start, zone)
		if at.Before(now) {
			at = now
		}
		for s.InQuietHours(r.Preferences, zone, at) {
			at = at.Truncate(time.Minute).Add(time.Minute)
		}
		all, start = append(all, at), at
	}
	return all
}

// tickFor returns the first tick at due or later that is outside quiet hours.
func (s Schedule) tickFor(r Recipient, zone *time.Location, due time.Time) time.Time {
	at := LastTick(due.Add(s.tick()-1), s.tick())
	for s.InQuietHours(r.Preferences, zone, at) {
		at = at.Add(s.tick())
	}
	return at
}

// MaskAddress returns an address with most of its name hidden, for a page that others may see: "a…@rfc.example".
func MaskAddress(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" {
		return "…"
	}
	first := []rune(local)[0]
	return string(first) + "…@" + domain
}

// Outlook is what the page of a reader shows.
type Outlook struct {
	Recipient Recipient
	// Zone is as in [Snapshot], but never nil.
	Zone *time.Location
	// Now is the instant that all of it is of.
	Now time.Time
	// Next are when the next digests are due; nil if none are. They come with the first tick after that, Tick later at
	// the most.
	Next []time.Time
	Tick time.Duration
	// Digests are the last that were sent, the newest first.
	Digests []LedgerRow
	// English says that digests are in English, whatever language the reader has.
	English bool
	// Refused says that mail servers refused the address, so that nothing is sent before Next.
	Refused bool
}
