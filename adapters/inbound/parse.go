// Package inbound is where mail comes back: reports, complaints, replies. They come through a pipe ([Pipe]), by LMTP
// ([LMTP]), from a maildir ([Maildir]) or a mailbox ([IMAP]), or by HTTP ([Post]), and are read one at a time ([Read]). It says what stands
// in them; what that means is core/returned's to judge.
package inbound

import (
	"bufio"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reads charsets other than UTF-8

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// The bounds of what is read of one message. What is beyond them is not looked at.
const (
	// maxRead is how many bytes of a message are read. Reports begin with what matters, and end with the mail that
	// they are about.
	maxRead = 2 << 20
	// maxDepth and maxParts bound multiparts within multiparts, and how many parts there are in all.
	maxDepth = 8
	maxParts = 64
	// maxText bounds [returned.Report.Text], in bytes.
	maxText = 32 << 10
	// maxStatus bounds a delivery status or a feedback report, in bytes.
	maxStatus = 64 << 10
	// maxGroups and maxAddresses bound the recipients of a delivery status, and [returned.Mail.Addresses].
	maxGroups    = 32
	maxAddresses = 64
)

// Envelope is what a mail server said of a message before the message itself. Both may be unknown.
type Envelope struct {
	// Sender is the reverse path, and HasSender says that it is known: "" is what reports have.
	Sender    string
	HasSender bool
	// Recipient is the forward path.
	Recipient string
}

// Read reads one message. It reads r to its end or for 2 MB, and keeps a bounded part of that. If a part of the
// message cannot be read, the rest of it counts: there is no message that Read refuses. An error is one of r itself.
func Read(r io.Reader, envelope Envelope) (returned.Mail, error) {
	source := &faults{r: io.LimitReader(r, maxRead)}
	p := parser{}
	p.address(envelope.Recipient)
	p.mail.Report.NullSender = envelope.HasSender && strings.Trim(envelope.Sender, "<>") == ""
	in := bufio.NewReader(source)
	header := message.Header{Header: readHeader(in)}
	boundary := p.top(header)
	walk(header, io.TeeReader(mend(in, boundary), &p.raw), p.part)
	p.finish()
	_, _ = io.Copy(io.Discard, source) // an error behind the last part counts too
	return p.mail, source.err
}

// faults is a reader that keeps the error at which it ended, if that is not the end of the message.
type faults struct {
	r   io.Reader
	err error
}

func (f *faults) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// head keeps the beginning of what is written to it, at most maxText bytes.
type head struct{ strings.Builder }

func (h *head) Write(b []byte) (int, error) {
	if room := maxText - h.Len(); room > 0 {
		h.Builder.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

// parser collects what the parts of one message say.
type parser struct {
	mail        returned.Mail
	plain, html strings.Builder
	raw         head
	// returned is set once the mail that the report is about was met: what follows is not the report's own text.
	returned bool
}

// part reads one part that has no parts in it.
func (p *parser) part(kind string, depth int, body io.Reader) {
	switch {
	case depth > 0 && isReturned(kind):
		p.original(body)
	case kind == "message/delivery-status", kind == "message/global-delivery-status":
		p.deliveryStatus(body)
	case kind == "message/feedback-report":
		p.feedback(body)
	case kind == "text/html":
		p.text(&p.html, body)
	case strings.HasPrefix(kind, "text/"):
		p.text(&p.plain, body)
	}
}

// isReturned reports whether a part of this type is the mail that a report is about, or its header.
func isReturned(kind string) bool {
	switch kind {
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "text/rfc822":
		return true
	}
	return false
}

// text adds a part to what people are to read, unless it stands behind the returned mail.
func (p *parser) text(to *strings.Builder, body io.Reader) {
	if p.returned || to.Len() >= maxText {
		return
	}
	if to.Len() > 0 {
		to.WriteByte('\n')
	}
	raw, _ := io.ReadAll(io.LimitReader(body, int64(maxText-to.Len())))
	to.WriteString(strings.ToValidUTF8(string(raw), "\uFFFD"))
}
