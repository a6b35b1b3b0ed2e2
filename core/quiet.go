package core

import "time"

// InQuietHours reports whether the clocks of zone show, at now, a time in the quiet hours of p:
// from its start up to, not including, its end. The range may cross midnight. Where start equals
// end, or either cannot be read, there are none.
func InQuietHours(p Preferences, zone *time.Location, now time.Time) bool {
	start, ok := minuteOfDay(p.QuietStart)
	if !ok {
		return false
	}
	end, ok := minuteOfDay(p.QuietEnd)
	if !ok {
		return false
	}
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	minute := local.Hour()*60 + local.Minute()
	if start <= end {
		return start <= minute && minute < end
	}
	return minute >= start || minute < end
}

// minuteOfDay reads HH:MM, 00:00 to 23:59.
func minuteOfDay(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	hour, ok1 := twoDigits(s[:2])
	minute, ok2 := twoDigits(s[3:])
	return hour*60 + minute, ok1 && ok2 && hour < 24 && minute < 60
}

func twoDigits(s string) (int, bool) {
	a, b := s[0]-'0', s[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// QuietUntil returns the first instant at a full minute, now or later, that is not in the quiet hours of
// p. It is now where that is outside of them, and two days later where there is none so soon.
func QuietUntil(p Preferences, zone *time.Location, now time.Time) time.Time {
	if !InQuietHours(p, zone, now) {
		return now
	}
	until := now.Truncate(time.Minute)
	for end := now.Add(48 * time.Hour); InQuietHours(p, zone, until) && until.Before(end); {
		until = until.Add(time.Minute)
	}
	return until
}
