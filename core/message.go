package core

import (
	"cmp"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/links"
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
	plan, included := judgeAll(s, style)
	if len(included) == 0 || s.Recipient.Cadence.Period() == 0 {
		return Message{}, false
	}
	_, m = compose(s.Recipient, s.Zone, style.claim(s.Recipient, plan.Window, included), included, style, style.extras(s.Recipient, s.Now))
	return m, true
}

// TestMail returns [Draft], addressed to another mailbox and marked as a test in its subject and at its head. If there
// is no draft, it is a sample, and of says what the sample is made from: the newest notifications of s or, if it has
// none, those of [sample]. Of a draft, of is empty.
// It does no harm there: it has no link to unsubscribe, and a Message-ID of its own. With the digest's own,
// mail systems would drop the digest as a second copy when it comes. nonce is one line, and another for each test.
func TestMail(s Snapshot, style *Style, mailbox, nonce string) (m Message, of string) {
	name := cmp.Or(texts.Clean(s.Recipient.Name), "somebody without a name")
	plan, included := judgeAll(s, style)
	what := "It is what the digest of " + name + " would be on " + texts.Timestamp(s.Now) + " UTC"
	if len(included) == 0 || s.Recipient.Cadence.Period() == 0 {
		included, of = sample(s)
		what = "There is nothing to tell " + name + " now, so this is a sample of " + of
	}
	if s.Recipient.Cadence.Period() == 0 {
		s.Recipient.Cadence = Daily
	}
	notice := "This is a test. " + what + ", sent to you instead; nothing was recorded."
	_, m = compose(s.Recipient, s.Zone, style.claim(s.Recipient, plan.Window, included), included, style, extras{notice: notice})
	m.To = Address{Mailbox: mailbox}
	m.Date = s.Now
	m.Subject = "[Test] " + m.Subject
	m.UnsubscribeMailbox = ""
	m.ID = style.messageID([]byte("test\n" + nonce + "\n" + m.ID))
	return m, of
}

// sampled is how many notifications a sample has at the most.
const sampled = 10

// sample returns the newest notifications of s or, if there are none, some of nobody's, and says which they are.
func sample(s Snapshot) (included []letter.Event, of string) {
	ns, of := byID(s.Notifications), "their newest notifications"
	slices.SortStableFunc(ns, func(a, b *Notification) int { return b.CreatedAt.Compare(a.CreatedAt) })
	ns = slices.DeleteFunc(ns, func(n *Notification) bool { return n.CreatedAt.After(s.Now) })
	if len(ns) == 0 {
		of = "made-up notifications"
		for i, kind := range []string{"pr_opened", "pr_merged", "branch_created"} {
			ns = append(ns, &Notification{ID: int64(i + 1), Kind: kind, Actor: "Ada Example", Slug: "sample", Title: "A sample RFC", Branch: "draft", PR: 1, CreatedAt: s.Now.Add(-time.Hour)})
		}
	}
	for _, n := range ns[:min(len(ns), sampled)] {
		included = append(included, told(n, texts.ReadPayload(n.Payload)))
	}
	return included, of
}

// extras are what a mail has beside its digest; empty for what it has not.
type extras struct {
	preferences, unsubscribe, notice string
	// mute returns where the reader stops to hear of an RFC; it may be nil.
	mute func(slug string) string
}

// extras are what a mail to r has beside its digest, whose window ended at end.
func (s *Style) extras(r Recipient, end time.Time) extras {
	reader := links.Reader{Recipient: r.ID, Mark: r.Person.Mark, Made: end}
	return extras{preferences: s.links.Preferences(reader), unsubscribe: s.links.URL(r.ID, r.Person.Mark), mute: s.links.Muter(reader)}
}

// compose writes the mail of claim. zone is as in [Snapshot].
func compose(r Recipient, zone *time.Location, claim Claim, included []letter.Event, style *Style, x extras) (letter.Digest, Message) {
	if style.redirectTo != "" && x.notice == "" {
		x.notice = style.redirectNotice(r)
	}
	d, subject, text, html := style.write(claim, style.facts(r, zone, claim, included, x))
	return d, style.redirected(Message{
		ID:      claim.MessageID,
		To:      Address{Name: texts.Clean(r.Name), Mailbox: r.Address},
		Kind:    digestKind(r.Rhythm().span()),
		Date:    claim.date(),
		Subject: subject,
		Text:    text,
		HTML:    html,

		UnsubscribeURL:     x.unsubscribe,
		UnsubscribeMailbox: style.links.Mailbox(r.ID, r.Person.Mark),
	})
}

// classicTag is the language of a digest in the words of the Python scheduler (BCP 47 §2.2.7). It stands with its claim, so that a
// second copy has the same words, whatever the installation has been set to since.
const classicTag = "en-x-classic"

// write words the digest of a claim. Earlier releases said no language, and wrote classic words.
func (s *Style) write(claim Claim, f letter.Facts) (d letter.Digest, subject, text, html string) {
	if claim.Language == classicTag || claim.Language == "" {
		d, l, text, html := s.Classic(f)
		return d, l.Subject, text, html
	}
	d, l, html := s.Write(f)
	return d, l.Subject, l.Text(), html
}

// facts are what the letter of claim is made from.
func (s *Style) facts(r Recipient, zone *time.Location, claim Claim, included []letter.Event, x extras) letter.Facts {
	rhythm := r.Rhythm()
	zone = cmp.Or(zone, time.UTC)
	return letter.Facts{
		Language: claim.Language, Events: included,
		Span: rhythm.span(), Usual: rhythm.Period(), Often: len(rhythm.Hours) > 1,
		Start: claim.Window.Start.In(zone), End: claim.Window.End.In(zone), First: claim.Window.End.Sub(claim.Window.Start) == Lookback,
		Mute: x.mute, Preferences: x.preferences, Unsubscribe: x.unsubscribe, Notice: x.notice,
	}
}

// told is what a letter tells of a notification.
func told(n *Notification, p texts.Payload) letter.Event {
	return letter.Event{
		ID: n.ID, Kind: n.Kind, ActorID: n.ActorID, Actor: n.Actor, Slug: n.Slug, Title: n.Title, Branch: n.Branch, PR: n.PR, At: n.CreatedAt, Payload: p, Moved: n.Moved != nil,
	}
}
