package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// TestInstantsAreReadAndComparedAsTheyAre goes to the ends of what PostgreSQL can hold, in columns that
// know time zones and in such that do not.
func TestInstantsAreReadAndComparedAsTheyAre(t *testing.T) {
	t.Parallel()
	conn := pgtest.Connect(t, server+"&timezone=UTC")
	first := time.Date(0, 12, 1, 0, 0, 0, 0, time.UTC)
	read := 0
	one := func(r *rapid.T) {
		at := first.Add(time.Duration(rapid.Int64Range(-100, 9_000_000_000).Draw(r, "seconds")) * time.Second)
		at = rapid.SampledFrom([]time.Time{at, at.AddDate(2000, 0, 0), at.AddDate(9990, 0, 0), noon}).Draw(r, "at")
		value := at.Format("'2006-01-02T15:04:05Z'")
		if at.Year() < 1 {
			value = at.AddDate(1, 0, 0).Format("'2006-01-02T15:04:05Z BC'")
		}
		value = rapid.SampledFrom([]string{value, value, value, "'infinity'", "'-infinity'", "NULL"}).Draw(r, "value")
		kind := rapid.SampledFrom([]string{"timestamp", "timestamptz"}).Draw(r, "type")
		var readable, before bool
		var text *string
		then := at.Add(time.Duration(rapid.IntRange(-1, 1).Draw(r, "off")) * time.Second)
		if year := then.Year(); year < 1 || year > 9999 {
			then = noon
		}
		query := "SELECT " + postgres.Readable("at") + ", coalesce(" + postgres.Before("at", then)[0] + ", false), " + postgres.StampText("at") + " FROM (SELECT CAST(" + value + " AS " + kind + ") AS at) AS one"
		require.NoError(r, conn.QueryRow(t.Context(), query).Scan(&readable, &before, &text), query)
		if !readable {
			require.False(r, before, "what cannot be read is before nothing")
			return
		}
		read++
		got, ok := texts.ParseTimestamp(*text)
		require.True(r, ok, *text)
		require.Equal(r, at, got)
		require.False(r, got.IsZero())
		require.Equal(r, at.Before(then), before, "%s, %s", value, then)
	}
	rapid.Check(t, func(r *rapid.T) {
		for range 10 { // of which some can be read
			one(r)
		}
	})
	assert.NotZero(t, read)
}
