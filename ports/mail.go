package ports

import (
	"context"
	"errors"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// Mailer opens connections to a mail server, or to a folder or the like in its place.
type Mailer interface {
	// Dial returns a connection that is ready for a message. An error means that there is no further
	// connection for now; it is a *SendError whose Outcome is ServerRefusal or ServerBusy.
	Dial(ctx context.Context) (MailConn, error)
}

// MailConn sends one message after another. Only one goroutine uses it at a time.
type MailConn interface {
	// Send hands m over. What can fail before that, such as rendering, fails before the first byte
	// goes out. nil means that the server accepted m, and is responsible for it from now on. Every
	// error is a *SendError: it says what became of m, and whose fault that is. If ctx ends, the
	// connection is broken and the outcome is what it was then. After an error whose Broken is
	// true, the connection is only good for Close.
	//
	// next is the message of the next Send, nil if that is not known. Its addresses may go out together with the
	// end of m, which saves a round trip (RFC 2920 §3.1); its text does not, so it is not accepted before its own
	// Send. If another message follows instead, that one's outcome may be ConnectionSpent.
	Send(ctx context.Context, m core.Message, next *core.Message) error
	// Close ends the connection; what was accepted stays accepted. A next message that was not sent is not.
	Close() error
}

// Outcome is what became of a message, if the server did not say that it accepted it.
type Outcome int

// The outcomes. With all but Doubtful, the message was not accepted.
const (
	// TemporaryRefusal: no to this person, for now: greylisted, mailbox full, or the connection broke
	// before the message was whole.
	TemporaryRefusal Outcome = iota + 1
	// RecipientRefusal: no, for good, to this address.
	RecipientRefusal
	// SenderRefusal: no, for good, for what we are or what we sent; it says nothing against the address.
	SenderRefusal
	// MessageRefusal: the message cannot be put into words that this server takes. Nothing was said to it.
	MessageRefusal
	// RateRefusal: no, because mail comes too fast, or too much at a time.
	RateRefusal
	// ConnectionSpent: the server takes no more over this connection, or the connection had ended before the
	// message began. The same message can go out over another one.
	ConnectionSpent
	// ServerBusy: no further connection for now.
	ServerBusy
	// ServerRefusal: no connection at all, to anybody.
	ServerRefusal
	// Doubtful: the message was whole, and no answer came. It may have been accepted.
	Doubtful
)

// String returns the outcome in words.
func (o Outcome) String() string {
	switch o {
	case TemporaryRefusal:
		return "refused for now"
	case RecipientRefusal:
		return "recipient refused"
	case SenderRefusal:
		return "sender or message refused"
	case MessageRefusal:
		return "cannot be sent"
	case RateRefusal:
		return "too fast"
	case ConnectionSpent:
		return "connection ended"
	case ServerBusy:
		return "mail server busy"
	case ServerRefusal:
		return "mail server refused"
	case Doubtful:
		return "in doubt"
	}
	return "unknown outcome"
}

// SendError says what became of a message.
type SendError struct {
	// Outcome is what became of it; Doubtful if that is not known.
	Outcome Outcome
	// Code is the server's reply code (RFC 5321 §4.2); 0 if it was not a reply that decided.
	Code int
	// Broken says that the connection cannot be used for another message.
	Broken bool
	// Personal says that a refusal is about this person, even if many others get the same one, as with
	// a full mailbox or a greylist.
	Personal bool
	// Err says what happened in one line, without addresses, secrets or message content.
	Err error
}

// Error says the outcome, the code if there is one, and what happened.
func (e *SendError) Error() string {
	if e.Code != 0 {
		return fmt.Sprintf("%s (%d): %v", e.Outcome, e.Code, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.Outcome, e.Err)
}

// Unwrap returns Err.
func (e *SendError) Unwrap() error { return e.Err }

// OutcomeOf returns what err says became of the message. An error that does not say leaves it in
// doubt: it may have come after the message was accepted.
func OutcomeOf(err error) *SendError {
	var s *SendError
	if errors.As(err, &s) {
		return s
	}
	return &SendError{Outcome: Doubtful, Broken: true, Err: err}
}
