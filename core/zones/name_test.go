package zones

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRead(t *testing.T) {
	t.Parallel()
	looked := func(name string) Name { return Name{IANA: name} }
	utc, none := Name{Fixed: time.UTC}, Name{}
	for _, c := range []struct {
		texts []string
		want  Name
	}{
		{[]string{"", " ", "\n", "Z", "z", "UTC", "utc", " Utc ", "UTC+0", "GMT-00:00", "+00:00", "-0000", "utc +00"}, utc},
		{[]string{"Europe/Paris", " Europe/Paris", "Europe/Paris \t", "Europe/Paris\r\n", "\u00a0Europe/Paris", "posix/Europe/Paris", "POSIX/Europe/Paris"}, looked("Europe/Paris")},
		{[]string{"europe/paris"}, looked("europe/paris")},
		{[]string{"gmt"}, looked("gmt")},
		// Names of IANA's, some of them with the sign of POSIX, are looked up as they are.
		{[]string{"Etc/GMT+3"}, looked("Etc/GMT+3")},
		{[]string{"Etc/GMT-14"}, looked("Etc/GMT-14")},
		{[]string{"GMT0"}, looked("GMT0")},
		{[]string{"EST5EDT"}, looked("EST5EDT")},
		{[]string{"CET"}, looked("CET")},
		{[]string{"US/Pacific"}, looked("US/Pacific")},
		// Windows.
		{[]string{"W. Europe Standard Time", "w. europe standard time", " W. Europe Standard Time\n"}, looked("Europe/Berlin")},
		{[]string{"Pacific Standard Time"}, looked("America/Los_Angeles")},
		{[]string{"India Standard Time"}, looked("Asia/Calcutta")},
		{[]string{"Romance Standard Time"}, looked("Europe/Paris")},
		// What is of a machine.
		{[]string{"localtime", "Local", "LOCAL", " local ", "posixrules", "Factory", "right/Europe/Paris", "RIGHT/UTC"}, none},
		// What is nothing, the zone data say.
		{[]string{"Europe/ Paris"}, looked("Europe/ Paris")},
		{[]string{"(GMT+01:00) Berlin"}, looked("(GMT+01:00) Berlin")},
		{[]string{"99"}, looked("99")},
		{[]string{"05:30"}, looked("05:30")},
		{[]string{"+VERSION"}, looked("+VERSION")},
	} {
		for _, text := range c.texts {
			assert.Equal(t, c.want, Read(text), "%q", text)
		}
	}
}

func TestReadThatIsAnOffset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		texts   []string
		name    string
		minutes int
	}{
		{[]string{"UTC+5:30", "UTC+05:30", "UTC+0530", "utc+5:30", "GMT+5:30", "+05:30", "+0530", "+5:30", "UTC +5:30", " UTC+5:30\n"}, "UTC+05:30", 330},
		{[]string{"GMT-3", "UTC-03", "UTC-3:00", "-03:00", "-0300", "-03", "UTC−3", "−03:00"}, "UTC-03:00", -180},
		{[]string{"GMT+3", "UTC+3"}, "UTC+03:00", 180},
		{[]string{"UTC-0330"}, "UTC-03:30", -210},
		{[]string{"UTC+14", "+14:00"}, "UTC+14:00", 14 * 60},
		{[]string{"UTC-12"}, "UTC-12:00", -12 * 60},
		{[]string{"UTC+5:45", "+0545"}, "UTC+05:45", 345},
	} {
		for _, text := range c.texts {
			got := Read(text).Fixed
			require.NotNil(t, got, text)
			name, seconds := time.Unix(0, 0).In(got).Zone()
			assert.Equal(t, c.name, name, text)
			assert.Equal(t, c.minutes*60, seconds, text)
		}
	}
	for _, text := range []string{
		"UTC+15", "UTC-13", "UTC+14:01", "UTC+24", "UTC+5:60", "UTC+5:3", "UTC+:30", "UTC+", "+", "-", "--5", "UTC--5", "+-5", "UTC5", "UTC+5.5", "UTC+530", "UTC+053", "UTC+05300",
		"UTC+5:30:00", "UTC+ 5", "UTCE+5", "Etc/UTC+5", "UTC+5:", "UTC++5", "UTC+٥",
	} {
		assert.Nil(t, Read(text).Fixed, text)
	}
}

func TestWindowsZonesAreIANANames(t *testing.T) {
	t.Parallel()
	assert.Greater(t, len(windowsZones), 130)
	for name, iana := range windowsZones {
		assert.Equal(t, strings.ToLower(name), name)
		_, err := time.LoadLocation(iana)
		assert.NoError(t, err, name)
	}
}

// Blanks around a name and the case of its letters never say anything.
func TestZoneNamesAreReadAlike(t *testing.T) {
	t.Parallel()
	texts := []string{"Europe/Paris", "UTC+5:30", "gmt-3", "W. Europe Standard Time", "localtime", "right/UTC", "posix/UTC", "", "Z", "nowhere"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		blank := rapid.SampledFrom([]string{"", " ", "\t", "\r\n", "\u00a0"})
		changed := blank.Draw(t, "before") + rapid.SampledFrom([]func(string) string{strings.ToUpper, strings.ToLower, func(s string) string { return s }}).Draw(t, "case")(text) + blank.Draw(t, "after")
		got, want := Read(changed), Read(text)
		require.True(t, strings.EqualFold(want.IANA, got.IANA))
		require.Equal(t, want.Fixed, got.Fixed)
	})
}

func TestTimesOfDayAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"8:00": 8 * 3600, "08:00": 8 * 3600, "08:00:00": 8 * 3600, "8:00:00": 8 * 3600, "0:00": 0, "23:59": 24*3600 - 60, "23:59:59": 24*3600 - 1, "24:00": 24 * 3600, "24:00:00": 24 * 3600,
	} {
		got, ok := SecondOfDay(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "8", "800", "2200", "8.00", "8:0", "8:000", "008:00", "8:60", "8:00:60", "24:01", "24:00:01", "25:00", "-1:00", "+8:00", "8:00:00:00", "8:00:0", ":00", "8:", "22:0x", "8:00 pm", "٨:00", "08 :00",
	} {
		_, ok := SecondOfDay(text)
		assert.False(t, ok, text)
	}
}

func TestSecondOfDayNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		second, _ := SecondOfDay(rapid.StringMatching(`[0-9:. ]{0,9}`).Draw(t, "text"))
		require.GreaterOrEqual(t, second, 0)
		n := rapid.IntRange(0, SecondsOfDay).Draw(t, "second")
		got, ok := SecondOfDay(fmt.Sprintf("%02d:%02d:%02d", n/3600, n/60%60, n%60))
		require.True(t, ok)
		require.Equal(t, n, got)
	})
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at.UTC()
}
