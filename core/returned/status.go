package returned

import "strings"

// finding is what a code or a phrase stands for.
type finding struct {
	kind  Kind
	cause Cause
}

// statuses are the enhanced status codes, without their first number: RFC 3463 and the registry that RFC 5248 began, and
// those that Exchange Online adds. One that ends with * stands for all that begin so. The first that fits counts.
// What is Dead here is so only if the first number is 5.
var statuses = []struct {
	code string
	finding
}{
	// X.1: addresses.
	{"1.1", finding{Dead, NoAddress}},
	{"1.2", finding{Dead, NoDomain}},
	{"1.3", finding{Dead, Malformed}},
	{"1.4", finding{Unable, Trouble}}, // ambiguous
	{"1.6", finding{Dead, Moved}},
	{"1.7", finding{Refused, Sender}},
	{"1.8", finding{Refused, Sender}},
	{"1.9", finding{Unable, Trouble}}, // relayed to what is no mail server
	{"1.10", finding{Dead, NoMail}},   // null MX, RFC 7505; Exchange: no such recipient
	{"1.20", finding{Refused, Form}},  // Exchange: several senders
	{"1.90", finding{Refused, TooMuch}},
	{"1.351", finding{Dead, NoAddress}}, // Exchange: the server beyond says so
	// X.2: mailboxes.
	{"2.1", finding{Unable, Disabled}},
	{"2.2", finding{Unable, Full}},
	{"2.3", finding{Refused, TooBig}},
	{"2.4", finding{Unable, Trouble}}, // a list
	{"2.12*", finding{Unable, NotNow}},
	// X.3: mail systems.
	{"3.1", finding{Unable, Trouble}}, // its disk is full
	{"3.2", finding{Unable, NotNow}},
	{"3.3", finding{Refused, Form}},
	{"3.4", finding{Refused, TooBig}},
	{"3.5", finding{Unable, Trouble}},
	{"3.6", finding{Unable, Trouble}},
	// X.4: networks and routing.
	{"4.1", finding{Unable, Unreachable}},
	{"4.2", finding{Unable, Unreachable}},
	{"4.3", finding{Unable, Trouble}}, // a directory
	{"4.4", finding{Dead, NoDomain}},  // no way to the host
	{"4.5", finding{Unable, NotNow}},
	{"4.6", finding{Unable, Loop}},
	{"4.7", finding{Unable, Expired}},
	{"4.14", finding{Unable, Loop}},
	{"4.310", finding{Dead, NoDomain}},
	{"4.3*", finding{Unable, Expired}},
	// X.5: the protocol.
	{"5.3", finding{Refused, TooMuch}}, // recipients
	{"5.*", finding{Refused, Form}},
	// X.6: content.
	{"6.*", finding{Refused, Form}},
	// X.7: policy. 7.5xx to 7.7xx are Exchange's.
	{"7.2", finding{Refused, NotMember}},
	{"7.8", finding{Refused, Authentication}},
	{"7.13", finding{Unable, Disabled}},
	{"7.17", finding{Dead, OtherOwner}}, // RFC 7293
	{"7.18", finding{Dead, OtherOwner}},
	{"7.20", finding{Refused, Authentication}}, // DKIM: RFC 7372
	{"7.21", finding{Refused, Authentication}},
	{"7.22", finding{Refused, Authentication}},
	{"7.23", finding{Refused, Authentication}}, // SPF
	{"7.24", finding{Refused, Authentication}},
	{"7.25", finding{Refused, Reputation}}, // no name for the IP address
	{"7.26", finding{Refused, Authentication}},
	{"7.27", finding{Refused, Sender}}, // the sender's domain takes no mail
	{"7.28", finding{Refused, TooMuch}},
	{"7.29", finding{Refused, Authentication}}, // ARC
	{"7.509", finding{Refused, Authentication}},
	{"7.515", finding{Refused, Authentication}},
	{"7.50*", finding{Refused, Reputation}},
	{"7.51*", finding{Refused, Reputation}},
	{"7.60*", finding{Refused, Reputation}},
	{"7.65*", finding{Refused, Reputation}},
	{"7.70*", finding{Refused, Reputation}},
	{"7.75*", finding{Refused, Reputation}},
	{"7.*", finding{Refused, Policy}},
}

// replies are the reply codes (RFC 5321 §4.2.3, RFC 7504), for answers that have nothing more telling. 550 and 553 are
// not here: servers say them of anything.
var replies = []struct {
	code string
	finding
}{
	{"421", finding{Unable, NotNow}},
	{"450", finding{Unable, NotNow}},
	{"451", finding{Unable, Trouble}},
	{"452", finding{Unable, Trouble}},
	{"454", finding{Unable, NotNow}},
	{"4*", finding{Unable, NotNow}},
	{"500", finding{Refused, Form}},
	{"501", finding{Refused, Form}},
	{"502", finding{Refused, Form}},
	{"503", finding{Refused, Form}},
	{"504", finding{Refused, Form}},
	{"521", finding{Unable, NotNow}},
	{"530", finding{Refused, Authentication}},
	{"535", finding{Refused, Authentication}},
	{"538", finding{Refused, Authentication}},
	{"552", finding{Unable, Full}},
	{"554", finding{Refused, Policy}},
	{"555", finding{Refused, Form}},
	{"556", finding{Dead, NoMail}},
}

// ofStatus returns what an enhanced status code stands for. ok is false if that is nothing in particular, as with 5.0.0.
func ofStatus(status string) (found finding, ok bool) {
	class, code, _ := strings.Cut(status, ".")
	for _, s := range statuses {
		if fits(s.code, code) {
			switch {
			case class == "5", s.kind == Unable:
				return s.finding, true
			case s.kind == Dead:
				return finding{Unable, Expired}, true
			case s.cause == Form:
				return finding{Unable, NotNow}, true
			}
			return s.finding, true
		}
	}
	return finding{}, false
}

// ofReply returns what a reply code stands for, if that is anything.
func ofReply(reply string) (found finding, ok bool) {
	for _, r := range replies {
		if reply != "" && fits(r.code, reply) {
			return r.finding, true
		}
	}
	return finding{}, false
}

// fits reports whether a code is the one of a table, or begins like it if that ends with a *.
func fits(pattern, code string) bool {
	if start, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(code, start)
	}
	return pattern == code
}
