package returned

import (
	"slices"
	"strings"
)

// finding is what a code or a phrase stands for.
type finding struct {
	kind  Kind
	cause Cause
}

// statuses are the enhanced status codes, without their first number: RFC 3463 and the registry that RFC 5248 began, and
// those that Exchange Online adds. One that ends with * stands for all that begin so. The first that fits counts.
// What is Dead here is so only if the first number is 5.
var statuses = []struct {
	kind  Kind
	cause Cause
	codes []string
}{
	// X.1: addresses.
	{Dead, NoAddress, []string{"1.1", "1.35*"}}, // 1.35x: the server beyond says so
	{Dead, NoDomain, []string{"1.2", "4.4", "4.310"}},
	{Dead, Malformed, []string{"1.3"}},
	{Dead, Moved, []string{"1.6"}},
	{Dead, NoMail, []string{"1.10"}},                  // null MX, RFC 7505; Exchange has it for what it does not know
	{Dead, OtherOwner, []string{"7.17", "7.18"}},      // RFC 7293
	{Refused, Sender, []string{"1.7", "1.8", "7.27"}}, // 7.27: the sender's domain takes no mail
	{Refused, Form, []string{"1.20"}},                 // several senders
	// X.2: mailboxes, and X.3: mail systems.
	{Unable, Disabled, []string{"2.1", "7.13"}},
	{Unable, Full, []string{"2.2"}},
	{Refused, TooBig, []string{"2.3", "3.4"}},
	{Unable, NotNow, []string{"2.12*", "3.2", "4.5"}},
	{Unable, Trouble, []string{"1.4", "1.9", "2.4", "3.1", "3.5", "3.6", "4.3"}},
	// X.4: networks and routing.
	{Unable, Unreachable, []string{"4.1", "4.2"}},
	{Unable, Loop, []string{"4.6", "4.14"}},
	{Unable, Expired, []string{"4.7", "4.3*"}},
	// X.5: the protocol, and X.6: content.
	{Refused, TooMuch, []string{"1.90", "5.3", "7.28"}},
	{Refused, Form, []string{"3.3", "5.*", "6.*"}},
	// X.7: policy. DKIM, SPF and DMARC: RFC 7372; ARC: RFC 8617. 7.5xx to 7.7xx are Exchange's.
	{Refused, NotMember, []string{"7.2"}},
	{Refused, Authentication, []string{"7.8", "7.20", "7.21", "7.22", "7.23", "7.24", "7.26", "7.29", "7.509", "7.515"}},
	{Refused, Reputation, []string{"7.25", "7.50*", "7.51*", "7.60*", "7.65*", "7.70*", "7.75*"}},
	{Refused, Policy, []string{"7.*"}},
}

// replies are the reply codes (RFC 5321 §4.2.3, RFC 7504), for answers that have nothing more telling. 550 and 553 are
// not here: servers say them of anything.
var replies = []struct {
	kind  Kind
	cause Cause
	codes []string
}{
	{Unable, Trouble, []string{"451", "452"}},
	{Unable, NotNow, []string{"4*", "521"}},
	{Refused, Form, []string{"500", "501", "502", "503", "504", "555"}},
	{Refused, Authentication, []string{"530", "535", "538"}},
	{Unable, Full, []string{"552"}},
	{Refused, Policy, []string{"554"}},
	{Dead, NoMail, []string{"556"}},
}

// ofStatus returns what an enhanced status code stands for. ok is false if that is nothing in particular, as with 5.0.0.
func ofStatus(status string) (found finding, ok bool) {
	class, code, _ := strings.Cut(status, ".")
	for _, s := range statuses {
		switch {
		case !fitsAny(s.codes, code):
		case class != "5" && s.kind == Dead:
			return finding{Unable, Expired}, true
		case class != "5" && s.cause == Form:
			return finding{Unable, NotNow}, true
		default:
			return finding{s.kind, s.cause}, true
		}
	}
	return finding{}, false
}

// ofReply returns what a reply code stands for, if that is anything.
func ofReply(reply string) (found finding, ok bool) {
	for _, r := range replies {
		if reply != "" && fitsAny(r.codes, reply) {
			return finding{r.kind, r.cause}, true
		}
	}
	return finding{}, false
}

// fitsAny reports whether a code is one of a table's, or begins like one that ends with a *.
func fitsAny(patterns []string, code string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		start, open := strings.CutSuffix(pattern, "*")
		return pattern == code || open && strings.HasPrefix(code, start)
	})
}
