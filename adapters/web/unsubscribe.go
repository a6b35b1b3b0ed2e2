// Package web answers HTTP: the page by which people unsubscribe, and what operators ask.
package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io"
	"log/slog"
	"net/http"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// maxBody is the most of a request's body that is read, in bytes: a one-click request has 26
// (RFC 8058 §3.2), and the page's button sends none.
const maxBody = 4096

// Unsubscribe answers at core.UnsubscribePath and a token. GET and HEAD show a page with one button
// and change nothing, since scanners follow the links in mails. POST ends the digests of whom the
// token names, whether it comes from the button or from a mail program (RFC 8058), without cookies
// or a session, and as often as anybody likes. A token that nobody signed gets the same answers, so
// that nobody learns which are good.
func Unsubscribe(ring core.Keyring, store ports.Subscriptions, brand string, log *slog.Logger) http.Handler {
	u := &unsubscribe{ring: ring, store: store, log: log}
	u.ask = render(brand, "Unsubscribe from digests?", "You will get no more digest e-mails. Your inbox in the app stays as it is, and you can turn digests on again in your preferences there.", "Unsubscribe")
	u.done = render(brand, "You are unsubscribed", "You will get no more digest e-mails. You can turn them on again in the app, in your preferences.", "")
	u.later = render(brand, "That did not work just now", "Nothing was changed. Please try again in a few minutes.", "Try again")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+core.UnsubscribePath+"{token}", u.get)
	mux.HandleFunc("POST "+core.UnsubscribePath+"{token}", u.post)
	return guarded(mux)
}

type unsubscribe struct {
	ring  core.Keyring
	store ports.Subscriptions
	log   *slog.Logger
	// The pages, ready to be sent.
	ask, done, later []byte
}

func (u *unsubscribe) get(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, u.ask) }

func (u *unsubscribe) post(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		http.Error(w, "too much", http.StatusRequestEntityTooLarge)
		return
	}
	if recipient, ok := u.ring.Verify(r.PathValue("token")); ok {
		if err := u.store.Unsubscribe(r.Context(), recipient); err != nil {
			u.log.Error("unsubscribing failed", "recipient", recipient, "error", err)
			answer(w, http.StatusServiceUnavailable, u.later)
			return
		}
		u.log.Info("unsubscribed", "recipient", recipient)
	}
	answer(w, http.StatusOK, u.done)
}

// answer sends a page.
func answer(w http.ResponseWriter, status int, page []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page) // whoever has gone does not want it
}

// guarded sets what tells browsers to do nothing with a page but show it, and to tell nobody of its
// address, which is a secret of its recipient.
func guarded(next http.Handler) http.Handler {
	sum := sha256.Sum256([]byte(style))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
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
	`button:focus-visible{outline:3px solid #6cc9c0;outline-offset:2px}` +
	`@media (prefers-color-scheme:dark){body{background:#14171a;color:#e6e8ea}p.brand{color:#6cc9c0}button{background:#6cc9c0;color:#0c2423}}`

// render returns a page with a heading, a sentence and, where it has a label, a button that posts to
// the page's own address.
func render(brand, heading, text, button string) []byte {
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
{{end}}</main>
</body>
</html>
`))
	var b bytes.Buffer
	if err := page.Execute(&b, struct{ Brand, Heading, Text, Button string }{brand, heading, text, button}); err != nil {
		panic(err) // it has nothing in it that could fail
	}
	return b.Bytes()
}
