package app

import (
	"log/slog"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// zones looks up time zones, each once.
type zones struct {
	load func(string) (*time.Location, error)
	log  *slog.Logger

	mu    sync.Mutex
	known map[string]*time.Location
}

// of returns the location of r's time zone. An unknown name is UTC, and is logged the first time.
func (z *zones) of(r core.Recipient) *time.Location {
	name := r.Preferences.TimeZone
	if name == "" {
		return time.UTC
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if zone, ok := z.known[name]; ok {
		return zone
	}
	zone, err := z.load(name)
	// "Local" is the zone of whatever machine this is, which is nobody's preference.
	if err != nil || name == "Local" {
		z.log.Warn("unknown time zone, taking UTC", "recipient", r.ID, "zone", core.Clean(name))
		zone = time.UTC
	}
	z.known[name] = zone
	return zone
}
