package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

// laws are offsets of places at an instant, and the first release of the zone data that knows them. They tell old data
// from new if the data do not say their release. The laws from before 2026 tell zone data from rubbish.
var laws = []struct {
	zone    string
	at      string // UTC
	offset  string
	release string
}{
	{"America/New_York", "2026-01-15 12:00:00", "-05:00", ""},
	{"America/New_York", "2026-07-15 12:00:00", "-04:00", ""},
	{"Europe/Berlin", "2026-07-15 12:00:00", "+02:00", ""},
	{"Asia/Kathmandu", "2026-01-15 12:00:00", "+05:45", ""},
	{"America/Vancouver", "2026-12-15 12:00:00", "-07:00", "2026b"},
	{"America/Edmonton", "2026-12-15 12:00:00", "-06:00", "2026c"},
	{"Africa/Casablanca", "2026-12-15 12:00:00", "+00:00", "2026c"},
	{"America/Winnipeg", "2026-12-15 12:00:00", "-05:00", "2026e"},
	{"America/Havana", "2026-12-15 12:00:00", "-04:00", "2026f"},
}

// zonesOld is the age at which zone data count as old: rules change several times a year.
const zonesOld = 365 * 24 * time.Hour

// timeZones looks which zone data are used, and whether they know the law.
func (d *doctor) timeZones() {
	zones, err := d.zoneData().Open()
	if err != nil {
		d.failsOf("time zones", err, "unset ZONEINFO")
		return
	}
	const mend = "install the newest zone data (on Debian: apt-get update && apt-get install tzdata), or have --zoneinfo (ZONEINFO) name a folder of them; the next tick takes them"
	e := zones.Edition()
	found := release(e) + ", " + e.Source
	age := d.now.Sub(e.Made)
	if !e.Made.IsZero() {
		found += fmt.Sprintf(", made %s", d.ago(e.Made))
	}
	known, old := wrongLaws(zones)
	switch {
	case !known:
		d.fails("time zones", found+": "+strings.Join(old, ", "), mend)
	case len(old) > 0:
		d.warns("time zones", found+", too old: "+strings.Join(old, ", ")+"; people there get mail at a wrong hour", mend)
	case !e.Made.IsZero() && age > zonesOld:
		d.warns("time zones", found+"; some rules will have changed since", mend)
	default:
		d.passes("time zones", found)
	}
}

// release names the release of zone data, for people.
func release(e ports.ZoneEdition) string {
	if e.Release == "" {
		return "a release that is not said"
	}
	return e.Release
}

// wrongLaws says which zones differ from the law. sane is false if one does from a law that is decades old.
func wrongLaws(zones ports.Zones) (sane bool, wrong []string) {
	sane = true
	for _, law := range laws {
		shown := "unknown"
		at, _ := time.Parse(time.DateTime, law.at)
		if zone, err := zones.Zone(law.zone); err == nil {
			shown = at.In(zone).Format("-07:00")
		}
		if shown == law.offset {
			continue
		}
		sane = sane && law.release != ""
		since := ""
		if law.release != "" {
			since = " (release " + law.release + ")"
		}
		wrong = append(wrong, fmt.Sprintf("%s is %s on %s, want %s%s", law.zone, shown, at.Format(time.DateOnly), law.offset, since))
	}
	return sane, wrong
}
