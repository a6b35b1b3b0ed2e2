package core

import (
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// Return is what came back of a mail that a server had accepted. The zero value is nothing.
type Return struct {
	Kind returned.Kind
	// Why is its [returned.Cause]: words that go on after "it came back: ".
	Why string
	// At is when we heard of it.
	At time.Time
	// To is the [links.AddressMark] of the address that the mail was sent to.
	To uint16
}

// Words says in a sentence what came back: "Came back on 3 November 2026: the address does not exist." It is empty if
// nothing did.
func (r Return) Words() string {
	if r.Kind == returned.Nothing {
		return ""
	}
	return "Came back on " + r.At.UTC().Format("2 January 2006") + ": " + r.Why + "."
}

// gravity returns the kinds in order: what comes later counts only if it says more.
func gravity(k returned.Kind) int {
	return slices.Index([]returned.Kind{returned.Nothing, returned.AutoReply, returned.Delivered, returned.Delayed, returned.Unable, returned.Refused, returned.Dead,
		returned.Unsubscribe, returned.Complaint}, k)
}

// After reports whether r says more than before, which is known already.
func (r Return) After(before Return) bool { return gravity(r.Kind) > gravity(before.Kind) }

// EndsDigests reports whether r means that its reader wants no more.
func (r Return) EndsDigests() bool {
	return r.Kind == returned.Complaint || r.Kind == returned.Unsubscribe
}

// DeadDays is on how many days (UTC) in a row the newest mails of a person came back as dead from the address that the newest
// of them was sent to. A relay accepts every mail and reports later, so that an acceptance says nothing. rows are ledger rows
// of that person, the newest first; those that shipped nothing do not count.
func DeadDays(rows []LedgerRow) (days int) {
	last := time.Time{}
	for _, row := range rows {
		if row.Status != Sent {
			continue
		}
		if row.Return.Kind != returned.Dead || row.Return.To != rows[0].Return.To {
			break
		}
		if day := row.SentAt.UTC().Truncate(24 * time.Hour); !day.Equal(last) {
			days, last = days+1, day
		}
	}
	return days
}

// CountReturn returns p after mails to an address came back as dead on so many days in a row, the last of which is r.
func CountReturn(p Preferences, r Refusal, days int) Preferences {
	if p.SuppressedAddress == r.Address && (p.Failures == 0 || p.Failures >= max(days, MaxFailures)) {
		return p // it is suppressed already, by the app or for longer
	}
	p.SuppressedAddress, p.Failures, p.RetryAt = r.Address, max(days, 1)-1, time.Time{}
	return CountRefusal(p, r)
}
