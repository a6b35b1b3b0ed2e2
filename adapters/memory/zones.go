package memory

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

// ZoneData is a [ports.ZoneData] whose zones can be replaced while it is used. Its zero value has none.
type ZoneData struct {
	mu     sync.Mutex
	opened zones
	// err is what Open fails with.
	err error
}

var _ ports.ZoneData = (*ZoneData)(nil)

// zones are a [ports.Zones].
type zones struct {
	edition ports.ZoneEdition
	byName  map[string]*time.Location // in lower case
}

// Replace replaces the zones by those of a release, which is their fingerprint too.
func (d *ZoneData) Replace(release string, all ...*time.Location) {
	byName := make(map[string]*time.Location, len(all))
	for _, zone := range all {
		byName[strings.ToLower(zone.String())] = zone
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = zones{ports.ZoneEdition{Release: release, Source: "in memory", Fingerprint: "of " + release}, byName}
}

// Fail has Open return err from now on; nil ends that.
func (d *ZoneData) Fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

// Open implements [ports.ZoneData].
func (d *ZoneData) Open() (ports.Zones, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.opened, d.err
}

// Edition implements [ports.Zones].
func (z zones) Edition() ports.ZoneEdition { return z.edition }

// Zone implements [ports.Zones].
func (z zones) Zone(name string) (*time.Location, error) {
	if zone, ok := z.byName[strings.ToLower(name)]; ok {
		return zone, nil
	}
	return nil, fmt.Errorf("%q: %w", name, ports.ErrNoZone)
}
