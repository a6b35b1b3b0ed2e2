package returned

// Kind is what a mail that came back comes to.
type Kind string

// The kinds.
const (
	// Nothing: it is no report. Somebody wrote, or a program did that has nothing to say of our mail.
	Nothing Kind = ""
	// Dead: the address does not exist, or is not the reader's any more. It counts like a refusal at RCPT.
	Dead Kind = "dead"
	// Unable: the mailbox, or the way to it, could not take this mail. Another may get there.
	Unable Kind = "unable"
	// Refused: the server would not have this mail, for what we are or sent. The reader has no part in it.
	Refused Kind = "refused"
	// Delayed: a server still has the mail, and goes on trying.
	Delayed Kind = "delayed"
	// Delivered: the mail arrived, or was passed on to where nothing more is said of it.
	Delivered Kind = "delivered"
	// Complaint: the reader called it spam, or told their provider that they want no more (RFC 5965).
	Complaint Kind = "complaint"
	// Unsubscribe: the reader wrote to the address by which one unsubscribes (RFC 2369 §3.2).
	Unsubscribe Kind = "unsubscribe"
	// AutoReply: a program answered for the reader, as in their holidays (RFC 3834).
	AutoReply Kind = "auto-reply"
)

// Cause is why, in words that go on after "the mail came back: ".
type Cause string

// The causes of [Dead].
const (
	NoAddress  Cause = "the address does not exist"
	NoDomain   Cause = "the domain of the address does not exist"
	NoMail     Cause = "the domain of the address takes no mail"
	Moved      Cause = "the address has moved"
	Malformed  Cause = "the address is malformed"
	OtherOwner Cause = "the address has a new owner"
)

// The causes of [Unable]. Those of [Delayed] are among them.
const (
	Full        Cause = "the mailbox is full"
	Disabled    Cause = "the mailbox is disabled"
	Hearsay     Cause = "the server spoke of an unknown address, but not when it was asked for the address"
	Expired     Cause = "nothing took the mail for too long"
	Unreachable Cause = "the server could not be reached"
	Loop        Cause = "the mail went in circles"
	Trouble     Cause = "the server had trouble of its own"
	NotNow      Cause = "the server did not want the mail for now"
	Unsaid      Cause = "the report does not say why"
)

// The causes of [Refused].
const (
	Policy         Cause = "the server's policy is against the mail"
	Content        Cause = "the server took the mail for spam, or disliked what is in it"
	Reputation     Cause = "the server distrusts where the mail came from"
	Authentication Cause = "the server could not tell that the mail is from its sender"
	Sender         Cause = "the server refuses the sender"
	Relaying       Cause = "the server does not pass on mail to the address"
	TooMuch        Cause = "the server wants less mail from the sender"
	TooBig         Cause = "the mail is too big"
	Form           Cause = "the server does not take a mail of this form"
	NotMember      Cause = "the list takes mail from its members only"
)

// The causes of what is left.
const (
	Arrived    Cause = "the mail arrived"
	PassedOn   Cause = "the mail was passed on to where no reports come from"
	Spam       Cause = "the reader called the mail spam"
	OptedOut   Cause = "the reader wants no more mail"
	Answered   Cause = "a program answered for the reader"
	NotAReport Cause = "it is no report"
)

// Verdict is what a [Report] comes to.
type Verdict struct {
	Kind  Kind
	Cause Cause
	// Status is the enhanced status code that counted, as in 5.1.1 (RFC 3463), or empty.
	Status string
	// Reply is the reply code that counted, as in 550 (RFC 5321 §4.2), or empty.
	Reply string
	// Said is the answer of the server in its own words: one line, cut at 300 bytes. It may name people.
	Said string
}
