package core

import "time"

// ParseTimestamp reads an instant as the app's databases hold it: YYYY-MM-DD HH:MM:SS in UTC, or
// with a T between date and time, a fraction, and a Z or an offset (RFC 3339 §5.6). ok is false
// for any other text.
func ParseTimestamp(text string) (t time.Time, ok bool) {
	// Parse would also take an hour of one digit, and more blanks than one before it.
	if len(text) < len(TimeLayout) || text[11] == ' ' || text[13] != ':' {
		return time.Time{}, false
	}
	layout := TimeLayout
	switch text[10] {
	case 'T', 't':
		text = text[:10] + " " + text[11:]
	}
	switch last := text[len(text)-1]; {
	case last == 'Z' || last == 'z':
		text = text[:len(text)-1]
	case text[len(text)-3] == ':' && len(text) > len(TimeLayout):
		layout += "-07:00"
	}
	// The layout has no fraction; Parse takes one after the seconds all the same.
	t, err := time.Parse(layout, text)
	t = t.UTC()
	// An offset can lead out of the years that are written with four digits.
	if err != nil || t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, false
	}
	return t, true
}

// Timestamp writes t as the app's databases hold it.
func Timestamp(t time.Time) string { return t.UTC().Format(TimeLayout) }
