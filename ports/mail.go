package ports

import (
	"context"
	"errors"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// Mailer opens connections to whatever takes mail.
type Mailer interface {
	// Dial returns a connection that is ready for a message. An error means that the server as a
	// whole cannot be used now; it is a *SendError whose Outcome is ServerRefused.
	Dial(ctx context.Context) (MailConn, error)
}

// MailConn hands one message after another to the outside; its error says refused for now, refused
// for good, closed to all, or in doubt. It is used by one goroutine at a time.
type MailConn interface {
	// Send hands m over, whole: everything that can fail without the outside, such as rendering,
	// fails before the first byte goes out. nil means that m was accepted, and that whoever
	// accepted it answers for it. Every error is a *SendError. Where ctx ends, the connection is
	// broken and the outcome is what it was then. After an error whose Broken is true, the
	// connection is only good for Close.
	Send(ctx context.Context, m core.Message) error
	// Close ends the connection; what was accepted stays accepted.
	Close() error
}

// Outcome is what became of a message that was not accepted.
type Outcome int

// The outcomes.
const (
	// TemporaryRefusal: no, for now (a 4xx reply, or the connection broke before the message was
	// whole). It was not accepted.
	TemporaryRefusal Outcome = iota + 1
	// RecipientRefusal: no, for good, to this address.
	RecipientRefusal
	// MessageRefusal: no, for good, to this message or its sender; or it could not be rendered.
	MessageRefusal
	// ServerRefusal: no to everybody; the message was not accepted, and the next would not be.
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
	case MessageRefusal:
		return "message refused"
	case ServerRefusal:
		return "mail server refused"
	case Doubtful:
		return "in doubt"
	}
	return "unknown outcome"
}

// SendError says what became of a message.
type SendError struct {
	Outcome Outcome
	// Code is the server's reply code (RFC 5321 §4.2); 0 where it was not a reply that decided.
	Code int
	// Broken says that the connection cannot be used for another message.
	Broken bool
	// Unheard says that the connection had ended before the message began, as it does where a
	// server takes a few messages and hangs up. The same message can go out over another.
	Unheard bool
	// Err says what happened in one line, without addresses, secrets or message content.
	Err error
}

func (e *SendError) Error() string {
	if e.Code != 0 {
		return fmt.Sprintf("%s (%d): %v", e.Outcome, e.Code, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.Outcome, e.Err)
}

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
