package web

import (
	"net/url"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// offerLanguages has the form offer all languages, and the one with that tag chosen.
func (f *form) offerLanguages(tag string) {
	f.Languages = cldr.Languages()
	if l := cldr.Find(tag); l != nil {
		f.Language = l.Tag
		return
	}
	f.Unlisted = texts.Clean(tag)
	f.Language = f.Unlisted
}

// chosenLanguage returns the language that a form says. One that says none, or the one from before, leaves that as it is.
func chosenLanguage(before string, sent url.Values) string {
	tag := clean(sent, "language")
	if !sent.Has("language") || strings.EqualFold(tag, texts.Clean(before)) {
		return before
	}
	return tag
}

// languageName is what a language calls itself; the tag if it is not listed.
func languageName(tag string) string {
	if l := cldr.Find(tag); l != nil {
		return l.Name
	}
	return tag
}
