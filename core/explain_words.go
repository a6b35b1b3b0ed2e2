package core

import (
	"fmt"
	"strings"
	"time"
)

// Rule is the rule behind v, in words.
func (v Verdict) Rule() string {
	switch v {
	case BeforeWindow:
		return "created before the window"
	case AfterWindow:
		return "created after the window's end"
	case AlreadyShipped:
		return "already in a digest"
	case AlreadyEmailed:
		return "already mailed on its own"
	case AlreadyRead:
		return "already read in the app"
	case PersonalDirect:
		return "mailed at once, on its own, by the app"
	}
	return "in the digest"
}

// explainVerdict says which times led to verdict.
func explainVerdict(n *Notification, verdict Verdict, p Prospect, now time.Time) string {
	created := "Created " + Timestamp(n.CreatedAt)
	if n.CreatedAt.IsZero() {
		created = "When it was created cannot be read"
	}
	switch verdict {
	case BeforeWindow:
		from := "before the window starts, " + Timestamp(p.Window.Start)
		if p.Since.Before(p.Window.Start) {
			from += " (late arrivals count from " + Timestamp(p.Since) + ")"
		}
		return created + ", " + from + "; " + before(n, now) + "."
	case AfterWindow:
		return created + ", after the window's end, " + Timestamp(now) + "; the window in which that time comes takes it."
	case AlreadyShipped:
		return "A digest told of it " + at(n.IncludedAt, now) + "."
	case AlreadyEmailed:
		return "Mailed on its own " + at(n.EmailedAt, now) + "."
	case AlreadyRead:
		return "Read in the app " + at(n.ReadAt, now) + "."
	case PersonalDirect:
		return "Its category is personal-direct, and those the app mails one by one."
	}
	switch {
	case n.CreatedAt.IsZero():
		return created + ": better told once than never."
	case n.CreatedAt.Before(p.Window.Start):
		return created + ", before the window starts, " + Timestamp(p.Window.Start) + ", but no digest told of it: it arrived late."
	}
	return created + ", within the window; not read, not mailed, in no digest yet."
}

// before says what had become of n by the time that its window was over.
func before(n *Notification, now time.Time) string {
	switch {
	case n.IncludedAt.Set:
		return "a digest told of it " + at(n.IncludedAt, now)
	case n.EmailedAt.Set:
		return "mailed on its own " + at(n.EmailedAt, now)
	case n.ReadAt.Set:
		return "read in the app " + at(n.ReadAt, now)
	}
	return "it is unread, and was for an earlier window to tell"
}

// at says when s was.
func at(s Stamp, now time.Time) string {
	switch {
	case s.At.IsZero():
		return "at a time that cannot be read"
	case s.At.Equal(now):
		return "in this very tick"
	}
	return "on " + Timestamp(s.At)
}

// Because says what led to the action of p, which was made for r at now.
func (s *Style) Because(p Plan, r Recipient, zone *time.Location, now time.Time) string {
	if zone == nil {
		zone = time.UTC
	}
	rhythm := rhythm(p, r, zone) + s.apart(p, r, zone) + "."
	due := "Due since " + Timestamp(p.DueAt) + ": " + rhythm
	if r.Latest.End.IsZero() {
		due = "Due: no window was recorded that it could follow, so it reaches 30 days back."
	}
	switch p.Reason {
	case NoCadence:
		return fmt.Sprintf("Gets no digests: the cadence is %q, and only daily and weekly have any.", Clean(string(r.Cadence)))
	case NoAddress:
		return "There is no e-mail address to send to."
	case InDoubt:
		return "The digest of " + Timestamp(r.Latest.End) + " is still being sent, or waits for its answer; until that is settled, nobody knows what has been told."
	case NotDue:
		return "Not due before " + Timestamp(p.DueAt) + ": " + rhythm
	case BadAddress:
		return fmt.Sprintf("%s Mail cannot be addressed to %q; somebody has to mend the address.", due, Clean(r.Address))
	case Suppressed:
		return due + " " + suppression(r) + " A new address starts clean."
	case QuietHours:
		return fmt.Sprintf("%s It is %s for them, within their quiet hours (%s to %s, %s); a tick from %s on takes it.", due,
			now.In(zone).Format("15:04"), r.Preferences.QuietStart, r.Preferences.QuietEnd, zone, Timestamp(QuietUntil(r.Preferences, zone, now)))
	case Nothing:
		return due + " Nothing in the window is for a digest: it is recorded as empty, without a mail."
	}
	return due + " There is something to tell: " + p.Digest.count() + "."
}

// rhythm says what makes the window of p roll over.
func rhythm(p Plan, r Recipient, zone *time.Location) string {
	began := "the last window ended " + Timestamp(p.Window.Start)
	hour, fixed := r.Preferences.sendHour()
	switch {
	case !fixed && r.Cadence == Weekly:
		return began + ", and a weekly digest follows 7 days after"
	case !fixed:
		return began + ", and a daily digest follows 24 hours after"
	}
	each := "every day"
	if r.Cadence == Weekly {
		each = "every " + r.Preferences.weekday(Weekly).String()
	}
	return fmt.Sprintf("%s, and it follows %s at %02d:00 on their clock (%s)", began, each, hour, zone)
}

// apart says how much later the digest of p is due because digests are spread; empty where it is not.
func (s *Style) apart(p Plan, r Recipient, zone *time.Location) string {
	later := p.DueAt.Sub(DueAt(r, p.Window.Start, zone))
	if later <= 0 {
		return ""
	}
	return fmt.Sprintf(", and %s later for them, since digests are spread over %s", spell(later), spell(s.spread.Stretch))
}

// spell writes a time as people say it, to the second.
func spell(d time.Duration) string {
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

// suppression says why the address of r is suppressed.
func suppression(r Recipient) string {
	if r.Preferences.Failures <= 0 {
		return "The address was entered as suppressed."
	}
	why := strings.TrimRight(Clean(r.Preferences.SuppressedReason), ".")
	if why == "" {
		why = "no reason was noted"
	}
	return fmt.Sprintf("The address was refused for good %d times in a row, the last time with: %s.", r.Preferences.Failures, why)
}
