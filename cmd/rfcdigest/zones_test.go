package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// builtInZones is the archive of the zones that are in the program.
var builtInZones, _ = filepath.Abs("../../adapters/zonedata/zoneinfo.zip")

// unpackedZones returns a folder with the program's zones, as if they were of another release, made today.
func (s *site) unpackedZones(release string) string {
	s.Helper()
	dir := filepath.Join(s.TempDir(), "zoneinfo")
	archive, err := zip.OpenReader(builtInZones)
	require.NoError(s, err)
	defer archive.Close()
	require.NoError(s, os.CopyFS(dir, archive))
	now := time.Now()
	text := filepath.Join(dir, "tzdata.zi")
	require.NoError(s, os.Chmod(text, 0o600))
	content, err := os.ReadFile(text)
	require.NoError(s, err)
	_, rest, _ := strings.Cut(string(content), "\n")
	require.NoError(s, os.WriteFile(text, []byte("# version "+release+"\n"+rest), 0o600))
	require.NoError(s, os.Chtimes(text, now, now))
	return dir
}

// replaceZone replaces the rules of one zone by another's.
func replaceZone(t testing.TB, dir, zone, rules string) {
	t.Helper()
	from, err := os.Open(filepath.Join(dir, filepath.FromSlash(rules)))
	require.NoError(t, err)
	defer from.Close()
	path := filepath.Join(dir, filepath.FromSlash(zone))
	require.NoError(t, os.Remove(path))
	to, err := os.Create(path)
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, err)
	require.NoError(t, to.Close())
}

// law is what doctor says about zone data.
func (s *site) law(args ...string) check { return s.diagnosed(args...).named("time zones") }

func TestDoctorKnowsOldZoneDataFromNew(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase()
	dir := s.unpackedZones("2998a")
	good := s.law("--zoneinfo", dir)
	assert.Equal(t, fine, good.Status, good.Found)
	assert.Contains(t, good.Found, "2998a, "+dir+", made ")
	assert.Regexp(t, "built into this program|/zoneinfo", s.law().Found, "whichever is newer")

	replaceZone(t, dir, "America/Vancouver", "America/Los_Angeles")
	old := s.law("--zoneinfo", dir)
	assert.Equal(t, warning, old.Status)
	assert.Contains(t, old.Found, "too old: America/Vancouver is -08:00 on 2026-12-15, want -07:00 (release 2026b)")
	assert.Contains(t, old.Mend, "apt-get install tzdata")

	replaceZone(t, dir, "Europe/Berlin", "Europe/London")
	assert.Equal(t, failure, s.law("--zoneinfo", dir).Status)
	require.NoError(t, os.Remove(filepath.Join(dir, "Asia", "Kathmandu")))
	assert.Contains(t, s.law("--zoneinfo", dir).Found, "Asia/Kathmandu is unknown")
}

func TestDoctorSaysWhenZoneDataHaveAged(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase()
	dir := s.unpackedZones("2998a")
	made := time.Now().Add(-400 * 24 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(dir, "tzdata.zi"), made, made))
	aged := s.law("--zoneinfo", dir)
	assert.Equal(t, warning, aged.Status)
	assert.Contains(t, aged.Found, "made 400 days ago; some rules will have changed since")
}

// All commands and the page use the same words.
func TestWhatIsOddAboutSettingsIsSaidEverywhere(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(2), `INSERT INTO digest_preferences (user_id, time_zone, quiet_start, quiet_end) VALUES (1, 'Mars/Olympus_Mons', '00:00', '23:59'), (2, ' utc+5:30', '8:00', '9:00:00')`)
	said := []string{
		`The time zone "Mars/Olympus_Mons" is not known, so it is UTC; a name like Europe/Berlin would be.`,
		"The quiet hours from 00:00 to 23:59 leave none of the ticks outside, which are 1 h apart, so there are none.",
	}
	oneLine := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	for _, command := range [][]string{{"explain", "--user", "1"}, {"plan", "--user", "1"}, {"explain", "--user", "1", "--json"}, {"plan", "--user", "1", "--json"}} {
		out := oneLine(s.run(append(command, "--now", noon)...).done().out)
		for _, text := range said {
			if command[len(command)-1] == "--json" {
				text = strings.ReplaceAll(text, `"`, `\"`)
			}
			assert.Contains(t, out, text, command)
		}
		command[2] = "2"
		assert.NotRegexp(t, "not known|ticks outside", s.run(append(command, "--now", noon)...).done().out)
	}
}
