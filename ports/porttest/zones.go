package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

// ZoneWorld is zone data that the suite can change.
type ZoneWorld struct {
	Data ports.ZoneData
	// Replace puts other rules in their place: a later release, by which Europe/Berlin is UTC all year.
	Replace func()
}

// ZoneContract runs the suite that every [ports.ZoneData] passes; open returns data that have Europe/Berlin
// and Asia/Kathmandu, as they are in 2026, of a release that is told.
func ZoneContract(t *testing.T, open func(t *testing.T) ZoneWorld) {
	for name, c := range map[string]func(t *testing.T, w ZoneWorld){
		"zones have their rules, and their names as they are spelled":    zonesHaveRules,
		"the case of letters says nothing":                               zonesInAnyCase,
		"what is no place's is no zone":                                  noZones,
		"an edition is the same until the rules change":                  sameEdition,
		"other rules are seen when they are opened, and not before that": replacedRules,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c(t, open(t))
		})
	}
}

func openZones(t *testing.T, d ports.ZoneData) ports.Zones {
	t.Helper()
	zones, err := d.Open()
	require.NoError(t, err)
	return zones
}

// shown returns the offset that the clocks of a zone have in a month of 2026.
func shown(t *testing.T, zones ports.Zones, name string, month time.Month) string {
	t.Helper()
	zone, err := zones.Zone(name)
	require.NoError(t, err)
	return time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC).In(zone).Format("-07:00")
}

func zonesHaveRules(t *testing.T, w ZoneWorld) {
	zones := openZones(t, w.Data)
	assert.Equal(t, "+01:00", shown(t, zones, "Europe/Berlin", time.January))
	assert.Equal(t, "+02:00", shown(t, zones, "Europe/Berlin", time.July))
	assert.Equal(t, "+05:45", shown(t, zones, "Asia/Kathmandu", time.July))
	zone, err := zones.Zone("Asia/Kathmandu")
	require.NoError(t, err)
	assert.Equal(t, "Asia/Kathmandu", zone.String())
}

func zonesInAnyCase(t *testing.T, w ZoneWorld) {
	zones := openZones(t, w.Data)
	for _, name := range []string{"europe/berlin", "EUROPE/BERLIN", "eUROPE/bERLIN"} {
		zone, err := zones.Zone(name)
		require.NoError(t, err)
		assert.Equal(t, "Europe/Berlin", zone.String())
	}
}

func noZones(t *testing.T, w ZoneWorld) {
	zones := openZones(t, w.Data)
	for _, name := range []string{
		"", "Mars/Olympus_Mons", "Europe", "Europe/", "/Europe/Berlin", "./Europe/Berlin", "../zoneinfo/Europe/Berlin", " Europe/Berlin", "Europe//Berlin",
		"localtime", "Local", "posixrules", "Factory", "right/Europe/Berlin", "posix/Europe/Berlin", "+VERSION", "tzdata.zi", "zone.tab", "leapseconds",
	} {
		_, err := zones.Zone(name)
		assert.ErrorIs(t, err, ports.ErrNoZone, name)
	}
}

func sameEdition(t *testing.T, w ZoneWorld) {
	one, other := openZones(t, w.Data).Edition(), openZones(t, w.Data).Edition()
	assert.Equal(t, one, other)
	assert.NotEmpty(t, one.Release)
	assert.NotEmpty(t, one.Source)
	assert.NotEmpty(t, one.Fingerprint)
}

func replacedRules(t *testing.T, w ZoneWorld) {
	before := openZones(t, w.Data)
	w.Replace()
	assert.Equal(t, "+02:00", shown(t, before, "Europe/Berlin", time.July), "opened before")
	after := openZones(t, w.Data)
	assert.Equal(t, "+00:00", shown(t, after, "Europe/Berlin", time.July))
	assert.NotEqual(t, before.Edition().Fingerprint, after.Edition().Fingerprint)
	assert.Greater(t, after.Edition().Release, before.Edition().Release)
}
