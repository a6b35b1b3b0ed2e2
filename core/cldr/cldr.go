// Package cldr is how languages count, list and write dates, by Unicode's Common Locale Data Repository. English
// is written as in Britain: 27 Nov, and a list without a comma before its last "and".
package cldr

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Form is a form that a sentence takes by the number in it: zero, one, two, few, many or other.
type Form string

// Language is one of the languages. Nothing changes it.
type Language struct {
	Tag         string // by BCP 47
	Name        string // as the language calls itself
	RightToLeft bool

	forms  []Form
	plural func(n int) Form

	group     string // stands between groups of digits
	further   int    // digits in each group but the last, which has three
	ungrouped int    // numbers of up to so many digits are not grouped

	pair, start, middle, end string // stand in a list of two, after the first item, between others, and before the last

	// Patterns in which 1 is the weekday, 2 the day, 3 the month, 4 the hour, 5 the hour in two digits, and 6 the minute.
	day, dayMonth, dayAndClock string
	weekdays                   [7]string
	months, fullMonths         [12]string // for day and dayAndClock, and for dayMonth
}

// Languages returns all languages, English first, then by tag.
func Languages() []*Language { return slices.Clone(languages) }

// Find returns the language with a tag, in upper or lower case, or nil.
func Find(tag string) *Language {
	i := slices.IndexFunc(languages, func(l *Language) bool { return strings.EqualFold(l.Tag, tag) })
	if i < 0 {
		return nil
	}
	return languages[i]
}

// matcher knows the languages in their order.
var matcher = language.NewMatcher(tags())

func tags() (tags []language.Tag) {
	for _, l := range languages {
		tags = append(tags, language.Make(l.Tag))
	}
	return tags
}

// Match returns the language for a reader who prefers these, best first; see [For]. If there is none, it is English.
func Match(preferred ...string) *Language {
	for _, tag := range preferred {
		if l := For(tag); l != nil {
			return l
		}
	}
	return languages[0]
}

// For returns the language that a BCP 47 tag asks for, or the name of a POSIX locale like de_DE.UTF-8, without regard to
// case and outer blanks; nil if there is none. A form stands in for another: European Portuguese gets Brazilian, and
// Traditional Chinese gets Simplified. One language never stands in for another, as CLDR would have it: Belarusian does
// not get Russian.
func For(text string) *Language {
	text, _, _ = strings.Cut(strings.TrimSpace(text), ".")
	tag, err := language.Parse(text)
	if err != nil {
		return nil
	}
	wanted, _ := tag.Base()
	_, i, confidence := matcher.Match(tag)
	if found, _ := language.Make(languages[i].Tag).Base(); confidence == language.No || found != wanted {
		return nil
	}
	return languages[i]
}

// Forms returns the forms that integers take in this language, in CLDR's order. It leaves out those of fractions
// alone, such as other in Polish, Russian and Ukrainian.
func (l *Language) Forms() []Form { return slices.Clone(l.forms) }

// Plural returns the form for n, which is 0 or more.
func (l *Language) Plural(n int) Form { return l.plural(n) }

// AppendNumber appends n, which is 0 or more, in digits and with separators. All these languages count in
// Latin digits, Arabic and Hindi too.
func (l *Language) AppendNumber(b []byte, n int) []byte {
	var space [20]byte
	digits := strconv.AppendInt(space[:0], int64(n), 10)
	if len(digits) <= l.ungrouped {
		return append(b, digits...)
	}
	last := len(digits) - 3
	for i, digit := range digits {
		if i > 0 && i <= last && (last-i)%l.further == 0 {
			b = append(b, l.group...)
		}
		b = append(b, digit)
	}
	return b
}

// Between returns what stands between item i and item i+1 of a list of n items, which are counted from 0.
func (l *Language) Between(i, n int) string {
	switch {
	case n == 2:
		return l.pair
	case i == n-2:
		return l.end
	case i == 0:
		return l.start
	}
	return l.middle
}

// Day returns the day of t with its weekday, such as "Fri 27 Nov".
func (l *Language) Day(t time.Time) string {
	return l.date(l.day, l.months[t.Month()-1], t)
}

// DayMonth returns the day of t with its month in full, such as "20 August".
func (l *Language) DayMonth(t time.Time) string {
	return l.date(l.dayMonth, l.fullMonths[t.Month()-1], t)
}

// DayAndClock returns the day of t and the time of day, of 24 hours, such as "Fri 27 Nov, 20:00".
func (l *Language) DayAndClock(t time.Time) string {
	return l.date(l.dayAndClock, l.months[t.Month()-1], t)
}

// date fills a pattern.
func (l *Language) date(pattern, month string, t time.Time) string {
	clock := string(t.AppendFormat(make([]byte, 0, 8), "1504")) // on the stack
	values := [...]string{l.weekdays[t.Weekday()], strconv.Itoa(t.Day()), month, strings.TrimPrefix(clock[:2], "0"), clock[:2], clock[2:]}
	b := make([]byte, 0, 64)
	for _, c := range []byte(pattern) {
		if '1' <= c && c <= '6' {
			b = append(b, values[c-'1']...)
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
