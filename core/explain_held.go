package core

import (
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// ExplainedHeld is a held e-mail, and in words what became of it, or what a tick would do with it.
type ExplainedHeld struct {
	HeldRow
	Why string
}

// ExplainHeld explains row, whose mail is that of s.
func ExplainHeld(s HeldSnapshot, row HeldRow, style *Style) ExplainedHeld {
	when := func(t Stamp) string { return Explanation{Now: s.Now, Zone: s.Zone}.at(t) }
	why := ""
	switch row.Status {
	case Sent:
		why = "Went out " + when(row.SentAt) + ". " + row.Return.Words()
	case Redirected:
		why = "Went to another mailbox than theirs, so they were not told."
	case Dropped, Failed:
		why = map[Status]string{Dropped: "Dropped", Failed: "Given up"}[row.Status] + ": " + texts.Clean(strings.TrimRight(row.Error, ". ")) + "."
	case Held, Sending:
		why = s.waits(style)
	default:
		why = "Waits for ever. " + Ignored("status", string(row.Status), "held")
	}
	if row.OddNotifications != "" {
		why += " " + Ignored("notification IDs", row.OddNotifications, "a list like [1, 2]") + " So digests may tell the same."
	}
	return ExplainedHeld{row, strings.TrimSpace(why)}
}

// waits says what a tick would do with a mail that waits.
func (s HeldSnapshot) waits(style *Style) string {
	if s.Mail.Status == Sending && s.Mail.Lease.After(s.Now) {
		return "Is being sent, or waits for its answer; if none is on record when its lease ends, the next tick sends it again."
	}
	plan := PlanRelease(s, style)
	switch plan.Reason {
	case QuietHours:
		until := s.Schedule.quietUntil(s.Recipient.Preferences, s.Zone, s.Now)
		return "Waits for the end of quiet hours at " + clockIn(until, s.Zone) + "."
	case Suppressed, Refused:
		return "Waits. " + WhyRefused(s.Recipient, s.Zone, s.Now)
	case QuietOver:
		again := ""
		if s.Mail.Attempts > 0 {
			again = ", after " + texts.Plural(s.Mail.Attempts, "temporary refusal")
		}
		return "Goes out with the next tick" + again + "."
	}
	return fmt.Sprintf("The next tick does not send it (%s): %s.", plan.Action, plan.Reason)
}

// clockIn is t in the words "07:00 (Europe/Berlin), 2026-03-30 05:00:00 UTC"; the first part is left out for UTC.
func clockIn(t time.Time, zone *time.Location) string {
	utc := texts.Timestamp(t) + " UTC"
	if zone == nil || zone == time.UTC {
		return utc
	}
	return t.In(zone).Format("15:04") + " (" + zone.String() + "), " + utc
}

// RewindHeld returns those of rows that were there at now, as they stood then, as far as that can be told.
func RewindHeld(rows []HeldRow, now time.Time) (then []HeldRow) {
	for _, row := range rows {
		if row.CreatedAt.After(now) {
			continue
		}
		if row.Status == Sent && row.SentAt.At.After(now) {
			row.Status, row.SentAt, row.Return = Held, Stamp{}, Return{}
		}
		then = append(then, row)
	}
	return then
}
