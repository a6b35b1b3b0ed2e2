package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/core"
)

// scrape returns our own samples, by name and labels.
func scrape(t *testing.T, m *web.Metrics) (samples map[string]string) {
	t.Helper()
	status, text := get(m.Handler())
	require.Equal(t, http.StatusOK, status)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	require.NoError(t, err)
	assert.Empty(t, problems)
	samples = make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(name, "rfcdigest_") {
			samples[name] = value
		}
	}
	return samples
}

// buildInfo is the name of the sample with the version, without its labels.
const buildInfo = "rfcdigest_build_info{"

func TestMetricsStartAtZeroAndAreAllThere(t *testing.T) {
	t.Parallel()
	w, _ := watched(&backlog{}, web.Vitals{})
	samples := scrape(t, web.NewMetrics(w, "v1.2.3"))
	for name, value := range samples {
		switch {
		case strings.HasPrefix(name, buildInfo):
			assert.Contains(t, name, `version="v1.2.3"`)
			assert.Contains(t, name, `goversion="go1.`)
			assert.Equal(t, "1", value)
		case name == "rfcdigest_database_up":
			assert.Equal(t, "1", value)
		default:
			assert.Equal(t, "0", value, name)
		}
	}
	for _, outcome := range []string{"sent", "empty", "deferred", "suppressed", "left", "in_doubt", "failed", "recovered"} {
		assert.Contains(t, samples, `rfcdigest_digests_total{outcome="`+outcome+`"}`)
	}
	for _, result := range []string{"done", "stopped", "failed"} {
		assert.Contains(t, samples, `rfcdigest_ticks_total{result="`+result+`"}`)
	}
	for _, outcome := range []string{"released", "dropped"} {
		assert.Contains(t, samples, `rfcdigest_held_emails_total{outcome="`+outcome+`"}`)
	}
	_, text := get(web.NewMetrics(w, "").Handler())
	assert.Contains(t, text, "go_goroutines ")
	assert.Contains(t, text, "process_open_fds ")
}

func TestMetricsAddUpTicksAndShowThePresent(t *testing.T) {
	t.Parallel()
	w, _ := watched(&backlog{counts: core.Backlog{Due: 31, InDoubt: 32, Held: 33, GivenUp: 34, Stuck: 35}}, web.Vitals{Running: true, Ended: noon.Add(500 * time.Millisecond)})
	m := web.NewMetrics(w, "")
	m.Observe(web.Tick{Sent: 1, Empty: 2, Deferred: 3, Suppressed: 4, Left: 5, InDoubt: 6, Failed: 7, Recovered: 8, Released: 9, Dropped: 10, Lapsed: 11,
		Took: 90 * time.Second})
	m.Observe(web.Tick{Sent: 100, Suppressed: 2, Took: 30 * time.Millisecond, Stopped: true, OldestDue: noon.Add(-time.Hour)})
	m.Observe(web.Tick{Sent: 1000, Suppressed: 3, Stopped: true, Broke: true})
	samples := scrape(t, m)
	for name, want := range map[string]string{
		`rfcdigest_digests_total{outcome="sent"}`: "1101", `rfcdigest_digests_total{outcome="empty"}`: "2",
		`rfcdigest_digests_total{outcome="deferred"}`: "3", `rfcdigest_digests_total{outcome="suppressed"}`: "9",
		`rfcdigest_digests_total{outcome="left"}`: "5", `rfcdigest_digests_total{outcome="in_doubt"}`: "6",
		`rfcdigest_digests_total{outcome="failed"}`: "7", `rfcdigest_digests_total{outcome="recovered"}`: "8",
		`rfcdigest_held_emails_total{outcome="released"}`: "9", `rfcdigest_held_emails_total{outcome="dropped"}`: "10",
		"rfcdigest_watches_lapsed_total":         "11",
		`rfcdigest_ticks_total{result="done"}`:   "1",
		`rfcdigest_ticks_total{result="failed"}`: "1", `rfcdigest_ticks_total{result="stopped"}`: "1",
		"rfcdigest_tick_duration_seconds_count": "3", `rfcdigest_tick_duration_seconds_bucket{le="0.1"}`: "2", `rfcdigest_tick_duration_seconds_bucket{le="120"}`: "3",
		"rfcdigest_due_recipients": "31", "rfcdigest_digests_in_doubt": "32", "rfcdigest_held_emails": "33", "rfcdigest_held_emails_given_up": "34", "rfcdigest_held_emails_stuck": "35", "rfcdigest_database_up": "1",
		"rfcdigest_suppressed_recipients":       "3",
		"rfcdigest_oldest_due_seconds":          "3600", // the tick that broke did not reach anybody
		"rfcdigest_last_tick_timestamp_seconds": "1.7747856005e+09",
		"rfcdigest_tick_running":                "1",
	} {
		assert.Equal(t, want, samples[name], name)
	}
	m.Observe(web.Tick{})
	assert.Equal(t, "0", scrape(t, m)["rfcdigest_oldest_due_seconds"])
}

func TestOfATickInRangesTheGaugesAreThoseOfAllOfThem(t *testing.T) {
	t.Parallel()
	w, _ := watched(&backlog{}, web.Vitals{})
	m := web.NewMetrics(w, "")
	ago := func(hours int) time.Time { return noon.Add(-time.Duration(hours) * time.Hour) }
	for _, c := range []struct {
		tick               web.Tick
		suppressed, oldest string
	}{
		{web.Tick{Instant: noon, Suppressed: 1, OldestDue: ago(2)}, "1", "7200"},
		{web.Tick{Instant: noon, Further: true}, "1", "7200"},
		{web.Tick{Instant: noon, Further: true, Suppressed: 2, OldestDue: ago(1)}, "3", "7200"},
		{web.Tick{Instant: noon, Further: true, OldestDue: ago(3)}, "3", "10800"},
		{web.Tick{Instant: noon, Suppressed: 1, OldestDue: ago(1)}, "1", "3600"}, // once more from its beginning
		{web.Tick{Instant: noon.Add(time.Hour), Further: true, Suppressed: 5}, "5", "0"},
		{web.Tick{Instant: noon.Add(time.Hour), Further: true, OldestDue: ago(1)}, "5", "3600"},
	} {
		m.Observe(c.tick)
		samples := scrape(t, m)
		assert.Equal(t, c.suppressed, samples["rfcdigest_suppressed_recipients"], c.tick)
		assert.Equal(t, c.oldest, samples["rfcdigest_oldest_due_seconds"], c.tick)
	}
}

func TestMetricsDoWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	for _, b := range []*backlog{{err: errors.New("disk gone")}, {hangs: true}} {
		synctest.Test(t, func(t *testing.T) {
			w, log := watched(b, web.Vitals{Ended: noon})
			m := web.NewMetrics(w, "")
			m.Observe(web.Tick{Sent: 1})
			began := time.Now()
			samples := scrape(t, m)
			assert.LessOrEqual(t, time.Since(began), 2*time.Second)
			assert.Equal(t, "0", samples["rfcdigest_database_up"])
			assert.Equal(t, "1", samples[`rfcdigest_digests_total{outcome="sent"}`])
			assert.NotContains(t, samples, "rfcdigest_due_recipients")
			assert.NotContains(t, samples, "rfcdigest_held_emails")
			assert.Contains(t, log.String(), "does not answer")
		})
	}
}
