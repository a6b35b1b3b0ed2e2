package smtp

import (
	"slices"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Details of an enhanced status (RFC 3463 §3, RFC 5248) that are about one person's address.
var (
	// deadAddress: there is no such mailbox, or it no longer takes mail.
	deadAddress = []string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.10", "2.0", "2.1"}
	// utf8Address: the address is not ASCII, and a server on the way does not take that (RFC 6531 §3.5).
	utf8Address = []string{"6.7", "6.9"}
)

// fullMailbox is the detail of a full mailbox.
const fullMailbox = "2.2"

// unsaid is the detail that says nothing. It counts as no status.
const unsaid = "0.0"

// fault returns whose fault a reply of the 400s or 500s is, other than 421, and whether it is about one person, even if
// others get the same. The code alone cannot tell; the first line that holds counts:
//
//	reply                                         outcome            about one person
//	4xx to MAIL, after a message was taken        ConnectionSpent
//	452, x.2.2 or greylisted, to RCPT or later    TemporaryRefusal   yes
//	4xx to MAIL, 4.7.x, 4.3.x                     RateRefusal
//	4xx                                           TemporaryRefusal
//	5xx to MAIL                                   SenderRefusal
//	552 or x.2.2                                  TemporaryRefusal   yes
//	5.6.7, 5.6.9 to RCPT                          MessageRefusal
//	5.1.0 to 5.1.6, 5.1.10, 5.2.0, 5.2.1 to RCPT  RecipientRefusal
//	550, 551, 553 without a status, to RCPT       RecipientRefusal
//	5xx                                           SenderRefusal
//
// 552 counts with the status 5.2.2 or none. A status decides before the code: 550 5.7.1 is about us.
// RecipientRefusal is only what this server says. One that takes no mail at all may say the same.
func fault(step string, a answer, took bool) (o ports.Outcome, personal bool) {
	early := step == "MAIL"
	said := a.detail != "" && a.detail != unsaid
	full := a.detail == fullMailbox || !said && (a.code == 552 || a.code == 452)
	switch {
	case a.code/100 == 4 && early && took:
		return ports.ConnectionSpent, false
	case !early && (full || a.code/100 == 4 && a.greylisted):
		return ports.TemporaryRefusal, true
	case a.code/100 == 4 && (early || a.about('7') || a.about('3')):
		return ports.RateRefusal, false
	case a.code/100 == 4:
		return ports.TemporaryRefusal, false
	case step != "RCPT":
		return ports.SenderRefusal, false
	case slices.Contains(utf8Address, a.detail):
		return ports.MessageRefusal, false
	case said && slices.Contains(deadAddress, a.detail):
		return ports.RecipientRefusal, false
	case !said && (a.code == 550 || a.code == 551 || a.code == 553):
		return ports.RecipientRefusal, false
	}
	return ports.SenderRefusal, false
}

// about reports whether the status of a is of a subject: 3 for the mail system, 7 for policy.
func (a answer) about(subject byte) bool {
	return len(a.detail) > 1 && a.detail[0] == subject && a.detail[1] == '.'
}
