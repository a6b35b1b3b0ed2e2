package smtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	gosmtp "github.com/wneessen/go-mail/smtp"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// conn is a connection that is logged in.
type conn struct {
	client *gosmtp.Client
	wire   *wire
	format *mailfmt.Format
	// command and reply are the longest waits: for each command, and after the final dot.
	command, reply time.Duration
	// open says that the server has half a transaction, which must be reset before the next.
	open bool
	// broken says that the connection is closed.
	broken bool
}

var (
	errClosed  = errors.New("the connection is closed")
	errUnasked = errors.New("a reply that nothing was asked for")
	errUTF8    = errors.New("the address is not ASCII, and the server does not take such (SMTPUTF8)")
)

// Send hands m over in one transaction (RFC 5321 §3.3). What the server says decides:
//
//	where                reply or event            outcome
//	anywhere             421                       ServerRefusal, broken
//	MAIL, RCPT, DATA     4xx                       TemporaryRefusal
//	RCPT                 5xx                       RecipientRefusal
//	MAIL, DATA           5xx                       MessageRefusal
//	before the end       broken, late, no SMTP     TemporaryRefusal, broken
//	after the final dot  2xx                       accepted, whatever comes then
//	                     4xx                       TemporaryRefusal
//	                     5xx                       MessageRefusal
//	                     broken, late, no SMTP     Doubtful, broken
func (c *conn) Send(ctx context.Context, m core.Message) error {
	if c.broken {
		return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: errClosed}
	}
	mail, err := c.format.Render(m)
	if err != nil {
		return &ports.SendError{Outcome: ports.MessageRefusal, Err: err}
	}
	if err := c.chooseUTF8(mail); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return c.interrupted(ctx, "MAIL", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.wire.Close() })
	defer stop()
	return c.transact(ctx, mail)
}

// chooseUTF8 asks for SMTPUTF8 (RFC 6531) where an address needs it, and nowhere else: with it, a
// mail cannot be relayed to a server that does not know it.
func (c *conn) chooseUTF8(mail mailfmt.Mail) error {
	sender, recipient := isASCII(mail.Sender), isASCII(mail.Recipient)
	c.client.SkipSMTPUTF8(sender && recipient)
	if offered, _ := c.client.Extension("SMTPUTF8"); offered || sender && recipient {
		return nil
	}
	if !sender {
		return &ports.SendError{Outcome: ports.MessageRefusal, Err: fmt.Errorf("sender: %w", errUTF8)}
	}
	return &ports.SendError{Outcome: ports.RecipientRefusal, Err: fmt.Errorf("recipient: %w", errUTF8)}
}

// transact sends the commands and the message.
func (c *conn) transact(ctx context.Context, mail mailfmt.Mail) error {
	if c.open {
		if err := c.ask(c.client.Reset); err != nil {
			return unheard(c.interrupted(ctx, "RSET", err))
		}
		c.open = false
	}
	if err := c.ask(func() error { return c.client.Mail("<" + mail.Sender + ">") }); err != nil {
		return unheard(c.refused(ctx, "MAIL", err, ports.MessageRefusal))
	}
	c.open = true
	if err := c.ask(func() error { return c.client.Rcpt("<" + mail.Recipient + ">") }); err != nil {
		return c.refused(ctx, "RCPT", err, ports.RecipientRefusal)
	}
	body, err := c.data()
	if err != nil {
		return c.refused(ctx, "DATA", err, ports.MessageRefusal)
	}
	for chunk := range slices.Chunk(mail.Data, 64<<10) {
		c.wait(c.command)
		if _, err := body.Write(chunk); err != nil {
			return c.interrupted(ctx, "message", err)
		}
	}
	return c.finish(ctx, body)
}

// finish sends the final dot and reads what came of it.
func (c *conn) finish(ctx context.Context, body io.Closer) error {
	if err := c.unasked(); err != nil {
		return c.refused(ctx, "message", err, ports.MessageRefusal)
	}
	c.wait(c.reply)
	err := body.Close()
	// Close does not say whether the dot was written. The buffer does: once a write has
	// failed it returns that error for ever.
	if failed := c.client.Text.W.Flush(); failed != nil {
		return c.interrupted(ctx, "message", failed)
	}
	c.open = false
	code, _ := reply(err)
	switch {
	case err == nil || code/100 == 2:
		return nil
	case code/100 == 4 || code/100 == 5:
		return c.refused(ctx, "message", err, ports.MessageRefusal)
	}
	c.cut()
	return &ports.SendError{Outcome: ports.Doubtful, Broken: true, Err: failure(ctx, "answer to the message", err)}
}

// ask sends one command. A reply of the 200s is a yes, whichever it is (RFC 5321 §4.2.1).
func (c *conn) ask(command func() error) error {
	if err := c.unasked(); err != nil {
		return err
	}
	c.wait(c.command)
	err := command()
	if code, _ := reply(err); code/100 == 2 {
		return nil
	}
	return err
}

// data sends DATA; only 354 is a yes to it.
func (c *conn) data() (io.WriteCloser, error) {
	if err := c.unasked(); err != nil {
		return nil, err
	}
	c.wait(c.command)
	return c.client.Data()
}

// unasked returns an error where the server spoke out of turn. To take its words for the answer to
// the next command could be to take a mail for accepted that is not. A 421 is always in turn: the
// server is about to close (RFC 5321 §3.8).
func (c *conn) unasked() error {
	r := c.client.Text.R
	waiting, _ := r.Peek(r.Buffered())
	switch {
	case len(waiting) == 0:
		return nil
	case bytes.HasPrefix(waiting, []byte("421")):
		return &textproto.Error{Code: 421}
	}
	return errUnasked
}

// wait sets until when the next reply is waited for. Where the connection is closed it fails, and
// so does what follows.
func (c *conn) wait(d time.Duration) { _ = c.wire.SetDeadline(time.Now().Add(d)) }

// refused translates what ended a transaction before the message was accepted; forGood is what a
// reply of the 500s means at this step.
func (c *conn) refused(ctx context.Context, step string, err error, forGood ports.Outcome) error {
	code, status := reply(err)
	e := &ports.SendError{Code: code, Err: fmt.Errorf("%s: %s", step, status)}
	switch {
	case code == 421:
		e.Outcome, e.Broken = ports.ServerRefusal, true
		c.cut()
	case code/100 == 4:
		e.Outcome = ports.TemporaryRefusal
	case code/100 == 5:
		e.Outcome = forGood
	default:
		return c.interrupted(ctx, step, err)
	}
	return e
}

// unheard marks what ended a connection before a message began.
func unheard(err error) error {
	if e := ports.OutcomeOf(err); e.Outcome == ports.TemporaryRefusal {
		e.Unheard = e.Broken
	}
	return err
}

// interrupted ends the connection: the message was not whole, so it is not accepted.
func (c *conn) interrupted(ctx context.Context, step string, err error) error {
	if code, _ := reply(err); code == 421 {
		return c.refused(ctx, step, err, ports.MessageRefusal)
	}
	c.cut()
	return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: failure(ctx, step, err)}
}

// cut closes the connection without a word. After part of a message, even QUIT would be taken for its text.
func (c *conn) cut() {
	c.broken = true
	_ = c.wire.Close()
}

// quitTimeout is how long a server may take to say good-bye. Nothing depends on it.
const quitTimeout = 2 * time.Second

// Close says good-bye and closes the connection. What the server makes of it changes nothing.
func (c *conn) Close() error {
	if c.broken {
		return nil
	}
	c.wait(min(c.command, quitTimeout))
	_ = c.client.Quit()
	c.cut()
	return nil
}

// failure says at which step what went wrong.
func failure(ctx context.Context, step string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", step, ended)
	}
	return fmt.Errorf("%s: %s", step, reason(ctx, err))
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
