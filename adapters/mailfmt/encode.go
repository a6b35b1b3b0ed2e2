// Package mailfmt turns a message into the bytes that mail systems pass on (RFC 5322, MIME).
//
// It is pure: date, Message-ID and the key of the boundaries are given to it, so the same message
// becomes the same bytes every time. It is what the adapters that hand mail over have in common.
package mailfmt

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/wiggleverse/rfcdigest/core"
)

// Config is what an installation sets about the form of its mail.
type Config struct {
	// From is the sender, one RFC 5322 address such as "Wiggleverse <digest@rfc.example>".
	From string
	// Brand names the list that the mail belongs to, for people; empty means Wiggleverse.
	Brand string
	// BoundaryKey is the secret that the MIME boundaries are derived under, so that nobody who can
	// write text into a mail can guess where its parts end. It must not be empty, and should be as
	// long-lived as the Message-IDs: under another key the same message has other bytes.
	BoundaryKey []byte
}

// Format makes mail in the form of one installation. It is made by [New], does not change, and may
// be used from any number of goroutines.
type Format struct {
	from   core.Address
	sender mailbox
	listID string
	key    []byte
}

// New checks c. Its errors are one line and name what is wrong.
func New(c Config) (*Format, error) {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("sender %q: want one address, like Wiggleverse <digest@rfc.example>", c.From)
	}
	sender, err := parseMailbox(from.Address)
	if err != nil {
		return nil, fmt.Errorf("sender %q: %w", c.From, err)
	}
	if len(c.BoundaryKey) == 0 {
		return nil, errors.New("boundary key: must not be empty, or others can guess where the parts of a mail end")
	}
	brand := displayName(c.Brand)
	if brand == "" {
		brand = "Wiggleverse"
	}
	return &Format{
		from:   core.Address{Name: displayName(from.Name), Mailbox: sender.literal},
		sender: sender,
		listID: listID(brand, sender.domain),
		key:    bytes.Clone(c.BoundaryKey),
	}, nil
}

// From returns the sender as its mail shows it.
func (f *Format) From() core.Address { return f.from }

// Domain returns the sender's domain in ASCII, the right-hand side of every Message-ID.
func (f *Format) Domain() string { return f.sender.domain }

// Mail is a message as it travels.
type Mail struct {
	// Sender and Recipient are the envelope's: local-part@domain, quoted where the syntax of a
	// path asks for it (RFC 5321 §4.1.2), without angle brackets. Domains are in ASCII; a
	// local part is not where the address has none in ASCII (RFC 6531).
	Sender, Recipient string
	// Data is header and body (RFC 5322). Every line ends with CRLF and has at most 998 bytes
	// before it, the last line too. Dots at the start of a line are as they are.
	Data []byte
}

// Render makes m into a mail. Whatever m's texts are, no header, part or recipient comes of them:
// subject and name become one line, and bodies valid UTF-8 without NUL. An error means that m
// cannot be sent to anybody; its text has nothing of m in it.
func (f *Format) Render(m core.Message) (Mail, error) {
	to, err := parseMailbox(m.To.Mailbox)
	if err != nil {
		return Mail{}, fmt.Errorf("recipient: %w", err)
	}
	if err := checkID(m.ID); err != nil {
		return Mail{}, err
	}
	if year := m.Date.UTC().Year(); year < 1900 || year > 9999 {
		return Mail{}, fmt.Errorf("date: the year %d cannot be written (RFC 5322 §3.3)", year)
	}
	if m.Text == "" && m.HTML == "" {
		return Mail{}, errors.New("body: neither text nor HTML")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&mail.Address{Name: f.from.Name, Address: f.sender.literal})
	msg.AddToMailAddress(&mail.Address{Name: displayName(m.To.Name), Address: to.literal})
	f.setHeader(msg, m)
	if err := setUnsubscribe(msg, m); err != nil {
		return Mail{}, err
	}
	f.setBody(msg, m)

	out := bytes.NewBuffer(make([]byte, 0, 2048+(len(m.Text)+len(m.HTML))*5/4))
	if _, err := msg.WriteTo(out); err != nil {
		return Mail{}, fmt.Errorf("write message: %w", err)
	}
	return Mail{Sender: f.sender.path, Recipient: to.path, Data: out.Bytes()}, nil
}

// setHeader sets the fields that are not addresses. No value in here can end its line.
func (f *Format) setHeader(msg *gomail.Msg, m core.Message) {
	msg.Subject(subject(m.Subject))
	msg.SetDateWithValue(m.Date.UTC())
	msg.SetMessageIDWithValue(m.ID)
	// Out-of-office replies and the like stay away from mail that says nobody wrote it (RFC 3834 §5).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(gomail.HeaderPrecedence, "bulk")
	msg.SetGenHeader("List-Id", f.listID)
}

// setBody sets the parts, plainest first (RFC 2046 §5.1.4), all of them quoted-printable: it keeps
// lines short and in ASCII, whatever is in them.
func (f *Format) setBody(msg *gomail.Msg, m core.Message) {
	text, html := body(m.Text), body(m.HTML)
	switch {
	case html == "":
		msg.SetBodyString(gomail.TypeTextPlain, text)
	case text == "":
		msg.SetBodyString(gomail.TypeTextHTML, html)
	default:
		msg.SetBoundary(f.boundary(m.ID, text, html))
		msg.SetBodyString(gomail.TypeTextPlain, text)
		msg.AddAlternativeString(gomail.TypeTextHTML, html)
	}
}

// bodyReplacer leaves LF as the only line end, and no NUL: mail programs cut a text there.
var bodyReplacer = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD")

// body returns text in valid UTF-8, its lines ending with LF, the last one too. Empty stays empty.
func body(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.ContainsAny(text, "\r\x00") {
		text = bodyReplacer.Replace(text)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}
