package core

// MaxFailures is how many refusals in a row suppress an address.
const MaxFailures = 3

// IsSuppressed reports whether r's present address is one that mail is no longer sent to: it was
// refused for good [MaxFailures] times in a row, or somebody entered it as suppressed. The count
// belongs to the address, so a new one starts clean.
func IsSuppressed(r Recipient) bool {
	p := r.Preferences
	if p.SuppressedAddress == "" || p.SuppressedAddress != r.Address {
		return false
	}
	return p.Failures <= 0 || p.Failures >= MaxFailures
}

// Refusal says that an address was refused for good. Its zero value says that nobody is charged.
type Refusal struct {
	Address string
	// Reason is what the mail server said, in one line.
	Reason string
}

// CountRefusal returns p after r.
func CountRefusal(p Preferences, r Refusal) Preferences {
	if r.Address == "" {
		return p
	}
	if p.SuppressedAddress == r.Address {
		p.Failures++
	} else {
		p.SuppressedAddress, p.Failures = r.Address, 1
	}
	p.SuppressedReason = r.Reason
	return p
}

// CountAcceptance returns p after a mail was accepted: refusals before it were not in a row with
// any that follow. Where somebody else suppressed the address, that stays.
func CountAcceptance(p Preferences) Preferences {
	if p.Failures > 0 {
		p.SuppressedAddress, p.SuppressedReason, p.Failures = "", "", 0
	}
	return p
}
