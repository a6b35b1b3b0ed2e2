package inbound

import (
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
)

// maxPosted is the longest message that is posted, in bytes. What is longer is a mistake, as no report is.
const maxPosted = 64 << 20

// Post takes mail by HTTP, one message (message/rfc822) in the body of each POST. It is for the web hooks of mail
// providers, translated by a few lines of the operator's. The fields sender and recipient of the query are the envelope, if
// that is known. The answers:
//
//	204  the message was taken; that says nothing of what it meant
//	401  Authorization is not "Bearer" and the secret
//	413  the message is longer than 64 MB
//	415  the body is not message/rfc822
//	400  the body broke off
//	503  it was not taken, and must come again
type Post struct {
	// Secret is what the client must know. It must not be empty.
	Secret string
	Take   Take
	// Log is told of mail that could not be taken. No address is in it.
	Log *slog.Logger
}

// ServeHTTP answers one request.
func (p Post) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	said, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || p.Secret == "" || subtle.ConstantTimeCompare([]byte(said), []byte(p.Secret)) == 0 {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "the secret is missing, or another", http.StatusUnauthorized)
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "message/rfc822" {
		http.Error(w, "want one message, as message/rfc822", http.StatusUnsupportedMediaType)
		return
	}
	query := r.URL.Query()
	body := http.MaxBytesReader(w, r.Body, maxPosted)
	mail, err := Read(body, Envelope{Sender: query.Get("sender"), HasSender: query.Has("sender"), Recipient: query.Get("recipient")})
	if err == nil {
		_, err = io.Copy(io.Discard, body) // the mail is not here before its end is
	}
	if err != nil {
		status := http.StatusBadRequest
		if long := (*http.MaxBytesError)(nil); errors.As(err, &long) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, "the message cannot be read to its end", status)
		return
	}
	if err := p.Take(r.Context(), mail); err != nil {
		p.Log.Warn("mail that came back was not taken, and will come again", "by", "http", "error", err)
		http.Error(w, "not taken, try again later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
