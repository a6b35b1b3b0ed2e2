package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// configuration looks at the settings that are more than right or wrong: what is wrong ends any command
// before it starts.
func (d *doctor) configuration() {
	if d.domain == "localhost" {
		d.warns("sender", d.From+" is on localhost: mail from there is refused elsewhere, and nobody can answer it", "set --from (DIGEST_FROM) to an address of your own domain")
	} else {
		d.passes("sender", d.From)
	}
	app, err := url.Parse(d.AppURL)
	switch {
	case err != nil: // checked before
	case isLocal(app.Hostname()):
		d.warns("app URL", d.AppURL+" leads nowhere from other people's machines", "set --app-url (DIGEST_APP_URL) to the RFC app's public address")
	case app.Scheme != "https":
		d.warns("app URL", d.AppURL+" is not encrypted", "set --app-url (DIGEST_APP_URL) to an https:// address")
	default:
		d.passes("app URL", d.AppURL)
	}
	every := fmt.Sprintf("every %v", d.every())
	if d.Enabled {
		d.passes("schedule", every+", mail is on")
	} else {
		d.warns("schedule", every+", but mail is off: nobody gets a digest, only watches lapse", "leave out --no-enabled (DIGEST_ENABLED=false)")
	}
}

// isLocal reports whether host is whatever machine is asked, going by its name.
func isLocal(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}

// zoneFiles are where Go looks for time zones first (package time), before it takes those that are built in.
var zoneFiles = []string{"/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/"}

// timeZones looks whether zones can be loaded, and have the offsets that are known of them.
func (d *doctor) timeZones() {
	const mend = "install the tzdata package, or unset ZONEINFO"
	from := "built into this program"
	for _, place := range append([]string{os.Getenv("ZONEINFO")}, zoneFiles...) {
		if _, err := os.Stat(filepath.Join(place, "America/New_York")); place != "" && err == nil {
			from = "from " + place
			break
		}
	}
	for _, known := range []struct {
		zone   string
		month  time.Month
		offset time.Duration
	}{
		{"America/New_York", time.January, -5 * time.Hour}, {"America/New_York", time.July, -4 * time.Hour},
		{"Europe/Berlin", time.July, 2 * time.Hour}, {"Asia/Kathmandu", time.January, 5*time.Hour + 45*time.Minute},
	} {
		zone, err := time.LoadLocation(known.zone)
		if err != nil {
			d.fails("time zones", fmt.Sprintf("%s cannot be loaded, %s: people are mailed by the clock of UTC", known.zone, from), mend)
			return
		}
		if _, offset := time.Date(2026, known.month, 15, 12, 0, 0, 0, zone).Zone(); time.Duration(offset)*time.Second != known.offset {
			d.fails("time zones", fmt.Sprintf("%s is %v from UTC in %v, want %v; %s", known.zone, time.Duration(offset)*time.Second, known.month, known.offset, from), mend)
			return
		}
	}
	d.passes("time zones", from+", with summer and winter time")
}
