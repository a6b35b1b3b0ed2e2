// Package web answers HTTP: the page on which people unsubscribe, and health and metrics for operators.
package web

import (
	"bytes"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"time"

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
	Log            *slog.Logger
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
// tell which tokens are good. So the texts only promise what holds for both.
func Unsubscribe(p Page) http.Handler {
	u := &unsubscribe{Page: p, faults: faultLog{log: p.Log, last: make(map[links.TokenFault]time.Time)}}
	u.ask = p.render("Unsubscribe from digests?", "If this link is yours, no more digest e-mails come after this. Your inbox in the app stays as it is.", "Unsubscribe")
	u.done = p.render("If this link is yours, you get no more digests", "Should one come all the same, the link was incomplete or too old: turn digests off in your preferences.", "")
	u.later = p.render("That did not work just now", "Nothing was changed. Please try again in a few minutes.", "Try again")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+links.Path+"{token}", u.get)
	mux.HandleFunc("POST "+links.Path+"{token}", u.post)
	return guarded(mux)
}

type unsubscribe struct {
	Page
	faults faultLog
	// The pages, ready to be sent.
	ask, done, later []byte
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
		answer(w, http.StatusOK, u.done)
		return
	}
	u.count(GoodToken)
	if err := u.Store.Unsubscribe(r.Context(), recipient, mark); err != nil {
		u.Log.Error("unsubscribing failed", "recipient", recipient, "error", err)
		answer(w, http.StatusServiceUnavailable, u.later)
		return
	}
	u.Log.Info("unsubscribed", "recipient", recipient)
	answer(w, http.StatusOK, u.done)
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
	`button{margin-top:1rem;padding:.8rem 1.6rem;border:0;border-radius:8px;background:#0b6663;color:#fff;font:inherit;font-weight:600;cursor:pointer}` +
	`a{color:#0b6663}form+p{margin-top:2rem}` +
	`button:focus-visible,a:focus-visible{outline:3px solid #6cc9c0;outline-offset:2px}` +
	`@media (prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}p.brand,a{color:#6cc9c0}button{background:#6cc9c0;color:#0c2423}}`

// render returns a page with a heading, a text and a link to the preferences. If button is not empty, it
// is the label of a button that posts to the page's own address.
func (p Page) render(heading, text, button string) []byte {
	page := template.Must(template.New("page").Parse(`<!doctype html>
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
<p>{{.Text}}</p>
{{with .Button}}<form method="post"><button>{{.}}</button></form>
{{end}}{{with .PreferencesURL}}<p><a href="{{.}}">Digest preferences in the app</a></p>
{{end}}</main>
</body>
</html>
`))
	var b bytes.Buffer
	if err := page.Execute(&b, struct{ Brand, Heading, Text, Button, PreferencesURL string }{p.Brand, heading, text, button, p.PreferencesURL}); err != nil {
		panic(err) // a mistake in the template
	}
	return b.Bytes()
}
