package core

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// verdictTimes are the times in the words on a verdict, each with the words that join it to the rest.
type verdictTimes struct{ created, start, late, end string }

// Rule is the rule behind v, in words.
func (e Explanation) Rule(v Verdict) string {
	if why := e.noDigest(); why != "" && v == Included {
		return "in the digest, if there were one"
	}
	return v.rule()
}

// noDigest says why the recipient has no digests at all; empty if they may have some.
func (e Explanation) noDigest() string {
	switch e.Plan.Reason {
	case NoCadence:
		return "the cadence has none"
	case NoAddress:
		return "there is no e-mail address"
	}
	return ""
}

// verdict says what led to verdict. brief leaves out the times that stand beside it in a table.
func (e Explanation) verdict(n *Notification, verdict Verdict) (why, brief string) {
	if w, ok := e.digests[n.ID]; ok && w.Status == Sending {
		in := fmt.Sprintf("In digest %d, which is being sent, or will be sent again.", w.ID)
		return in, in
	}
	p := e.Plan.Prospect
	times := verdictTimes{"Created " + e.when(n.CreatedAt) + ", ", ", " + e.when(p.Window.Start), "", ", " + e.when(e.Now)}
	if n.CreatedAt.IsZero() {
		times.created = "When it was created cannot be read, "
	}
	if p.Since.Before(p.Window.Start) {
		times.late = " (late arrivals count from " + e.when(p.Since) + ")"
	}
	why = e.verdictWords(n, verdict, times) + e.moved(n)
	if n.CreatedAt.IsZero() {
		return why, why
	}
	brief = e.verdictWords(n, verdict, verdictTimes{}) + e.moved(n)
	return why, strings.ToUpper(brief[:1]) + brief[1:]
}

// verdictWords says why n has its verdict, with the times in t.
func (e Explanation) verdictWords(n *Notification, verdict Verdict, t verdictTimes) string {
	switch verdict {
	case BeforeWindow:
		return t.created + "before the window starts" + t.start + t.late + "; " + e.before(n) + "."
	case AfterWindow:
		return t.created + "after the window's end" + t.end + "; the window in which that time comes takes it."
	case AlreadyShipped:
		if !n.IncludedAt.Set && n.Moved != nil && n.Moved.Digest != 0 {
			return fmt.Sprintf("It is in digest %d of the account that it came from. If that does not arrive, a later digest tells of it.", n.Moved.Digest)
		}
		told := e.toldBy(n)
		return strings.ToUpper(told[:1]) + told[1:] + "."
	case AlreadyEmailed:
		return "Mailed on its own " + e.at(n.EmailedAt) + "."
	case AlreadyRead:
		return "Read in the app " + e.at(n.ReadAt) + "."
	case PersonalDirect:
		return "Its category is personal-direct, and those the app mails one by one."
	case OwnEvent:
		return "They did it themselves."
	}
	if why := e.noDigest(); why != "" {
		return "It would be in a digest, but none can go out: " + why + "."
	}
	switch {
	case n.CreatedAt.IsZero():
		return "When it was created cannot be read: better told once than never."
	case n.CreatedAt.Before(e.Plan.Since):
		return t.created + "before the window starts" + t.start + ", but no digest told of it."
	case n.CreatedAt.Before(e.Plan.Window.Start):
		return t.created + "before the window starts" + t.start + ", but no digest told of it: it arrived late."
	}
	return t.created + "within the window; not read, not mailed, in no digest yet."
}

// moved says where n came from.
func (e Explanation) moved(n *Notification) string {
	if n.Moved == nil {
		return ""
	}
	return fmt.Sprintf(" It came from user %d on %s.", n.Moved.From[0], e.when(n.Moved.At))
}

// before says what had become of n when its window was over.
func (e Explanation) before(n *Notification) string {
	_, told := e.digests[n.ID]
	switch {
	case told, n.IncludedAt.Set:
		return e.toldBy(n)
	case n.EmailedAt.Set:
		return "mailed on its own " + e.at(n.EmailedAt)
	case n.ReadAt.Set:
		return "read in the app " + e.at(n.ReadAt)
	}
	return "it is unread, and was for an earlier window to tell"
}

// toldBy says which digest told of n, and when.
func (e Explanation) toldBy(n *Notification) string {
	if w, ok := e.digests[n.ID]; ok {
		return fmt.Sprintf("digest %d told of it %s", w.ID, e.at(At(w.SentAt)))
	}
	return "a digest told of it " + e.at(n.IncludedAt)
}

// at says when s was.
func (e Explanation) at(s Stamp) string {
	switch {
	case s.At.IsZero():
		return "at a time that cannot be read"
	case s.At.Equal(e.Now):
		return "in this very tick"
	}
	return "on " + e.when(s.At)
}

// when writes t in UTC, and in the zone of the recipient.
func (e Explanation) when(t time.Time) string { return texts.TimestampIn(t, e.Zone) }

// Because says what led to the action of p, which was made for r at now.
func (s Schedule) Because(p Plan, r Recipient, zone *time.Location, now time.Time) string {
	zone = cmp.Or(zone, time.UTC)
	rhythm := rhythm(p, r, zone)
	due := "Due since " + texts.TimestampIn(p.DueAt, zone) + ": " + rhythm + s.apart(p, r, zone) + "."
	if r.Latest.End.IsZero() {
		due = "Due: no window was recorded that it could follow, so it reaches 30 days back."
	}
	switch p.Reason {
	case NoCadence:
		return fmt.Sprintf("Gets no digests: the cadence is %q, and only daily and weekly have any.", texts.Clean(string(r.Cadence)))
	case NoAddress:
		return "No digest can go out: there is no e-mail address to send to."
	case InDoubt:
		return "The digest of " + texts.TimestampIn(r.Latest.End, zone) + " is being sent, or waits for its answer; if none is on record when its lease ends, the next tick sends it again. Until then nobody knows what has been told."
	case NotDue:
		if missed := s.dueAt(r, p.Window.Start, zone); !missed.After(now) {
			return fmt.Sprintf("Not due before %s: %s. No tick took the digest that was due %s; the next one is near, and takes both.",
				texts.TimestampIn(p.DueAt, zone), rhythm, texts.TimestampIn(missed, zone))
		}
		return "Not due before " + texts.TimestampIn(p.DueAt, zone) + ": " + rhythm + s.apart(p, r, zone) + "."
	case BadAddress:
		return fmt.Sprintf("%s Mail cannot be addressed to %q; somebody has to mend the address.", due, texts.Clean(r.Address))
	case Suppressed:
		return due + " " + WhyRefused(r, zone, now) + " A new address starts clean."
	case Refused:
		return due + " " + WhyRefused(r, zone, now)
	case QuietHours:
		return fmt.Sprintf("%s It is %s for them, within their quiet hours (%s, %s); a tick from %s on takes it.", due,
			now.In(zone).Format("15:04"), r.Preferences.QuietWords(), zone, texts.TimestampIn(s.quietUntil(r.Preferences, zone, now), zone))
	case Nothing:
		return due + " Nothing in the window is for a digest: it is recorded as empty, without a mail."
	}
	return due + " There is something to tell: " + p.Digest.Count() + "."
}

// rhythm says when the window of p is over.
func rhythm(p Plan, r Recipient, zone *time.Location) string {
	began := "the last window ended " + texts.TimestampIn(p.Window.Start, zone)
	own := r.Rhythm()
	pause := ""
	if until, paused := r.Preferences.Resumes(zone); paused && !own.after(p.Window.Start, zone).After(until) {
		pause = "; they pause until " + until.In(zone).Format("Monday, 2 January 2006")
	}
	switch {
	case len(own.Hours) > 0:
		return fmt.Sprintf("%s, and it follows %s on their clock (%s)%s", began, own.Words(), zone, pause)
	case r.Cadence == Weekly:
		return began + ", and a weekly digest follows 7 days after" + pause
	}
	return began + ", and a daily digest follows 24 hours after" + pause
}

// apart says how much later the digest of p is due because digests are spread; empty if not at all.
func (s Schedule) apart(p Plan, r Recipient, zone *time.Location) string {
	later := p.DueAt.Sub(DueAt(r, p.Window.Start, zone))
	if later <= 0 {
		return ""
	}
	return fmt.Sprintf(", and %s later for them, since digests are spread over %s", texts.Spell(later), texts.Spell(s.Spread))
}
