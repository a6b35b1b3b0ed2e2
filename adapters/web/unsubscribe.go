// Package web answers HTTP: the page on which people unsubscribe, and health and metrics for operators.
package web

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// maxBody is the longest body of a request in bytes: a one-click request has 26 (RFC 8058 §3.2), and the
// page's button sends none.
const maxBody = 4096

// Page is what the unsubscribe page needs.
type Page struct {
	// Ring says which tokens are good.
	Ring  links.Keyring
	Store ports.Subscriptions
	// Brand stands at the head of the page.
	Brand string
	// PreferencesURL is the app's page with the person's preferences, http or https.
	PreferencesURL string
	// Readers and Clock are those of [ReaderPage]: after unsubscribing the page offers to undo that, or to get a digest
	// each week instead. Without Readers it does not.
	Readers Readers
	Clock   ports.Clock
	Log     *slog.Logger
	// Count, if it is set, is called for each POST with [GoodToken] or the token's
	// [links.TokenFault].
	Count func(token string)
}

// GoodToken is a token that a secret of the ring has signed.
const GoodToken = "good"

// Unsubscribe answers at links.Path and a token. GET and HEAD show a page with one button
// and change nothing, since scanners follow the links in mails. POST ends the digests of the person
// whom the token names, whether it comes from the button or from a mail program (RFC 8058). It needs
// no cookies or session, and may be repeated. A bad token gets the same answers, so that they do not
// tell which tokens are good. So the texts only promise what holds for both, and the buttons of the second undo
// nothing then.
func Unsubscribe(p Page) http.Handler {
	u := &unsubscribe{Page: p, faults: faultLog{log: p.Log, last: make(map[links.TokenFault]time.Time)}}
	u.ask = p.render(words{Heading: "Unsubscribe from digests?", Text: "If this link is yours, no more digest e-mails come after this. Your inbox in the app stays as it is.",
		Buttons: []button{{Label: "Unsubscribe"}}})
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+links.Path+"{token}", u.get)
	mux.HandleFunc("POST "+links.Path+"{token}", u.post)
	if p.Readers != nil {
		mux.HandleFunc("POST "+links.Path+"{token}/undo", u.undo)
	}
	return guarded(mux)
}

type unsubscribe struct {
	Page
	faults faultLog
	// ask is the page that is always the same.
	ask []byte
}

func (u *unsubscribe) get(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, u.ask) }

func (u *unsubscribe) post(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		http.Error(w, "too much", http.StatusRequestEntityTooLarge)
		return
	}
	token := r.PathValue("token")
	recipient, mark, ok := u.Ring.Verify(token)
	if !ok {
		fault, secret := u.Ring.Fault(token)
		u.count(string(fault))
		u.faults.say(fault, secret)
		answer(w, http.StatusOK, u.done(0, 0, core.Choice{Cadence: core.Daily}))
		return
	}
	u.count(GoodToken)
	before := u.choice(r.Context(), recipient, mark)
	if err := u.Store.Unsubscribe(r.Context(), recipient, mark); err != nil {
		u.Log.Error("unsubscribing failed", "recipient", recipient, "error", err)
		u.turn(w, err)
		return
	}
	u.Log.Info("unsubscribed", "recipient", recipient)
	answer(w, http.StatusOK, u.done(recipient, mark, before))
}

// turn answers if the store did not do what it was asked for.
func (u *unsubscribe) turn(w http.ResponseWriter, err error) {
	a := inTrouble(err)
	said := words{Heading: a.heading, Text: a.text}
	if a.status == http.StatusServiceUnavailable {
		said.Buttons = []button{{Label: "Try again"}}
	}
	answer(w, a.status, u.render(said))
}

// choice returns what a person has chosen; as good as nothing if that is not known.
func (u *unsubscribe) choice(ctx context.Context, recipient, mark int64) core.Choice {
	if u.Readers != nil {
		if o, found, err := u.Readers.Outlook(ctx, recipient, mark); err == nil && found {
			return core.ChoiceOf(o.Recipient)
		}
	}
	return core.Choice{Cadence: core.Daily}
}

// What a field again says: digests come as they did, with that cadence, or instead of that each week.
const (
	asDaily       = string(core.Daily)
	asWeekly      = string(core.Weekly)
	weeklyInstead = "weekly instead"
)

// done returns the page that a person sees who has unsubscribed. A person 0 is nobody. If they had no digests before, it is
// not known how often they came.
func (u *unsubscribe) done(recipient, mark int64, before core.Choice) []byte {
	w := words{Heading: "If this link is yours, you get no more digests", Text: "Should one come all the same, the link was incomplete or too old: turn digests off in your preferences."}
	if u.Readers == nil {
		return u.render(w)
	}
	w.Action = links.Path + u.Ring.UndoToken(links.Reader{Recipient: recipient, Mark: mark, Made: u.Clock.Now().UTC().Truncate(time.Second)}) + "/undo"
	switch before.Cadence {
	case core.Daily:
		w.Buttons = []button{{Label: "Undo", Value: asDaily}}
		if before.Weekly() != before {
			w.Buttons = append(w.Buttons, button{Label: "A digest each week instead", Value: weeklyInstead})
		}
	case core.Weekly:
		w.Buttons = []button{{Label: "Undo", Value: asWeekly}}
	default:
		w.Buttons = []button{{Label: "Digests again, each day", Value: asDaily}, {Label: "Digests again, each week", Value: asWeekly}}
	}
	return u.render(w)
}

// undo has digests come again. Like all answers here, this one does not tell good tokens from others.
func (u *unsubscribe) undo(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	who, ok := u.Ring.VerifyUndo(r.PathValue("token"))
	if ok && u.Clock.Now().Sub(who.Made) <= links.UndoAge {
		if err := u.again(r.Context(), who, r.PostForm.Get("again")); err != nil {
			u.Log.Error("undoing failed", "recipient", who.Recipient, "error", err)
			u.turn(w, err)
			return
		}
	}
	answer(w, http.StatusOK, u.render(words{Heading: "If this was yours to undo, digests come again",
		Text: "It can be undone for an hour. After that, turn digests on in your preferences, or by the link in your latest digest."}))
}

// again makes a person's choice what a field again says.
func (u *unsubscribe) again(ctx context.Context, who links.Reader, how string) error {
	o, found, err := u.Readers.Outlook(ctx, who.Recipient, who.Mark)
	if err != nil || !found {
		return err
	}
	c := core.ChoiceOf(o.Recipient)
	switch how {
	case asDaily, asWeekly:
		c.Cadence = core.Cadence(how)
	case weeklyInstead:
		c = c.Weekly()
	default:
		return nil
	}
	if err := u.Store.Choose(ctx, who.Recipient, who.Mark, c); err != nil && !errors.Is(err, ports.ErrConflict) {
		return err
	}
	u.Log.Info("unsubscribing was undone", "recipient", who.Recipient)
	return nil
}

func (u *unsubscribe) count(token string) {
	if u.Count != nil {
		u.Count(token)
	}
}

// answer sends a page.
func answer(w http.ResponseWriter, status int, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page) // a client that has gone does not want it
}

// guarded sets the headers by which browsers only show the page, and do not pass on its address, which is
// the recipient's secret.
func guarded(next http.Handler) http.Handler {
	return guardedBy("default-src 'none'; style-src "+hashOf(style)+"; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", next)
}

// guardedBy is guarded with a policy of what the page may load and run (CSP).
func guardedBy(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		next.ServeHTTP(w, r)
	})
}

const style = `:root{color-scheme:light dark}body{margin:0;background:#f4f3ef;color:#1f2429;font:16px/1.5 system-ui,sans-serif}` +
	`main{max-width:34rem;margin:12vh auto;padding:0 1.25rem}p.brand{font-weight:700;color:#0b6663;font-size:.95rem}h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0 1rem}` +
	`p.about{font-size:1.15rem;font-weight:600;overflow-wrap:anywhere}` +
	`button{margin-top:1rem;padding:.8rem 1.6rem;border:0;border-radius:8px;background:#0b6663;color:#fff;font:inherit;font-weight:600;cursor:pointer}` +
	`a{color:#0b6663}form+p{margin-top:2rem}` +
	`button:focus-visible,a:focus-visible{outline:3px solid #6cc9c0;outline-offset:2px}` +
	`@media (prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}p.brand,a{color:#6cc9c0}button{background:#6cc9c0;color:#0c2423}}`

// words are what a page says. About is what it is about, in the words of others. Its buttons post to Action, or to the
// page's own address.
type words struct {
	Heading, About, Text, Action string
	Buttons                      []button
}

// button is one that posts a field "again", if Value is not empty.
type button struct{ Label, Value string }

var wordsTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Heading}}</title>
<style>` + style + `</style>
</head>
<body>
<main>
<p class="brand" dir="auto">{{.Brand}}</p>
<h1>{{.Heading}}</h1>
{{with .About}}<p class="about" dir="auto">{{.}}</p>
{{end}}<p>{{.Text}}</p>
{{if .Buttons}}<form method="post"{{with .Action}} action="{{.}}"{{end}}>{{range $i, $b := .Buttons}}{{if $i}} {{end}}<button{{with .Value}} name="again" value="{{.}}"{{end}}>{{.Label}}</button>{{end}}</form>
{{end}}{{with .PreferencesURL}}<p><a href="{{.}}">Digest preferences in the app</a></p>
{{end}}</main>
</body>
</html>
`))

// render returns a page that says w, with a link to the preferences.
func (p Page) render(w words) []byte { return w.render(p.Brand, p.PreferencesURL) }

// render returns a page that says w, with a brand at its head and a link to the app's preferences.
func (w words) render(brand, preferencesURL string) []byte {
	var b bytes.Buffer
	if err := wordsTemplate.Execute(&b, struct {
		words
		Brand, PreferencesURL string
	}{w, brand, preferencesURL}); err != nil {
		panic(err) // a mistake in the template
	}
	return b.Bytes()
}
