package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// zoned returns a person with a send hour in a zone.
func zoned(id int64, zone string, hour int) core.Recipient {
	r := person(id)
	r.Preferences.TimeZone, r.Preferences.SendHour = zone, &hour
	return r
}

func TestAnUnknownZoneIsLoggedOnceAndIsUTC(t *testing.T) {
	t.Parallel()
	var w core.World
	for id, zone := range map[int64]string{1: "Mars/Olympus", 2: "Mars/Olympus", 3: "localtime", 4: " EUROPE/berlin", 5: "UTC+2"} {
		withWindow(&w, zoned(id, zone, 13), 25*time.Hour) // noon is 14:00 in Berlin, and 13:00 nowhere here
	}
	var log bytes.Buffer
	data := new(memory.ZoneData)
	data.Replace("2026a", time.FixedZone("Europe/Berlin", 2*3600))
	s := newStage(t, w, func(c *app.Config) { c.Zones, c.Log = data, slog.New(slog.NewTextHandler(&log, nil)) })
	r := s.tick()
	assert.Equal(t, 5, r.Considered, "the boundary of the day before was missed by all")
	for range 3 {
		s.clock.Set(s.clock.Now().Add(time.Hour))
		data.Replace("2026b", time.FixedZone("Europe/Berlin", 2*3600))
		s.tick()
	}
	assert.Equal(t, 1, strings.Count(log.String(), "Mars/Olympus"), log.String())
	assert.Equal(t, 2, strings.Count(log.String(), "unknown time zone, taking UTC"), log.String())
}

func TestNewZoneDataWakeEverybodyOnce(t *testing.T) {
	t.Parallel()
	data := new(memory.ZoneData)
	data.Replace("2026a")
	s := newStage(t, people(1), func(c *app.Config) { c.Zones = data })
	woken := 0
	s.faulty.Fault = func(method string) (bool, error) {
		if method == "Wake" {
			woken++
		}
		return true, nil
	}
	tick := func() {
		s.clock.Set(s.clock.Now().Add(time.Hour))
		s.tick()
	}
	tick()
	assert.Equal(t, 1, woken, "nothing was noted of before")
	tick()
	assert.Equal(t, 1, woken)
	data.Replace("2026b")
	tick()
	tick()
	assert.Equal(t, 2, woken)
	facts, err := s.store.Facts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "of 2026b", facts[core.FactZones])
	require.NoError(t, s.store.PutFact(t.Context(), core.FactZones, "of 2026c"))
	data.Replace("2026c")
	tick()
	assert.Equal(t, 3, woken, "another process has noted it, but this one judged people by the old rules until now")
	assert.Equal(t, "2026c", s.ticker.Planner().ZoneEdition().Release)

	require.NoError(t, s.store.PutFact(t.Context(), core.FactZones, core.NoZones))
	tick()
	assert.Equal(t, 3, woken, "a migration has forgotten all rests")
	facts, err = s.store.Facts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "of 2026c", facts[core.FactZones], "or new zone data would wake nobody")
}

func TestZoneDataAreOpenedAnewOnceAMinuteAndWhenTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	data := new(memory.ZoneData)
	data.Replace("2026a")
	s := newStage(t, people(1), func(c *app.Config) { c.Zones = data })
	pl := s.ticker.Planner()
	data.Replace("2026b")
	for _, step := range []struct {
		by      time.Duration
		release string
	}{{0, "2026a"}, {time.Minute - 1, "2026a"}, {1, "2026b"}, {-time.Second, "2026c"}} {
		s.clock.Set(s.clock.Now().Add(step.by))
		pl.RenewZones()
		assert.Equal(t, step.release, pl.ZoneEdition().Release)
		if step.release == "2026b" {
			data.Replace("2026c")
		}
	}
}

func TestZoneDataThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	data, gone := new(memory.ZoneData), errors.New("no zones there")
	data.Replace("2026a", time.FixedZone("Europe/Berlin", 2*3600))
	s := newStage(t, people(1), func(c *app.Config) { c.Zones = data })
	data.Fail(gone)
	s.clock.Set(s.clock.Now().Add(time.Hour))
	assert.Equal(t, 1, s.tick().DigestsSent, "those of before do")
	assert.Equal(t, "2026a", s.ticker.Planner().ZoneEdition().Release)
	_, err := app.New(app.Config{Style: s.style(), Zones: data}, s.store, s.mailer, s.clock)
	assert.ErrorIs(t, err, gone, "there are none of before")
}

// A tick that cannot note the new rules must not go on by the old ones.
func TestATickFailsWhereNobodyCanBeWoken(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Facts", "Wake", "PutFact"} {
		data := new(memory.ZoneData)
		data.Replace("2026a")
		s := newStage(t, people(1), func(c *app.Config) { c.Zones = data })
		s.failing(method, errors.New("disk full"))
		_, err := s.ticker.Tick(t.Context())
		assert.ErrorContains(t, err, "disk full", method)
		assert.Empty(t, s.sentTo(), method)
		s.failing("", nil)
		assert.Equal(t, 1, s.tick().DigestsSent, "the next one does")
	}
}
