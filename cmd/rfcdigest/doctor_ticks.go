package main

import (
	"cmp"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// patienceWithTicks is how late a tick may be: one may be missed, and the next may be slow.
func (d *doctor) patienceWithTicks() time.Duration { return 2*d.every() + 15*time.Minute }

const runTicks = "see that serve runs, or that tick does at every tick length, and read their log"

func (d *doctor) lastTick(mark core.TickMark) {
	ended := fmt.Sprintf("ended at %s UTC, %s", texts.Timestamp(mark.EndedAt), d.ago(mark.EndedAt))
	switch {
	case mark.EndedAt.IsZero():
		d.warns("last tick", "none has ended on this database yet", "start serve, or run a tick")
	case d.now.Sub(mark.EndedAt) > d.patienceWithTicks():
		if mark.Trouble != "" {
			ended += ", with trouble: " + texts.Clean(mark.Trouble)
		}
		d.fails("last tick", ended, runTicks)
	case mark.Trouble != "":
		d.fails("last tick", ended+", with trouble: "+texts.Clean(mark.Trouble), "mend what it says; the next tick takes what this one left")
	default:
		d.passes("last tick", ended)
	}
}

// inDoubt looks at the digests that a tick left behind which was killed, or whose server did not answer.
func (d *doctor) inDoubt(pages iter.Seq2[[]core.RecoveryPlan, error]) error {
	due, waiting := 0, 0
	var one core.RecoveryPlan
	for plans, err := range pages {
		if err != nil {
			return err
		}
		for _, p := range plans {
			if p.Action == core.Wait {
				waiting, one = waiting+1, p
			} else {
				due++
			}
		}
	}
	var all []string
	if due > 0 {
		all = append(all, texts.Plural(due, "digest")+" without an answer on record, and with a lease that has ended")
	}
	if waiting > 0 {
		all = append(all, fmt.Sprintf("%s waiting until the recipient can have it, like user %d (%s)", texts.Plural(waiting, "digest"), one.Claim.Recipient, one.Reason))
	}
	if due == 0 {
		d.passes("in doubt", cmp.Or(strings.Join(all, "; "), "nothing"))
	} else {
		d.warns("in doubt", strings.Join(all, "; "), "run a tick: it sends again, under the same Message-ID")
	}
	return nil
}

// oldestDue looks at the person who has waited longest. If a tick has ended without trouble since they were due, it
// failed for this person alone, or they changed their settings since.
func (d *doctor) oldestDue(mark core.TickMark, a planner.Overdue) {
	waits := fmt.Sprintf("%d; user %d has waited longest, since %s UTC, %s", a.Due, a.Oldest, texts.Timestamp(a.Since), d.ago(a.Since))
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

// people looks for wrong settings, which only the people themselves or an operator of the app can mend.
func (d *doctor) people(a planner.Overdue) {
	for _, c := range []struct {
		name            string
		who             planner.Affected
		good, bad, mend string
	}{
		{"cadences", a.Quirks[core.UnknownCadence], "all are known", "cadence not known, so there are no digests", "enter daily, weekly or off in users.digest_cadence"},
		{"people's zones", a.Quirks[core.UnknownZone], "all are known", "time zone not known, so UTC is taken", "enter an IANA name like Europe/Berlin in digest_preferences.time_zone"},
		{"quiet hours", a.Quirks[core.EndlessQuiet], "all leave ticks outside", "quiet hours leave no tick outside, so there are none",
			"enter shorter ones in digest_preferences, or have ticks come more often; explain --user ID says more"},
		{"preferences", a.Quirks[core.UnreadableSetting], "all can be read", "a setting does not count as it is stored", "correct it in digest_preferences; explain --user ID says what each of them has"},
		{"missing addresses", a.NoAddress, "everybody who wants digests has an address", "no address, so no digest can go out", "enter it in users.email, or off as the cadence"},
		{"addresses", a.BadAddress, "mail can be sent to all", "address is not one that mail can be sent to", "correct it in the app"},
	} {
		if c.who.Count == 0 {
			d.passes(c.name, c.good)
		} else {
			d.warns(c.name, c.bad+": "+ids(c.who), c.mend)
		}
	}
}

// ids names the first few of who, and says how many more there are.
func ids(who planner.Affected) string {
	users := make([]string, len(who.First))
	for i, id := range who.First {
		users[i] = fmt.Sprintf("user %d", id)
	}
	text := strings.Join(users, ", ")
	if more := who.Count - len(who.First); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if who.Text != "" {
		text += "; of the first, " + strings.TrimSuffix(who.Text, ".")
	}
	return text
}

// systemClock compares the clock with the newest recorded times.
func (d *doctor) systemClock(mark core.TickMark, a planner.Overdue) {
	const mend = "set the clock, and keep it by NTP"
	now := texts.Timestamp(d.now) + " UTC"
	latest, what := a.NewestEnd, "the newest recorded window ends"
	if mark.EndedAt.After(latest) {
		latest, what = mark.EndedAt, "the last tick ended"
	}
	switch {
	case d.now.Year() < 2026 || d.now.Year() > 2100:
		d.fails("clock", now+" cannot be right", mend)
	case latest.After(d.now.Add(time.Minute)): // a tick may have ended since this began
		d.warns("clock", fmt.Sprintf("%s, but %s later, at %s UTC", now, what, texts.Timestamp(latest)),
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

// suppression says how many addresses are suppressed or were refused lately, and why the first few are suppressed. It
// warns of suppressed ones only, since refused ones are tried again.
func (d *doctor) suppression(refused iter.Seq2[core.Recipient, error]) error {
	suppressed, others := 0, 0
	var first []string
	for r, err := range refused {
		if err != nil {
			return err
		}
		if !core.IsSuppressed(r, d.now) {
			others++
			continue
		}
		if suppressed++; len(first) < 3 {
			first = append(first, fmt.Sprintf("user %d (%s)", r.ID, whyInBrief(r.Preferences)))
		}
	}
	lately := ""
	if others > 0 {
		lately = fmt.Sprintf("; %d refused lately, tried again by and by", others)
	}
	if suppressed == 0 {
		d.passes("suppression", "no address is suppressed"+lately)
		return nil
	}
	if more := suppressed - len(first); more > 0 {
		first = append(first, fmt.Sprintf("%d more", more))
	}
	d.warns("suppression", fmt.Sprintf("%s suppressed, so that no mail goes there: %s%s", texts.Plural(suppressed, "address"), strings.Join(first, ", "), lately),
		"correct what is wrong in the app, and lift what works again; rfcdigest suppressed lists them all and says how")
	return nil
}

// whyInBrief says in a few words why an address is suppressed.
func whyInBrief(p core.Preferences) string {
	const most = 60
	why := []rune(texts.Clean(p.SuppressedReason))
	if len(why) > most {
		why = append(why[:most], '…')
	}
	switch {
	case len(why) > 0:
		return string(why)
	case p.Failures <= 0:
		return "entered by somebody else"
	}
	return "no reason was noted"
}
