package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// databaseTime is how long the database may take to count the backlog. Monitors give up after a few seconds.
const databaseTime = 2 * time.Second

// Vitals are how ticks go.
type Vitals struct {
	// Running says that a tick is being made.
	Running bool
	// Alive is the last sign of life of the newest tick of this process; zero before the first.
	Alive time.Time
	// Ended is the last tick's end, also one of another process; zero if there never was one.
	Ended time.Time
	// Failed says that this process's last tick ended early, with an error.
	Failed bool
}

// Watched is what health and metrics are about.
type Watched struct {
	Backlog func(context.Context, time.Time) (core.Backlog, error)
	// Answers returns an error if no tick can be made on the database. It is cheap; Backlog may not be.
	Answers func(context.Context) error
	// Disliked returns how many mails came back today, refused for the reason that most were. It may be nil.
	Disliked func(context.Context, time.Time) (int, error)
	Clock    ports.Clock
	// Vitals returns how ticks go now, without waiting.
	Vitals func() Vitals
	Log    *slog.Logger
}

// Alive says that the process answers.
func Alive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { plain(w, http.StatusOK, "ok\n") })
}

// Ready says whether the process does its work: the database answers, the last tick did not fail, and
// the newest one gave a sign of life within patience. If not, the answer is 503 and a line for each
// reason. A mail server that is down is not a reason: another process would be no better off.
func Ready(watched Watched, patience time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), databaseTime)
		defer cancel()
		now := watched.Clock.Now()
		var amiss []string
		if err := watched.Answers(ctx); err != nil {
			watched.Log.Warn("the database does not answer", "error", err)
			line := "the database does not answer; the log says why"
			if errors.Is(err, ports.ErrReplaced) {
				line = "the database file was replaced; restart"
			}
			amiss = append(amiss, line)
		}
		vitals := watched.Vitals()
		if vitals.Failed {
			amiss = append(amiss, "the last tick failed; the log says why")
		}
		if vitals.Alive.IsZero() {
			amiss = append(amiss, "no tick has begun yet")
		} else if age := now.Sub(vitals.Alive); age > patience {
			amiss = append(amiss, fmt.Sprintf("no tick has given a sign of life for %s; restart if it does not pass", age.Truncate(time.Second)))
		}
		if len(amiss) > 0 {
			plain(w, http.StatusServiceUnavailable, strings.Join(amiss, "\n")+"\n")
			return
		}
		plain(w, http.StatusOK, "ok\n")
	})
}

// plain sends a text that must not be cached.
func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // a client that has gone does not want it
}
