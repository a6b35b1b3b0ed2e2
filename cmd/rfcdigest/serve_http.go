package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/inbound"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// lateTick is how late the next tick may be until serve counts as not ready.
const lateTick = 10 * time.Minute

// lookTime is how long a look at the mark of the last tick may take.
const lookTime = 2 * time.Second

// handler returns the handler for recipients who unsubscribe, and for operators. It counts the ticker's ticks.
func (s *Settings) handler(ctx context.Context, ticker *app.Ticker, store ports.Store, log *slog.Logger) (http.Handler, error) {
	before, err := ticker.Planner().LastTick(ctx)
	if err != nil {
		return nil, err
	}
	watched := web.Watched{
		Backlog: ticker.Planner().Backlog, Clock: systemclock.Clock{}, Log: log,
		Answers: func(ctx context.Context) error {
			_, err := ticker.Planner().LastTick(ctx)
			return err
		},
		Vitals: func() web.Vitals { return vitals(ticker.Health(), before) },
		Disliked: func(ctx context.Context, now time.Time) (int, error) {
			facts, err := store.Facts(ctx)
			return app.MostDisliked(facts, now.UTC().Format(time.DateOnly)), err
		},
	}
	if s.Engine == river {
		watched.Vitals = func() web.Vitals { return fleetVitals(ctx, ticker) }
	}
	metrics := web.NewMetrics(watched, schema.Release())
	s.countReturn = metrics.CameBack
	ticker.OnTick(func(h app.Health) { metrics.Observe(observed(h)) })
	mux := http.NewServeMux()
	mux.Handle(links.Path, web.Unsubscribe(web.Page{
		Ring: s.keyring, Store: store, Brand: s.Name, PreferencesURL: s.style.PreferencesURL(), Log: log, Count: metrics.Unsubscribed,
		Readers: ticker.Planner(), Clock: systemclock.Clock{},
	}))
	readers := web.ReaderPage{
		Ring: s.keyring, Readers: ticker.Planner(), Store: store, Clock: systemclock.Clock{}, Brand: s.Name, PreferencesURL: s.style.PreferencesURL(), Log: log, Count: metrics.PageAsked,
	}
	mux.Handle(links.PreferencesPath, web.Preferences(readers))
	mux.Handle(links.MutePath, web.Mute(readers))
	if s.InboundSecret != "" {
		mux.Handle("POST /inbound", inbound.Post{Secret: s.InboundSecret, Take: s.inbox(store, log, metrics.CameBack).Take, Log: log})
	}
	mux.Handle("GET /healthz", web.Alive())
	mux.Handle("GET /readyz", web.Ready(watched, time.Duration(s.TickSeconds)*time.Second+lateTick))
	mux.Handle("GET /metrics", metrics.Handler())
	return mux, nil
}

// vitals returns how ticks go; before is the last tick's mark in the database.
func vitals(h app.Health, before core.TickMark) web.Vitals {
	v := web.Vitals{Running: h.Running, Alive: h.Alive, Ended: h.Ended, Failed: h.Err != nil}
	if v.Ended.IsZero() {
		v.Ended = before.EndedAt
	}
	return v
}

// fleetVitals returns how ticks go in a fleet. A process may find nothing to do for long, so a tick of any process is
// a sign of life.
func fleetVitals(ctx context.Context, ticker *app.Ticker) web.Vitals {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	mark, _ := ticker.Planner().LastTick(ctx) // Answers reports the error
	v := vitals(ticker.Health(), mark)
	if mark.EndedAt.After(v.Alive) {
		v.Alive = mark.EndedAt
	}
	if mark.EndedAt.After(v.Ended) {
		v.Ended = mark.EndedAt
	}
	return v
}

// observed returns a tick's report as the metrics count it.
func observed(h app.Health) web.Tick {
	r := h.Report
	return web.Tick{
		Instant: h.Instant, Further: !h.Range.First(),
		Sent: r.DigestsSent, Empty: r.RolledEmpty, Deferred: r.Deferred, Suppressed: r.Suppressed,
		Left: r.Left, InDoubt: r.InDoubt, Failed: r.Failed, Recovered: r.Recovered,
		Released: r.Flushed, Dropped: r.Dropped, Lapsed: r.Decayed,
		OldestDue: r.OldestDue, Took: time.Duration(r.DurationMS) * time.Millisecond,
		Stopped: r.Stopped != "", Broke: h.Err != nil,
	}
}
