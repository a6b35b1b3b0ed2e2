package smtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"sync/atomic"
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
	// room is the last mail's memory, for the next one.
	room   []byte
	offers offers
	// command and reply are the longest waits: after each command, and after the final dot.
	command, reply time.Duration
	// open says that a transaction was begun and not ended, so that the next needs a RSET first.
	open bool
	// ahead is the transaction that was begun with the end of the last message; nil if there is none.
	ahead *ahead
	// alone is the Mailer's.
	alone *atomic.Bool
	// astray says that it cannot be told which reply was to what. The connection is closed then.
	astray bool
	// late says that the last reply did not come in time.
	late bool
	// took says that the server took a message over this connection; errors counts its refusals since the last
	// one.
	took   bool
	errors int
	// resets counts the RSETs.
	resets int
	// broken says that the connection is closed.
	broken bool
	// text is what goes out next; messages share its memory.
	text []byte
}

// offers are the extensions that the server announced.
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
	errAstray  = errors.New("the replies do not fit what was said")
	errUTF8    = errors.New("the address is not ASCII, and the server does not take such (SMTPUTF8)")
)

// Send hands m over in one transaction (RFC 5321 §3.3). What the server says decides:
//
//	step                 reply or event            outcome
//	any                  421                       ConnectionSpent, broken
//	RSET                 any no                    ConnectionSpent, broken
//	up to MAIL           broken, late, no SMTP     ConnectionSpent, broken
//	MAIL, RCPT, DATA     4xx, 5xx                  as [fault] has it
//	after MAIL           broken, late, no SMTP,    TemporaryRefusal, broken
//	                     a reply too many
//	the end itself       cannot all have left      TemporaryRefusal, broken
//	                     may have left             Doubtful, broken
//	after the final dot  2xx                       accepted, even if the connection then breaks
//	                     4xx, 5xx                  as fault has it
//	                     broken, late, no SMTP     Doubtful, broken
//
// After maxErrors refusals in a row, or if another RSET would be one too many, the connection is closed, and broken.
//
// If the server offers PIPELINING (RFC 2920), RSET, MAIL, RCPT and DATA go out together. Then the
// first no decides, by the table above, and later replies only decide whether the connection is
// kept:
//
//	after the first no   any other no              kept
//	                     421, broken, late         broken
//	                     no SMTP, a reply too      TemporaryRefusal, broken: which reply was to
//	                     many                      which command cannot be told
//	                     354, RCPT was refused     an empty message, just a dot, goes out; kept if
//	                                               a reply of the 200s, 400s or 500s comes to it
//	                     354, RCPT was not         broken: a dot would send an empty mail
//
// With PIPELINING, MAIL, RCPT and DATA of next go out with the end of m. Their replies are read behind the one to m, and
// are for the next Send. If they do not fit, the reply to m may not have been to m:
//
//	the replies for next                           outcome of m      of next
//	yes and no                                     as above          as above
//	421, broken, late                              as above          as above
//	no SMTP, a reply too many or too few,          Doubtful          ConnectionSpent
//	late after a no
//	none: after m the connection is broken         as above          ConnectionSpent
//	503 to MAIL                                    as above          its commands go out again, in its Send
//
// After 503 or silence to MAIL, no connection of this Mailer says anything behind the end of a message: Haraka refuses what
// comes there, since it may be smuggled.
func (c *conn) Send(ctx context.Context, m core.Message, next *core.Message) error {
	no := c.send(ctx, m, next)
	if no == nil {
		return nil
	}
	if !no.Broken && (no.Outcome == ports.ConnectionSpent || c.errors >= maxErrors || c.open && c.resets >= maxResets) {
		_ = c.Close() // what was refused stays refused
		no.Broken = true
	}
	return no
}

const (
	// maxErrors is after how many refusals in a row a connection is given up: Postfix answers each with a pause from
	// the tenth on, and hangs up at the twentieth.
	maxErrors = 8
	// maxResets is how many RSETs a connection has: Exim hangs up at the twelfth (smtp_accept_max_nonmail).
	maxResets = 10
)

// send is Send, and leaves a connection open that is to be given up.
func (c *conn) send(ctx context.Context, m core.Message, next *core.Message) *ports.SendError {
	begun := c.begun(m)
	switch {
	case begun != nil && begun.no != nil:
		return begun.no
	case c.broken:
		return &ports.SendError{Outcome: ports.ConnectionSpent, Broken: true, Err: errClosed}
	case begun != nil:
		return c.deliver(ctx, begun.mail, true, next)
	}
	mail, err := c.render(m)
	if err != nil {
		return err
	}
	return c.deliver(ctx, mail, false, next)
}

// render makes m into a mail that can be sent to this server.
func (c *conn) render(m core.Message) (mailfmt.Mail, *ports.SendError) {
	mail, err := c.format.Render(m, c.room)
	if err != nil {
		return mail, &ports.SendError{Outcome: ports.MessageRefusal, Err: err}
	}
	c.room = mail.Data
	return mail, c.unsayable(mail)
}

// deliver is Send with a rendered mail; begun says that the server waits for it.
func (c *conn) deliver(ctx context.Context, mail mailfmt.Mail, begun bool, next *core.Message) *ports.SendError {
	if err := ctx.Err(); err != nil {
		return c.interrupted(ctx, "MAIL", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.wire.Close() })
	defer stop()
	if !begun {
		if no := c.begin(ctx, mail); no != nil {
			return no
		}
	}
	return c.handOver(ctx, mail.Data, next)
}

// unsayable returns an error if an address cannot be sent to this server: it is not ASCII, and the
// server does not offer SMTPUTF8 (RFC 6531), or the address would end its command.
func (c *conn) unsayable(mail mailfmt.Mail) *ports.SendError {
	for _, a := range []struct {
		whose, address string
		outcome        ports.Outcome
	}{{"sender", mail.Sender, ports.MessageRefusal}, {"recipient", mail.Recipient, ports.MessageRefusal}} {
		switch {
		case strings.ContainsAny(a.address, "\r\n"):
			return &ports.SendError{Outcome: ports.MessageRefusal, Err: fmt.Errorf("%s: %w", a.whose, errLines)}
		case !c.offers.utf8 && !isASCII(a.address):
			return &ports.SendError{Outcome: a.outcome, Err: fmt.Errorf("%s: %w", a.whose, errUTF8)}
		}
	}
	return nil
}

// unasked returns an error if the server spoke out of turn: taken for the answer to the next
// command, its words could make a refused mail look accepted. A 421 may come at any time, since the
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

// wait sets the deadline of the next reply. If the connection is closed this fails, and so will the
// next read.
func (c *conn) wait(d time.Duration) { _ = c.wire.SetDeadline(time.Now().Add(d)) }

// cut closes the connection without QUIT. After part of a message, QUIT would be taken for more of it.
func (c *conn) cut() {
	c.broken = true
	_ = c.wire.Close()
}

// quitTimeout is how long a server may take to say good-bye. Nothing depends on it.
const quitTimeout = 2 * time.Second

// Close says QUIT and closes the connection, whether or not the server answers. If it waits for a message, QUIT would be
// taken for a part of that.
func (c *conn) Close() error {
	if c.broken {
		return nil
	}
	if c.begun(core.Message{}); c.broken {
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
