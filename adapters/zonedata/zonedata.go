// Package zonedata has the world's time zones: the machine's, or those in the program if they are newer.
//
// Go's own [time.LoadLocation] looks for each name in one source after another, takes the first that has it,
// however old, and cannot say which release that is. Here all names come from one source.
package zonedata

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/wiggleverse/rfcdigest/ports"
)

//go:generate go run ./renew rules

// builtIn is an archive of the zones, compiled by zic from tzdata.zi, which is in it, too. Time zone data
// are in the public domain.
//
//go:embed zoneinfo.zip
var builtIn []byte

// BuiltIn is the name of the source of the zones in the program.
const BuiltIn = "built into this program"

// folders are the folders in which systems keep their zones, the same as in package time.
var folders = []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}

// Source is a [ports.ZoneData]. Its zero value takes the newest zones of those in the program and those in the
// system's folders.
type Source struct {
	// Only is the one folder or zip archive to take the zones from; empty to take the newest.
	Only string
	// Folders are the folders that may have newer zones than the program; nil means the system's.
	Folders []string
}

var _ ports.ZoneData = Source{}

// Open implements [ports.ZoneData]. It skips a folder that does not say its release, or lacks more than a few of
// the names in the program.
func (s Source) Open() (ports.Zones, error) {
	if s.Only != "" {
		return open(s.Only)
	}
	own, err := fromProgram()
	if err != nil {
		return nil, err
	}
	best := own
	where := s.Folders
	if where == nil {
		where = folders
	}
	for _, folder := range where {
		release, _ := editionOf(os.DirFS(folder))
		if release <= best.edition.Release {
			continue
		}
		found, err := open(folder)
		if err == nil && found.covers(own) {
			best = found
		}
	}
	return best, nil
}

// fromProgram returns the zones in the program. They are read once.
var fromProgram = sync.OnceValues(func() (*rules, error) {
	archive, err := zip.NewReader(bytes.NewReader(builtIn), int64(len(builtIn)))
	if err != nil {
		return nil, fmt.Errorf("time zones that are built in: %w", err)
	}
	return read(archive, BuiltIn)
})

// open returns the zones in a folder or an archive.
func open(path string) (*rules, error) {
	lacks := func(what string, err error) error {
		return &ports.Trouble{What: fmt.Sprintf("%s: %v", what, err), Remedy: "name a folder of time zones like /usr/share/zoneinfo, or leave it out for those that are built in",
			Kinds: []error{err}}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, lacks("time zones", err)
	}
	var files fs.FS = os.DirFS(path)
	if !info.IsDir() {
		archive, err := zip.OpenReader(path)
		if err != nil {
			return nil, lacks("time zones in "+path, err)
		}
		defer archive.Close()
		files = archive
	}
	r, err := read(files, path)
	if err != nil {
		return nil, lacks("time zones in "+path, err)
	}
	return r, nil
}

// covers reports whether r has nearly all names of other: some systems only install a part.
func (r *rules) covers(other *rules) bool {
	missing := 0
	for name := range other.zones {
		if _, ok := r.zones[name]; !ok {
			missing++
		}
	}
	return missing <= len(other.zones)/50
}

// Names returns the names that r has, sorted.
func (r *rules) Names() []string {
	var names []string
	for _, z := range r.zones {
		names = append(names, z.name)
	}
	slices.Sort(names)
	return names
}
