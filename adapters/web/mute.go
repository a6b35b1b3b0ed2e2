package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Mute answers at [links.MutePath] and a token. GET names an RFC and has one button; it changes nothing, since scanners
// follow the links in mails. POST mutes the RFC for the person in the token, may be repeated, and offers to undo
// it. A token is good for [links.MuteAge], and dies with its person, or if they end all that were made before. All that are
// not good get the same answer. There is a rate limit for each person.
func Mute(p ReaderPage) http.Handler {
	m := &mute{gate{ReaderPage: p, refusal: "Links to mute an RFC are good for 60 days, and buttons to undo it for an hour. Please take the link in your latest digest, or do it in the app."}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+links.MutePath+"{token}", m.get)
	mux.HandleFunc("POST "+links.MutePath+"{token}", m.post)
	mux.HandleFunc("POST "+links.MutePath+"{token}/undo", m.undo)
	return guarded(mux)
}

type mute struct{ gate }

// admit returns the RFC that a request is about, if its token lets it in. If not, it has answered.
func (m *mute) admit(w http.ResponseWriter, r *http.Request, who links.Reader, slug string, signed bool, age time.Duration) (core.RFC, bool) {
	rfc := core.RFC{Slug: slug}
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		http.Error(w, "too much", http.StatusRequestEntityTooLarge)
		return rfc, false
	}
	_, turned := m.gate.admit(r.Context(), who, signed, age)
	if turned == nil {
		var err error
		if rfc.Title, err = m.Store.Title(r.Context(), slug); err != nil {
			turned = m.failed(who, err)
		}
	}
	if turned != nil {
		m.turn(w, turned)
	}
	return rfc, turned == nil
}

func (m *mute) get(w http.ResponseWriter, r *http.Request) {
	who, slug, signed := m.Ring.VerifyMute(r.PathValue("token"))
	rfc, ok := m.admit(w, r, who, slug, signed, links.MuteAge)
	if !ok {
		return
	}
	m.count(PageShown)
	m.say(w, http.StatusOK, words{Heading: "Mute this RFC?", About: rfc.Name(), Buttons: []button{{Label: "Mute this RFC"}},
		Text: "The app then no longer notifies you of it. What it has noted before may still be in your next digest."})
}

func (m *mute) post(w http.ResponseWriter, r *http.Request) {
	who, slug, signed := m.Ring.VerifyMute(r.PathValue("token"))
	rfc, ok := m.admit(w, r, who, slug, signed, links.MuteAge)
	if !ok {
		return
	}
	before, err := m.Store.Mute(r.Context(), who.Recipient, who.Mark, slug)
	if err != nil {
		m.troubled(w, who, rfc, err)
		return
	}
	m.count(PageSaved)
	m.Log.Info("a reader muted an RFC", "recipient", who.Recipient, "rfc", slug, "before", before)
	m.say(w, http.StatusOK, m.muted(who, rfc, before))
}

// muted says that an RFC is muted, of which the state before is as in [ports.Watches].
func (m *mute) muted(who links.Reader, rfc core.RFC, before string) words {
	said := words{Heading: "You have muted this RFC", About: rfc.Name(), Text: "The app no longer notifies you of it. What it has noted before may still be in your next digest."}
	undo := button{Label: "Undo"}
	switch before {
	case "":
		said.Text = "You did not watch it, but heard of it for another reason, such as taking part. For the app, it is now one that you have muted. What was noted before may still be in your next digest."
	case core.Muted: // what it was before that is not known
		said.Text = "It was muted already, so nothing was changed."
		undo.Label, before = "Watch this RFC", core.Watching
	}
	who.Made = m.Clock.Now().UTC().Truncate(time.Second)
	if token := m.Ring.UnmuteToken(who, rfc.Slug, before); token != "" {
		said.Action, said.Buttons = links.MutePath+token+"/undo", []button{undo}
	}
	return said
}

// undo gives a watch the state that its token says.
func (m *mute) undo(w http.ResponseWriter, r *http.Request) {
	who, slug, state, signed := m.Ring.VerifyUnmute(r.PathValue("token"))
	rfc, ok := m.admit(w, r, who, slug, signed, links.UndoAge)
	if !ok {
		return
	}
	undone, err := m.Store.Unmute(r.Context(), who.Recipient, who.Mark, slug, state)
	if err != nil {
		m.troubled(w, who, rfc, err)
		return
	}
	m.count(PageSaved)
	said := words{Heading: "This RFC is not muted", About: rfc.Name(), Text: "It was not muted any more, so nothing was changed."}
	if undone {
		m.Log.Info("a reader no longer mutes an RFC", "recipient", who.Recipient, "rfc", slug, "state", state)
		said.Text = "It is as it was before you muted it."
		if state == core.Watching {
			said.Text = "You watch it."
		}
	}
	m.say(w, http.StatusOK, said)
}

// troubled answers if the store did not do what it was asked for.
func (m *mute) troubled(w http.ResponseWriter, who links.Reader, rfc core.RFC, err error) {
	switch {
	case errors.Is(err, ports.ErrConflict): // another person has the number by now
		m.turn(w, m.refused())
	case errors.Is(err, ports.ErrRejected):
		m.count(PageFailed)
		m.Log.Warn("the app's table of watches does not let a reader mute an RFC, or undo it", "recipient", who.Recipient, "rfc", rfc.Slug, "error", err)
		m.say(w, http.StatusConflict, words{Heading: "The app does not allow this", About: rfc.Name(), Text: "Nothing was changed. Please mute the RFC, or watch it, in the app itself."})
	default:
		m.turn(w, m.failed(who, err))
	}
}

func (m *mute) turn(w http.ResponseWriter, a *away) {
	a.head(w.Header())
	m.say(w, a.status, words{Heading: a.heading, Text: a.text})
}

func (m *mute) say(w http.ResponseWriter, status int, said words) {
	answer(w, status, said.render(m.Brand, m.PreferencesURL))
}
