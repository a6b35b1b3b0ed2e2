package texts

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
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
		"", " ", "now", "29.03.2026 12:00:00", "03/29/2026", "2026-03-29 24:00:00", "2026-02-30 12:00:00", "2026-02-30", "2026-W13-7", "2026-088",
		"2026-13-01 12:00:00", "2026-03-29 12:00:00 and then some", "2026-03-29 12:00:00+5", "2026-03-29 12:00:60", "2026-03-29 12:00:00 PM", "2026-03-29Z",
		"2026-03-29 12:00:00.", "2026-03-29 12:00:00+00:00 and then some", "2026-03-29 12:00:00 MST", "2026-03-29 12:00:00+29:00", "2026-03-29 ", "2026-03-29 12",
		"2026-03-29 12:00:00Z+02:00", "2026-03-29 12:00:00 ", " 2026-03-29 12:00:00", "Sun, 29 Abc 2026 12:00:00 GMT",
		"0", "-1", "1", "46110.5", "20260329", "20260329120000", "177478560", "17747856000", "1774785600x", "-1774785600", "1e400", "NaN", "Inf", "0x69C91440",
		"134187588000000000", "639103824001234567", "2440588.5", "-62135596800", "9223372036854775808", "/Date(1774785600000)/", "1774785600,5", "1_774_785_600",
		"2026-03-29x12:00:00", "２０２６-03-29 12:00:00", "2026-03-29 12:00:00ZZ",
		"2026-03-29  9:00:00", "2026-03-29 9:00:00.5", "2026-03-29T 12:00:00Z", "2026-03-29   12:00:00",
		"9999-12-31 23:59:59-14:00", "0000-01-01 00:00:00+14:00",
	} {
		_, ok := ParseTimestamp(text)
		assert.False(t, ok, text)
	}
}

func TestEveryFormIsReadAndWrittenBack(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	// What a column holds, and what the same column holds for noon.
	for _, c := range []struct {
		text  string
		at    time.Duration // after noon
		value any
		words string
	}{
		{"2026-03-29 12:00:00", 0, "2026-03-29 12:00:00", "like 2026-03-29 12:00:00"},
		{"2026-03-29T12:00:01", time.Second, "2026-03-29T12:00:00", "like 2026-03-29T12:00:00"},
		{"2026-03-29 12:00:00.123456", 123456 * time.Microsecond, "2026-03-29 12:00:00.000000", "like 2026-03-29 12:00:00.000000"},
		{"2026-03-29 12:00:00.123456+00:00", 123456 * time.Microsecond, "2026-03-29 12:00:00.000000+00:00", ""},
		{"2026-03-29T12:00:00.123Z", 123 * time.Millisecond, "2026-03-29T12:00:00.000Z", ""},
		{"2026-03-29T12:00:00.123456789Z", 123456789, "2026-03-29T12:00:00.000000000Z", ""},
		{"2026-03-29 12:00:00.1234567", 123456700, "2026-03-29 12:00:00.0000000", ""},
		{"2026-03-29 12:00:00,5", 500 * time.Millisecond, "2026-03-29 12:00:00,0", ""},
		{"2026-03-29 14:00:00+02:00", 0, "2026-03-29 14:00:00+02:00", ""},
		{"2026-03-29 14:00:00.5 +02:00", 500 * time.Millisecond, "2026-03-29 14:00:00.0 +02:00", ""},
		{"2026-03-29 12:00:00.123 +00:00", 123 * time.Millisecond, "2026-03-29 12:00:00.000 +00:00", ""},
		{"2026-03-29 14:00:00+0200", 0, "2026-03-29 14:00:00+0200", ""},
		{"2026-03-29 06:30:00-0530", 0, "2026-03-29 06:30:00-0530", ""},
		{"2026-03-29 14:00:00+02", 0, "2026-03-29 14:00:00+02", ""},
		{"2026-03-29 12:00:00 UTC", 0, "2026-03-29 12:00:00 UTC", ""},
		{"2026-03-29 12:00:00 GMT", 0, "2026-03-29 12:00:00 GMT", ""},
		{"2026-03-29 14:00:00 +0200", 0, "2026-03-29 14:00:00 +0200", ""},
		{"2026-03-29 12:00:00.123456789 +0000 UTC", 123456789, "2026-03-29 12:00:00.000000000 +0000 UTC", ""},
		{"2026-03-29 12:00:00 +0000 UTC m=+0.1", 0, "2026-03-29 12:00:00 +0000 UTC", ""},
		{"2026-03-29 14:00:00.5 +0200 CEST m=+12.345678901", 500 * time.Millisecond, "2026-03-29 14:00:00.0 +0200 CEST", ""},
		{"2026-03-29 15:00:00 +0300 +03", 0, "2026-03-29 15:00:00 +0300 +03", ""},
		{"2026-03-29T14:00:00+02:00[Europe/Paris]", 0, "2026-03-29T14:00:00+02:00[Europe/Paris]", ""},
		{"2026-03-29T12:00:00Z[UTC]", 0, "2026-03-29T12:00:00Z[UTC]", ""},
		{"2026-03-29 12:01", time.Minute, "2026-03-29 12:00", "like 2026-03-29 12:00"},
		{"2026-03-29T12:01Z", time.Minute, "2026-03-29T12:00Z", ""},
		{"2026-03-30", 12 * time.Hour, "2026-03-29", "like 2026-03-29"},
		{"20260329T120000Z", 0, "20260329T120000Z", ""},
		{"Sun, 29 Mar 2026 12:00:00 GMT", 0, "Sun, 29 Mar 2026 12:00:00 GMT", ""},
		{"Sun, 29 Mar 2026 14:00:00 +0200", 0, "Sun, 29 Mar 2026 14:00:00 +0200", ""},
		{"Wed, 1 Apr 2026 12:00:00 GMT", 72 * time.Hour, "Sun, 29 Mar 2026 12:00:00 GMT", ""},
		{"Sun Mar 29 2026 14:00:00 GMT+0200 (Central European Summer Time)", 0, "Sun Mar 29 2026 14:00:00 GMT+0200 (Central European Summer Time)", ""},
		{"1774785601", time.Second, int64(1774785600), "seconds since 1970"},
		{"1774785600.5", 500 * time.Millisecond, int64(1774785600), "seconds since 1970"},
		{"1774785600.0", 0, int64(1774785600), "seconds since 1970"},
		{"1.7747856e+09", 0, int64(1774785600), "seconds since 1970"},
		{"1774785600123", 123 * time.Millisecond, int64(1774785600000), "milliseconds since 1970"},
		{"1774785600123.0", 123 * time.Millisecond, int64(1774785600000), "milliseconds since 1970"},
		{"1774785600123456", 123456 * time.Microsecond, int64(1774785600000000), "microseconds since 1970"},
		{"1774785600123456789", 123456789, int64(1774785600000000000), "nanoseconds since 1970"},
		{"2461129.00001157", time.Second, 2461129.0, "Julian days"},
		{"2461128.77083333", -5*time.Hour - 30*time.Minute, 2461129.0, "Julian days"},
	} {
		f, at, ok := FormOf(c.text)
		assert.True(t, ok, c.text)
		assert.Equal(t, noon.Add(c.at), at, c.text)
		assert.Equal(t, c.value, f.Value(noon), c.text)
		if c.words != "" {
			assert.Equal(t, c.words, f.String(), c.text)
		}
		again, ok := ParseTimestamp(c.text)
		assert.True(t, ok, c.text)
		assert.Equal(t, at, again, c.text)
		then, ok := ParseTimestamp(fmt.Sprint(c.value))
		if n, is := c.value.(float64); is {
			then, ok = ParseTimestamp(strconv.FormatFloat(n, 'f', -1, 64))
		}
		assert.True(t, ok, "%s: %v", c.text, c.value)
		assert.Equal(t, f.Value(then), c.value, c.text)
	}
	for coarse, want := range map[string]string{"2026-03-29": "2026-03-29 12:00:00", "2026-03-29T12:00Z": "2026-03-29T12:00:00Z", "20260329T120000": "20260329T120000"} {
		f, _, _ := FormOf(coarse)
		assert.Equal(t, want, f.ToTheSecond().Value(noon))
	}
}

func TestNumbersOfSQLiteKeepTheirInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(1e12, 4e12).Draw(t, "ms")).UTC().Truncate(time.Second)
		for _, u := range Units() {
			f := Form{Unit: u.Name}
			value := fmt.Sprint(f.Value(at))
			if n, is := f.Value(at).(float64); is {
				value = strconv.FormatFloat(n, 'g', 15, 64) // as CAST(… AS TEXT) writes it
			}
			back, ok := ParseTimestamp(value)
			require.True(t, ok, "%s %s", u.Name, value)
			require.Equal(t, at, back, "%s %s", u.Name, value)
		}
	})
}

func TestUnsetTimes(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "0", "0.0", "0001-01-01 00:00:00", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00+00:00", "-62135596800", "-62135596800000"} {
		assert.True(t, IsUnset(content), content)
	}
	for _, content := range []string{"1", "-1", "unreadable", "2026-03-29 12:00:00", "1970-01-01 00:00:00", "00"} {
		assert.False(t, IsUnset(content), content)
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
