package zones

import (
	"strings"
	"time"
)

// Name is what the text of a person's time zone means. Its zero value is no zone.
type Name struct {
	// IANA is the name to look up in the zone data, in any case of letters; empty if there is none.
	IANA string
	// Fixed is the zone if the text says how far from UTC it is; else nil.
	Fixed *time.Location
}

// Read returns which zone text means. Blanks and line ends around it, and the case of its letters,
// make no difference. The first line that is true decides:
//
//	text                                              zone
//	empty, UTC, or Z (ISO 8601)                       UTC
//	UTC+5:30, GMT-3, UTC-0330, +05:30                 that far from UTC: + is east of Greenwich
//	a Windows name, like W. Europe Standard Time      that of CLDR's table, for no territory in particular
//	localtime, Local, posixrules, Factory, right/…    none: they are of a machine, of no place, or count leap seconds
//	posix/NAME                                        NAME's, whose rules it has
//	anything else                                     to be looked up as an IANA name
//
// Etc/GMT+3 is an IANA name, whose sign is that of POSIX: it is west of Greenwich.
func Read(text string) Name {
	text = strings.TrimSpace(text)
	if text == "" || strings.EqualFold(text, "UTC") || strings.EqualFold(text, "Z") {
		return Name{Fixed: time.UTC}
	}
	if zone := fixedZone(text); zone != nil {
		return Name{Fixed: zone}
	}
	lower := strings.ToLower(text)
	if name, ok := windowsZones[lower]; ok {
		return Name{IANA: name}
	}
	switch {
	case lower == "localtime", lower == "local", lower == "posixrules", lower == "factory", strings.HasPrefix(lower, "right/"):
		return Name{}
	case strings.HasPrefix(lower, "posix/"):
		text = text[len("posix/"):]
	}
	return Name{IANA: text}
}

// The farthest offsets that any place has or had since 1970, in seconds.
const (
	farthestWest = -12 * 60 * 60
	farthestEast = 14 * 60 * 60
)

// fixedZone reads UTC or GMT, or neither, and a sign with H, HH, H:MM, HH:MM or HHMM after it. It is nil
// if text is nothing of the kind, or if no place is that far from UTC.
func fixedZone(text string) *time.Location {
	offset := strings.ToUpper(text)
	for _, prefix := range [...]string{"UTC", "GMT"} {
		if after, ok := strings.CutPrefix(offset, prefix); ok {
			offset = strings.TrimSpace(after)
			break
		}
	}
	offset = strings.Replace(offset, "−", "-", 1) // U+2212
	if len(offset) == 2 || len(offset) > 2 && offset[2] == ':' {
		offset = offset[:1] + "0" + offset[1:]
	}
	for _, layout := range [...]string{"-07", "-07:00", "-0700"} {
		t, err := time.ParseInLocation(layout, offset, time.UTC)
		if err != nil || strings.HasSuffix(offset[3:], "60") { // Parse takes 60 minutes
			continue
		}
		switch _, seconds := t.Zone(); {
		case seconds == 0:
			return time.UTC
		case farthestWest <= seconds && seconds <= farthestEast:
			return time.FixedZone(t.Format("UTC-07:00"), seconds)
		}
	}
	return nil
}

// SecondsOfDay is how long a day is on a clock.
const SecondsOfDay = 24 * 60 * 60

// SecondOfDay reads H:MM, HH:MM or HH:MM:SS, from 0:00 to 24:00, the end of the day.
func SecondOfDay(text string) (second int, ok bool) {
	if text == "24:00" || text == "24:00:00" {
		return SecondsOfDay, true
	}
	for _, layout := range [...]string{"15:04", "15:04:05"} {
		// Parse would take a fraction after the seconds.
		if t, err := time.Parse(layout, text); err == nil && len(text) <= len(layout) {
			return (t.Hour()*60+t.Minute())*60 + t.Second(), true
		}
	}
	return 0, false
}
