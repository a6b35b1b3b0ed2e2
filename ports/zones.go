package ports

import (
	"errors"
	"time"
)

// ErrNoZone: there is no zone of that name.
var ErrNoZone = errors.New("no such time zone")

// ZoneData is a source of time zones. Governments change their rules several times a year, so the
// installed ones are replaced while programs run.
type ZoneData interface {
	// Open returns the zones as they are now, all of one source and release.
	Open() (Zones, error)
}

// Zones are the time zones of one release. They stay as they were when they were opened, and may be
// used from any number of goroutines.
type Zones interface {
	// Zone returns the zone of an IANA name, in any case of letters, under its name as it is spelled.
	// If there is none: ErrNoZone. Names that depend on the machine, such as localtime, are none.
	Zone(name string) (*time.Location, error)
	// Edition says which release these are.
	Edition() ZoneEdition
}

// ZoneEdition says which release of the time zones is used.
type ZoneEdition struct {
	// Release is IANA's name of it, such as 2026f; a later one sorts behind. Empty if the source
	// does not say.
	Release string
	// Source says in words where the zones come from.
	Source string
	// Fingerprint differs if any rule differs.
	Fingerprint string
	// Made is when the data were made; zero if that is not known.
	Made time.Time
}
