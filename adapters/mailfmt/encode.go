// Package mailfmt turns a message into the bytes that mail systems pass on (RFC 5322, MIME).
//
// It is pure: the caller gives it date, Message-ID and the key of the boundaries, so the same message
// becomes the same bytes every time. All mailers but the one in memory use it.
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

// Config is how an installation's mail looks.
type Config struct {
	// From is the sender, one RFC 5322 address such as "Wiggleverse <digest@rfc.example>".
	From string
	// Brand names the list that the mail belongs to, for people; empty means Wiggleverse.
	Brand string
	// BoundaryKey is the secret key of the MIME boundaries, so that people whose text is in a mail
	// cannot guess them. It must not be empty, and should be kept as long as Message-IDs: with another
	// key the same message has other bytes.
	BoundaryKey []byte
}

// Format renders an installation's mail. [New] makes it. It does not change, and may be used from any
// number of goroutines.
type Format struct {
	from   core.Address
	sender mailbox
	key    []byte
	// fromField is the same in all mail of the installation, listField in all digests, and feedbackFields in all of a kind.
	fromField, listField []byte
	feedbackFields       [core.PersonalMail][]byte
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

		feedbackFields: feedbackFields(sender.literal),
	}, nil
}

// From returns the sender as mail shows it.
func (f *Format) From() core.Address { return f.from }

// Domain returns the sender's domain in ASCII, the right-hand side of every Message-ID.
func (f *Format) Domain() string { return f.sender.domain }

// Mail is a message as it travels.
type Mail struct {
	// Sender and Recipient are the envelope's: local-part@domain, quoted if the syntax of a
	// path asks for it (RFC 5321 §4.1.2), without angle brackets. Domains are in ASCII. A
	// local part may have any letters (RFC 6531).
	Sender, Recipient string
	// Data is header and body (RFC 5322). Every line ends with CRLF, the last one too, and has at
	// most 998 bytes before it. Dots at the start of a line are not doubled.
	Data []byte
}

// Render makes m into a mail. No text of m can add a header, a part or a recipient: subject and name
// become one line, and bodies valid UTF-8 without NUL. An error means that m cannot be sent; its text
// contains nothing of m. Data overwrites room if that is large enough, so that a caller with many mails
// can use the same memory.
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
	// Room for the header, and for the quarter that text in Latin letters grows by.
	data := slices.Grow(room[:0], 1024+(len(text)+len(html))*5/4)
	data = f.appendHeader(data, m, to, unsubscribe)
	data = f.appendParts(data, m.ID, text, html)
	sender := f.sender
	if m.ReturnPath != "" {
		if sender, err = parseMailbox(m.ReturnPath); err != nil {
			return Mail{}, fmt.Errorf("return path: %w", err)
		}
	}
	return Mail{Sender: sender.path, Recipient: to.path, Data: data}, nil
}

// appendParts appends the header fields about the body, and the bodies of message id: both, the plainer
// one first (RFC 2046 §5.1.4), or the one that is not empty.
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

// appendPart appends the header fields of text, whose type is kind, and text: quoted-printable, which people can read in a
// source view, unless base64 is smaller. Both keep lines short and in ASCII.
func appendPart(dst []byte, kind, text string) []byte {
	start := len(dst)
	dst = appendFields(dst, "quoted-printable", kind)
	dst, fits := appendQuotedPrintable(dst, text, len(dst)+base64Size(text))
	if !fits {
		return appendBase64(appendFields(dst[:start], "base64", kind), text)
	}
	return dst
}

// appendFields appends the header fields of a part, and the empty line behind them.
func appendFields(dst []byte, encoding, kind string) []byte {
	return appendAll(dst, "Content-Transfer-Encoding: ", encoding, "\r\nContent-Type: ", kind, "; charset=UTF-8\r\n\r\n")
}

func appendAll(dst []byte, pieces ...string) []byte {
	for _, p := range pieces {
		dst = append(dst, p...)
	}
	return dst
}

// bodyReplacer makes LF the only line end, and removes NUL, at which mail programs cut a text.
var bodyReplacer = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\uFFFD")

// body returns text in valid UTF-8, its lines ending with LF, the last one too. It checks for each fault first, which
// is quick if there is none.
func body(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if strings.IndexByte(text, '\r') >= 0 || strings.IndexByte(text, 0) >= 0 {
		text = bodyReplacer.Replace(text)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}
