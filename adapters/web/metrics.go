package web

import (
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Tick is what came of one tick.
type Tick struct {
	// What became of digests.
	Sent, Empty, Deferred, Suppressed, Left, InDoubt, Failed, Recovered int
	// Released and Dropped count held e-mails, Lapsed watches.
	Released, Dropped, Lapsed int
	// OldestDue is since when the one has waited who waited longest and was not served; zero for none.
	OldestDue time.Time
	Took      time.Duration
	// Stopped says that sending stopped, Broke that the tick as a whole could not go on.
	Stopped, Broke bool
}

// outcomes are the values of the label outcome of rfcdigest_digests_total.
var outcomes = []struct {
	name  string
	count func(Tick) int
}{
	{"sent", func(t Tick) int { return t.Sent }},
	{"empty", func(t Tick) int { return t.Empty }},
	{"deferred", func(t Tick) int { return t.Deferred }},
	{"suppressed", func(t Tick) int { return t.Suppressed }},
	{"left", func(t Tick) int { return t.Left }},
	{"in_doubt", func(t Tick) int { return t.InDoubt }},
	{"failed", func(t Tick) int { return t.Failed }},
	{"recovered", func(t Tick) int { return t.Recovered }},
}

// The other values of labels.
const (
	released = "released"
	dropped  = "dropped"

	done    = "done"
	stopped = "stopped"
	failed  = "failed"
)

// Metrics count what ticks do, and answer with it in Prometheus' form. Make them with [NewMetrics].
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	digests  *prometheus.CounterVec
	held     *prometheus.CounterVec
	lapsed   prometheus.Counter
	ticks    *prometheus.CounterVec
	seconds  prometheus.Histogram

	mu   sync.Mutex
	last Tick
}

// NewMetrics returns metrics of which every counter is there, at 0, since a rate over one that only
// comes with its first event misses that event. version is the program's.
func NewMetrics(watched Watched, version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), log: watched.Log}
	m.digests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rfcdigest_digests_total", Help: "What became of digests, tick by tick; one that is left or deferred is counted again in the next tick.",
	}, []string{"outcome"})
	for _, o := range outcomes {
		m.digests.WithLabelValues(o.name)
	}
	m.held = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rfcdigest_held_emails_total", Help: "Held e-mails that went out, and those whose content had been read meanwhile.",
	}, []string{"outcome"})
	m.held.WithLabelValues(released)
	m.held.WithLabelValues(dropped)
	m.lapsed = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rfcdigest_watches_lapsed_total", Help: "Watches that lapsed.",
	})
	m.ticks = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rfcdigest_ticks_total", Help: "Ticks that were done, in which sending stopped, and that could not go on.",
	}, []string{"result"})
	for _, result := range []string{done, stopped, failed} {
		m.ticks.WithLabelValues(result)
	}
	m.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "rfcdigest_tick_duration_seconds", Help: "How long ticks took.",
		Buckets: []float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600},
	})
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rfcdigest_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.digests, m.held, m.lapsed, m.ticks, m.seconds, build, &present{Watched: watched, last: m.lastTick},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts a tick that has ended.
func (m *Metrics) Observe(t Tick) {
	for _, o := range outcomes {
		m.digests.WithLabelValues(o.name).Add(float64(o.count(t)))
	}
	m.held.WithLabelValues(released).Add(float64(t.Released))
	m.held.WithLabelValues(dropped).Add(float64(t.Dropped))
	m.lapsed.Add(float64(t.Lapsed))
	result := done
	switch {
	case t.Broke:
		result = failed
	case t.Stopped:
		result = stopped
	}
	m.ticks.WithLabelValues(result).Inc()
	m.seconds.Observe(t.Took.Seconds())
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.Broke && t.OldestDue.IsZero() {
		t.OldestDue = m.last.OldestDue // it did not come to them
	}
	m.last = t
}

func (m *Metrics) lastTick() Tick {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// Handler answers scrapes. A few at a time are enough, since each asks the database.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 3,
		ErrorLog:            slog.NewLogLogger(m.log.Handler(), slog.LevelWarn),
	})
}
