package core

import (
	"cmp"
	"time"

	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Message is a finished mail in plain values, without MIME. Its ID is the same on every retry.
type Message struct {
	// ID is the Message-ID without angle brackets.
	ID string
	To Address
	// Kind is what its header calls it.
	Kind MailKind
	// Date is when it was claimed, at most a minute before it is begun: some filters take older mail for spam. Of a
	// mail that is only planned, it is when its window ended.
	Date time.Time
	// Subject is one line.
	Subject string
	// Text and HTML are the same content twice, lines ending with LF. One of them may be empty.
	Text, HTML string
	// UnsubscribeURL and UnsubscribeMailbox are where the recipient unsubscribes, an https address and
	// a mailbox; empty if there is none.
	UnsubscribeURL, UnsubscribeMailbox string
	// ReturnPath is the envelope's sender, to which reports come back; empty if that is the sender of all mail.
	ReturnPath string
}

// Address is a mailbox (RFC 5322 §3.4).
type Address struct {
	// Name is one clean line, or empty.
	Name string
	// Mailbox is local-part@domain, usable by [texts.UsableAddress].
	Mailbox string
}

// Draft returns the mail that would go out for s if the digest were due at s.Now, outside quiet hours and to a
// good address. ok is false if nothing is included, or if the cadence has no digest. A draft is for looking at:
// what is really sent comes from [PlanDigest] alone.
func Draft(s Snapshot, style *Style) (m Message, ok bool) {
	return draft(s, style, style.extras(s.Recipient, s.Now))
}

// draft is [Draft] with other extras.
func draft(s Snapshot, style *Style, x page.Extras) (m Message, ok bool) {
	plan, included := judgeAll(s, style)
	if len(included) == 0 || s.Recipient.Cadence.Period() == 0 {
		return Message{}, false
	}
	_, m = compose(s.Recipient, style.claim(s.Recipient, plan.Window, included), included, style, x)
	return m, true
}

// TestMail returns [Draft], addressed to another mailbox and marked as a test in its subject and at its head.
// It does no harm there: it has no link to unsubscribe, and a Message-ID of its own. With the digest's own,
// mail systems would drop the digest as a second copy when it comes. nonce is one line, and another for each test.
func TestMail(s Snapshot, style *Style, mailbox, nonce string) (m Message, ok bool) {
	name := cmp.Or(texts.Clean(s.Recipient.Name), "somebody without a name")
	notice := "This is a test. It is what the digest of " + name + " would be on " + texts.Timestamp(s.Now) + " UTC, sent to you instead; nothing was recorded."
	m, ok = draft(s, style, page.Extras{Notice: notice})
	if !ok {
		return Message{}, false
	}
	m.To = Address{Mailbox: mailbox}
	m.Date = s.Now
	m.Subject = "[Test] " + m.Subject
	m.UnsubscribeMailbox = ""
	m.ID = style.messageID([]byte("test\n" + nonce + "\n" + m.ID))
	return m, true
}

// extras are what a mail to r has beside its digest, whose window ended at end.
func (s *Style) extras(r Recipient, end time.Time) page.Extras {
	return page.Extras{
		Preferences: s.links.Preferences(links.Reader{Recipient: r.ID, Mark: r.Person.Mark, Made: end}),
		Unsubscribe: s.links.URL(r.ID, r.Person.Mark),
	}
}

// compose writes the mail of claim.
func compose(r Recipient, claim Claim, included []judged, style *Style, x page.Extras) (page.Digest, Message) {
	if style.redirectTo != "" && x.Notice == "" {
		x.Notice = style.redirectNotice(r)
	}
	d, html := style.HTML(group(included, r.Rhythm().span(), style), x)
	m := style.word(r, claim, d, x)
	m.HTML = html
	return d, style.redirected(m)
}

// word returns the mail of claim that says d, without HTML.
func (s *Style) word(r Recipient, claim Claim, d page.Digest, x page.Extras) Message {
	plain := s.Text(d)
	if x.Preferences != "" {
		plain += "When digests come: " + x.Preferences + "\n"
	}
	if x.Unsubscribe != "" {
		plain += "Unsubscribe: " + x.Unsubscribe + "\n"
	}
	if x.Notice != "" {
		plain = x.Notice + "\n\n" + plain
	}
	return Message{
		ID:      claim.MessageID,
		To:      Address{Name: texts.Clean(r.Name), Mailbox: r.Address},
		Kind:    digestKind(d),
		Date:    claim.date(),
		Subject: s.Subject(d),
		Text:    plain,

		UnsubscribeURL:     x.Unsubscribe,
		UnsubscribeMailbox: s.links.Mailbox(r.ID, r.Person.Mark),
	}
}
