package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Readers is what the pages of readers ask.
type Readers interface {
	// Outlook returns what the page of the person with that ID and mark shows; found is false if there is none.
	Outlook(ctx context.Context, id, mark int64) (o core.Outlook, found bool, err error)
	// DigestMail makes a digest again that was sent to that person; found is false if it is not theirs.
	DigestMail(ctx context.Context, id, mark, digest int64) (m core.Message, found bool, err error)
	// KnowsZone reports whether a name means a time zone, and ZoneNames lists all names.
	KnowsZone(name string) bool
	ZoneNames() []string
}

// ReaderStore is what the pages of readers change.
type ReaderStore interface {
	ports.Subscriptions
	ports.Watches
}

// ReaderPage is what the pages need on which readers choose when digests come, and mute RFCs.
type ReaderPage struct {
	// Ring says which tokens are good.
	Ring    links.Keyring
	Readers Readers
	Store   ReaderStore
	Clock   ports.Clock
	// Brand stands at the head of the page.
	Brand string
	// PreferencesURL is the app's page with the person's preferences, http or https.
	PreferencesURL string
	Log            *slog.Logger
	// Count, if it is set, is called for each request with what became of it: [PageShown], [PageSaved], [PageRefused],
	// [PageLimited] or [PageFailed].
	Count func(what string)
}

// What became of a request to a reader's page.
const (
	PageShown   = "shown"
	PageSaved   = "saved"
	PageRefused = "bad_token"
	PageLimited = "rate_limited"
	PageFailed  = "failed"
)

// maxForm is the longest form that is read, in bytes.
const maxForm = 16 << 10

// Preferences answers at [links.PreferencesPath] and a token. GET shows what the reader has set, what comes next, and
// the last digests; it changes nothing, since scanners follow the links in mails. POST saves what the form says, and
// offers to undo it. A token is good for [links.ReaderAge], and dies with its person, or if they end all that were made
// before. There is a rate limit for each
// person; beyond it the answer is 429.
func Preferences(p ReaderPage) http.Handler {
	h := &reader{gate{ReaderPage: p, refusal: "Links to this page are good for 60 days. Please take the one in your latest digest."}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+links.PreferencesPath+"{token}", h.get)
	mux.HandleFunc("POST "+links.PreferencesPath+"{token}", h.post)
	mux.HandleFunc("GET "+links.PreferencesPath+"{token}/digest/{id}", h.digest)
	return guardedBy(readerPolicy, mux)
}

type reader struct{ gate }

// admit returns the person whom the request's token names. If there is none, it has answered.
func (h *reader) admit(w http.ResponseWriter, r *http.Request) (core.Outlook, links.Reader, bool) {
	who, signed := h.Ring.VerifyReader(r.PathValue("token"))
	o, turned := h.gate.admit(r.Context(), who, signed, links.ReaderAge)
	if turned != nil {
		h.turn(w, turned)
	}
	return o, who, turned == nil
}

// turn answers a request that is turned away.
func (h *reader) turn(w http.ResponseWriter, a *away) {
	a.head(w.Header())
	h.answer(w, a.status, readerView{Brand: h.Brand, Heading: a.heading, Notice: a.text})
}

func (h *reader) get(w http.ResponseWriter, r *http.Request) {
	o, _, ok := h.admit(w, r)
	if !ok {
		return
	}
	h.count(PageShown)
	v := h.view(r, o, core.ChoiceOf(o.Recipient))
	if r.URL.Query().Has("ended") {
		v.Saved = []string{"The links in your mails so far no longer lead to this page, and mute no RFCs. Your next digest has new ones."}
	}
	h.answer(w, http.StatusOK, v)
}

func (h *reader) post(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	o, who, ok := h.admit(w, r)
	if !ok {
		return
	}
	before := core.ChoiceOf(o.Recipient)
	if r.PostForm.Has("end_links") {
		h.endLinks(w, r, who, before)
		return
	}
	today, _ := time.Parse(time.DateOnly, o.Now.In(o.Zone).Format(time.DateOnly))
	choice, wrong := chosen(before, r.PostForm, today, h.Readers.KnowsZone)
	if wrong != "" {
		v := h.view(r, o, before)
		v.Wrong = wrong
		v.Form.keep(r.PostForm)
		h.count(PageShown)
		h.answer(w, http.StatusUnprocessableEntity, v)
		return
	}
	err := h.Store.Choose(r.Context(), who.Recipient, who.Mark, choice)
	if errors.Is(err, ports.ErrConflict) {
		h.turn(w, h.refused())
		return
	}
	if err == nil {
		o, ok, err = h.Readers.Outlook(r.Context(), who.Recipient, who.Mark)
	}
	if err != nil || !ok {
		h.turn(w, h.failed(who, err))
		return
	}
	h.count(PageSaved)
	h.Log.Info("a reader saved preferences", "recipient", who.Recipient)
	h.answer(w, http.StatusOK, h.saved(r, o, before, choice))
}

// saved returns the page of a reader who has made a choice. It offers to undo that if it would take what was before.
func (h *reader) saved(r *http.Request, o core.Outlook, before, choice core.Choice) readerView {
	v := h.view(r, o, core.ChoiceOf(o.Recipient))
	if v.Saved = changes(before, choice); v.Saved == nil {
		v.Saved = []string{"Nothing is different from before."}
	} else if before.Check(choice, h.Readers.KnowsZone) == "" {
		v.Undo = fieldsOf(before)
	}
	return v
}

// endLinks makes all links void that lead to the reader's page, and leads them to it by a new one.
func (h *reader) endLinks(w http.ResponseWriter, r *http.Request, who links.Reader, c core.Choice) {
	who.Made = h.Clock.Now().UTC().Truncate(time.Second)
	c.LinksSince = who.Made
	if err := h.Store.Choose(r.Context(), who.Recipient, who.Mark, c); err != nil {
		h.turn(w, h.failed(who, err))
		return
	}
	h.count(PageSaved)
	h.Log.Info("a reader ended the links to their page", "recipient", who.Recipient)
	http.Redirect(w, r, links.PreferencesPath+h.Ring.ReaderToken(who)+"?ended", http.StatusSeeOther)
}

// mailPolicy lets a digest show itself, and nothing else.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'none'; base-uri 'none'"

// digest answers with the HTML of a digest that was sent to the reader.
func (h *reader) digest(w http.ResponseWriter, r *http.Request) {
	_, who, ok := h.admit(w, r)
	if !ok {
		return
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // no digest has the ID 0
	m, found, err := h.Readers.DigestMail(r.Context(), who.Recipient, who.Mark, id)
	switch {
	case err != nil:
		h.turn(w, h.failed(who, err))
	case !found:
		h.count(PageRefused)
		h.answer(w, http.StatusNotFound, readerView{Brand: h.Brand, Heading: "This digest cannot be shown any more", Notice: "What it told of is gone, or it was another reader's."})
	default:
		h.count(PageShown)
		w.Header().Set("Content-Security-Policy", mailPolicy)
		answer(w, http.StatusOK, []byte(m.HTML))
	}
}

func (h *reader) answer(w http.ResponseWriter, status int, v readerView) {
	var b bytes.Buffer
	if err := readerTemplate.Execute(&b, v); err != nil {
		panic(err) // a mistake in the template
	}
	answer(w, status, b.Bytes())
}

//go:embed reader.html
var readerSource string

//go:embed reader.css
var readerStyle string

//go:embed reader.js
var readerScript string

var readerTemplate = template.Must(template.New("reader").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(readerStyle) },
	"script": func() template.JS { return template.JS(readerScript) },
}).Parse(readerSource))

// readerPolicy lets the page run its own style and script alone.
var readerPolicy = "default-src 'none'; style-src " + hashOf(readerStyle) + "; script-src " + hashOf(readerScript) +
	"; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// hashOf returns the source expression of an element's text (CSP Level 3 §2.3.1).
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
