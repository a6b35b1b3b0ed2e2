package app_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// crowded is a store in which so many people are due at noon, with something to tell each, and how often
// it was asked who is due.
func crowded(people int64) (store *porttest.Faulty, asked *atomic.Int64) {
	var w core.World
	for id := int64(1); id <= people; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: "a@rfc.example", Cadence: core.Daily})
		w.Notifications = append(w.Notifications, core.Notification{ID: id, Recipient: id, Kind: "pr_opened", Slug: "a", CreatedAt: noon.Add(-time.Hour)})
	}
	asked = new(atomic.Int64)
	return &porttest.Faulty{Store: memory.New(w), Fault: func(method string) (bool, error) {
		if method == "Due" {
			asked.Add(1)
		}
		return true, nil
	}}, asked
}

func tickerOn(t *testing.T, store ports.Store, c app.Config) (*app.Ticker, *memory.Mailer) {
	t.Helper()
	var err error
	c.Style, err = core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	mailer := new(memory.Mailer)
	ticker, err := app.New(c, store, mailer, memory.NewClock(noon))
	require.NoError(t, err)
	return ticker, mailer
}

func TestTicksAtOneInstantShareTheWork(t *testing.T) {
	t.Parallel()
	const people = 1700
	store, asked := crowded(people)
	var all sync.WaitGroup
	var sent, left atomic.Int64
	for range 3 {
		ticker, mailer := tickerOn(t, store, app.Config{})
		all.Go(func() {
			r, err := ticker.TickShared(t.Context(), noon)
			assert.NoError(t, err)
			assert.Equal(t, r.DigestsSent, len(mailer.Sent()))
			sent.Add(int64(r.DigestsSent))
			left.Add(int64(r.Left))
		})
	}
	all.Wait()
	assert.EqualValues(t, people, sent.Load())
	assert.Zero(t, left.Load(), "nobody came upon what another had")
	assert.EqualValues(t, 4, asked.Load(), "each page was read once, by one of them")

	ticker, mailer := tickerOn(t, store, app.Config{})
	r, err := ticker.TickShared(t.Context(), noon.Add(24*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, people, r.RolledEmpty, "the next instant is another round")
	assert.Empty(t, mailer.Sent())
}

func TestWhoStartsInTheMiddleOfARoundTakesPartInIt(t *testing.T) {
	t.Parallel()
	const people = 1700
	store, asked := crowded(people)
	require.NoError(t, store.Open(t.Context(), noon, 500))
	_, ok, err := store.Take(t.Context(), noon) // by somebody who then dies
	require.NoError(t, err)
	require.True(t, ok)
	ticker, mailer := tickerOn(t, store, app.Config{})
	r, err := ticker.TickShared(t.Context(), noon.Add(time.Second))
	require.NoError(t, err)
	assert.Equal(t, people, r.DigestsSent)
	assert.Len(t, mailer.Sent(), people)
	assert.EqualValues(t, 3+4, asked.Load(), "what was left, and then all in whom something may be due")
}

func TestATickInPartsIsATick(t *testing.T) {
	t.Parallel()
	whole, _ := crowded(30)
	ticker, want := tickerOn(t, whole, app.Config{})
	report, err := ticker.Tick(t.Context())
	require.NoError(t, err)
	require.Equal(t, 30, report.DigestsSent)

	parts, _ := crowded(30)
	ticker, got := tickerOn(t, parts, app.Config{})
	r, err := ticker.TickFront(t.Context(), noon)
	require.NoError(t, err)
	assert.Zero(t, r.Considered)
	ranges, err := ticker.Ranges(t.Context(), noon, 7)
	require.NoError(t, err)
	require.Len(t, ranges, 5)
	for range 2 { // whatever is done twice is as if it were done once
		for _, one := range ranges {
			_, err := ticker.TickRange(t.Context(), noon, one)
			require.NoError(t, err)
		}
	}
	assert.ElementsMatch(t, want.Sent(), got.Sent())
	a, err := whole.Store.(*memory.Store).Dump(t.Context())
	require.NoError(t, err)
	b, err := parts.Store.(*memory.Store).Dump(t.Context())
	require.NoError(t, err)
	assert.Len(t, b.Ledger, len(a.Ledger))
	assert.Equal(t, a.Notifications, b.Notifications)
}

func TestAPartWithMailOffIsNone(t *testing.T) {
	t.Parallel()
	store, asked := crowded(3)
	ticker, mailer := tickerOn(t, store, app.Config{MailOff: true})
	_, err := ticker.TickRange(t.Context(), noon, core.Everybody())
	require.NoError(t, err)
	_, err = ticker.TickShared(t.Context(), noon)
	require.NoError(t, err)
	assert.Empty(t, mailer.Sent())
	assert.Zero(t, asked.Load())
}

// toldOf is what a ticker tells of its ticks: their reports, without how long they took, and errors.
type toldOf struct {
	reports []app.Report
	errs    []error
}

func (o *toldOf) listen(t *app.Ticker) {
	t.OnTick(func(r app.Report, err error) {
		r.DurationMS = 0
		o.reports, o.errs = append(o.reports, r), append(o.errs, err)
	})
}

func TestTheSameIsToldOfATickInPartsAsOfAWholeOne(t *testing.T) {
	t.Parallel()
	var wants, gots strings.Builder
	var want, got toldOf
	held := []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "Hello", Status: core.Held}}}
	logged := func(b *strings.Builder) app.Config { return app.Config{Log: slog.New(slog.NewTextHandler(b, nil))} }
	refusing := func(_ int, m core.Message) (bool, error) {
		if strings.HasPrefix(m.To.Name, "refused") {
			return false, &ports.SendError{Outcome: ports.TemporaryRefusal, Code: 450, Err: errRefused}
		}
		return true, nil
	}
	stores := map[*toldOf]*memory.Store{}
	open := func(o *toldOf, log *strings.Builder) *app.Ticker {
		store, _ := crowded(30)
		stores[o] = store.Store.(*memory.Store)
		require.NoError(t, stores[o].PutHeld(t.Context(), held))
		require.NoError(t, stores[o].Fill(t.Context(), core.World{Users: []core.Recipient{
			{ID: 31, Name: "refused", Address: "a@rfc.example", Cadence: core.Daily}, {ID: 32, Address: "nobody", Cadence: core.Daily}},
			Notifications: []core.Notification{{ID: 31, Recipient: 31, Kind: "pr_opened", Slug: "a", CreatedAt: noon.Add(-time.Hour)}},
		}))
		ticker, mailer := tickerOn(t, store, logged(log))
		mailer.Fault = refusing
		o.listen(ticker)
		return ticker
	}
	_, err := open(&want, &wants).TickShared(t.Context(), noon)
	require.NoError(t, err)
	require.Len(t, want.reports, 1)
	require.Equal(t, []int{32, 30, 1, 1, 1}, []int{want.reports[0].Considered, want.reports[0].DigestsSent, want.reports[0].Left, want.reports[0].Failed, want.reports[0].Flushed})

	ticker := open(&got, &gots)
	ranges, err := ticker.Ranges(t.Context(), noon, 7)
	require.NoError(t, err)
	for range 2 { // another tick has nothing left to do but what was refused
		_, err = ticker.TickFront(t.Context(), noon)
		require.NoError(t, err)
		for _, one := range ranges {
			_, err := ticker.TickRange(t.Context(), noon, one)
			require.NoError(t, err)
		}
		if len(got.reports) == 0 {
			assert.NotContains(t, gots.String(), "tick done")
			ticker.EndParts()
			assert.Equal(t, want, got)
			assert.Equal(t, 1, strings.Count(gots.String(), `msg="tick done" instant=2026-03-29T12:00:00.000Z report.flushed=1 `))
			ticker.EndParts()
			assert.Len(t, got.reports, 1, "it has ended")
		}
	}
	_, err = ticker.TickFront(t.Context(), noon.Add(time.Hour))
	require.NoError(t, err)
	assert.Len(t, got.reports, 2, "the part of another tick says that it has ended")
	_, err = ticker.TickAt(t.Context(), noon.Add(time.Hour))
	require.NoError(t, err)
	assert.Len(t, got.reports, 4, "so does a whole tick, even one of the same instant")
	ticker.EndParts()
	assert.Len(t, got.reports, 4)
	assert.Equal(t, []error{nil, nil, nil, nil}, got.errs)
}

func TestAPartThatFailsFailsTheTickAndOneThatIsInterruptedDoesNot(t *testing.T) {
	t.Parallel()
	lost := errors.New("no such table")
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx  context.Context
		fail error
		want error
	}{
		"failed":      {t.Context(), lost, lost},
		"too late":    {late, nil, context.DeadlineExceeded},
		"interrupted": {stopped, nil, nil},
	} {
		var log strings.Builder
		var told toldOf
		store, _ := crowded(3)
		store.Fault = func(method string) (bool, error) { return method != "Due" || c.fail == nil, faultOf(method, c.fail) }
		ticker, _ := tickerOn(t, store, app.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
		told.listen(ticker)
		_, err := ticker.TickRange(c.ctx, noon, core.Everybody())
		require.Error(t, err, name)
		store.Fault = nil
		_, err = ticker.TickRange(t.Context(), noon, core.Everybody())
		require.NoError(t, err, name)
		ticker.EndParts()
		require.Len(t, told.errs, 1, name)
		assert.Equal(t, 3, told.reports[0].DigestsSent, name)
		if c.want == nil {
			assert.NoError(t, told.errs[0], name)
			assert.Contains(t, log.String(), "tick done", name)
		} else {
			assert.ErrorIs(t, told.errs[0], c.want, name)
			assert.Equal(t, 1, strings.Count(log.String(), "tick failed"), name)
		}
	}
}

func faultOf(method string, err error) error {
	if method == "Due" {
		return err
	}
	return nil
}

func TestATickInPartsTakesFromTheBeginningOfTheFirstToTheEndOfTheLast(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(2))
	s.mailer.Fault = func(int, core.Message) (bool, error) {
		s.clock.Add(time.Second)
		return true, nil
	}
	took := int64(0)
	s.ticker.OnTick(func(r app.Report, _ error) { took = r.DurationMS })
	for _, r := range []core.Range{{After: 0, Through: 1}, {After: 1, Through: 2}} {
		_, err := s.ticker.TickRange(t.Context(), noon, r)
		require.NoError(t, err)
		s.clock.Add(time.Minute)
	}
	s.ticker.EndParts()
	assert.EqualValues(t, 62_000, took)
}

func TestNothingHasEndedWhileAPartIsBeingDone(t *testing.T) {
	t.Parallel()
	var told toldOf
	store, _ := crowded(3)
	ticker, mailer := tickerOn(t, store, app.Config{Connections: 1})
	told.listen(ticker)
	mailer.Fault = func(int, core.Message) (bool, error) {
		ticker.EndParts()
		return true, nil
	}
	_, err := ticker.TickRange(t.Context(), noon, core.Everybody())
	require.NoError(t, err)
	assert.Empty(t, told.reports)
	ticker.EndParts()
	assert.Len(t, told.reports, 1)
}
