package memory

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestZoneContract(t *testing.T) {
	t.Parallel()
	porttest.ZoneContract(t, func(t *testing.T) porttest.ZoneWorld {
		d := &ZoneData{}
		berlin, err := time.LoadLocation("Europe/Berlin")
		require.NoError(t, err)
		kathmandu, err := time.LoadLocation("Asia/Kathmandu")
		require.NoError(t, err)
		d.Replace("2026a", berlin, kathmandu)
		return porttest.ZoneWorld{Data: d, Replace: func() { d.Replace("2026b", time.FixedZone("Europe/Berlin", 0), kathmandu) }}
	})
}

func TestZoneDataFailAsTheyAreTold(t *testing.T) {
	t.Parallel()
	d, gone := &ZoneData{}, errors.New("gone")
	d.Fail(gone)
	_, err := d.Open()
	assert.ErrorIs(t, err, gone)
	d.Fail(nil)
	_, err = d.Open()
	assert.NoError(t, err)
}
