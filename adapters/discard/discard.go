// Package discard renders every message and throws it away.
package discard

import (
	"context"
	"errors"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Mailer accepts every message that can be rendered, and keeps none: for dry runs at full size, and for
// measurements without a mail server.
type Mailer struct {
	// Format renders the messages; it must be set.
	Format *mailfmt.Format
}

var _ ports.Mailer = Mailer{}

// Dial returns a connection; it fails only if ctx has ended.
func (m Mailer) Dial(ctx context.Context) (ports.MailConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, &ports.SendError{Outcome: ports.ServerRefusal, Broken: true, Err: err}
	}
	return &conn{format: m.Format}, nil
}

var errClosed = errors.New("the connection is closed")

type conn struct {
	format *mailfmt.Format
	room   []byte // the last mail's memory, for the next one
	broken bool
}

// Send renders message.
func (c *conn) Send(ctx context.Context, message core.Message, _ *core.Message) error {
	if c.broken {
		return &ports.SendError{Outcome: ports.ConnectionSpent, Broken: true, Err: errClosed}
	}
	mail, err := c.format.Render(message, c.room)
	if err != nil {
		return &ports.SendError{Outcome: ports.MessageRefusal, Err: err}
	}
	c.room = mail.Data
	if err := ctx.Err(); err != nil {
		c.broken = true
		return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: err}
	}
	return nil
}

// Close ends the connection.
func (c *conn) Close() error {
	c.broken = true
	return nil
}
