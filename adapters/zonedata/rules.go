package zonedata

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/ports"
)

// rules are the zones of a source, as of when it was read.
type rules struct {
	edition ports.ZoneEdition
	zones   map[string]zone // by name in lower case
}

// zone is a compiled zone (RFC 9636) and its name as it is spelled.
type zone struct {
	name    string
	content []byte
}

var _ ports.Zones = (*rules)(nil)

// Edition implements [ports.Zones].
func (r *rules) Edition() ports.ZoneEdition { return r.edition }

// Zone implements [ports.Zones].
func (r *rules) Zone(name string) (*time.Location, error) {
	z, ok := r.zones[strings.ToLower(name)]
	if !ok {
		return nil, fmt.Errorf("%q: %w", name, ports.ErrNoZone)
	}
	location, err := time.LoadLocationFromTZData(z.name, z.content)
	if err != nil {
		return nil, fmt.Errorf("%q: %w: %w", name, ports.ErrNoZone, err)
	}
	return location, nil
}

// The files in which a source has its release: one with only that, and the source text of the zones.
const (
	versionFile = "+VERSION"
	sourceText  = "tzdata.zi"
)

// editionOf returns the release of what is in files, empty if they do not say, and when it was made.
func editionOf(files fs.FS) (release string, made time.Time) {
	for _, name := range []string{sourceText, versionFile} {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		if name == sourceText {
			var found bool
			if first, found = strings.CutPrefix(first, "# version "); !found {
				continue
			}
		}
		if info, err := fs.Stat(files, name); err == nil {
			made = info.ModTime().UTC()
		}
		return strings.TrimSpace(first), made
	}
	return "", time.Time{}
}

var errNoZones = errors.New("there are none")

// read reads all zones in files.
func read(files fs.FS, source string) (*rules, error) {
	r := &rules{zones: make(map[string]zone)}
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case isOdd(path) && entry.IsDir():
			return fs.SkipDir
		case isOdd(path), entry.IsDir():
			return nil
		}
		// A link may lead to a folder or to nothing; neither is a zone.
		if content, err := fs.ReadFile(files, path); err == nil && bytes.HasPrefix(content, []byte("TZif")) {
			r.zones[strings.ToLower(path)] = zone{path, content}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(r.zones) == 0 {
		return nil, errNoZones
	}
	if text, err := fs.ReadFile(files, sourceText); err == nil {
		r.addLinks(text)
	}
	release, made := editionOf(files)
	r.edition = ports.ZoneEdition{Release: release, Source: source, Fingerprint: r.fingerprint(), Made: made}
	return r, nil
}

// isOdd reports whether a path is not the zone of a place, is the machine's own zone, or is in a second copy of
// all zones, with or without leap seconds.
func isOdd(path string) bool {
	switch strings.ToLower(path) {
	case "localtime", "posixrules", "factory", "posix", "right":
		return true
	}
	return false
}

// addLinks adds the other names of zones, which are in the source text. Systems may have no files for them:
// Debian has none for names out of use, since release 13.
func (r *rules) addLinks(text []byte) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 || fields[0] != "L" || isOdd(fields[2]) {
			continue
		}
		name := strings.ToLower(fields[2])
		target, known := r.zones[strings.ToLower(fields[1])]
		if _, there := r.zones[name]; known && !there {
			r.zones[name] = zone{fields[2], target.content}
		}
	}
}

// fingerprint is the hash of all names and rules.
func (r *rules) fingerprint() string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(r.zones)) {
		fmt.Fprintf(hash, "%s %d\n%s", name, len(r.zones[name].content), r.zones[name].content)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}
