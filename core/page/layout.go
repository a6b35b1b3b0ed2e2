// Package page lays out digests: it makes the subject, the plain text and the HTML of a [Digest], which all say the
// same.
package page

import (
	"cmp"
	"fmt"
	"net/url"

	"github.com/matcornic/hermes/v2"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Layout is how the digests of one installation look. It is made by [New], does not change, and may be used from
// several goroutines.
//
// Hermes takes milliseconds for a mail. It also moves the style sheet into the elements, and after that a text that
// it was given may not be escaped any more. So hermes makes one digest of each span when the Layout is
// made, with gaps where the content goes. It sees nothing but what the installation has set.
type Layout struct {
	name, appURL string
	frames       [spans]*frame
}

// New returns the Layout of an installation. name is the bracketed name in subjects and stands at the head of the
// HTML; empty means Wiggleverse. appURL is the RFC app's address, absolute http or https; an error says what is
// wrong with it.
func New(name, appURL string) (*Layout, error) {
	base, ok := texts.BaseURL(appURL, "http", "https")
	if !ok {
		return nil, fmt.Errorf("app URL %q: want an absolute http or https address, like https://rfc.example", appURL)
	}
	l := &Layout{name: cmp.Or(texts.Clean(name), "Wiggleverse"), appURL: base}
	var err error
	for span := range l.frames {
		if l.frames[span], err = newFrame(l, Span(span)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// AppURL is the RFC app's address, without a slash at its end.
func (l *Layout) AppURL() string { return l.appURL }

// Where the app has the pages that every digest leads to.
const (
	inboxPath       = "/inbox"
	preferencesPath = "/settings/notifications"
)

// InboxURL is where all notifications are read.
func (l *Layout) InboxURL() string { return l.appURL + inboxPath }

// PreferencesURL is where the cadence is set.
func (l *Layout) PreferencesURL() string { return l.appURL + preferencesPath }

// maxSlug is the longest escaped slug that is made a link, in bytes: browsers and mail
// programs stop somewhere above 2,000 for the whole address.
const maxSlug = 1000

// Link returns the address of an RFC's page; empty if it can have none. A slug is one path segment (RFC 3986 §3.3);
// one of dots alone would be a way out of it, however it is written (§5.2.4).
func (l *Layout) Link(slug string) string {
	if slug == "" || slug == "." || slug == ".." {
		return ""
	}
	segment := url.PathEscape(slug)
	if len(segment) > maxSlug {
		return ""
	}
	return l.appURL + "/rfc/" + segment
}

// SlowHTML says why html/template itself makes the HTML of digests, which takes it longer; nil if it does not.
func (l *Layout) SlowHTML() error {
	return cmp.Or(l.frames[Day].slow, l.frames[Week].slow, l.frames[Other].slow)
}

// dress has hermes lay out the digests of a span, with the style sheet in the elements.
func dress(t hermes.Theme, l *Layout, span Span) (string, error) {
	h := hermes.Hermes{Theme: t, Product: hermes.Product{Name: l.name}}
	d := Digest{Span: span}
	return h.GenerateHTML(hermes.Email{Body: hermes.Body{
		Title:      d.heading(),
		Intros:     []string{d.opening() + unreadAll},
		Actions:    []hermes.Action{{Button: hermes.Button{Text: inboxLabel, Link: l.InboxURL()}}},
		Dictionary: []hermes.Entry{{Key: preferencesLabel, Value: l.PreferencesURL()}},
	}})
}
