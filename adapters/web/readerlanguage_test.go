package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/cldr"
)

// speaks has a person have a language, as the app may have set it.
func (p *pages) speaks(person int64, language string) {
	p.Helper()
	require.NoError(p, p.store.Choose(p.Context(), person, 0, core.Choice{Cadence: core.Daily, Language: language}))
}

func TestAReaderIsOfferedEachLanguageByItsOwnName(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	p.speaks(2, "he")
	_, page := p.ask(p.token(2, 0), nil)
	want := []string{`<option value="">As the app has it</option>`}
	for _, l := range cldr.Languages() {
		chosen := ""
		if l.Tag == "he" {
			chosen = " selected"
		}
		want = append(want, `<option value="`+l.Tag+`" lang="`+l.Tag+`"`+chosen+`>`+l.Name+`</option>`)
	}
	list := regexp.MustCompile(`(?s)<select id="language".*</select>`).FindString(page)
	assert.Equal(t, want, regexp.MustCompile(`<option.*</option>`).FindAllString(list, -1))
}

func TestAReaderChoosesTheLanguageOfTheirDigests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		was, chosen, want string
		says              string
		undone            bool
	}{
		{"", "de", "de", "Your digests are in Deutsch.", true},
		{"de", "pt-BR", "pt-BR", "Your digests are in português.", true},
		{"de", "", "", "Your digests are in the app’s language.", true},
		{"DE", "de", "DE", "Nothing is different from before.", false},
		{"de-AT", "it", "it", "Your digests are in italiano.", false},
		{"eo", "", "", "Your digests are in the app’s language.", false},
	} {
		p := newPages(t)
		p.speaks(2, c.was)
		_, page := p.ask(p.token(2, 0), nil)
		form := shown(page)
		form.Set("language", c.chosen)
		_, page = p.ask(p.token(2, 0), form)
		assert.Equal(t, c.want, p.person(2).Preferences.Language, c.was)
		assert.Contains(t, page, c.says, c.was)
		assert.Equal(t, c.undone, strings.Contains(page, ">Undo<"), "%q: nothing is offered that would be refused", c.was)
		if c.undone {
			p.ask(p.token(2, 0), hidden(page))
			assert.Equal(t, c.was, p.person(2).Preferences.Language)
		}
	}
}

// A language that the reader does not touch stays as it is.
func TestTheLanguageOfAReaderStays(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"", "de", "PT-br", "de-AT", "eo", " de", "x\u202e<b>", "not a tag"} {
		p := newPages(t)
		p.speaks(2, language)
		_, page := p.ask(p.token(2, 0), nil)
		form := shown(page)
		form.Set("zone", "Asia/Tokyo")
		status, page := p.ask(p.token(2, 0), form)
		require.Equal(t, http.StatusOK, status, page)
		assert.Equal(t, core.Preferences{TimeZone: "Asia/Tokyo", Language: language}, p.person(2).Preferences)
		assert.NotContains(t, page, "Your digests are in")
		p.ask(p.token(2, 0), hidden(page))
		assert.Equal(t, core.Preferences{Language: language}, p.person(2).Preferences, "undone")
		p.ask(p.token(2, 0), url.Values{"digests": {"daily"}, "days": {"app"}})
		assert.Equal(t, core.Preferences{Language: language}, p.person(2).Preferences, "a form without it")
	}
}

func TestNoLanguageIsOfferedIfDigestsAreInEnglishAlone(t *testing.T) {
	t.Parallel()
	p := newPagesOf(t, core.Brand{Classic: true})
	p.speaks(2, "de")
	_, page := p.ask(p.token(2, 0), nil)
	assert.NotContains(t, page, "<select")
	form := shown(page)
	form.Set("zone", "Asia/Tokyo")
	p.ask(p.token(2, 0), form)
	assert.Equal(t, core.Preferences{TimeZone: "Asia/Tokyo", Language: "de"}, p.person(2).Preferences)
}
