package returned

import (
	"slices"
	"strings"
)

// Judge says what a mail that came back means. The first that holds counts:
//
//	it has a feedback report            a complaint, unless it is about authentication
//	it has a delivery status            what that says of the recipients
//	it came to the unsubscribe address  a wish to unsubscribe
//	it is a report in words             what the words say
//	a program answered                  an automatic reply
//	anything else                       no report
func Judge(r Report) Verdict {
	human := plain(r.Text)
	switch {
	case r.Feedback != nil:
		return ofFeedback(*r.Feedback)
	case len(r.Recipients) > 0 && (!r.StatusInText || isBounce(r, human)):
		return ofRecipients(r, human)
	case r.ToUnsubscribe && r.AutoSubmitted != "auto-replied" && !r.Automatic, strings.EqualFold(strings.TrimSpace(r.Subject), "unsubscribe"):
		return Verdict{Kind: Unsubscribe, Cause: OptedOut}
	case isBounce(r, human):
		return ofText(r, human)
	case isAutomatic(r):
		return Verdict{Kind: AutoReply, Cause: Answered}
	case hasAny(strings.ToLower(r.Subject), subjects) || hasAny(human, openings):
		return spared(ofText(r, human))
	}
	return Verdict{Kind: Nothing, Cause: NotAReport}
}

// ofFeedback judges a feedback report by its type (RFC 5965 §7.3, RFC 6591 §3.2). An unknown type is "other" (RFC 5965
// §3.5). Providers send these because somebody pressed a button.
func ofFeedback(f Feedback) Verdict {
	switch {
	case f.Type == "auth-failure", f.AuthFailure != "":
		return Verdict{Kind: Refused, Cause: Authentication}
	case f.Type == "virus":
		return Verdict{Kind: Refused, Cause: Content}
	case f.Type == "not-spam":
		return Verdict{Kind: Nothing, Cause: NotAReport}
	case strings.HasPrefix(f.Type, "opt-out"):
		return Verdict{Kind: Complaint, Cause: OptedOut}
	}
	return Verdict{Kind: Complaint, Cause: Spam}
}

// mildest orders the kinds by which the verdict on one of several recipients counts for the mail. An address that
// forwards to several is not dead while one of them lives.
var mildest = []Kind{Delivered, Delayed, Unable, Refused, Dead}

// ofRecipients judges a delivery status.
func ofRecipients(r Report, human string) Verdict {
	return slices.MinFunc(verdicts(r, human), func(a, b Verdict) int {
		return slices.Index(mildest, a.Kind) - slices.Index(mildest, b.Kind)
	})
}

func verdicts(r Report, human string) []Verdict {
	all := make([]Verdict, len(r.Recipients))
	for i, one := range r.Recipients {
		if one.Diagnostic == "" && one.Final != "" { // OpenSMTPD has the answer in the text alone
			one.Diagnostic = firstAnswer(r.Text, one.Final+": ")
		}
		all[i] = ofRecipient(one, human)
	}
	return all
}

// ofRecipient judges one group of a delivery status. human is the text for people, as [plain] returns it.
func ofRecipient(one Recipient, human string) Verdict {
	said := unwrapped(one.Diagnostic)
	if _, why, ok := strings.Cut(human, "was automatically rejected:"); ok { // Dovecot's status may say anything
		said = why
	}
	reply, status := codes(said)
	if status == "" || len(one.Status) > 0 && isVague(status) {
		status = one.Status
	}
	v := Verdict{Status: status, Reply: reply, Said: line(said)}
	switch one.Action {
	case "delivered", "deliverable":
		v.Kind, v.Cause = Delivered, Arrived
		return v
	case "relayed", "expanded":
		v.Kind, v.Cause = Delivered, PassedOn
		return v
	}
	found := weigh(plain(said), human, status, reply)
	v.Kind, v.Cause = found.kind, found.cause
	if one.Action == "delayed" {
		v.Kind = Delayed
		if found.kind == Dead {
			v.Cause = NotNow
		}
	}
	return v
}

// ofText judges a report that has nothing but text.
func ofText(r Report, human string) Verdict {
	answer, words := firstAnswer(r.Text, ""), human
	reply, status := codes(answer)
	if reply != "" {
		words = plain(answer)
	}
	if status == "" {
		_, status = codes(r.Text)
	}
	found := weigh(words, human, status, reply)
	v := Verdict{Kind: found.kind, Cause: found.cause, Status: status, Reply: reply, Said: line(answer)}
	if hasAny(human, warnings) || hasAny(strings.ToLower(r.Subject), warnings) {
		return delayed(v)
	}
	return v
}

// warnings are what reports say if the mail is not lost yet.
var warnings = []string{"warning message only", "this is a warning only", "has been delayed", "not yet been delivered", "is delayed for more than", "(delay)", "delayed mail"}

// delayed returns a verdict as that of a mail that may still arrive.
func delayed(v Verdict) Verdict {
	if v.Kind == Dead {
		v.Cause = NotNow
	}
	v.Kind = Delayed
	return v
}

// spared returns the verdict on what may not be a report at all: it makes no address dead.
func spared(v Verdict) Verdict {
	if v.Kind == Dead {
		v.Kind, v.Cause = Unable, Hearsay
	}
	return v
}
