package core

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

const (
	// MaxFailures is how many refusals in a row, each on another day, suppress an address.
	MaxFailures = 3
	// SuppressFor is how long a suppression lasts unless an installation says otherwise. After that, one mail is
	// tried, and decides.
	SuppressFor = 30 * 24 * time.Hour
	// refusalRest is how long a refused address is left alone before it is tried again: a day, less a little for a
	// tick that comes early.
	refusalRest = 24*time.Hour - 15*time.Minute
)

// Standing says what is held against an address. The zero value: nothing.
type Standing string

// What may be held against an address.
const (
	// RefusedLately means that it was refused for good on fewer than [MaxFailures] days in a row.
	RefusedLately Standing = "refused"
	// RefusedTooOften means that it was refused on [MaxFailures] days in a row, and no mail is tried yet.
	RefusedTooOften Standing = "suppressed"
	// Entered means that the app or an operator suppressed it. It stays so until an operator lifts it.
	Entered Standing = "entered"
	// OnTrial means that its suppression is over: one mail is tried, and decides.
	OnTrial Standing = "on trial"
)

// Stands returns what is held at now against the present address of r. A new address starts clean.
func Stands(r Recipient, now time.Time) Standing {
	p := r.Preferences
	switch {
	case p.SuppressedAddress == "" || p.SuppressedAddress != r.Address:
		return ""
	case p.Failures <= 0:
		return Entered
	case p.Failures < MaxFailures:
		return RefusedLately
	case p.RetryAt.IsZero() || now.Before(p.RetryAt):
		return RefusedTooOften
	}
	return OnTrial
}

// IsSuppressed reports whether no mail is sent to r's present address at now.
func IsSuppressed(r Recipient, now time.Time) bool {
	s := Stands(r, now)
	return s == RefusedTooOften || s == Entered
}

// isRefused reports whether r's present address was refused so shortly before now that it is not tried yet. It is not
// suppressed then.
func isRefused(r Recipient, now time.Time) bool {
	return Stands(r, now) == RefusedLately && now.Before(r.Preferences.RetryAt)
}

// Refusal is an address that a mail server refused for good.
type Refusal struct {
	Recipient int64
	// Mark is the [Person.Mark] of the recipient.
	Mark    int64
	Address string
	// Reason is what the mail server said, in one line.
	Reason string
	// At is the instant of the tick.
	At time.Time
	// SuppressFor is how long the address is suppressed if it is refused too often now; 0 means [SuppressFor].
	SuppressFor time.Duration
}

// CountRefusal returns p after the refusal r. Refusals on one day (UTC) count as one.
func CountRefusal(p Preferences, r Refusal) Preferences {
	switch {
	case p.SuppressedAddress != r.Address:
		p.SuppressedAddress, p.Failures = r.Address, 1
	case p.Failures > 0 && r.At.Before(p.RetryAt):
		p.SuppressedReason = r.Reason
		return p
	default:
		p.Failures++
	}
	p.SuppressedReason = r.Reason
	p.RetryAt = later(r.At.Add(refusalRest), r.At.Truncate(24*time.Hour).Add(24*time.Hour))
	if p.Failures >= MaxFailures {
		p.RetryAt = r.At.Add(cmp.Or(r.SuppressFor, SuppressFor))
	}
	return p
}

// CountAcceptance returns p after a mail was accepted: the count of refusals begins again. If the app or an operator
// suppressed the address, that stays.
func CountAcceptance(p Preferences) Preferences {
	if p.Failures > 0 {
		return Lift(p)
	}
	return p
}

// Lift returns p with nothing held against an address, whether it was refused or entered.
func Lift(p Preferences) Preferences {
	p.SuppressedAddress, p.SuppressedReason, p.Failures, p.RetryAt = "", "", 0, time.Time{}
	return p
}

// WhyRefused says in one line what is held at now against the present address of r, why, and until when. It is
// empty if nothing is. zone is as in [Snapshot].
func WhyRefused(r Recipient, zone *time.Location, now time.Time) string {
	p := r.Preferences
	switch Stands(r, now) {
	case Entered:
		if why := reasonNoted(p); why != "" {
			return fmt.Sprintf("The address was entered as suppressed: %s. That stays until somebody lifts it.", why)
		}
		return "The address was entered as suppressed. That stays until somebody lifts it."
	case RefusedTooOften:
		if p.RetryAt.IsZero() {
			return refusals(p) + " That stays until somebody lifts it."
		}
		return refusals(p) + " One mail is tried from " + texts.TimestampIn(p.RetryAt, zone) + " on."
	case RefusedLately:
		if now.Before(p.RetryAt) {
			return refusals(p) + " It is tried again from " + texts.TimestampIn(p.RetryAt, zone) + " on."
		}
		return refusals(p) + " The next mail is tried."
	case OnTrial:
		return refusals(p) + " Its time is over: the next mail is tried, and decides."
	}
	return ""
}

// refusals says on how many days an address was refused, and what was said.
func refusals(p Preferences) string {
	why := cmp.Or(reasonNoted(p), "no reason was noted")
	if p.Failures == 1 {
		return fmt.Sprintf("The address was refused for good, with: %s.", why)
	}
	return fmt.Sprintf("The address was refused for good on %d days in a row, the last time with: %s.", p.Failures, why)
}

// reasonNoted is the reason as a part of a sentence.
func reasonNoted(p Preferences) string {
	return strings.TrimRight(texts.Clean(p.SuppressedReason), ". ")
}
