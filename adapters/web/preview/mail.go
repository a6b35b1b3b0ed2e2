package preview

import (
	"fmt"
	"net/http"
	"net/mail"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// mailShown is a mail as an inbox lists it, and the address of its HTML.
type mailShown struct {
	From, To, Subject, Preheader string
	Src                          string
	Width, Scheme                string
	Widths, Schemes              []choice
	// Languages are by their tags, after the person's own.
	Languages []choice
}

// choice is one of several ways to show a mail.
type choice struct {
	Name, Href string
	Current    bool
}

// newMail shows m, whose bytes are raw; raw is empty if m cannot be rendered.
func newMail(t state, m core.Message, raw []byte) *mailShown {
	shown := &mailShown{
		To: texts.Clean(m.To.Mailbox), Subject: m.Subject, Preheader: page.Preheader(m.HTML), Src: t.mailHref(), Width: t.width, Scheme: t.scheme,
	}
	if m.To.Name != "" {
		shown.To = m.To.Name + " <" + shown.To + ">"
	}
	shown.From = sender(raw)
	for _, w := range widths {
		shown.Widths = append(shown.Widths, choice{w, t.with(func(t *state) { t.width = w }).href(), w == t.width})
	}
	for _, c := range schemes {
		shown.Schemes = append(shown.Schemes, choice{c, t.with(func(t *state) { t.scheme = c }).href(), c == t.scheme})
	}
	shown.Languages = []choice{{ownLanguage, t.with(func(t *state) { t.language = "" }).href(), t.language == ""}}
	for _, l := range cldr.Languages() {
		shown.Languages = append(shown.Languages, choice{l.Tag, t.with(func(t *state) { t.language = l.Tag }).href(), l.Tag == t.language})
	}
	return shown
}

// ownLanguage names the choice of the person's own language.
const ownLanguage = "theirs"

// sender returns the sender of a mail for people; empty if there is no mail.
func sender(raw []byte) string {
	for _, h := range readHeaders(raw) {
		if h.Name != "From" {
			continue
		}
		from, err := mail.ParseAddress(h.Value)
		if err != nil || from.Name == "" {
			return h.Plain
		}
		return from.Name + " <" + from.Address + ">"
	}
	return ""
}

// mail answers with the HTML of a mail, for a frame.
func (s *site) mail(w http.ResponseWriter, r *http.Request) {
	t := s.read(r)
	if t.wrong != "" {
		say(w, http.StatusBadRequest, t.wrong)
		return
	}
	e, found, err := s.explain(r, t)
	switch {
	case err != nil:
		p := screen{site: s, state: t}.failed(r, "explaining a recipient", err)
		say(w, p.Status, p.Trouble)
	case !found:
		say(w, http.StatusNotFound, fmt.Sprintf("Nobody has the ID %s.", texts.Clean(t.chosen)))
	case !e.Drafted:
		say(w, http.StatusNotFound, nothing(e))
	default:
		w.Header().Set("Content-Security-Policy", mailPolicy)
		send(w, http.StatusOK, "text/html; charset=utf-8", []byte(page.InScheme(e.Draft.HTML, t.scheme)))
	}
}
