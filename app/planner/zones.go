package planner

import (
	"log/slog"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/core/zones"
	"github.com/wiggleverse/rfcdigest/ports"
)

// zonesFresh is how long zone data are used before the next tick or look opens them again.
const zonesFresh = time.Minute

// zoneRules looks up time zones, each once for as long as the data stay open.
type zoneRules struct {
	data ports.ZoneData
	log  *slog.Logger

	mu     sync.Mutex
	rules  ports.Zones
	opened time.Time
	// known are locations by the text in a person's settings; nil if the text names no zone.
	known map[string]*time.Location
	// told are the unknown texts that were logged.
	told map[string]bool
}

// openZones opens data for the first time.
func openZones(data ports.ZoneData, log *slog.Logger, now time.Time) (*zoneRules, error) {
	z := &zoneRules{data: data, log: log, told: make(map[string]bool)}
	return z, z.open(now)
}

func (z *zoneRules) open(now time.Time) error {
	rules, err := z.data.Open()
	if err != nil {
		return err
	}
	z.rules, z.opened, z.known = rules, now, make(map[string]*time.Location)
	return nil
}

// renew opens the data again, unless that was done a moment ago. If they cannot be opened, the old ones stay in use.
func (z *zoneRules) renew(now time.Time) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if age := now.Sub(z.opened); age >= 0 && age < zonesFresh {
		return
	}
	if err := z.open(now); err != nil {
		z.log.Warn("zone data cannot be opened anew, so those of before are used", "error", err)
	}
}

// edition says which rules are in use.
func (z *zoneRules) edition() ports.ZoneEdition {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.rules.Edition()
}

// of returns the location of r's time zone, as [core.Snapshot] wants it. Names that are not known are
// logged the first time.
func (z *zoneRules) of(r core.Recipient) *time.Location {
	text := r.Preferences.TimeZone
	if text == "" {
		return time.UTC
	}
	z.mu.Lock()
	zone, ok := z.known[text]
	rules, opened := z.rules, z.opened
	z.mu.Unlock()
	if !ok { // looked up without the lock, so that other names do not wait for this one
		zone = find(rules, zones.Read(text))
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if !ok && opened.Equal(z.opened) {
		z.known[text] = zone
	}
	if zone == nil && !z.told[text] {
		z.told[text] = true
		z.log.Warn("unknown time zone, taking UTC", "recipient", r.ID, "zone", texts.Clean(text))
	}
	return zone
}

func find(rules ports.Zones, name zones.Name) *time.Location {
	if name.Fixed != nil || name.IANA == "" {
		return name.Fixed
	}
	zone, err := rules.Zone(name.IANA)
	if err != nil {
		return nil
	}
	return zone
}

// zonesOfGo are those that package time finds, by their exact names. Which release they are cannot be told, so a
// change of rules is not noticed.
type zonesOfGo struct{}

// Open implements [ports.ZoneData].
func (z zonesOfGo) Open() (ports.Zones, error) { return z, nil }

// Zone implements [ports.Zones].
func (zonesOfGo) Zone(name string) (*time.Location, error) { return time.LoadLocation(name) }

// Edition implements [ports.Zones].
func (zonesOfGo) Edition() ports.ZoneEdition { return ports.ZoneEdition{Source: "package time"} }

// Zone returns the location of r's time zone, as [core.Snapshot] wants it.
func (pl *Planner) Zone(r core.Recipient) *time.Location { return pl.zones.of(r) }

// RenewZones opens the zone data again, unless that was done a moment ago.
func (pl *Planner) RenewZones() { pl.zones.renew(pl.clock.Now()) }

// ZoneEdition says which release of the zone data is in use.
func (pl *Planner) ZoneEdition() ports.ZoneEdition { return pl.zones.edition() }
