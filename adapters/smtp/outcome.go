package smtp

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"

	"github.com/wiggleverse/rfcdigest/ports"
)

// refused translates err after s: a reply that is a no, or that no reply came.
func (c *conn) refused(ctx context.Context, s step, err error) *ports.SendError {
	a := answerIn(err)
	e := &ports.SendError{Code: a.code, Err: fmt.Errorf("%s: %s", s.name, a)}
	switch {
	case a.code == 421, a.code != 0 && s.name == reset:
		e.Outcome, e.Broken = ports.ConnectionSpent, true
		c.cut()
	case a.code/100 == 4, a.code/100 == 5:
		e.Outcome, e.Personal = fault(s.name, a, c.took)
	default:
		return c.interrupted(ctx, s.name, err)
	}
	return e
}

// after returns the outcome of a transaction whose first no is no, if err came instead of a yes to a
// later command. After another no, or a broken connection, no still holds. If the reply cannot be one
// to that command, replies may have been matched with the wrong commands, and no would blame the
// wrong person.
func (c *conn) after(ctx context.Context, no *ports.SendError, name string, err error) *ports.SendError {
	code := answerIn(err).code
	switch {
	case code == 421:
	case code/100 == 4 || code/100 == 5:
		return no
	case misplaced(err):
		return c.interrupted(ctx, name, err)
	}
	c.cut()
	c.astray = c.late || errors.Is(err, errEndless)
	no.Broken = true
	return no
}

// misplaced reports whether err is a reply that cannot be one to the command that it came after: it is neither a yes nor a
// no, or no SMTP, or nothing was asked for.
func misplaced(err error) bool {
	code := answerIn(err).code
	var nonsense textproto.ProtocolError
	return code != 0 && code/100 != 4 && code/100 != 5 || errors.Is(err, errUnasked) || errors.As(err, &nonsense)
}

// unheard changes the outcome if the connection ended before MAIL was answered: then no message had begun.
func unheard(s step, e *ports.SendError) *ports.SendError {
	if e.Broken && e.Outcome == ports.TemporaryRefusal && (s.name == reset || s.name == "MAIL") {
		e.Outcome = ports.ConnectionSpent
	}
	return e
}

// interrupted cuts the connection before the message was complete, so that it is not accepted.
func (c *conn) interrupted(ctx context.Context, name string, err error) *ports.SendError {
	if answerIn(err).code == 421 {
		return c.refused(ctx, step{name: name}, err)
	}
	c.cut()
	c.astray = misplaced(err) || errors.Is(err, errEndless)
	return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: failure(ctx, name, err)}
}

// doubtful cuts the connection after a message that may have been complete, and that has no answer.
func (c *conn) doubtful(ctx context.Context, name string, err error) *ports.SendError {
	c.cut()
	return &ports.SendError{Outcome: ports.Doubtful, Broken: true, Err: failure(ctx, name, err)}
}

// failure says what went wrong, and at which step.
func failure(ctx context.Context, name string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", name, ended)
	}
	return fmt.Errorf("%s: %w", name, reason(ctx, err))
}
