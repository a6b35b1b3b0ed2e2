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
	"slices"
	"strings"
	"unicode/utf8"

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
	key    []byte
	// fromField and listField are the header fields that are the same in all mail of the installation.
	fromField, listField []byte
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
	name := displayName(from.Name)
	return &Format{
		from:      core.Address{Name: name, Mailbox: sender.literal},
		sender:    sender,
		key:       bytes.Clone(c.BoundaryKey),
		fromField: appendField(nil, "From", sender.written(name)),
		listField: appendField(nil, "List-Id", listID(brand, sender.domain)),
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
// cannot be sent to anybody; its text has nothing of m in it. Data takes the place of what is in
// room, where there is enough of it: who sends one mail after another needs it only once.
func (f *Format) Render(m core.Message, room []byte) (Mail, error) {
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
	unsubscribe, err := unsubscribeWays(m)
	if err != nil {
		return Mail{}, err
	}
	text, html := body(m.Text), body(m.HTML)
	// For the header, and for the quarter or so that texts in Latin letters grow by.
	data := slices.Grow(room[:0], 1024+(len(text)+len(html))*5/4)
	data = f.appendHeader(data, m, to, unsubscribe)
	data = f.appendParts(data, m.ID, text, html)
	return Mail{Sender: f.sender.path, Recipient: to.path, Data: data}, nil
}

// appendParts appends the bodies of message id, with what says in the header what they are: both,
// plainest first (RFC 2046 §5.1.4), or the one that is not empty.
func (f *Format) appendParts(dst []byte, id, text, html string) []byte {
	switch {
	case html == "":
		return appendPart(dst, "text/plain", text)
	case text == "":
		return appendPart(dst, "text/html", html)
	}
	boundary := f.boundary(id, text, html)
	dst = appendAll(dst, "Content-Type: multipart/alternative;\r\n boundary=", boundary, "\r\n\r\n--", boundary, "\r\n")
	dst = appendPart(dst, "text/plain", text)
	dst = appendAll(dst, "\r\n--", boundary, "\r\n")
	dst = appendPart(dst, "text/html", html)
	return appendAll(dst, "\r\n--", boundary, "--\r\n")
}

// appendPart appends text, which is of the type kind, behind the fields that say so. All parts are
// quoted-printable: it keeps lines short and in ASCII, whatever is in them. The last line ends too.
func appendPart(dst []byte, kind, text string) []byte {
	dst = appendAll(dst, "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: ", kind, "; charset=UTF-8\r\n\r\n")
	dst = appendQuotedPrintable(dst, text)
	if !strings.HasSuffix(text, "\n") {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

func appendAll(dst []byte, pieces ...string) []byte {
	for _, p := range pieces {
		dst = append(dst, p...)
	}
	return dst
}

// bodyReplacer leaves LF as the only line end, and no NUL: mail programs cut a text there.
var bodyReplacer = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD")

// body returns text in valid UTF-8, its lines ending with LF. It looks for each of what may be wrong
// by itself, which is quick where nothing is.
func body(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if strings.IndexByte(text, '\r') >= 0 || strings.IndexByte(text, 0) >= 0 {
		text = bodyReplacer.Replace(text)
	}
	return text
}
