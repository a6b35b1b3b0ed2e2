package core

import "time"

// hindrance returns what keeps any mail from going to r at now; empty where nothing does. The first
// of these that holds: no address, one that mail cannot be addressed to, one that is suppressed,
// quiet hours.
func hindrance(r Recipient, zone *time.Location, now time.Time) Reason {
	switch {
	case r.Address == "":
		return NoAddress
	case !UsableAddress(r.Address):
		return BadAddress
	case IsSuppressed(r):
		return Suppressed
	case InQuietHours(r.Preferences, zone, now):
		return QuietHours
	}
	return ""
}
