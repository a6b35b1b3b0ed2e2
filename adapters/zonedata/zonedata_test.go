package zonedata

import (
	"archive/zip"
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// put writes the program's zones to a folder, with a system's other files, as another release.
func put(t *testing.T, dir, release string, change func(name string, content []byte) []byte) {
	t.Helper()
	own, err := fromProgram()
	require.NoError(t, err)
	files := map[string][]byte{"tzdata.zi": []byte("# version " + release + "\nL Europe/Berlin Old/Berlin\nL Europe/Berlin Europe/Berlin\nL Mars/X Mars/Y\n"), "zone.tab": []byte("DE")}
	for _, z := range own.zones {
		files[z.name] = z.content
	}
	for _, odd := range []string{"localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin"} {
		files[odd] = files["Europe/Berlin"]
	}
	for name, content := range files {
		if change != nil {
			content = change(name, content)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if content == nil {
			require.NoError(t, os.RemoveAll(path))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
}

// berlinIsUTC is a change of law.
func berlinIsUTC(name string, content []byte) []byte {
	if name == "Europe/Berlin" {
		own, _ := fromProgram()
		return own.zones["etc/utc"].content
	}
	return content
}

func TestZoneContract(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]func(folder string) Source{
		"a folder": func(folder string) Source { return Source{Only: folder} },
		"the newest": func(folder string) Source {
			return Source{Folders: []string{filepath.Join(folder, "none"), folder}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			porttest.ZoneContract(t, func(t *testing.T) porttest.ZoneWorld {
				dir := t.TempDir()
				put(t, dir, "2998a", nil)
				return porttest.ZoneWorld{Data: source(dir), Replace: func() { put(t, dir, "2998b", berlinIsUTC) }}
			})
		})
	}
	t.Run("an archive", func(t *testing.T) {
		t.Parallel()
		porttest.ZoneContract(t, func(t *testing.T) porttest.ZoneWorld {
			dir := t.TempDir()
			path := filepath.Join(dir, "zones.zip")
			archive(t, path, "2998a", nil)
			return porttest.ZoneWorld{Data: Source{Only: path}, Replace: func() { archive(t, path, "2998b", berlinIsUTC) }}
		})
	})
}

// archive does as put, but writes a zip archive.
func archive(t *testing.T, path, release string, change func(string, []byte) []byte) {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, release, change)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	require.NoError(t, w.AddFS(os.DirFS(dir)))
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o644))
}

func opened(t *testing.T, s Source) *rules {
	t.Helper()
	zones, err := s.Open()
	require.NoError(t, err)
	return zones.(*rules)
}

func TestTheNewestReleaseCounts(t *testing.T) {
	t.Parallel()
	own, err := fromProgram()
	require.NoError(t, err)
	old, newer, newest, unsaid, part := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	put(t, old, "2025b", nil)
	put(t, newer, "2998z", nil)
	put(t, newest, "2998za", nil)
	put(t, unsaid, "", nil)
	put(t, part, "2999a", func(name string, content []byte) []byte {
		if strings.HasPrefix(name, "America/") {
			return nil
		}
		return content
	})
	for _, c := range []struct {
		folders []string
		want    string
	}{
		{[]string{}, BuiltIn}, {[]string{"/nowhere"}, BuiltIn}, {[]string{old}, BuiltIn}, {[]string{unsaid}, BuiltIn}, {[]string{part}, BuiltIn},
		{[]string{newer}, newer}, {[]string{newer, newest, old}, newest}, {[]string{newest, newer}, newest}, {[]string{part, newer}, newer},
	} {
		assert.Equal(t, c.want, opened(t, Source{Folders: c.folders}).edition.Source, "%v", c.folders)
	}
	assert.Equal(t, old, opened(t, Source{Only: old}).edition.Source, "the one that was asked for, however old")
	assert.Equal(t, own.edition.Fingerprint, opened(t, Source{Folders: []string{old}}).edition.Fingerprint)
}

func TestWhatIsBuiltInIsWhole(t *testing.T) {
	t.Parallel()
	own := opened(t, Source{Folders: []string{}})
	assert.Len(t, own.Names(), 597, "all names of IANA's, links too, but for Factory")
	assert.Regexp(t, `^20\d\d[a-z]+$`, own.edition.Release)
	assert.Less(t, own.edition.Made.Year(), 2100)
	assert.Greater(t, own.edition.Made.Year(), 2025)
	for _, name := range own.Names() {
		zone, err := own.Zone(name)
		require.NoError(t, err)
		assert.Equal(t, name, zone.String())
	}
	for _, name := range []string{"Asia/Calcutta", "Europe/Kyiv", "Europe/Kiev", "US/Eastern", "Cuba", "EST", "EST5EDT", "GMT0", "Etc/GMT-14", "America/Coyhaique"} {
		_, err := own.Zone(name)
		assert.NoError(t, err, name)
	}
}

// Debian 13 leaves out the files of old names, and says in tzdata.zi what they are links to.
func TestNamesWithoutAFileOfTheirOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "2026a", nil)
	r := opened(t, Source{Only: dir})
	zone, err := r.Zone("old/berlin")
	require.NoError(t, err)
	assert.Equal(t, "Old/Berlin", zone.String())
	_, err = r.Zone("Mars/Y")
	assert.ErrorIs(t, err, ports.ErrNoZone)
}

func TestEditions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "2026a", nil)
	text := filepath.Join(dir, "tzdata.zi")
	require.NoError(t, os.Chtimes(text, time.Time{}, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	e := opened(t, Source{Only: dir}).Edition()
	assert.Equal(t, "2026a", e.Release)
	assert.Equal(t, dir, e.Source)
	assert.Equal(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), e.Made)
	require.NoError(t, os.WriteFile(text, []byte("Z Europe/Berlin"), 0o644))
	assert.Empty(t, opened(t, Source{Only: dir}).Edition().Release, "not said")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "+VERSION"), []byte("2026b\n"), 0o644))
	assert.Equal(t, "2026b", opened(t, Source{Only: dir}).Edition().Release)
}

func TestFingerprintsAreOfRulesAndNames(t *testing.T) {
	t.Parallel()
	r := opened(t, Source{Folders: []string{}})
	other := &rules{zones: maps.Clone(r.zones)}
	assert.Equal(t, r.edition.Fingerprint, other.fingerprint())
	delete(other.zones, "europe/berlin")
	without := other.fingerprint()
	assert.NotEqual(t, r.edition.Fingerprint, without)
	other.zones["europe/berlin"] = r.zones["utc"]
	assert.NotContains(t, []string{r.edition.Fingerprint, without}, other.fingerprint())
}

func TestASourceThatWasNamedMustBeOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty, text := filepath.Join(dir, "empty"), filepath.Join(dir, "text")
	require.NoError(t, os.Mkdir(empty, 0o755))
	require.NoError(t, os.WriteFile(text, []byte("no archive"), 0o644))
	for _, path := range []string{filepath.Join(dir, "none"), empty, text} {
		_, err := Source{Only: path}.Open()
		require.ErrorContains(t, err, path)
		assert.Regexp(t, "^time zones.*; name a folder", err)
		assert.NotContains(t, err.Error(), "\n")
	}
}

// A zone whose file is broken does not exist; the others still do.
func TestABrokenZoneIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "2026a", func(name string, content []byte) []byte {
		if name == "Europe/Paris" {
			return content[:50]
		}
		return content
	})
	require.NoError(t, os.Symlink("nowhere", filepath.Join(dir, "Dangling")))
	r := opened(t, Source{Only: dir})
	_, err := r.Zone("Europe/Paris")
	assert.ErrorIs(t, err, ports.ErrNoZone)
	_, err = r.Zone("Europe/Berlin")
	assert.NoError(t, err)
}
