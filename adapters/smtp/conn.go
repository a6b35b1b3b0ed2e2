package smtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/textproto"
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
	// room is that of the last mail, for the next.
	room   []byte
	offers offers
	// command and reply are the longest waits: for each command, and after the final dot.
	command, reply time.Duration
	// open says that the server has half a transaction, which must be reset before the next.
	open bool
	// broken says that the connection is closed.
	broken bool
	// text is what goes out next; its room serves one message after another.
	text []byte
}

// offers is what the server said it can do beyond the least.
type offers struct{ pipelining, eightBit, utf8 bool }

func offersOf(client *gosmtp.Client) (o offers) {
	o.pipelining, _ = client.Extension("PIPELINING")
	o.eightBit, _ = client.Extension("8BITMIME")
	o.utf8, _ = client.Extension("SMTPUTF8")
	return o
}

var (
	errClosed  = errors.New("the connection is closed")
	errUnasked = errors.New("a reply that nothing was asked for")
	errLines   = errors.New("the address has a line break in it")
	errUTF8    = errors.New("the address is not ASCII, and the server does not take such (SMTPUTF8)")
)

// Send hands m over in one transaction (RFC 5321 §3.3). What the server says decides:
//
//	where                reply or event            outcome
//	anywhere             421                       ServerRefusal, broken
//	MAIL, RCPT, DATA     4xx                       TemporaryRefusal
//	RCPT                 5xx                       RecipientRefusal
//	MAIL, DATA           5xx                       MessageRefusal
//	RSET                 4xx, 5xx                  TemporaryRefusal, broken
//	before the end       broken, late, no SMTP,    TemporaryRefusal, broken
//	                     a reply too many
//	the end itself       cannot all have left      TemporaryRefusal, broken
//	                     may have left             Doubtful, broken
//	after the final dot  2xx                       accepted, whatever comes then
//	                     4xx                       TemporaryRefusal
//	                     5xx                       MessageRefusal
//	                     broken, late, no SMTP     Doubtful, broken
//
// Where the server offers PIPELINING (RFC 2920), RSET, MAIL, RCPT and DATA are on their way before
// the first of them is answered. Then the first no decides, by the table above, and what is said
// to the rest of them only decides whether the connection is kept:
//
//	after the first no   any other no              kept
//	                     421, broken, late         broken
//	                     no SMTP, a reply too      TemporaryRefusal, broken: which reply was to
//	                     many                      which command cannot be told
//	                     354, RCPT was refused     a dot goes out and nothing before it; kept, if
//	                                               a reply of the 200s, 400s or 500s comes to that
//	                     354, RCPT was not         broken: somebody would get what the dot ends
func (c *conn) Send(ctx context.Context, m core.Message) error {
	if c.broken {
		return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: errClosed}
	}
	mail, err := c.format.Render(m, c.room)
	if err != nil {
		return &ports.SendError{Outcome: ports.MessageRefusal, Err: err}
	}
	c.room = mail.Data
	return c.deliver(ctx, mail)
}

// deliver is Send from where m is rendered.
func (c *conn) deliver(ctx context.Context, mail mailfmt.Mail) error {
	if err := c.unsayable(mail); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return c.interrupted(ctx, "MAIL", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.wire.Close() })
	defer stop()
	return c.transact(ctx, mail)
}

// unsayable returns an error where this server cannot be told an address: it is not ASCII, and the
// server does not offer SMTPUTF8 (RFC 6531), or it would end the command in which it stands.
func (c *conn) unsayable(mail mailfmt.Mail) error {
	for _, a := range []struct {
		whose, address string
		outcome        ports.Outcome
	}{{"sender", mail.Sender, ports.MessageRefusal}, {"recipient", mail.Recipient, ports.RecipientRefusal}} {
		switch {
		case strings.ContainsAny(a.address, "\r\n"):
			return &ports.SendError{Outcome: ports.MessageRefusal, Err: fmt.Errorf("%s: %w", a.whose, errLines)}
		case !c.offers.utf8 && !isASCII(a.address):
			return &ports.SendError{Outcome: a.outcome, Err: fmt.Errorf("%s: %w", a.whose, errUTF8)}
		}
	}
	return nil
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

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
