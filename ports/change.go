package ports

import (
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Change is one change that [Ledger.Record] makes. Its zero value is no change; the functions below make one.
type Change struct {
	Do Do
	// Claim is the digest that the change is about, Held the held e-mail.
	Claim core.Claim
	Held  core.HeldMail
	// At is when a lease is to end, or when a message was accepted.
	At time.Time
	// Status and Why are what to write into the row of a held e-mail.
	Status core.Status
	Why    string
}

// Do says which change it is.
type Do string

// The changes. Each is described at the function that makes it.
const (
	DoClaim      Do = "claim"
	DoReclaim    Do = "reclaim"
	DoSettle     Do = "settle"
	DoRelease    Do = "release"
	DoRoll       Do = "roll"
	DoRedirect   Do = "redirect"
	DoClaimHeld  Do = "claim held"
	DoSettleHeld Do = "settle held"
	DoReturnHeld Do = "return held"
)

// Result is what came of a change.
type Result struct {
	// ID is the ID of the row that the change added; 0 if it added none.
	ID int64
	// Err is ErrConflict if the change does not hold, ErrBusy if it is to be asked for alone, else nil.
	Err error
}

// Claim adds a ledger row with status sending. It holds only if c.Recipient is still c.Person, has no row whose
// status is sending, and their newest row is still c.Previous, and if none of its notifications has become another's, see
// [core.Moved]; of two at once, one wins.
func Claim(c core.Claim) Change { return Change{Do: DoClaim, Claim: c} }

// Reclaim sets the lease of the row of c, which was read before, to lease, and adds an attempt. It holds only if the
// row is there, is still being sent under the lease of c, and who it is [core.Claim.For] is still c.Person.
func Reclaim(c core.Claim, lease time.Time) Change { return Change{Do: DoReclaim, Claim: c, At: lease} }

// Settle marks the row of c as sent, sets digest_included_at to at on those of its notifications that have none, and are
// the recipient's or came from them, and ends the recipient's run of refusals, all or nothing; a store may leave the notifications to [Ledger.Mark]. It
// does so under any lease, and again without harm. It holds unless the row is gone or another message's.
func Settle(c core.Claim, at time.Time) Change { return Change{Do: DoSettle, Claim: c, At: at} }

// Release deletes the row of c, so that the next tick plans afresh. It does nothing if the row is gone, settled, or
// under another lease.
func Release(c core.Claim) Change { return Change{Do: DoRelease, Claim: c} }

// Roll adds a ledger row with status empty, on the terms of [Claim]. It does not wait: if another transaction is
// busy with the same recipient, the change does not hold.
func Roll(c core.Claim) Change { return Change{Do: DoRoll, Claim: c} }

// Redirect adds a ledger row with status redirected, with the Message-ID and notifications of c, on the terms of
// [Roll]; it marks no notification.
func Redirect(c core.Claim) Change { return Change{Do: DoRedirect, Claim: c} }

// ClaimHeld marks m as sending under m.MessageID and m.Dated until lease. It holds only if its row still has the status and lease
// of m.
func ClaimHeld(m core.HeldMail, lease time.Time) Change {
	return Change{Do: DoClaimHeld, Held: m, At: lease}
}

// SettleHeld marks m as sent at at, sets email_sent_at to at on those of its notifications that have none, and are
// the recipient's or came from them, and ends the recipient's run of refusals, all or nothing, on the terms of [Settle].
func SettleHeld(m core.HeldMail, at time.Time) Change {
	return Change{Do: DoSettleHeld, Held: m, At: at}
}

// ReturnHeld sets m's row to status (Held, Dropped, Failed or Redirected), m.Attempts and the reason why; it is not Dated any more. It does
// nothing if the row no longer has the status and lease of m.
func ReturnHeld(m core.HeldMail, status core.Status, why string) Change {
	return Change{Do: DoReturnHeld, Held: m, Status: status, Why: why}
}

// Changes says what changes do in a few words, such as "settle, claim".
func Changes(changes []Change) string {
	var words []string
	for _, c := range changes {
		words = append(words, string(c.Do))
	}
	return strings.Join(slices.Compact(words), ", ")
}
