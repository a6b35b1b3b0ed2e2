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

// lookTime is how long a look at the mark of the last tick may take.
const lookTime = 2 * time.Second

// handler returns what answers HTTP: recipients who unsubscribe, and operators. It has the ticker's
// ticks counted.
func (s *Settings) handler(ctx context.Context, ticker *app.Ticker, store ports.Subscriptions, log *slog.Logger) (http.Handler, error) {
	before, err := ticker.LastTick(ctx)
	if err != nil {
		return nil, err
	}
	watched := web.Watched{
		Backlog: ticker, Clock: systemclock.Clock{}, Log: log,
		Answers: func(ctx context.Context) error {
			_, err := ticker.LastTick(ctx)
			return err
		},
		Vitals: func() web.Vitals { return vitals(ticker.Health(), before) },
	}
	if s.Engine == river {
		watched.Vitals = func() web.Vitals { return fleetVitals(ctx, ticker) }
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

// fleetVitals returns how ticks go in a fleet, in which some may find nothing to do for long: whatever any of
// them did is a sign of life.
func fleetVitals(ctx context.Context, ticker *app.Ticker) web.Vitals {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	mark, _ := ticker.LastTick(ctx) // where it cannot be read, that is said in another way
	v := vitals(ticker.Health(), mark)
	if mark.EndedAt.After(v.Alive) {
		v.Alive = mark.EndedAt
	}
	if mark.EndedAt.After(v.Ended) {
		v.Ended = mark.EndedAt
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
