package preview

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// The views of a person.
const (
	mailView    = "mail"
	textView    = "text"
	headersView = "headers"
	sourceView  = "source"
	whyView     = "why"
	windowsView = "windows"
)

var views = []string{mailView, textView, headersView, sourceView, whyView, windowsView}

// The widths and colours in which a mail is shown; the first is the default.
var (
	widths  = []string{"600", "320"}
	schemes = []string{"light", "dark"}
)

// maxSearch is the longest search in bytes, which is enough for any name.
const maxSearch = 200

// state is all that a page depends on, as read from its address.
type state struct {
	// at is the instant, empty for the present; wrong says what is wrong with it.
	at, wrong string
	now       time.Time // what at means
	present   time.Time
	search    string
	only      core.Only
	after     int64
	// chosen is the person in the address as it is written, and person the ID; 0 if it is not an ID.
	chosen string
	person int64
	view   string
	width  string
	scheme string
	// language is a tag; empty for that of the person.
	language string
	// verdict selects the reasons to show, empty for all; skip is how many come before the page's first.
	verdict string
	skip    int
}

// read returns the state that a request asks for. Unknown words are ignored; only a wrong instant is
// reported.
func (s *site) read(r *http.Request) state {
	q := r.URL.Query()
	t := state{present: s.Now().UTC().Truncate(time.Second)}
	t.now = t.present
	t.setInstant(q.Get("at"))
	t.search = strings.TrimSpace(strings.ToValidUTF8(q.Get("q"), ""))
	t.search = strings.ToValidUTF8(t.search[:min(len(t.search), maxSearch)], "")
	if only := core.Only(q.Get("list")); only == core.OnlyDue || only == core.OnlyRefused {
		t.only = only
	}
	t.after = max(0, number(q.Get("after")))
	t.choose(strings.TrimSpace(q.Get("person")))
	t.view = oneOf(views, q.Get("view"))
	t.width, t.scheme = oneOf(widths, q.Get("width")), oneOf(schemes, q.Get("scheme"))
	if l := cldr.Find(q.Get("language")); l != nil {
		t.language = l.Tag
	}
	if v := q.Get("verdict"); slices.Contains(core.Verdicts(), core.Verdict(v)) {
		t.verdict = v
	}
	t.skip = int(min(max(0, number(q.Get("skip"))), 1<<30))
	return t
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // 0 if it is not a number
	return n
}

func oneOf(known []string, word string) string {
	if slices.Contains(known, word) {
		return word
	}
	return known[0]
}

// setInstant reads an instant from a form or a link.
func (t *state) setInstant(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	full := text
	if len(full) == len("2006-01-02T15:04") { // browsers leave out zero seconds
		full += ":00"
	}
	at, ok := texts.ParseTimestamp(full)
	if !ok || len(full) < len(texts.TimeLayout) || at.Year() < 1971 || at.Year() > 9000 {
		t.wrong = "“" + texts.Clean(text[:min(len(text), maxSearch)]) + "” is no instant. Give one like 2026-03-29T06:30:00 (UTC), from 1971 to 9000. What is shown is as of now."
		return
	}
	t.moveTo(at)
}

// moveTo sets the instant of t to at.
func (t *state) moveTo(at time.Time) {
	t.now = at.UTC().Truncate(time.Second)
	t.at = t.now.Format(instantLayout)
}

// instantLayout is how browsers write an instant in a form.
const instantLayout = "2006-01-02T15:04:05"

// choose sets the chosen person; empty for none.
func (t *state) choose(id string) {
	t.chosen, t.person = id, max(0, number(id))
}

// viewed returns the view from the instant of t.
func (t state) viewed() core.View {
	return core.View{Now: t.now, Past: t.now.Before(t.present), Language: t.language}
}

// with returns t with a change.
func (t state) with(change func(*state)) state {
	change(&t)
	return t
}

// href is the address of t.
func (t state) href() string { return t.path("/") }

// mailHref is the address of the mail that t shows, as HTML.
func (t state) mailHref() string {
	mail := state{at: t.at, chosen: t.chosen, scheme: t.scheme, language: t.language, view: views[0], width: widths[0]}
	return mail.path("/mail")
}

// path returns the address of t below path. Defaults are left out.
func (t state) path(path string) string {
	q := url.Values{}
	for _, f := range t.fields() {
		q.Set(f.Name, f.Value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// field is one parameter of an address, which a form keeps.
type field struct{ Name, Value string }

func (t state) fields() (fields []field) {
	add := func(there bool, name, value string) {
		if there {
			fields = append(fields, field{name, value})
		}
	}
	add(t.at != "", "at", t.at)
	add(t.search != "", "q", t.search)
	add(t.only != "", "list", string(t.only))
	add(t.after > 0, "after", strconv.FormatInt(t.after, 10))
	add(t.chosen != "", "person", t.chosen)
	add(t.view != views[0], "view", t.view)
	add(t.width != widths[0], "width", t.width)
	add(t.scheme != schemes[0], "scheme", t.scheme)
	add(t.language != "", "language", t.language)
	add(t.verdict != "", "verdict", t.verdict)
	add(t.skip > 0, "skip", strconv.Itoa(t.skip))
	return fields
}

// without returns the fields of t except those that the form sets itself.
func (t state) without(names ...string) []field {
	return slices.DeleteFunc(t.fields(), func(f field) bool { return slices.Contains(names, f.Name) })
}
