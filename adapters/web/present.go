package web

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// present are the metrics that are read at each scrape.
type present struct {
	Watched
	// last returns the result of this process's last tick.
	last func() Tick
}

func description(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("rfcdigest_"+name, help, nil, nil)
}

var (
	databaseUp = description("database_up", "Whether the database answered within two seconds: 1 or 0.")
	due        = description("due_recipients", "People whom a tick would look at; at least as many as have a digest due.")
	inDoubt    = description("digests_in_doubt", "Digests that may have gone out or not, whose lease has ended, so that the next tick sends them again.")
	heldEmails = description("held_emails", "Held e-mails that have neither gone out nor been given up.")
	givenUp    = description("held_emails_given_up", "Held e-mails that were given up; they stay until somebody decides about them.")
	stuck      = description("held_emails_stuck", "Held e-mails that wait for ever, since nobody knows their status.")
	suppressed = description("suppressed_recipients", "People due in the last tick whose address is suppressed.")
	oldestDue  = description("oldest_due_seconds", "For how long the person has been due who has waited longest among those without a digest after the last tick; 0 for none.")
	disliked   = description("disliked_mails", "Mails that came back today (UTC) in whatever way, refused for what was sent or where it came from: of the reasons, the one with the most.")
	lastTick   = description("last_tick_timestamp_seconds", "When the last tick ended, in seconds since 1970; 0 if there never was one.")
	running    = description("tick_running", "Whether a tick is being made: 1 or 0.")
)

// Describe implements [prometheus.Collector].
func (p *present) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, due, inDoubt, heldEmails, givenUp, stuck, suppressed, oldestDue, disliked, lastTick, running} {
		to <- d
	}
}

// Collect implements [prometheus.Collector]. If the database does not answer, its values are left out: an
// old value would be taken for the present one.
func (p *present) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64) { to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	now, vitals, last := p.Clock.Now(), p.Vitals(), p.last()
	ctx, cancel := context.WithTimeout(context.Background(), databaseTime)
	defer cancel()
	backlog, err := p.Backlog(ctx, now)
	if err != nil {
		p.Log.Warn("the database does not answer", "error", err)
	} else {
		gauge(due, float64(backlog.Due))
		gauge(inDoubt, float64(backlog.InDoubt))
		gauge(heldEmails, float64(backlog.Held))
		gauge(givenUp, float64(backlog.GivenUp))
		gauge(stuck, float64(backlog.Stuck))
	}
	if p.Disliked != nil && err == nil {
		if n, err := p.Disliked(ctx, now); err == nil {
			gauge(disliked, float64(n))
		}
	}
	gauge(databaseUp, number(err == nil))
	gauge(suppressed, float64(last.Suppressed))
	gauge(oldestDue, waited(last.OldestDue, now))
	gauge(lastTick, seconds(vitals.Ended))
	gauge(running, number(vitals.Running))
}

// number returns 1 for true, else 0.
func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds returns t since 1970, 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// waited returns how many seconds have passed from since until now; 0 if since is zero.
func waited(since, now time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since).Seconds())
}
