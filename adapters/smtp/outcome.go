package smtp

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"

	"github.com/wiggleverse/rfcdigest/ports"
)

// refused translates a reply to s that is no yes, or that there was none.
func (c *conn) refused(ctx context.Context, s step, err error) *ports.SendError {
	code, status := reply(err)
	e := &ports.SendError{Code: code, Err: fmt.Errorf("%s: %s", s.name, status)}
	switch {
	case code == 421:
		e.Outcome, e.Broken = ports.ServerRefusal, true
		c.cut()
	case code/100 == 4 && s.forGood != 0:
		e.Outcome = ports.TemporaryRefusal
	case code/100 == 5 && s.forGood != 0:
		e.Outcome = s.forGood
	default:
		return c.interrupted(ctx, s.name, err)
	}
	return e
}

// after returns what is left of the first no to a transaction once err came after it, where another
// reply was due. A further no and a line that ends change nothing of what was said. What cannot be
// the reply that was due may mean that each was taken for another's, and that somebody would be
// charged with what was not said of them.
func (c *conn) after(ctx context.Context, no *ports.SendError, name string, err error) *ports.SendError {
	code, _ := reply(err)
	var nonsense textproto.ProtocolError
	switch {
	case code == 421:
	case code/100 == 4 || code/100 == 5:
		return no
	case code != 0, errors.Is(err, errUnasked), errors.As(err, &nonsense):
		return c.interrupted(ctx, name, err)
	}
	c.cut()
	no.Broken = true
	return no
}

// unheard marks what ended a connection before a message began: until MAIL is answered.
func unheard(s step, e *ports.SendError) *ports.SendError {
	if e.Outcome == ports.TemporaryRefusal && (s.name == "RSET" || s.name == "MAIL") {
		e.Unheard = e.Broken
	}
	return e
}

// interrupted ends the connection: the message was not whole, so it is not accepted.
func (c *conn) interrupted(ctx context.Context, name string, err error) *ports.SendError {
	if code, _ := reply(err); code == 421 {
		return c.refused(ctx, step{name: name}, err)
	}
	c.cut()
	return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: failure(ctx, name, err)}
}

// doubtful ends the connection: the message may have been whole, and there is no answer to it.
func (c *conn) doubtful(ctx context.Context, name string, err error) *ports.SendError {
	c.cut()
	return &ports.SendError{Outcome: ports.Doubtful, Broken: true, Err: failure(ctx, name, err)}
}

// failure says at which step what went wrong.
func failure(ctx context.Context, name string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", name, ended)
	}
	return fmt.Errorf("%s: %s", name, reason(ctx, err))
}
