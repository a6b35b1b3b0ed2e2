package core

import (
	"cmp"
	"errors"
	"fmt"
	"html"

	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Brand is what an installation sets about its mail.
type Brand struct {
	// Name is the name at the head of the HTML; empty means Wiggleverse.
	Name string
	// AppURL is the RFC app's address, absolute http or https; a slash at its end makes no difference. Paths are where
	// its pages are; the zero value means [letter.KnownPaths].
	AppURL string
	Paths  letter.Paths
	// Domain is the sender's, the right-hand side of every Message-ID.
	Domain string
	// MaxRFCs is how many RFCs a digest lists at the most; 0 means 50.
	MaxRFCs int
	// Kinds word events, and Asks say which wait for their reader; nil means [letter.KnownKinds] and [letter.KnownAsks].
	Kinds letter.Kinds
	Asks  []letter.Ask
	// Language is for readers who have not set one that is known, a BCP 47 tag; empty means English.
	Language string
	// Classic has digests select and say what those of the Python scheduler did.
	Classic bool
	// Links are where recipients unsubscribe; the zero value: nowhere.
	Links links.Links
	// RedirectTo is a mailbox that every mail goes to instead of to its recipient; see [Style.RedirectsTo]. Empty
	// means none.
	RedirectTo string
}

// Style is how the digests of one installation read and look. It is made by [NewStyle], does not change, and may be
// used from several goroutines.
type Style struct {
	*letter.Writer
	classic    bool
	domain     string
	links      links.Links
	redirectTo string
}

// NewStyle checks b and prepares what all digests share. An error says what in b cannot be used.
func NewStyle(b Brand) (*Style, error) {
	if b.Domain == "" {
		return nil, errors.New("sender's domain: must not be empty, Message-IDs end with it")
	}
	if b.MaxRFCs < 0 {
		return nil, fmt.Errorf("RFCs in a digest: %d, want 1 or more", b.MaxRFCs)
	}
	if b.RedirectTo != "" && !texts.UsableAddress(b.RedirectTo) {
		return nil, fmt.Errorf("mailbox that all mail is redirected to %q: want an address like you@rfc.example", texts.Clean(b.RedirectTo))
	}
	s := &Style{classic: b.Classic, domain: b.Domain, links: b.Links, redirectTo: b.RedirectTo}
	if b.RedirectTo != "" {
		// A copy often has the secret of the installation that it was made from. There, a click on a link would
		// end a real person's digests.
		s.links = links.Links{}
	}
	var err error
	s.Writer, err = letter.NewWriter(letter.Manner{Name: b.Name, AppURL: b.AppURL, Paths: b.Paths, Kinds: b.Kinds, Asks: b.Asks, Language: b.Language, MaxRFCs: cmp.Or(b.MaxRFCs, 50)})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Installation is the installation that the digests come from.
func (s *Style) Installation() Installation { return installation(s.AppURL(), s.domain) }

// Links are where recipients unsubscribe.
func (s *Style) Links() links.Links { return s.links }

// EnglishAlone reports whether digests are in English, whatever language their readers have.
func (s *Style) EnglishAlone() bool { return s.classic }

// RedirectsTo is the mailbox that every mail goes to, as in a copy of an installation; empty if mail goes to its
// recipients. A redirected mail names its recipient in the subject and at its head. It has a Message-ID of its own
// and no link to unsubscribe.
func (s *Style) RedirectsTo() string { return s.redirectTo }

// redirectNotice says at the head of a redirected mail whose it is.
func (s *Style) redirectNotice(r Recipient) string {
	who := "<" + texts.Clean(r.Address) + ">"
	if name := texts.Clean(r.Name); name != "" {
		who = name + " " + who
	}
	return "This mail is for " + who + ". It went to you instead, and not to them, since this installation redirects all mail."
}

// redirected returns m as it goes out if all mail is redirected; else m itself. It has another Message-ID, since
// mail systems may see m itself as well.
func (s *Style) redirected(m Message) Message {
	if s.redirectTo == "" {
		return m
	}
	m.Subject = "[For " + texts.Clean(m.To.Mailbox) + "] " + m.Subject
	m.To = Address{Mailbox: s.redirectTo}
	m.ID = s.messageID([]byte("redirected\n" + s.redirectTo + "\n" + s.AppURL() + "\n" + m.ID))
	return m
}

// noticed returns m, a mail of the app's own, with a notice at its head. In HTML it stands before everything else, so
// that no markup of the app can hide it.
func noticed(m Message, notice string) Message {
	if m.Text != "" {
		m.Text = notice + "\n\n" + m.Text
	}
	if m.HTML != "" {
		m.HTML = "<p>" + html.EscapeString(notice) + "</p>\n" + m.HTML
	}
	return m
}
