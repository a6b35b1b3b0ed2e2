package texts

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Form is how a column writes instants. Its zero value is [TimeLayout]. Forms can be compared.
type Form struct {
	// Unit is the name of the [Unit] of a number; empty for text.
	Unit string

	layout, suffix, zone string // of text: as package time has it, what follows to the letter, and the name of the zone
	offset               int    // of text: in seconds east of UTC
}

// Unit is what a number that is an instant counts.
type Unit struct {
	Name string
	// PerSecond is how many there are in a second; 0 for Julian days.
	PerSecond int64
	// Least and Most are the first and the last number that is read in this unit. No two units share any.
	Least, Most int64
}

// Units are those in which numbers are read. Which one a number is in follows from how large it is: seconds to
// nanoseconds since 1970 have 10, 13, 16 or 19 digits, and Julian days (those of SQLite's julianday()) 7. They begin on
// 2001-09-09, Julian days at noon before. Seconds to microseconds end in 2286, nanoseconds in 2262, and Julian days in 2406. Other numbers are no
// instants, such as 0, days since 1900 (Excel), ticks since the year 1 (.NET), 20260329 and 20260329120000.
func Units() [5]Unit {
	return [...]Unit{
		{"seconds since 1970", 1, 1e9, 1e10 - 1},
		{"milliseconds since 1970", 1e3, 1e12, 1e13 - 1},
		{"microseconds since 1970", 1e6, 1e15, 1e16 - 1},
		{"nanoseconds since 1970", 1e9, 1e18, math.MaxInt64},
		{"Julian days", 0, 2_452_161, 2_600_000},
	}
}

// unixDay is 1970-01-01 00:00 in Julian days.
const unixDay, msPerDay = 2_440_587.5, 86_400_000

// heads are the layouts of date and time, and zones those of what may follow a time. A fraction may stand between them.
var (
	heads = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02t15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02", "20060102T150405",
		"2006/01/02 15:04:05", "Mon, 02 Jan 2006 15:04:05", "Mon, 2 Jan 2006 15:04:05", "Mon Jan 02 2006 15:04:05"}
	zones = []string{"", "Z", "-07:00", " UTC", " +0000 UTC", " -07:00", "-0700", "-07", " -0700 MST", " -0700", " -07", " GMT", " GMT-0700", "z", " Z"}
)

// ParseTimestamp reads an instant as databases hold it, in UTC. ok is false if text is none. It takes what databases and
// frameworks write, and never guesses which of two numbers is the day:
//
//   - YYYY-MM-DD, alone or followed by HH:MM or HH:MM:SS, with a T or a blank between them; also YYYYMMDDTHHMMSS. A
//     fraction, and Z, UTC, GMT or an offset may follow, and then the name of the zone. Without an offset it is UTC.
//   - Sun, 29 Mar 2026 12:00:00 GMT (RFC 5322), and Sun Mar 29 2026 12:00:00 GMT+0000 (JavaScript)
//   - a number in one of [Units]
func ParseTimestamp(text string) (t time.Time, ok bool) {
	_, t, ok = FormOf(text)
	return t, ok
}

// FormOf does what [ParseTimestamp] does, and returns the form of text.
func FormOf(text string) (f Form, t time.Time, ok bool) {
	if t, ok = parseOwn(text); ok { // as nearly all can
		return Form{}, t, true
	}
	if f, t, ok = parseNumber(text); ok {
		return f, t, true
	}
	text, _, _ = strings.Cut(text, " m=") // Go's monotonic clock
	plain, suffix := text, ""
	if i := strings.IndexAny(text, "[("); i > len(TimeLayout) && namesZone(text[i:], text[0]) {
		plain = strings.TrimRight(text[:i], " ")
		suffix = text[len(plain):]
	}
	i := slices.IndexFunc(heads, func(head string) bool { return begins(plain, head) })
	if i < 0 {
		return Form{}, time.Time{}, false
	}
	head := heads[i]
	fraction := fractionOf(plain[len(head):])
	for _, zone := range zones {
		layout := head + fraction + zone
		t, err := time.ParseInLocation(layout, plain, time.UTC)
		if err != nil || layout != head && !strings.Contains(head, "04") {
			continue
		}
		if layout+suffix != TimeLayout {
			f = Form{layout: layout, suffix: suffix}
			f.zone, f.offset = t.Zone()
		}
		t = t.UTC() // which can lead out of the years that are written with four digits
		return f, t, t.Year() >= 0 && t.Year() <= 9999
	}
	return Form{}, time.Time{}, false
}

// parseOwn reads a text in [TimeLayout]. Package time reads the form of RFC 3339 several times as fast as a layout.
func parseOwn(text string) (t time.Time, ok bool) {
	if len(text) != len(TimeLayout) || text[len("2006-01-02")] != ' ' {
		return t, false
	}
	var b [len("2006-01-02T15:04:05Z")]byte
	copy(b[:], text)
	b[len("2006-01-02")], b[len(TimeLayout)] = 'T', 'Z'
	err := t.UnmarshalText(b[:])
	return t, err == nil
}

// namesZone reports whether text is [Europe/Paris], or (Central European Time), which JavaScript writes behind a time that begins with a weekday.
func namesZone(text string, first byte) bool {
	if len(text) < len("[A]") {
		return false
	}
	inside, last := text[1:len(text)-1], text[len(text)-1]
	part := func(r rune) bool {
		return r >= 0x80 || !isLetter(byte(r)) && !isDigit(byte(r)) && !strings.ContainsRune("/_+- ", r)
	}
	return (text[0] == '[' && last == ']' || text[0] == '(' && last == ')' && isLetter(first)) && strings.IndexFunc(inside, part) < 0
}

// begins reports whether text begins with a digit wherever head has one, a letter wherever that has one, and else the same.
func begins(text, head string) bool {
	if len(text) < len(head) {
		return false
	}
	for i := range len(head) {
		h, c := head[i], text[i]
		if h != c && !(isDigit(h) && isDigit(c)) && !(isLetter(h) && isLetter(c) && head[0] == 'M') {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// fractionOf returns the layout of the fraction with which text begins; empty if it has none.
func fractionOf(text string) string {
	if len(text) < 2 || text[0] != '.' && text[0] != ',' || !isDigit(text[1]) {
		return ""
	}
	rest := strings.TrimLeft(text[1:], "0123456789")
	return text[:1] + strings.Repeat("0", len(text)-1-len(rest))
}

// parseNumber reads a number in one of [Units].
func parseNumber(text string) (f Form, t time.Time, ok bool) {
	if text == "" || !isDigit(text[0]) || strings.Trim(text, "0123456789.e+") != "" {
		return Form{}, time.Time{}, false
	}
	var rest float64
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		real, err := strconv.ParseFloat(text, 64)
		if err != nil || real >= math.MaxInt64 {
			return Form{}, time.Time{}, false
		}
		n = int64(real)
		rest = real - float64(n)
	}
	for _, u := range Units() {
		switch {
		case n < u.Least || n > u.Most:
		case u.PerSecond == 0: // to the millisecond, as SQLite does
			return Form{Unit: u.Name}, time.UnixMilli(int64(math.Round((float64(n) - unixDay + rest) * msPerDay))).UTC(), true
		default:
			size := int64(time.Second) / u.PerSecond
			return Form{Unit: u.Name}, time.Unix(n/u.PerSecond, n%u.PerSecond*size+int64(rest*float64(size))).UTC(), true
		}
	}
	return Form{}, time.Time{}, false
}

// ToTheSecond returns the form itself, or one with hours, minutes and seconds if it lacks some.
func (f Form) ToTheSecond() Form {
	switch {
	case f.layout == "" || strings.Contains(f.layout, "05"):
	case strings.Contains(f.layout, "15:04"):
		f.layout = strings.Replace(f.layout, "15:04", "15:04:05", 1)
	default:
		f.layout = ""
	}
	return f
}

// Value returns t as a column holds it: a string, an int64 or, of Julian days, a float64.
func (f Form) Value(t time.Time) any {
	for _, u := range Units() {
		switch {
		case u.Name != f.Unit:
		case u.PerSecond == 0:
			return float64(t.UnixMilli())/msPerDay + unixDay
		default:
			return t.Unix()*u.PerSecond + int64(t.Nanosecond())*u.PerSecond/int64(time.Second)
		}
	}
	return t.In(time.FixedZone(f.zone, f.offset)).Format(cmp.Or(f.layout, TimeLayout)) + f.suffix
}

// String says in words what the form is.
func (f Form) String() string {
	return cmp.Or(f.Unit, "like "+Form{layout: f.layout, suffix: f.suffix, zone: f.zone, offset: f.offset}.Value(time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)).(string))
}

// IsUnset reports whether a time column with that content has no time: it is empty or 0, or holds the zero time of Go
// and .NET, as text or in seconds or less since 1970.
func IsUnset(content string) bool {
	switch content {
	case "", "0", "0.0":
		return true
	}
	return slices.ContainsFunc(UnsetPrefixes, func(prefix string) bool { return strings.HasPrefix(content, prefix) })
}

// UnsetPrefixes are those of what [IsUnset] has for a zero time.
var UnsetPrefixes = []string{"0001-01-01", "-62135596800"}
