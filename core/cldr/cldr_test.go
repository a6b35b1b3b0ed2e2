package cldr

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLanguagesAreEnglishFirstThenByTag(t *testing.T) {
	t.Parallel()
	var tags []string
	for _, l := range Languages() {
		tags = append(tags, l.Tag)
		assert.Equal(t, l.Tag == "ar" || l.Tag == "he", l.RightToLeft, l.Tag)
		assert.Same(t, l, Find(strings.ToUpper(l.Tag)))
		assert.Same(t, l, Match(l.Tag), l.Tag)
	}
	assert.Equal(t, "en ar cs de es fr he hi it ja ko nl pl pt-BR ru tr uk zh-Hans", strings.Join(tags, " "))
	for _, tag := range []string{"", "pt", "de-AT", "zh", "sv"} {
		assert.Nil(t, Find(tag), tag)
	}
	assert.Equal(t, "English", Find("en").Name)
	assert.Equal(t, "português", Find("pt-br").Name)
	assert.Equal(t, "简体中文", Find("zh-hans").Name)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ preferred, want string }{
		{"", "en"}, {"de-AT", "de"}, {"DE_at", "de"}, {"pt-PT", "pt-BR"}, {"pt", "pt-BR"}, {"en-US", "en"}, {"iw", "he"}, {"gsw", "en"},
		{"zh", "zh-Hans"}, {"zh-CN", "zh-Hans"}, {"zh-TW", "zh-Hans"}, {"zh-Hant-HK", "zh-Hans"},
		{"nb", "en"}, {"sv", "en"}, {"sr", "en"}, {"uk-Latn", "en"},
		{"nb pl", "pl"}, {"uk ru", "uk"}, {"zh-TW en", "zh-Hans"}, {"nb sv", "en"},
		{"de-AT-1996-u-co-phonebk", "de"}, {"no-tag-at-all it", "it"}, {"??? it", "it"}, {"und it", "it"}, {"x-private it", "it"},
	} {
		assert.Equal(t, c.want, Match(strings.Fields(c.preferred)...).Tag, c.preferred)
	}
	assert.Equal(t, "fr", Match("", "\xff", strings.Repeat("a-", 10000), "fr").Tag)
	assert.Equal(t, "en", Match().Tag)
}

func TestFormsAreThoseOfIntegers(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"en": "one other", "ar": "zero one two few many other", "cs": "one few other", "de": "one other", "es": "one many other", "fr": "one many other",
		"he": "one two other", "hi": "one other", "it": "one many other", "ja": "other", "ko": "other", "nl": "one other", "pl": "one few many",
		"pt-BR": "one many other", "ru": "one few many", "tr": "one other", "uk": "one few many", "zh-Hans": "other",
	}
	for _, l := range Languages() {
		var forms []string
		found := map[Form]bool{}
		for _, f := range l.Forms() {
			forms = append(forms, string(f))
		}
		assert.Equal(t, want[l.Tag], strings.Join(forms, " "), l.Tag)
		for n := range 2_000_002 {
			found[l.Plural(n)] = true
		}
		assert.ElementsMatch(t, l.Forms(), slices.Collect(maps.Keys(found)), l.Tag)
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  string
		n    int
		want Form
	}{
		{"en", 0, "other"}, {"en", 1, "one"}, {"en", 21, "other"}, {"fr", 0, "one"}, {"fr", 2, "other"}, {"fr", 1_000_000, "many"}, {"fr", 1_000_001, "other"},
		{"pl", 1, "one"}, {"pl", 21, "many"}, {"pl", 22, "few"}, {"pl", 12, "many"}, {"ru", 21, "one"}, {"ru", 11, "many"}, {"ru", 111, "many"}, {"ru", 101, "one"},
		{"he", 2, "two"}, {"he", 20, "other"}, {"ar", 0, "zero"}, {"ar", 102, "other"}, {"ar", 103, "few"}, {"ar", 111, "many"}, {"hi", 0, "one"}, {"cs", 5, "other"},
	} {
		assert.Equal(t, c.want, Find(c.tag).Plural(c.n), "%s %d", c.tag, c.n)
	}
}

func TestAppendNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 0, "0"}, {"en", 999, "999"}, {"en", 1000, "1,000"}, {"en", 1234567, "1,234,567"}, {"de", 1000, "1.000"}, {"fr", 1234567, "1\u202f234\u202f567"},
		{"es", 9999, "9999"}, {"es", 10000, "10.000"}, {"pl", 1234, "1234"}, {"pl", 12345, "12\u00a0345"}, {"ru", 1234, "1\u00a0234"},
		{"hi", 1000, "1,000"}, {"hi", 100000, "1,00,000"}, {"hi", 1234567890, "1,23,45,67,890"}, {"ar", 1234, "1,234"},
		{"en", math.MaxInt32, "2,147,483,647"},
	} {
		assert.Equal(t, "n="+c.want, string(Find(c.tag).AppendNumber([]byte("n="), c.n)), "%s %d", c.tag, c.n)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  string
		want [4]string // lists of 1 to 4 items
	}{
		{"en", [4]string{"1", "1 and 2", "1, 2 and 3", "1, 2, 3 and 4"}},
		{"hi", [4]string{"1", "1 और 2", "1, 2, और 3", "1, 2, 3, और 4"}},
		{"ar", [4]string{"1", "1 و2", "1 و2 و3", "1 و2 و3 و4"}},
		{"zh-Hans", [4]string{"1", "1和2", "1、2和3", "1、2、3和4"}},
	} {
		for n, want := range c.want {
			got := "1"
			for i := range n {
				got += Find(c.tag).Between(i, n+1) + strconv.Itoa(i+2)
			}
			assert.Equal(t, want, got, c.tag)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 1, 5, 0, 0, time.FixedZone("", 5*3600+1800)) // still the 27th in UTC
	for _, c := range []struct{ tag, day, dayMonth, dayAndClock string }{
		{"en", "Sat 28 Nov", "28 November", "Sat 28 Nov, 01:05"},
		{"de", "Sa., 28. Nov.", "28. November", "Sa., 28. Nov., 01:05"},
		{"es", "sáb, 28 nov", "28 de noviembre", "sáb, 28 nov, 1:05"},
		{"pt-BR", "sáb., 28 de nov.", "28 de novembro", "sáb., 28 de nov., 01:05"},
		{"cs", "so 28. 11.", "28. listopadu", "so 28. 11. 1:05"},
		{"ru", "сб, 28 нояб.", "28 ноября", "сб, 28 нояб., 01:05"},
		{"tr", "28 Kas Cmt", "28 Kasım", "28 Kas Cmt 01:05"},
		{"ja", "11月28日(土)", "11月28日", "11月28日(土) 1:05"},
		{"ko", "11월 28일 (토)", "11월 28일", "11월 28일 (토) 01:05"},
	} {
		l := Find(c.tag)
		assert.Equal(t, []string{c.day, c.dayMonth, c.dayAndClock}, []string{l.Day(at), l.DayMonth(at), l.DayAndClock(at)}, c.tag)
	}
	assert.Equal(t, "Fri 27 Nov, 19:35", Find("en").DayAndClock(at.UTC()))
}

func TestCountingDoesNotAllocate(t *testing.T) {
	b, l := make([]byte, 0, 64), Find("hi")
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		b = l.AppendNumber(b[:0], 1234567890)
		b = append(append(b, l.Between(1, 3)...), l.Plural(1000)...)
	}))
}

func BenchmarkMatch(b *testing.B) {
	for b.Loop() {
		Match("de-AT")
	}
}

func BenchmarkDayAndClock(b *testing.B) {
	l, at := Find("de"), time.Date(2026, 11, 28, 1, 5, 0, 0, time.UTC)
	for b.Loop() {
		l.DayAndClock(at)
	}
}
