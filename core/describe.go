package core

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/core/zones"
)

// Describe returns p as stable text: one line and then, if p has them, the window, the message and
// the verdicts, indented. zone is as in [Snapshot].
func Describe(p Plan, zone *time.Location) string {
	var b strings.Builder
	fmt.Fprintf(&b, "recipient %d: %s, %s", p.Recipient, p.Action, p.Reason)
	if p.Action == Send {
		b.WriteString(": " + p.Digest.Count())
	}
	if p.Reason == NoAddress {
		b.WriteString(": no digest can go out")
	}
	b.WriteString("\n")
	if p.Reason == NoCadence {
		return b.String()
	}
	fmt.Fprintf(&b, "  window   %s to %s", texts.TimestampIn(p.Window.Start, zone), texts.TimestampIn(p.Window.End, zone))
	if !p.Since.Equal(p.Window.Start) {
		fmt.Fprintf(&b, ", late arrivals from %s", texts.TimestampIn(p.Since, zone))
	}
	b.WriteString("\n")
	if p.Action == Send {
		fmt.Fprintf(&b, "  to       %s\n", strings.TrimSpace(p.Message.To.Name+" <"+p.Message.To.Mailbox+">"))
		fmt.Fprintf(&b, "  subject  %s\n", p.Message.Subject)
		fmt.Fprintf(&b, "  id       <%s>\n", p.Message.ID)
	}
	for _, j := range p.Judgements {
		fmt.Fprintf(&b, "  %-8d %s\n", j.ID, j.Verdict)
	}
	return b.String()
}

// Quirk is a way in which a setting of a person does not count as it is stored.
type Quirk string

// The quirks.
const (
	UnknownZone       Quirk = "unknown time zone"       // counts as UTC
	UnknownCadence    Quirk = "unknown cadence"         // has no digests
	UnreadableSetting Quirk = "unreadable preference"   // does not count
	EndlessQuiet      Quirk = "quiet hours without end" // leave no tick, and count as none
)

// Remark says what counts in the place of a setting that does not count as it is stored.
type Remark struct {
	Quirk Quirk
	// Text is a sentence; text from the database in it is clean.
	Text string
}

// Ignored returns a sentence about what stands in a column and does not count. what names it, and right is what would.
func Ignored(what, content, right string) string {
	return fmt.Sprintf("ignored: %s '%s'; %s can be.", what, texts.Clean(content), right)
}

// Remarks returns a remark for each odd setting of r at now; nil if there are none. zone is as in [Snapshot].
func (s Schedule) Remarks(r Recipient, zone *time.Location, now time.Time) (remarks []Remark) {
	p := r.Preferences
	remark := func(odd bool, q Quirk, text string) {
		if odd {
			remarks = append(remarks, Remark{q, text})
		}
	}
	ignored := func(odd bool, what, content, right string) {
		remark(odd && strings.TrimSpace(content) != "", UnreadableSetting, Ignored(what, content, right))
	}
	remark(r.Cadence.unknown(), UnknownCadence, Ignored("cadence", string(r.Cadence), "daily, weekly and off"))
	remark(zone == nil && zones.Read(p.TimeZone).Fixed != time.UTC, UnknownZone,
		fmt.Sprintf("The time zone %q is not known, so it is UTC; a name like Europe/Berlin would be.", texts.Clean(p.TimeZone)))
	q, ok := p.quiet()
	ignored(!ok, "quiet hours", p.QuietWords(), "a start and an end like 22:00 and 7:00")
	remark(q != (quietHours{}) && !s.leavesTick(q, cmp.Or(zone, time.UTC), now), EndlessQuiet,
		fmt.Sprintf("The quiet hours from %s leave none of the ticks outside, which are %s apart, so there are none.", p.QuietWords(), texts.Spell(s.tick())))
	_, err := ParseRhythm(p.Rhythm)
	ignored(err != nil, "rhythm", p.Rhythm, `words like "daily at 7, 12, 17", "workdays at 7" or "monday, thursday at 7"`)
	_, ok = p.Resumes(zone)
	ignored(!ok, "end of the pause", p.PausedUntil, "a date like 2026-12-31")
	_, ok = p.sendHour()
	ignored(!ok, "send hour", p.storedHour(), "0 to 23")
	_, ok = p.readWeekday()
	ignored(!ok, "send weekday", p.SendWeekday, "an English name like monday")
	remark(p.LinksSince.Set && p.LinksSince.At.IsZero(), UnreadableSetting,
		"ignored: links_since, which cannot be read, so older links to their page still work; a time like 2026-03-29 12:00:00 can be.")
	ignored(cldr.For(p.Language) == nil, "language", p.Language, "a tag like de or pt-BR")
	return remarks
}
