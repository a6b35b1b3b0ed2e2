package links

import (
	"fmt"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Path is what stands between the public URL and a token.
const Path = "/unsubscribe/"

// Links are where the recipients of an installation unsubscribe. The zero value has no such place.
type Links struct {
	publicURL string // empty if there are no links
	keyring   Keyring
	mailbox   string
	returns   ReturnPath
}

// New returns Links to the page at publicURL, with tokens that ring signs. publicURL is absolute https, since
// one-click unsubscription asks for that (RFC 8058 §3.1). If it is empty, or the ring cannot sign, there are no
// links. mailbox takes requests to unsubscribe by mail; empty if there is none. An error says which of them cannot
// be used.
func New(publicURL string, ring Keyring, mailbox string) (Links, error) {
	if mailbox != "" && !texts.UsableAddress(mailbox) {
		return Links{}, fmt.Errorf("mailbox for unsubscribing %q: want an address like leave@rfc.example", mailbox)
	}
	l := Links{mailbox: mailbox}
	if publicURL == "" {
		return l, nil
	}
	base, ok := texts.BaseURL(publicURL, "https")
	if !ok {
		return Links{}, fmt.Errorf("public URL %q: want an absolute https address, like https://digest.rfc.example", publicURL)
	}
	if ring.CanSign() {
		l.publicURL, l.keyring = base, ring
	}
	return l, nil
}

// URL returns the address at which a recipient unsubscribes; see [Keyring.Token]. It is empty if there are no links.
func (l Links) URL(recipient, mark int64) string {
	if l.publicURL == "" {
		return ""
	}
	return l.publicURL + Path + l.keyring.Token(recipient, mark)
}

// WithReturnPath returns l with an address to which mail comes back. Without a secret there is none, since a token
// must be signed.
func (l Links) WithReturnPath(p ReturnPath, ring Keyring) Links {
	if ring.CanSign() {
		l.returns, l.keyring = p, ring
	}
	return l
}

// ReturnAddress returns where mail about something comes back to; empty if that is nowhere.
func (l Links) ReturnAddress(about Return) string {
	if !l.returns.IsSet() || !l.keyring.CanSign() {
		return ""
	}
	return l.returns.Address(l.keyring.ReturnToken(about))
}

// Mailbox takes requests of a person to unsubscribe by mail; empty if there is none.
func (l Links) Mailbox(recipient, mark int64) string {
	if own := l.ReturnAddress(Return{Kind: ReturnUnsubscribe, ID: recipient, Mark: mark}); own != "" {
		return own
	}
	return l.mailbox
}

// Signer is the [Keyring.ID] of the secret that the links are signed with; empty if there are none.
func (l Links) Signer() string {
	if l.publicURL == "" {
		return ""
	}
	return l.keyring.ID()
}
