package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// timeText draws texts that are times, nearly times, and times that something happened to.
func timeText(t *rapid.T) string {
	one := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	parts := []string{
		one("year", "2026", "2024", "2000", "1900", "1000", "2999"), "-",
		one("month", "01", "02", "04", "11", "12"), "-", one("day", "01", "10", "28", "29", "30", "31"),
		one("separator", " ", "T", "t"), one("hour", "00", "09", "10", "20", "23"), ":", one("minute", "00", "59"), ":", one("second", "00", "59"),
		one("fraction", "", "", ".5", ".123456", ".12345678901234"), one("zone", "", "", "Z", "z", "+00:00", "-00:00"),
	}
	if rapid.Bool().Draw(t, "odd") {
		at := rapid.IntRange(0, len(parts)-1).Draw(t, "where")
		parts[at] = one("what", "", "0", "00", "13", "24", "32", "60", "99", "0000", "0001", "0999", "3000", " ", "x", ":", ",5", ".", "+05:45", "-03:00", "+0545", " -0300", " +02", " UTC", " GMT", " +0000 UTC", " +0200 CEST",
			"+00", "ZZ", "+24:59", "\x00", "\x80", "\xc0\xb2", "２", "-")
	}
	text := strings.Join(parts, "")
	if rapid.IntRange(0, 3).Draw(t, "harm") > 0 || text == "" {
		return text
	}
	at := rapid.IntRange(0, len(text)-1).Draw(t, "harmed")
	return text[:at] + one("by", "", "\x00", "0", "9", ":", "\xc0\xb2", "２", "-", " ") + text[at+1:]
}

// judge returns what SQLite makes of a condition on a value.
func judge(t *testing.T) func(condition string, value any) bool {
	db := connected(t, filepath.Join(t.TempDir(), "empty.db"))
	return func(condition string, value any) bool {
		var holds bool
		require.NoError(t, db.QueryRow("SELECT "+condition+" FROM (SELECT ? AS at)", value).Scan(&holds))
		return holds
	}
}

func TestReadableTextIsReadAndSortsAsItsInstant(t *testing.T) {
	t.Parallel()
	holds := judge(t)
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		text := timeText(t)
		for _, value := range []any{text, []byte(text)} {
			if holds(findable("at"), value) {
				_, ok := texts.ParseTimestamp(text)
				require.True(t, ok, "%q", text)
			}
			if !holds(readable("at"), value) {
				continue
			}
			read++
			at, ok := texts.ParseTimestamp(text)
			require.True(t, ok, "%q", text)
			require.False(t, at.IsZero(), "%q", text)
			bound := at.Truncate(time.Second).Add(time.Duration(rapid.IntRange(-90_000, 0).Draw(t, "earlier")) * time.Second)
			require.GreaterOrEqual(t, text, texts.Timestamp(bound), "%q", text)
		}
	})
	assert.NotZero(t, read)
}

func TestWhatIsWrittenIsReadable(t *testing.T) {
	t.Parallel()
	holds := judge(t)
	first := time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		at := first.Add(time.Duration(rapid.Int64Range(0, 6_000_000_000).Draw(t, "seconds")) * time.Second)
		require.True(t, holds(readable("at"), texts.Timestamp(at)), "%s", at)
		require.True(t, holds(readable("at"), at.Format(time.RFC3339Nano)), "%s", at)
	})
	var days []string
	for day := time.Date(2023, 12, 1, 23, 59, 59, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
		days = append(days, "('"+texts.Timestamp(day)+"')")
	}
	assert.True(t, holds("(SELECT min("+readable("column1")+") FROM (VALUES "+strings.Join(days, ", ")+"))", nil))
}

func TestUnreadableIsNeverNullNorReadable(t *testing.T) {
	t.Parallel()
	holds := judge(t)
	for _, value := range []any{nil, "", 0, 20260329, 2026.5, []byte("2026-03-29 12:00:00"), "03/28/2026", "2026-13-45 99:99:99", "2026-02-30 12:00:00",
		"2026-02-29 12:00:00", "2026-04-31 12:00:00", "0001-01-01 00:00:00", "2026-03-29 24:00:00", "2026-03-29 12:00:60", "2026-03-29", "now",
		"2026-03-29 12:00:00\x00", "2026-03-29 12:00:00 and then some", "2026-03-29T12:00:00+05:45", "2026-03-29 12:00:00,5", " 2026-03-29 12:00:00"} {
		assert.False(t, holds(readable("at"), value), "%v", value)
		assert.True(t, holds("NOT ("+readable("at")+")", value), "%v", value)
	}
}

func TestBeforeComparesInstants(t *testing.T) {
	t.Parallel()
	holds := judge(t)
	rapid.Check(t, func(t *rapid.T) {
		text := timeText(t)
		at, ok := texts.ParseTimestamp(text)
		then := noon
		if ok {
			then = at.Truncate(time.Second).Add(time.Duration(rapid.SampledFrom([]int{-86_400, -3600, -1, 0, 1, 3600, 86_400}).Draw(t, "off")) * time.Second)
		}
		if year := then.Year(); year < 1000 || year > 2999 {
			return
		}
		is := holds("coalesce("+strings.Join(before("at", then), " OR ")+", 0)", text)
		isBefore := ok && at.Truncate(time.Second).Before(then)
		require.False(t, is && !isBefore, "%q is not before %s", text, then)
		require.False(t, isBefore && !is && holds(readable("at"), text), "%q is before %s", text, then)
	})
	for text, want := range map[string]bool{
		"2026-03-29T17:44:59+05:45": true, "2026-03-29T17:45:00+05:45": false, "2026-03-30 01:59:59.5+14:00": true, "2026-03-30 02:00:00+14:00": false,
		"2026-03-28 23:59:59-12:00": true, "2026-03-29 00:00:00-12:00": false, "2026-02-30 12:00:00+05:45": false, "2026-01-01 24:00:00+00:00": false, "2026-01-01 00:00:00 +00:00": true,
	} {
		assert.Equal(t, want, holds("coalesce("+strings.Join(before("at", noon), " OR ")+", 0)", text), text)
	}
	assert.False(t, holds("coalesce("+strings.Join(before("at", noon), " OR ")+", 0)", nil))
}
