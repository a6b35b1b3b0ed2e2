package core

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Brand is what an installation sets about its mail.
type Brand struct {
	// Name is the bracketed name in subjects and the name at the head of the HTML; empty means Wiggleverse.
	Name string
	// AppURL is the RFC app's address, absolute http or https; a slash at its end makes no difference.
	AppURL string
	// Domain is the sender's, the right-hand side of every Message-ID.
	Domain string
	// MaxRFCs is how many RFCs a digest lists at the most; 0 means 50.
	MaxRFCs int
	// Kinds words events; nil means [KnownKinds].
	Kinds Kinds
	// PublicURL is where recipients reach the page that unsubscribes them, absolute https; the
	// path /unsubscribe/ and a token are put behind it. Empty, or with Unsubscribe unable to
	// sign: digests have no such link.
	PublicURL string
	// Unsubscribe signs the tokens.
	Unsubscribe Keyring
	// UnsubscribeMailbox also takes requests to unsubscribe, by mail; empty where there is none.
	UnsubscribeMailbox string
	// Spread keeps people from coming due all at once; its zero value does not.
	Spread Spread
}

// Style is how the digests of one installation read and look. It is made once, by [NewStyle],
// does not change, and may be used from any number of goroutines.
type Style struct {
	name    string
	appURL  string
	domain  string
	maxRFCs int
	kinds   map[string]kind
	html    htmlFrames

	publicURL          string // empty where there are no unsubscribe links
	keyring            Keyring
	unsubscribeMailbox string

	spread Spread
}

// NewStyle checks b and prepares everything that all of its digests share.
func NewStyle(b Brand) (*Style, error) {
	appURL, err := baseURL(b.AppURL, "http", "https")
	if err != nil {
		return nil, fmt.Errorf("app URL %q: want an absolute http or https address, like https://rfc.example", b.AppURL)
	}
	if b.Domain == "" {
		return nil, errors.New("sender's domain: must not be empty, Message-IDs end with it")
	}
	if b.MaxRFCs < 0 {
		return nil, fmt.Errorf("RFCs in a digest: %d, want 1 or more", b.MaxRFCs)
	}
	if err := b.Spread.Check(); err != nil {
		return nil, fmt.Errorf("spreading digests over %s: %w", b.Spread.Stretch, err)
	}
	s := &Style{
		name:    Clean(b.Name),
		appURL:  appURL,
		domain:  b.Domain,
		maxRFCs: b.MaxRFCs,
		spread:  Spread{Stretch: b.Spread.Stretch, Tick: b.Spread.tick()},
	}
	if s.name == "" {
		s.name = "Wiggleverse"
	}
	if s.maxRFCs == 0 {
		s.maxRFCs = 50
	}
	if b.Kinds == nil {
		b.Kinds = knownKinds
	}
	if s.kinds, err = b.Kinds.read(); err != nil {
		return nil, err
	}
	if err := s.setUnsubscribe(b); err != nil {
		return nil, err
	}
	if s.html, err = newHTMLFrames(s); err != nil {
		return nil, err
	}
	return s, nil
}

// Spread is how digests are spread, and for how long a tick.
func (s *Style) Spread() Spread { return s.spread }

var errNoBase = errors.New("not an absolute address")

// baseURL returns raw without slashes at its end, if it is an absolute address to put paths behind.
func baseURL(raw string, schemes ...string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Host == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil {
		return "", errNoBase
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// setUnsubscribe takes what unsubscribe links are made of. One-click unsubscription asks for https
// (RFC 8058 §3.1).
func (s *Style) setUnsubscribe(b Brand) (err error) {
	if b.UnsubscribeMailbox != "" && !UsableAddress(b.UnsubscribeMailbox) {
		return fmt.Errorf("mailbox for unsubscribing %q: want an address like leave@rfc.example", b.UnsubscribeMailbox)
	}
	s.unsubscribeMailbox = b.UnsubscribeMailbox
	if b.PublicURL == "" {
		return nil
	}
	publicURL, err := baseURL(b.PublicURL, "https")
	if err != nil {
		return fmt.Errorf("public URL %q: want an absolute https address, like https://digest.rfc.example", b.PublicURL)
	}
	if b.Unsubscribe.CanSign() {
		s.publicURL, s.keyring = publicURL, b.Unsubscribe
	}
	return nil
}

// UnsubscribePath is what stands between the public URL and a token.
const UnsubscribePath = "/unsubscribe/"

// unsubscribeURL returns the address at which recipient unsubscribes; empty where there is none.
func (s *Style) unsubscribeURL(recipient int64) string {
	if s.publicURL == "" {
		return ""
	}
	return s.publicURL + UnsubscribePath + s.keyring.Token(recipient)
}

// Where the app has the pages that every digest leads to.
const (
	inboxPath       = "/inbox"
	preferencesPath = "/settings/notifications"
)

// InboxURL is where all notifications are read.
func (s *Style) InboxURL() string { return s.appURL + inboxPath }

// PreferencesURL is where the cadence is set.
func (s *Style) PreferencesURL() string { return s.appURL + preferencesPath }
