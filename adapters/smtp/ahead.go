package smtp

import (
	"context"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// ahead is a transaction whose commands went out with the end of the message before. RFC 2920 §3.1 allows that: the end
// of a message may be the first in a group of commands.
type ahead struct {
	message core.Message
	mail    mailfmt.Mail
	// no is the first no to its commands; nil if the server waits for the mail.
	no *ports.SendError
}

// prepare returns a transaction for next. It is nil if it has to wait for the Send of next: the server does not offer
// PIPELINING or takes nothing behind a message, or next cannot be sent, as that Send will say.
func (c *conn) prepare(next *core.Message) *ahead {
	if next == nil || !c.offers.pipelining || c.alone.Load() {
		return nil
	}
	mail, no := c.render(*next)
	if no != nil {
		return nil
	}
	return &ahead{message: *next, mail: mail}
}

// hearAhead reads the replies to the commands of a, and keeps them for its Send. It returns the answer to the message before,
// which is no, unless the replies do not fit.
func (c *conn) hearAhead(ctx context.Context, a *ahead, no *ports.SendError) *ports.SendError {
	a.no = c.hearAll(ctx, c.envelope(a.mail))
	atMAIL := a.no != nil && !c.open
	switch {
	case c.astray:
		return c.doubtful(ctx, "answer to the message", errAstray)
	case atMAIL && a.no.Code == 503:
		c.alone.Store(true)
		return no
	case atMAIL && c.late:
		c.alone.Store(true)
	}
	c.ahead = a
	return no
}

// begun returns the transaction that was begun for m; nil if there is none. One that was begun for another message is
// ended: if the server waits for that, the connection is cut, since anything else would be taken for its text. Else the
// next transaction begins with RSET.
func (c *conn) begun(m core.Message) *ahead {
	a := c.ahead
	c.ahead = nil
	if a == nil || a.message == m {
		return a
	}
	if a.no == nil {
		c.cut()
	}
	return nil
}
