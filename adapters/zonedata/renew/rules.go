package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// rules compiles Debian's newest zone data into the archive at path. The archive has the source text, so it
// does not need files for names that are links.
func rules(dir, path string) (release string, err error) {
	if err := in(dir, "apt-get", "download", "tzdata"); err != nil {
		return "", err
	}
	packages, err := filepath.Glob(filepath.Join(dir, "tzdata_*.deb"))
	if err != nil || len(packages) != 1 {
		return "", errors.Join(err, errors.New("apt-get download tzdata: want one package"))
	}
	if err := in(dir, "dpkg", "-x", packages[0], "debian"); err != nil {
		return "", err
	}
	source := filepath.Join(dir, "debian/usr/share/zoneinfo/tzdata.zi")
	if err := in(dir, "/usr/sbin/zic", "-b", "slim", "-d", "zones", source); err != nil {
		return "", err
	}
	text, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(source)
	if err != nil {
		return "", err
	}
	archive, err := pack(filepath.Join(dir, "zones"), text, info.ModTime().UTC())
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return first, os.WriteFile(path, archive, 0o644)
}

// pack returns an archive of the zones in a folder, and of their source text.
func pack(zones string, source []byte, made time.Time) ([]byte, error) {
	files := map[string][]byte{"tzdata.zi": source}
	for line := range strings.Lines(string(source)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "Z" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(zones, fields[1]))
		if err != nil {
			return nil, err
		}
		files[fields[1]] = content
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, name := range names {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(files[name]); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
