package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// patienceWithTicks is how late a tick may be: one may be missed, and the next take its time.
func (d *doctor) patienceWithTicks() time.Duration { return 2*d.every() + 15*time.Minute }

const runTicks = "see that serve runs, or that tick does at every tick length, and read their log"

func (d *doctor) lastTick(mark core.TickMark) {
	ended := fmt.Sprintf("ended at %s UTC, %s", core.Timestamp(mark.EndedAt), d.ago(mark.EndedAt))
	switch {
	case mark.EndedAt.IsZero():
		d.warns("last tick", "none has ended on this database yet", "start serve, or run a tick")
	case d.now.Sub(mark.EndedAt) > d.patienceWithTicks():
		if mark.Trouble != "" {
			ended += ", with trouble: " + core.Clean(mark.Trouble)
		}
		d.fails("last tick", ended, runTicks)
	case mark.Trouble != "":
		d.fails("last tick", ended+", with trouble: "+core.Clean(mark.Trouble), "mend what it says; the next tick takes what this one left")
	default:
		d.passes("last tick", ended)
	}
}

// oldestDue looks at who has waited longest for a tick. One that came to its end without trouble after
// they were due had its chance at them: it failed for them alone, or they changed their settings since.
func (d *doctor) oldestDue(mark core.TickMark, a app.Arrears) {
	waits := fmt.Sprintf("%d; user %d has waited longest, since %s UTC, %s", a.Due, a.Oldest, core.Timestamp(a.Since), d.ago(a.Since))
	switch {
	case !d.Enabled:
		d.passes("people due", fmt.Sprintf("%d, but mail is off", a.Due))
	case a.Oldest == 0:
		d.passes("people due", fmt.Sprintf("%d of %d with digests", a.Due, a.People))
	case d.now.Sub(a.Since) <= d.patienceWithTicks():
		d.passes("people due", waits)
	case mark.Trouble == "" && mark.Instant.After(a.Since) && d.now.Sub(mark.EndedAt) <= d.patienceWithTicks():
		d.warns("people due", waits+", though a tick has ended since", fmt.Sprintf("unless they have just changed their settings, look for recipient %d in the log", a.Oldest))
	default:
		d.fails("people due", waits, runTicks)
	}
}

// people looks for what only they, or whoever looks after them, can mend.
func (d *doctor) people(a app.Arrears) {
	for _, c := range []struct {
		name            string
		who             app.Affected
		good, bad, mend string
	}{
		{"people's zones", a.UnknownZone, "all are known", "time zone not known, so UTC is taken", "enter an IANA name like Europe/Berlin in digest_preferences.time_zone"},
		{"suppression", a.Suppressed, "no address is suppressed", "address suppressed, so no mail goes there",
			"enter another address, or clear suppressed_address in digest_preferences; explain --user ID says why it is"},
		{"addresses", a.BadAddress, "mail can be sent to all", "address is not one that mail can be sent to", "correct it in the app"},
	} {
		if c.who.Count == 0 {
			d.passes(c.name, c.good)
		} else {
			d.warns(c.name, c.bad+": "+ids(c.who), c.mend)
		}
	}
}

// ids names the first few of those affected.
func ids(who app.Affected) string {
	users := make([]string, len(who.First))
	for i, id := range who.First {
		users[i] = fmt.Sprintf("user %d", id)
	}
	text := strings.Join(users, ", ")
	if more := who.Count - len(who.First); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// systemClock compares the clock with what was recorded by it.
func (d *doctor) systemClock(mark core.TickMark, a app.Arrears) {
	const mend = "set the clock, and keep it by NTP"
	now := core.Timestamp(d.now) + " UTC"
	latest, what := a.NewestEnd, "the newest recorded window ends"
	if mark.EndedAt.After(latest) {
		latest, what = mark.EndedAt, "the last tick ended"
	}
	switch {
	case d.now.Year() < 2026 || d.now.Year() > 2100:
		d.fails("clock", now+" cannot be right", mend)
	case latest.After(d.now.Add(time.Minute)): // a tick may have ended since this began
		d.warns("clock", fmt.Sprintf("%s, but %s later, at %s UTC", now, what, core.Timestamp(latest)),
			mend+"; if a tick was given a later --now, the people it took wait until then")
	default:
		d.passes("clock", now+", later than everything recorded")
	}
}

// ago says how long before now t was.
func (d *doctor) ago(t time.Time) string {
	past := d.now.Sub(t)
	switch {
	case past < 0:
		return "in the future"
	case past < 2*time.Minute:
		return fmt.Sprintf("%d s ago", int(past.Seconds()))
	case past < 2*time.Hour:
		return fmt.Sprintf("%d min ago", int(past.Minutes()))
	case past < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(past.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(past.Hours())/24)
}
