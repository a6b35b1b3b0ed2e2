package memory

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Mailer accepts messages and keeps them in memory. The zero value is ready for use, and accepts
// every message that has an address, an ID and a body. Its hooks are set before the first use.
type Mailer struct {
	// Fault, if set, is called for each valid message, the n-th of this mailer counted from 1. It
	// says whether the message is kept, and what Send returns: a mailer can refuse (false, an
	// error), accept and lose its answer (true, an error), or lose what it accepted (false, nil). An
	// error that is not a *ports.SendError leaves the message in doubt. Fault is called from the
	// goroutine that sends, so several calls may run at once.
	Fault func(n int, m core.Message) (apply bool, err error)
	// DialFault, if set, is called for each Dial, the n-th counted from 1. An error is a refusal
	// of the whole server.
	DialFault func(n int) error

	mu    sync.Mutex
	sent  []core.Message
	sends int
	dials int
}

var _ ports.Mailer = (*Mailer)(nil)

var (
	errMailConnClosed  = errors.New("the connection is closed")
	errMailUndelivered = errors.New("it has no usable address, no Message-ID or no body")
)

// Dial returns a connection to the mailer.
func (m *Mailer) Dial(ctx context.Context) (ports.MailConn, error) {
	m.mu.Lock()
	m.dials++
	n := m.dials
	m.mu.Unlock()
	err := ctx.Err()
	if err == nil && m.DialFault != nil {
		err = m.DialFault(n)
	}
	var refusal *ports.SendError
	switch {
	case err == nil:
		return &mailConn{mailer: m}, nil
	case errors.As(err, &refusal):
		return nil, refusal
	}
	return nil, &ports.SendError{Outcome: ports.ServerRefusal, Broken: true, Err: err}
}

// Sent returns a copy of the messages that were kept, in the order in which they were accepted.
func (m *Mailer) Sent() []core.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent)
}

// accept keeps message, or does what Fault says.
func (m *Mailer) accept(message core.Message) error {
	m.mu.Lock()
	m.sends++
	n := m.sends
	m.mu.Unlock()
	apply, err := true, error(nil)
	if m.Fault != nil {
		apply, err = m.Fault(n, message)
	}
	if apply {
		m.mu.Lock()
		m.sent = append(m.sent, message)
		m.mu.Unlock()
	}
	return err
}

// mailConn is one connection to a Mailer.
type mailConn struct {
	mailer *Mailer
	broken bool
}

// Send hands message over. The one that follows makes no difference.
func (c *mailConn) Send(ctx context.Context, message core.Message, _ *core.Message) error {
	if c.broken {
		return &ports.SendError{Outcome: ports.ConnectionSpent, Broken: true, Err: errMailConnClosed}
	}
	if !texts.UsableAddress(message.To.Mailbox) || message.ID == "" || message.Text == "" && message.HTML == "" {
		return &ports.SendError{Outcome: ports.MessageRefusal, Err: errMailUndelivered}
	}
	if err := ctx.Err(); err != nil {
		c.broken = true
		return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: err}
	}
	if err := c.mailer.accept(message); err != nil {
		refusal := ports.OutcomeOf(err)
		c.broken = refusal.Broken
		return refusal
	}
	return nil
}

// Close ends the connection.
func (c *mailConn) Close() error {
	c.broken = true
	return nil
}
