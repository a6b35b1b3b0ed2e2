package texts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestParseTimestamp(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-29 12:00:00":              noon,
		"2026-03-29T12:00:00":              noon,
		"2026-03-29T12:00:00Z":             noon,
		"2026-03-29t12:00:00z":             noon,
		"2026-03-29 12:00:00.25":           noon.Add(250 * time.Millisecond),
		"2026-03-29T12:00:00.000001+00:00": noon.Add(time.Microsecond),
		"2026-03-29T17:45:00+05:45":        noon,
		"2026-03-29 09:30:00-02:30":        noon,
		"2026-03-30T01:59:59.5+14:00":      noon.Add(-500 * time.Millisecond),
	} {
		got, ok := ParseTimestamp(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", " ", "now", "2026-03-29", "2026-03-29 12:00", "29.03.2026 12:00:00", "2026-03-29 24:00:00", "2026-02-30 12:00:00",
		"2026-13-01 12:00:00", "2026-03-29 12:00:00 and then some", "2026-03-29 12:00:00+5", "1774785600", "2026-03-29 12:00:60",
		"2026-03-29x12:00:00", "２０２６-03-29 12:00:00", "2026-03-29 12:00:00ZZ",
		"2026-03-29  9:00:00", "2026-03-29 9:00:00.5", "2026-03-29T 12:00:00Z", "2026-03-29   12:00:00",
		"9999-12-31 23:59:59-14:00", "0000-01-01 00:00:00+14:00",
	} {
		_, ok := ParseTimestamp(text)
		assert.False(t, ok, text)
	}
}

func TestSpell(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		30 * time.Minute: "30 min", 12*time.Minute + 30*time.Second: "12 min 30 s", time.Second: "1 s", 2 * time.Hour: "2 h",
		11*time.Hour + 59*time.Minute + 59*time.Second: "11 h 59 min 59 s", time.Hour + time.Second: "1 h 1 s",
	} {
		assert.Equal(t, want, Spell(d))
	}
}

func TestATimeStandsBesideThatOfAZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 29, 22, 30, 0, 0, time.UTC)
	for want, zone := range map[string]*time.Location{
		"2026-03-29 22:30:00":                          nil,
		"2026-03-29 22:30:00 (17:30 America/Lima)":     time.FixedZone("America/Lima", -5*3600),
		"2026-03-29 22:30:00 (2026-03-30 04:15 Nepal)": time.FixedZone("Nepal", 5*3600+45*60),
		"2026-03-29 22:30:00 (22:30 Europe/Lisbon)":    time.FixedZone("Europe/Lisbon", 0),
		"2026-03-29 22:30:00 (2026-03-30 00:30)":       time.FixedZone("", 2*3600),
	} {
		assert.Equal(t, want, TimestampIn(at, zone))
	}
	assert.Equal(t, "2026-03-29 22:30:00", TimestampIn(at, time.UTC))
	assert.Empty(t, Beside(time.Time{}, time.FixedZone("x", 3600)))
}
