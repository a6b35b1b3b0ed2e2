package letter

import (
	"embed"
	"fmt"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/page"
)

// other is the form of sentences that count nothing.
const other cldr.Form = "other"

//go:embed catalogs/*.json
var catalogs embed.FS

// Manner is how an installation writes.
type Manner struct {
	// Name stands at the head of letters; empty means Wiggleverse.
	Name string
	// AppURL is the RFC app's address, absolute http or https, and Paths where its pages are; zero means [KnownPaths].
	AppURL string
	Paths  Paths
	// Kinds word events, and Asks say which wait for their reader; nil means [KnownKinds] and [KnownAsks].
	Kinds Kinds
	Asks  []Ask
	// Language is for readers who have none that is known: a BCP 47 tag; empty means English.
	Language string
	// MaxRFCs is how many RFCs a letter names at the most, 1 or more.
	MaxRFCs int
}

// Writer writes the letters of one installation. It is made by [NewWriter], does not change, and may be used from several
// goroutines.
type Writer struct {
	*page.Layout
	Places
	asks     asks
	maxRFCs  int
	byTag    map[string]*words
	fallback *cldr.Language
}

// NewWriter checks m and cuts the catalogs. An error says what in m cannot be used.
func NewWriter(m Manner) (*Writer, error) {
	if m.Paths == (Paths{}) {
		m.Paths = KnownPaths()
	}
	if m.Kinds == nil {
		m.Kinds = knownKinds
	}
	if m.Asks == nil {
		m.Asks = knownAsks
	}
	w := &Writer{asks: newAsks(m.Asks), maxRFCs: m.MaxRFCs, byTag: map[string]*words{}, fallback: cldr.Find("en")}
	if m.Language != "" {
		if w.fallback = cldr.For(m.Language); w.fallback == nil {
			return nil, fmt.Errorf("language %q: want one of: %s", m.Language, Tags())
		}
	}
	var err error
	if w.Places, err = NewPlaces(m.AppURL, m.Paths); err != nil {
		return nil, err
	}
	if w.Layout, err = page.New(m.Name); err != nil {
		return nil, err
	}
	for _, language := range cldr.Languages() {
		c, err := KnownCatalog(language)
		if err != nil {
			return nil, err
		}
		if w.byTag[language.Tag], err = newWords(c, m.Kinds, &w.asks); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// KnownCatalog returns the catalog of a language as it comes with the program.
func KnownCatalog(language *cldr.Language) (*Catalog, error) {
	file, err := catalogs.ReadFile("catalogs/" + language.Tag + ".json")
	if err != nil {
		return nil, err
	}
	c, err := ReadCatalog(language, file)
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", language.Tag, err)
	}
	return c, nil
}

// Tags are those of all languages, for a message.
func Tags() string {
	var all []string
	for _, l := range cldr.Languages() {
		all = append(all, l.Tag)
	}
	return strings.Join(all, ", ")
}

// Language returns the tag of the language in which a reader gets letters who prefers another: that, its parent, or else the
// installation's.
func (w *Writer) Language(preferred string) string {
	if preferred == "" {
		return w.fallback.Tag
	}
	return cldr.Match(preferred, w.fallback.Tag).Tag
}

// in returns the words of a language by its tag; of the installation's if there is no such language.
func (w *Writer) in(tag string) *words {
	if known, ok := w.byTag[tag]; ok {
		return known
	}
	return w.byTag[w.fallback.Tag]
}

// Summary tells of one event in English, without links.
func (w *Writer) Summary(e Event) string {
	t := teller{pen: pen{words: w.byTag["en"]}}
	event := t.note([]Event{e})[0]
	t.asking(event, w.asks.of(event))
	return t.line().String()
}
