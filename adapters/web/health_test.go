package web_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/core"
)

// noon is the present in these tests.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time { return noon }

// backlog is a database that counts, fails, or hangs.
type backlog struct {
	counts core.Backlog
	err    error
	hangs  bool
}

func (b *backlog) Backlog(ctx context.Context, _ time.Time) (core.Backlog, error) {
	if b.hangs {
		<-ctx.Done()
		return core.Backlog{}, ctx.Err()
	}
	return b.counts, b.err
}

// watched returns a Watched, and its log.
func watched(b *backlog, vitals web.Vitals) (web.Watched, *bytes.Buffer) {
	log := new(bytes.Buffer)
	answers := func(ctx context.Context) error {
		_, err := b.Backlog(ctx, noon)
		return err
	}
	return web.Watched{Backlog: b.Backlog, Answers: answers, Clock: clock{}, Vitals: func() web.Vitals { return vitals }, Log: slog.New(slog.NewTextHandler(log, nil))}, log
}

// get asks a handler.
func get(h http.Handler) (status int, text string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Code, w.Body.String()
}

func TestAliveIsAlwaysOK(t *testing.T) {
	t.Parallel()
	status, text := get(web.Alive())
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "ok\n", text)
}

// To count the backlog may take long if many are due, so the checks that run every few seconds must not do it.
func TestReadyCountsNothing(t *testing.T) {
	t.Parallel()
	w, log := watched(&backlog{hangs: true}, web.Vitals{Alive: noon})
	w.Answers = func(context.Context) error { return nil }
	status, _ := get(web.Ready(w, time.Hour))
	assert.Equal(t, http.StatusOK, status)
	assert.Empty(t, log.String())
}

func TestReadySaysWhatIsAmiss(t *testing.T) {
	t.Parallel()
	const patience = 70 * time.Minute
	const silent = "no tick has given a sign of life for 1h10m1s; restart if it does not pass\n"
	const failed = "the last tick failed; the log says why\n"
	const database = "the database does not answer; the log says why\n"
	locked := errors.New("/srv/app.db is locked")
	for name, c := range map[string]struct {
		vitals web.Vitals
		err    error
		want   string // empty: it is ready
	}{
		"a tick has ended":                       {web.Vitals{Alive: noon.Add(-patience), Ended: noon.Add(-patience)}, nil, ""},
		"the first tick runs":                    {web.Vitals{Alive: noon, Running: true}, nil, ""},
		"a long tick is alive":                   {web.Vitals{Alive: noon, Running: true, Ended: noon.Add(-9 * time.Hour)}, nil, ""},
		"the clock was set back":                 {web.Vitals{Alive: noon.Add(time.Hour)}, nil, ""},
		"nothing has begun":                      {web.Vitals{Ended: noon}, nil, "no tick has begun yet\n"},
		"no tick follows":                        {web.Vitals{Alive: noon.Add(-patience - time.Second)}, nil, silent},
		"a tick hangs":                           {web.Vitals{Alive: noon.Add(-patience - time.Second), Running: true}, nil, silent},
		"the last failed":                        {web.Vitals{Alive: noon, Failed: true}, nil, failed},
		"the last failed, and the next one runs": {web.Vitals{Alive: noon, Failed: true, Running: true}, nil, failed},
		"no database":                            {web.Vitals{Alive: noon}, locked, database},
		"nothing is as it should be":             {web.Vitals{Alive: noon.Add(-patience - time.Second), Failed: true}, locked, database + failed + silent},
	} {
		w, log := watched(&backlog{err: c.err}, c.vitals)
		status, text := get(web.Ready(w, patience))
		if c.want == "" {
			assert.Equal(t, http.StatusOK, status, name)
			assert.Equal(t, "ok\n", text, name)
			continue
		}
		assert.Equal(t, http.StatusServiceUnavailable, status, name)
		assert.Equal(t, c.want, text, name)
		assert.Equal(t, c.err != nil, bytes.Contains(log.Bytes(), []byte("/srv/app.db is locked")), name)
	}
}
