// Package returned says what a mail that came back means: a bounce, a complaint, a vacation notice, a wish to
// unsubscribe. A parsed mail goes in as a [Report], and a [Verdict] comes out.
//
// It is not judged here which person it is about. The token says that, in the address to which the mail came (see
// core/links): anybody can write such a mail, and only a good token makes it count.
package returned

// Mail is a mail that came back, as it was parsed.
type Mail struct {
	Report Report
	// Addresses are those by which the mail may have found us, and under which the mail that it is about left: the
	// most reliable first. One of them has the token.
	Addresses []string
	// MessageID is that of the mail that it is about, without brackets; empty if the report does not say.
	MessageID string
}

// Report is what a mail that came back says, before it is judged. Texts are UTF-8 and bounded by who parsed it; their
// case is as it was. The zero value is a mail that says nothing.
type Report struct {
	// NullSender is set if the envelope sender was empty, as it is for reports (RFC 5321 §4.5.5).
	NullSender bool
	// From is the address of the author, and FromName the display name.
	From, FromName string
	Subject        string
	// AutoSubmitted is the keyword of Auto-Submitted (RFC 3834 §5), in lower case and without parameters.
	AutoSubmitted string
	// Precedence is the field of that name, in lower case. No RFC defines it; auto-responders write "auto_reply".
	Precedence string
	// Automatic is set if another field, which no RFC defines, says that a program replied: X-Autoreply and the like.
	Automatic bool
	// Mailer is X-Mailer or User-Agent.
	Mailer string
	// ReportType is the report-type of a multipart/report (RFC 6522), in lower case.
	ReportType string
	// Failed are the addresses in X-Failed-Recipients, which Exim and Gmail write.
	Failed []string
	// Recipients are the groups of a message/delivery-status (RFC 3464 §2.3), in their order.
	Recipients []Recipient
	// StatusInText is set if those groups stood in the text, not in a part of their own: anybody may quote such.
	StatusInText bool
	// Feedback is a message/feedback-report (RFC 5965), or nil.
	Feedback *Feedback
	// Text is what stands before the returned message, for people to read.
	Text string
	// ToUnsubscribe is set by the caller: the mail came to the address of List-Unsubscribe (RFC 2369 §3.2).
	ToUnsubscribe bool
}

// Recipient is what a delivery status says of one recipient. Fields that were not there are empty.
type Recipient struct {
	// Final and Original are addresses, without their type.
	Final, Original string
	// Action is failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3), in lower case.
	Action string
	// Status is the enhanced status code, as in 5.1.1 (RFC 3463).
	Status string
	// Diagnostic is what the server at the other end said, without its type, in one line.
	Diagnostic string
}

// Feedback is what a feedback report says (RFC 5965 §3).
type Feedback struct {
	// Type is abuse, fraud, not-spam, virus, auth-failure, opt-out or other, in lower case.
	Type string
	// AuthFailure is how authentication failed (RFC 6591 §3.1). Some reports have it under another Type.
	AuthFailure string
}
