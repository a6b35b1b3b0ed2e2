package smtp

import (
	"context"
	"slices"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/ports"
)

// step is one thing that is said in a transaction. Which replies are a yes to it, and what a no
// means, is the same whether it goes out alone or with others.
type step struct {
	name, command string
	// yes is what the reply code of a yes begins with: any of the 200s will do (RFC 5321 §4.2.1).
	yes int
	// forGood is what a reply of the 500s means. Zero: with any no the connection is of no more use.
	forGood ports.Outcome
}

// steps returns the commands before the message (RFC 5321 §3.3). DATA is the last, as it has to be
// of those that go out together (RFC 2920 §3.1).
func (c *conn) steps(mail mailfmt.Mail) []step {
	from := "MAIL FROM:<" + mail.Sender + ">"
	if c.offers.eightBit {
		from += " BODY=8BITMIME"
	}
	// SMTPUTF8 (RFC 6531) where an address needs it, and nowhere else: with it, a mail cannot be
	// relayed to a server that does not know it.
	if c.offers.utf8 && !(isASCII(mail.Sender) && isASCII(mail.Recipient)) {
		from += " SMTPUTF8"
	}
	all := []step{
		{"RSET", "RSET", 2, 0},
		{"MAIL", from, 2, ports.MessageRefusal},
		{"RCPT", "RCPT TO:<" + mail.Recipient + ">", 2, ports.RecipientRefusal},
		{"DATA", "DATA", 354, ports.MessageRefusal},
	}
	if c.open {
		return all
	}
	return all[1:]
}

// transact sends the commands, all in one write or one by one, and then the message.
func (c *conn) transact(ctx context.Context, mail mailfmt.Mail) error {
	steps := c.steps(mail)
	together := 1
	if c.offers.pipelining {
		together = len(steps)
	}
	for group := range slices.Chunk(steps, together) {
		if no := c.exchange(ctx, group); no != nil {
			return no
		}
	}
	if err := c.handOver(ctx, mail.Data); err != nil {
		return err
	}
	return nil
}

// exchange says steps in one write, and reads the replies to all of them, so that the next reply
// is to what is said next. It returns the first no, nil where there is none.
func (c *conn) exchange(ctx context.Context, steps []step) *ports.SendError {
	c.text = c.text[:0]
	for _, s := range steps {
		c.text = append(append(c.text, s.command...), "\r\n"...)
	}
	if err := c.say(c.text); err != nil {
		return unheard(steps[0], c.interrupted(ctx, steps[0].name, err))
	}
	var no *ports.SendError
	recipient := false // there is one who would get a message
	for _, s := range steps {
		switch err := c.hear(s); {
		case err == nil:
			c.open = s.name != "RSET"
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

// withdraw ends a transaction that was refused, and in which the server asks for the message all
// the same: it gets a dot and nothing before it (RFC 2920 §3.1), and what it says to that changes
// nothing. Where there is a recipient, even that would be a mail, and the connection is cut.
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

// pieceSize is how much of a message goes out in one write, and under one deadline: a digest does
// as a rule, and a slow line has CommandTimeout for as much as this.
const pieceSize = 64 << 10

// handOver sends the message and reads what came of it.
func (c *conn) handOver(ctx context.Context, data []byte) *ports.SendError {
	if err := c.unasked(); err != nil {
		return c.interrupted(ctx, "message", err)
	}
	c.text = appendMessage(c.text[:0], data)
	for rest := c.text; len(rest) > 0; {
		piece := rest[:min(len(rest), pieceSize)]
		rest = rest[len(piece):]
		switch err := c.write(piece); {
		case err == nil:
		case len(rest) == 0 && !c.wire.torn:
			return c.doubtful(ctx, "message", err)
		default:
			return c.interrupted(ctx, "message", err)
		}
	}
	c.wait(c.reply)
	_, _, err := c.client.Text.ReadResponse(2)
	c.open = false
	if err == nil {
		return nil
	}
	if code, _ := reply(err); code/100 != 4 && code/100 != 5 {
		return c.doubtful(ctx, "answer to the message", err)
	}
	return c.refused(ctx, step{name: "message", forGood: ports.MessageRefusal}, err)
}

// say writes text, which is to be answered. What was said before it must have its answer by then.
func (c *conn) say(text []byte) error {
	if err := c.unasked(); err != nil {
		return err
	}
	return c.write(text)
}

func (c *conn) write(text []byte) error {
	c.wait(c.command)
	if _, err := c.client.Text.W.Write(text); err != nil {
		return err
	}
	return c.client.Text.W.Flush()
}

// hear reads the reply to s. Each of several has its own wait: a server may think about every one.
func (c *conn) hear(s step) error {
	c.wait(c.command)
	_, _, err := c.client.Text.ReadResponse(s.yes)
	return err
}
