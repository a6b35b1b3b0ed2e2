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

	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
)

// Tick is the result of one tick, or of a range of one.
type Tick struct {
	// Instant is the tick's. Further says that this is a range of the tick, but not the first one.
	Instant time.Time
	Further bool
	// What became of digests.
	Sent, Empty, Deferred, Suppressed, Left, InDoubt, Failed, Recovered int
	// Released and Dropped count held e-mails, Lapsed watches.
	Released, Dropped, Lapsed int
	// OldestDue is since when the person has waited who has waited longest without a digest; zero if no one waits.
	OldestDue time.Time
	Took      time.Duration
	// Stopped says that sending stopped, Broke that the whole tick ended with an error.
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

// Metrics count what ticks do, for Prometheus. Make them with [NewMetrics].
type Metrics struct {
	registry *prometheus.Registry
	log      *slog.Logger
	digests  *prometheus.CounterVec
	held     *prometheus.CounterVec
	lapsed   prometheus.Counter
	leaving  *prometheus.CounterVec
	pages    *prometheus.CounterVec
	returns  *prometheus.CounterVec
	ticks    *prometheus.CounterVec
	seconds  prometheus.Histogram

	mu   sync.Mutex
	last Tick
}

// NewMetrics returns metrics with every counter at 0: the rate of a counter that appears with its first
// event misses that event. version is the program's.
func NewMetrics(watched Watched, version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), log: watched.Log}
	m.digests = counters("rfcdigest_digests_total", "What became of digests, tick by tick; one that is left or deferred is counted again in the next tick.", "outcome")
	for _, o := range outcomes {
		m.digests.WithLabelValues(o.name)
	}
	m.held = counters("rfcdigest_held_emails_total", "Held e-mails that went out, and those that were dropped, since their content had been read meanwhile.", "outcome", released, dropped)
	m.lapsed = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rfcdigest_watches_lapsed_total", Help: "Watches that lapsed.",
	})
	m.leaving = counters("rfcdigest_unsubscribes_total", "Requests to unsubscribe, by what their token was; only good ones end digests.", "token",
		GoodToken, string(links.Malformed), string(links.UnknownSecret), string(links.BadSignature))
	m.pages = counters("rfcdigest_preferences_requests_total", "Requests to the readers' pages, by what became of them.", "result", PageShown, PageSaved, PageRefused, PageLimited, PageFailed)
	m.returns = counters("rfcdigest_returned_mails_total", "Mails that came back, by what they mean; no_token are of others' mail or forged.", "kind",
		string(returned.Dead), string(returned.Unable), string(returned.Refused), string(returned.Delayed), string(returned.Delivered),
		string(returned.Complaint), string(returned.Unsubscribe), string(returned.AutoReply), "no_token", "no_report")
	m.ticks = counters("rfcdigest_ticks_total", "Ticks, by result: done, with sending stopped, or failed.", "result", done, stopped, failed)
	m.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "rfcdigest_tick_duration_seconds", Help: "How long ticks took.",
		Buckets: []float64{0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600},
	})
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rfcdigest_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.digests, m.held, m.lapsed, m.leaving, m.pages, m.returns, m.ticks, m.seconds, build, &present{Watched: watched, last: m.lastTick},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// counters returns a counter for each value of a label, all at 0.
func counters(name, help, label string, values ...string) *prometheus.CounterVec {
	all := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	for _, v := range values {
		all.WithLabelValues(v)
	}
	return all
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
	last, more := m.last, t.Further && t.Instant.Equal(m.last.Instant)
	if more {
		t.Suppressed += last.Suppressed
	}
	// A tick that broke has not looked at everybody.
	if t.OldestDue.IsZero() && (more || t.Broke) || more && !last.OldestDue.IsZero() && last.OldestDue.Before(t.OldestDue) {
		t.OldestDue = last.OldestDue
	}
	m.last = t
}

// Unsubscribed counts a request to unsubscribe; token is as in [Page].
func (m *Metrics) Unsubscribed(token string) { m.leaving.WithLabelValues(token).Inc() }

// CameBack counts a mail that came back; kind is as in app.Inbox.
func (m *Metrics) CameBack(kind string) { m.returns.WithLabelValues(kind).Inc() }

// PageAsked counts a request to a reader's page; what is as in [ReaderPage].
func (m *Metrics) PageAsked(what string) { m.pages.WithLabelValues(what).Inc() }

func (m *Metrics) lastTick() Tick {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// Handler answers scrapes, only a few at a time, since each asks the database.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 3,
		ErrorLog:            slog.NewLogLogger(m.log.Handler(), slog.LevelWarn),
	})
}
