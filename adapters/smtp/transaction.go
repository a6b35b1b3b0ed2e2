package smtp

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// step is one command of a transaction, or the message. The same replies are a yes, whether it goes out alone or with
// others.
type step struct {
	name, command string
	// yes is what the reply code of a yes begins with: any of the 200s will do (RFC 5321 §4.2.1).
	yes int
}

// reset ends a transaction that was refused. After a no to it, the connection is of no use.
const reset = "RSET"

// envelope returns the commands before the message (RFC 5321 §3.3). If commands go out together, DATA
// has to be the last (RFC 2920 §3.1).
func (c *conn) envelope(mail mailfmt.Mail) []step {
	from := "MAIL FROM:<" + mail.Sender + ">"
	if c.offers.eightBit {
		from += " BODY=8BITMIME"
	}
	// SMTPUTF8 (RFC 6531) only if an address needs it: a server that does not know it
	// cannot take the mail from a relay.
	if c.offers.utf8 && !(isASCII(mail.Sender) && isASCII(mail.Recipient)) {
		from += " SMTPUTF8"
	}
	return []step{{"MAIL", from, 2}, {"RCPT", "RCPT TO:<" + mail.Recipient + ">", 2}, {"DATA", "DATA", 354}}
}

// appendCommands appends what is said for steps.
func appendCommands(text []byte, steps []step) []byte {
	for _, s := range steps {
		text = append(append(text, s.command...), "\r\n"...)
	}
	return text
}

// begin sends the commands before the message, all in one write or one by one.
func (c *conn) begin(ctx context.Context, mail mailfmt.Mail) *ports.SendError {
	steps := c.envelope(mail)
	if c.open {
		steps = slices.Insert(steps, 0, step{reset, "RSET", 2})
	}
	together := 1
	if c.offers.pipelining {
		together = len(steps)
	}
	for group := range slices.Chunk(steps, together) {
		if no := c.exchange(ctx, group); no != nil {
			return no
		}
	}
	return nil
}

// exchange says steps in one write, and reads the replies. It returns the first no, nil if there is none.
func (c *conn) exchange(ctx context.Context, steps []step) *ports.SendError {
	c.text = appendCommands(c.text[:0], steps)
	if err := c.say(c.text); err != nil {
		return unheard(steps[0], c.interrupted(ctx, steps[0].name, err))
	}
	return c.hearAll(ctx, steps)
}

// hearAll reads the replies to steps, so that none is left over. It returns the first no, nil if there is none.
func (c *conn) hearAll(ctx context.Context, steps []step) *ports.SendError {
	var no *ports.SendError
	recipient := false // RCPT was accepted
	for _, s := range steps {
		switch err := c.hear(s); {
		case err == nil:
			c.open = s.name != reset
			recipient = recipient || s.name == "RCPT"
			if s.name == "DATA" && no != nil {
				no = c.withdraw(ctx, no, recipient)
			}
		case no == nil:
			no = unheard(s, c.refused(ctx, s, err))
		default:
			no = c.after(ctx, no, s.name, err)
		}
		if c.broken {
			return no
		}
	}
	if err := c.unasked(); no != nil && err != nil {
		return c.after(ctx, no, steps[len(steps)-1].name, err)
	}
	return no
}

// withdraw ends a transaction that was refused, if the server asks for the message all the same. It
// gets an empty one, just a dot (RFC 2920 §3.1), and its answer changes nothing. If there is a
// recipient, they would get an empty mail, so the connection is cut instead.
func (c *conn) withdraw(ctx context.Context, no *ports.SendError, recipient bool) *ports.SendError {
	if recipient {
		c.cut()
		no.Broken = true
		return no
	}
	err := c.say([]byte(".\r\n"))
	if err == nil {
		err = c.hear(step{yes: 2})
	}
	if err != nil {
		return c.after(ctx, no, "no message", err)
	}
	return no
}

// pieceSize is how much of a message goes out in one write, which may take CommandTimeout. Most
// digests fit.
const pieceSize = 64 << 10

// handOver sends the message, with the commands for the next one in the write that ends it, and reads what came of both.
func (c *conn) handOver(ctx context.Context, data []byte, next *core.Message) *ports.SendError {
	if err := c.unasked(); err != nil {
		return c.interrupted(ctx, "message", err)
	}
	c.text = appendMessage(c.text[:0], data) // a copy, so that data's memory is free
	end := len(c.text)
	ahead := c.prepare(next)
	if ahead != nil {
		c.text = appendCommands(c.text, c.envelope(ahead.mail))
	}
	if no := c.writeMessage(ctx, c.text, end); no != nil {
		return no
	}
	no := c.verdict(ctx)
	if ahead == nil || c.broken {
		return no
	}
	return c.hearAhead(ctx, ahead, no)
}

// writeMessage sends a message that ends at end, and what is behind it.
func (c *conn) writeMessage(ctx context.Context, text []byte, end int) *ports.SendError {
	for len(text) > 0 {
		piece := text
		if end > pieceSize {
			piece = text[:pieceSize]
		}
		out, err := c.write(piece)
		switch {
		case err == nil:
		case len(piece) >= end && (out >= end || !c.wire.torn):
			return c.doubtful(ctx, "message", err)
		default:
			return c.interrupted(ctx, "message", err)
		}
		text, end = text[len(piece):], end-len(piece)
	}
	return nil
}

// verdict reads the answer to the message.
func (c *conn) verdict(ctx context.Context) *ports.SendError {
	c.wait(c.reply)
	_, _, err := c.client.Text.ReadResponse(2)
	c.open = false
	if err == nil {
		c.took, c.errors = true, 0
		return nil
	}
	if code := answerIn(err).code; code/100 != 4 && code/100 != 5 {
		return c.doubtful(ctx, "answer to the message", err)
	}
	c.errors++
	return c.refused(ctx, step{name: "message"}, err)
}

// say writes text, which the server is to answer. All that was said before must have been answered.
func (c *conn) say(text []byte) error {
	if err := c.unasked(); err != nil {
		return err
	}
	_, err := c.write(text)
	return err
}

// write returns how many bytes left for certain.
func (c *conn) write(text []byte) (out int, err error) {
	c.wait(c.command)
	w := c.client.Text.W
	if out, err = w.Write(text); err == nil {
		err = w.Flush()
	}
	return out - w.Buffered(), err
}

// hear reads the reply to s. Each reply has its own timeout, also if several commands went out together.
func (c *conn) hear(s step) error {
	c.wait(c.command)
	if s.name == reset {
		c.resets++
	}
	_, _, err := c.client.Text.ReadResponse(s.yes)
	c.late = errors.Is(err, os.ErrDeadlineExceeded)
	if answerIn(err).code != 0 {
		c.errors++
	}
	return err
}
