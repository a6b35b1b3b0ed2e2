package preview

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
)

// mailShown is a mail as a list of mails shows it, and where its HTML is.
type mailShown struct {
	From, To, Subject, Preheader string
	Src                          string
	Width, Scheme                string
	Widths, Schemes              []choice
}

// choice is one of several ways to show a mail.
type choice struct {
	Name, Href string
	Current    bool
}

// newMail shows m, whose bytes are raw: none, where no mail can be made of it.
func newMail(t state, m core.Message, raw []byte) *mailShown {
	shown := &mailShown{
		To: core.Clean(m.To.Mailbox), Subject: m.Subject, Preheader: preheader(m.HTML), Src: t.mailHref(), Width: t.width, Scheme: t.scheme,
	}
	if m.To.Name != "" {
		shown.To = m.To.Name + " <" + shown.To + ">"
	}
	for _, h := range readHeaders(raw) {
		if h.Name == "From" {
			shown.From = h.Plain
		}
	}
	for _, w := range widths {
		shown.Widths = append(shown.Widths, choice{w, t.with(func(t *state) { t.width = w }).href(), w == t.width})
	}
	for _, c := range schemes {
		shown.Schemes = append(shown.Schemes, choice{c, t.with(func(t *state) { t.scheme = c }).href(), c == t.scheme})
	}
	return shown
}

// preheader returns what the HTML of a mail has for lists of mails to show.
func preheader(page string) string {
	_, rest, _ := strings.Cut(page, `<div class="preheader"`)
	_, rest, _ = strings.Cut(rest, ">")
	text, _, _ := strings.Cut(rest, "</div>")
	return html.UnescapeString(text)
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
		say(w, http.StatusNotFound, fmt.Sprintf("Nobody has the ID %s.", core.Clean(t.chosen)))
	case !e.Drafted:
		say(w, http.StatusNotFound, nothing(e))
	default:
		w.Header().Set("Content-Security-Policy", mailPolicy)
		send(w, http.StatusOK, "text/html; charset=utf-8", []byte(inScheme(e.Draft.HTML, t.scheme)))
	}
}

// What the head of a digest says of colours, as core writes it, and what is said instead.
const (
	bothSchemes = "light dark"
	darkRules   = "@media (prefers-color-scheme: dark)"
)

// inScheme returns the HTML of a mail so that it is light, or dark, whatever the browser prefers.
func inScheme(page, scheme string) string {
	head, body, found := strings.Cut(page, "</head>")
	if !found {
		return page
	}
	rules := "@media not all"
	if scheme == "dark" {
		rules = "@media all"
	}
	return strings.NewReplacer(bothSchemes, scheme, darkRules, rules).Replace(head) + "</head>" + body
}
