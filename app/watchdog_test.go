package app_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// slowZones are zones one of which cannot be found before it is let go.
type slowZones struct {
	asked atomic.Int32
	let   chan struct{}
}

func (z *slowZones) Open() (ports.Zones, error) { return z, nil }

func (z *slowZones) Edition() ports.ZoneEdition { return ports.ZoneEdition{Source: "a test"} }

func (z *slowZones) Zone(name string) (*time.Location, error) {
	if name == "europe/berlin" || name == "Europe/Berlin" {
		z.asked.Add(1)
		<-z.let
	}
	return time.UTC, nil
}

func TestAPlanThatDoesNotEndCostsOnlyItsPerson(t *testing.T) {
	t.Parallel()
	zones := &slowZones{let: make(chan struct{})}
	w := people(60)
	w.Users[3].Preferences.TimeZone = "Europe/Berlin"
	w.Users[40].Preferences.TimeZone = "Asia/Tokyo"
	s := newStage(t, w, func(c *app.Config) { c.Zones = zones })
	report := s.tick()
	assert.Equal(t, 59, report.DigestsSent)
	assert.Equal(t, []app.Failure{{Recipient: 4, Reason: "planning takes longer than 5s, so it was given up; whatever it is, the others are not kept waiting"}}, report.Failures)

	report = s.tick()
	assert.Len(t, report.Failures, 1)
	assert.EqualValues(t, 1, zones.asked.Load(), "a plan that has not ended is not begun again")

	close(zones.let)
	assert.Eventually(t, func() bool { return s.tick().DigestsSent == 1 }, 10*time.Second, 10*time.Millisecond, "it is planned again when it has")
}

func TestAPlanThatFailsCostsOnlyItsPerson(t *testing.T) {
	t.Parallel()
	w := people(30)
	w.Users[3].Preferences.TimeZone, w.Users[4].Preferences.TimeZone = "Europe/Berlin", "Europe/Berlin"
	w.Ledger = []core.LedgerRow{{Status: core.Sending, Claim: core.Claim{ID: 1, Recipient: 5, MessageID: "doubt@rfc.example",
		Window: core.Window{Start: noon.Add(-48 * time.Hour), End: noon.Add(-24 * time.Hour)}, Notifications: []int64{500}, Attempts: 1, Lease: noon.Add(-time.Hour)}}}
	s := newStage(t, w, func(c *app.Config) { c.Zones = panickyZones{} })
	_, err := s.ticker.Hold(t.Context(), core.HeldMail{Recipient: 4, Text: "Hi"})
	assert.NoError(t, err)
	report := s.tick()
	assert.Equal(t, 28, report.DigestsSent)
	assert.Contains(t, report.Failures, app.Failure{Recipient: 4, Reason: "planning: internal error: no such luck"})
	assert.Zero(t, report.Flushed+report.Recovered)
	after := s.dump()
	assert.Equal(t, core.Held, after.Held[0].Status, "it waits")
	assert.Equal(t, w.Ledger[0], after.Ledger[0], "it stays in doubt")
}

type panickyZones struct{}

func (panickyZones) Open() (ports.Zones, error) { return panickyZones{}, nil }
func (panickyZones) Edition() ports.ZoneEdition { return ports.ZoneEdition{Source: "a test"} }

func (panickyZones) Zone(name string) (*time.Location, error) {
	if name == "Europe/Berlin" {
		panic("no such luck")
	}
	return time.UTC, nil
}
