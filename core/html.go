package core

import (
	"strings"

	"github.com/matcornic/hermes/v2"
)

const (
	// maxHTML is the most that the HTML of a digest has, in bytes: Gmail shows 102 kB of a mail and
	// hides the rest, mail systems on the way add to it, and the links at the end must not be hidden.
	maxHTML = 98_000
	// maxFrame is the most that the HTML of a digest without sections may have, so that there is room for some.
	maxFrame = 40_000
)

// htmlFrames are the HTML of daily and weekly digests, ready to be filled.
//
// Hermes takes milliseconds for a mail, and after it has moved the style sheet into the elements,
// a text that it was given is not reliably escaped any more. So it dresses one digest of each
// cadence, when the style is made, with gaps where a digest's content goes. Hermes sees nothing but
// what the installation has set.
type htmlFrames struct{ daily, weekly *frame }

func newHTMLFrames(s *Style) (htmlFrames, error) {
	daily, err := newFrame(s, Daily)
	if err != nil {
		return htmlFrames{}, err
	}
	weekly, err := newFrame(s, Weekly)
	return htmlFrames{daily, weekly}, err
}

// dress has hermes lay out the digests of c, with the style sheet in the elements.
func dress(t hermes.Theme, s *Style, c Cadence) (string, error) {
	h := hermes.Hermes{Theme: t, Product: hermes.Product{Name: s.name}}
	return h.GenerateHTML(hermes.Email{Body: hermes.Body{
		Title:      c.heading(),
		Intros:     []string{Digest{Cadence: c}.opening() + unreadAll},
		Actions:    []hermes.Action{{Button: hermes.Button{Text: inboxLabel, Link: s.InboxURL()}}},
		Dictionary: []hermes.Entry{{Key: preferencesLabel, Value: s.PreferencesURL()}},
	}})
}

// outdent takes the white space from the start of each line, and ends the last one.
func outdent(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		b.WriteString(strings.TrimLeft(line, " \t\n"))
	}
	return b.String() + "\n"
}

// frame returns the frame for digests of c.
func (f htmlFrames) frame(c Cadence) *frame {
	if c == Weekly {
		return f.weekly
	}
	return f.daily
}
