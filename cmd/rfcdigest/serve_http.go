package main

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// lateTick is how long after the next tick should have begun serve counts as not ready.
const lateTick = 10 * time.Minute

// handler returns what answers HTTP: recipients who unsubscribe, and operators. It has the ticker's
// ticks counted.
func (s *Settings) handler(ctx context.Context, ticker *app.Ticker, store ports.Subscriptions, log *slog.Logger) (http.Handler, error) {
	before, err := ticker.LastTick(ctx)
	if err != nil {
		return nil, err
	}
	watched := web.Watched{
		Backlog: ticker, Clock: systemclock.Clock{}, Log: log,
		Vitals: func() web.Vitals { return vitals(ticker.Health(), before) },
	}
	metrics := web.NewMetrics(watched, version())
	ticker.OnTick(func(r app.Report, err error) { metrics.Observe(observed(r, err)) })
	mux := http.NewServeMux()
	mux.Handle(core.UnsubscribePath, web.Unsubscribe(s.keyring, store, s.Name, log))
	mux.Handle("GET /healthz", web.Alive())
	mux.Handle("GET /readyz", web.Ready(watched, time.Duration(s.TickSeconds)*time.Second+lateTick))
	mux.Handle("GET /metrics", metrics.Handler())
	return mux, nil
}

// vitals returns how ticks go; before is the mark of those of other processes.
func vitals(h app.Health, before core.TickMark) web.Vitals {
	v := web.Vitals{Running: h.Running, Alive: h.Alive, Ended: h.Ended, Failed: h.Err != nil}
	if v.Ended.IsZero() {
		v.Ended = before.EndedAt
	}
	return v
}

// observed returns what came of a tick as it is counted.
func observed(r app.Report, err error) web.Tick {
	return web.Tick{
		Sent: r.DigestsSent, Empty: r.RolledEmpty, Deferred: r.Deferred, Suppressed: r.Suppressed,
		Left: r.Left, InDoubt: r.InDoubt, Failed: r.Failed, Recovered: r.Recovered,
		Released: r.Flushed, Dropped: r.Dropped, Lapsed: r.Decayed,
		OldestDue: r.OldestDue, Took: time.Duration(r.DurationMS) * time.Millisecond,
		Stopped: r.Stopped != "", Broke: err != nil,
	}
}

// version returns the version that the program was built as; (devel) where it was built from a folder.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
