// Package preview answers HTTP on loopback: a page that shows what a tick would send to whom, and why.
// It reads, and changes nothing.
package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Source has what the page shows.
type Source interface {
	// List returns a page of people with what a tick would do about each.
	List(ctx context.Context, v core.View, q core.Query) (core.Listing, error)
	// Explain says what a tick would do about one recipient, and why. found is false if there is no
	// such person.
	Explain(ctx context.Context, v core.View, id int64) (e core.Explanation, found bool, err error)
}

// Config is what a preview shows, and how it reads.
type Config struct {
	Source Source
	// Render returns the bytes of a mail as it would travel.
	Render func(core.Message) ([]byte, error)
	// Now tells the present instant.
	Now func() time.Time
	// Brand is the name at the head of mails, and Database the database's name for people.
	Brand, Database string
	Log             *slog.Logger
}

// New returns the page and its assets. It answers requests for a loopback host only, so that no foreign site
// can read it under a name of its own.
func New(c Config) http.Handler {
	s := &site{Config: c}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", s.page)
	mux.HandleFunc("/mail", s.mail)
	mux.HandleFunc("/assets/{name}", asset)
	mux.HandleFunc("/", s.lost)
	return s.guarded(mux)
}

type site struct{ Config }

// page shows the people and, if one is chosen, that person.
func (s *site) page(w http.ResponseWriter, r *http.Request) {
	t := s.read(r)
	p := screen{site: s, state: t, Status: http.StatusOK, Title: "Welcome"}
	if t.wrong != "" {
		p.Status = http.StatusBadRequest
	}
	p.Instant = newInstant(t)
	listing, err := s.Source.List(r.Context(), t.viewed(), core.Query{Text: t.search, Only: t.only, After: t.after, Limit: peoplePage})
	if err != nil {
		s.answer(w, p.failed(r, "listing people", err))
		return
	}
	p.People = newPeople(t, listing)
	if t.chosen == "" {
		s.answer(w, p)
		return
	}
	e, found, err := s.explain(r, t)
	switch {
	case err != nil:
		p = p.failed(r, "explaining a recipient", err)
	case !found:
		p = p.missing("Nobody has the ID "+texts.Clean(t.chosen)+".", t.with(func(t *state) { t.choose("") }))
	default:
		p.Person = s.newPerson(t, e)
		p.Title = p.Person.Name + " · " + p.Person.view().Label
		p.Instant.DueHref, p.Instant.DueWord = dueLink(t, e)
	}
	s.answer(w, p)
}

// explain explains the person that is chosen in t.
func (s *site) explain(r *http.Request, t state) (core.Explanation, bool, error) {
	if t.person <= 0 {
		return core.Explanation{}, false, nil
	}
	return s.Source.Explain(r.Context(), t.viewed(), t.person)
}

// lost answers if there is no such page.
func (s *site) lost(w http.ResponseWriter, r *http.Request) {
	t := s.read(r)
	p := screen{site: s, state: t, Instant: newInstant(t)}
	s.answer(w, p.missing("There is no page at this address.", t.with(func(t *state) { t.choose("") })))
}

// screen is a whole page.
type screen struct {
	*site
	state
	Status  int
	Title   string
	Instant instant
	// People is nil if there is no list to show, Person if no one is chosen.
	People *people
	Person *person
	// Trouble says what went wrong, and Back leads to a page that works.
	Trouble, Back string
}

// Assets are the addresses of style sheet and script, by name.
func (screen) Assets() map[string]string { return assetPaths }

// failed logs err and returns p as the page for a store that does not answer.
func (p screen) failed(r *http.Request, doing string, err error) screen {
	if !errors.Is(err, context.Canceled) || r.Context().Err() == nil {
		p.Log.Error("preview: "+doing+" failed", "error", err)
	}
	p.Status, p.Title = http.StatusServiceUnavailable, "No answer"
	p.Trouble = fmt.Sprintf("The database did not answer (%s). Nothing was changed; try again in a moment.", texts.Clean(err.Error()))
	p.Back = p.href()
	return p
}

// missing returns p as the page for an address that leads nowhere.
func (p screen) missing(trouble string, back state) screen {
	p.Status, p.Title, p.Trouble, p.Back = http.StatusNotFound, "Not found", trouble, back.href()
	return p
}

// answer sends a page.
func (s *site) answer(w http.ResponseWriter, p screen) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page", p); err != nil {
		panic(fmt.Errorf("the page: %w", err)) // a mistake in a template
	}
	send(w, p.Status, "text/html; charset=utf-8", b.Bytes())
}

// send sends a complete answer.
func send(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = io.Copy(w, bytes.NewReader(body)) // a client that has gone does not want it
}

var pages = template.Must(template.ParseFS(files, "templates/*.html"))
