package core

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/core/zones"
)

// Describe returns p as stable text: one line and then, if p has them, the window, the message and
// the verdicts, indented.
func Describe(p Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "recipient %d: %s, %s", p.Recipient, p.Action, p.Reason)
	if p.Action == Send {
		b.WriteString(": " + p.Digest.Count())
	}
	b.WriteString("\n")
	if p.Reason == NoCadence {
		return b.String()
	}
	fmt.Fprintf(&b, "  window   %s to %s", texts.Timestamp(p.Window.Start), texts.Timestamp(p.Window.End))
	if !p.Since.Equal(p.Window.Start) {
		fmt.Fprintf(&b, ", late arrivals from %s", texts.Timestamp(p.Since))
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
	UnreadableSetting Quirk = "unreadable preference"   // quiet hours, send hour or weekday
	EndlessQuiet      Quirk = "quiet hours without end" // leave no tick, and count as none
)

// Remark says what counts in the place of a setting that does not count as it is stored.
type Remark struct {
	Quirk Quirk
	// Text is a sentence; text from the database in it is clean.
	Text string
}

// Remarks returns a remark for each odd setting of r at now; nil if there are none. zone is as in [Snapshot].
func (s Schedule) Remarks(r Recipient, zone *time.Location, now time.Time) (remarks []Remark) {
	p := r.Preferences
	remark := func(o Quirk, format string, args ...any) {
		remarks = append(remarks, Remark{o, fmt.Sprintf(format, args...)})
	}
	if zone == nil && zones.Read(p.TimeZone).Fixed != time.UTC {
		remark(UnknownZone, "The time zone %q is not known, so it is UTC; a name like Europe/Berlin would be.", texts.Clean(p.TimeZone))
	}
	start, end := texts.Clean(p.QuietStart), texts.Clean(p.QuietEnd)
	if q, ok := p.quiet(); !ok {
		remark(UnreadableSetting, "The quiet hours from %q to %q cannot be read, so there are none; times like 22:00 and 7:00 can.", start, end)
	} else if q != (quietHours{}) && !s.leavesTick(q, cmp.Or(zone, time.UTC), now) {
		remark(EndlessQuiet, "The quiet hours from %s to %s leave none of the ticks outside, which are %s apart, so there are none.", start, end, texts.Spell(s.tick()))
	}
	if _, err := ParseRhythm(p.Rhythm); err != nil && strings.TrimSpace(p.Rhythm) != "" {
		remark(UnreadableSetting, "The rhythm %q cannot be read, so the cadence counts: %s.", texts.Clean(p.Rhythm), err)
	}
	if _, ok := p.Resumes(zone); !ok && strings.TrimSpace(p.PausedUntil) != "" {
		remark(UnreadableSetting, "The end of their pause, %q, cannot be read, so there is none; a date like 2026-12-31 can.", texts.Clean(p.PausedUntil))
	}
	hour, fixed := p.sendHour()
	if p.SendHour != nil && !fixed {
		remark(UnreadableSetting, "The send hour %d is none of 0 to 23, so there is none.", *p.SendHour)
	}
	if _, ok := p.readWeekday(); !ok && fixed && r.Cadence == Weekly {
		remark(UnreadableSetting, "The weekday %q is not known, so it is Monday, at %02d:00; an English name would be.", texts.Clean(p.SendWeekday), hour)
	}
	return remarks
}
