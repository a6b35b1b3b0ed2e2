package preview

import (
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// The policies of the page and of a mail in it: nothing is fetched from anywhere else, and a mail runs
// nothing at all.
const (
	pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)

// guarded only answers requests that read, and only under a loopback name: a foreign site whose name was made
// to resolve to this machine must not read the page.
func (s *site) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(plain http.ResponseWriter, r *http.Request) {
		w := &timed{ResponseWriter: plain, start: time.Now()}
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		defer s.recovered(w, r)
		switch {
		case !isLoopback(r.Host):
			say(w, http.StatusMisdirectedRequest, "The preview answers only as 127.0.0.1 or localhost.")
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			say(w, http.StatusMethodNotAllowed, "The preview only shows things: it takes GET and HEAD.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isLoopback reports whether a request's Host is a name of this machine only, with any port.
func isLoopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	switch strings.ToLower(strings.Trim(name, "[]")) {
	case "127.0.0.1", "localhost", "::1":
		return true
	}
	return false
}

// recovered logs a panic, and answers if there is no answer yet.
func (s *site) recovered(w *timed, r *http.Request) {
	bug := recover()
	if bug == nil {
		return
	}
	s.Log.Error("preview: internal error", "error", fmt.Sprint(bug), "path", r.URL.Path, "stack", string(debug.Stack()))
	if !w.begun {
		say(w, http.StatusInternalServerError, "The preview has a fault, which it has logged. Nothing was changed. Go back and try something else.")
	}
}

func say(w http.ResponseWriter, status int, sentence string) {
	send(w, status, "text/plain; charset=utf-8", []byte(sentence+"\n"))
}

// timed adds to the answer how long it took to make it.
type timed struct {
	http.ResponseWriter
	start time.Time
	begun bool
}

// WriteHeader implements [http.ResponseWriter].
func (t *timed) WriteHeader(status int) {
	t.begun = true
	t.Header().Set("Server-Timing", fmt.Sprintf("total;dur=%.1f", float64(time.Since(t.start).Microseconds())/1000))
	t.ResponseWriter.WriteHeader(status)
}
