package app_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
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
		if method == "People due" {
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

func dumped(t *testing.T, s *memory.Store) core.World {
	t.Helper()
	w, err := s.Dump(t.Context())
	require.NoError(t, err)
	return w
}

func TestATickInRangesIsATick(t *testing.T) {
	t.Parallel()
	whole, _ := crowded(30)
	ticker, want := tickerOn(t, whole, app.Config{})
	report, err := ticker.Tick(t.Context())
	require.NoError(t, err)
	require.Equal(t, 30, report.DigestsSent)

	divided, asked := crowded(30)
	ticker, got := tickerOn(t, divided, app.Config{})
	ranges, err := ticker.Planner().Ranges(t.Context(), noon, 7)
	require.NoError(t, err)
	require.Len(t, ranges, 5)
	for range 2 { // whatever is done twice is as if it were done once
		for _, one := range ranges {
			_, err := ticker.TickRange(t.Context(), noon, one, 0)
			require.NoError(t, err)
		}
	}
	assert.ElementsMatch(t, want.Sent(), got.Sent())
	assert.EqualValues(t, 2*(4+2), asked.Load(), "a page for each range, and one that says that nobody follows the last")
	a, b := dumped(t, whole.Store.(*memory.Store)), dumped(t, divided.Store.(*memory.Store))
	assert.Len(t, b.Ledger, len(a.Ledger))
	assert.Equal(t, a.Notifications, b.Notifications)
}

func TestOneRangeIsLeftIfThereIsNothingToShare(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		people int64
		spoil  func(ports.Store) error
		want   int
	}{
		"nobody is due": {0, func(ports.Store) error { return nil }, 1},
		"some are":      {30, func(ports.Store) error { return nil }, 5},
		"it is another's": {30, func(s ports.Store) error {
			return s.PutFact(t.Context(), core.FactInstallation, "https://other.example other.example")
		}, 1},
	} {
		store, _ := crowded(c.people)
		require.NoError(t, c.spoil(store))
		ticker, _ := tickerOn(t, store, app.Config{})
		ranges, err := ticker.Planner().Ranges(t.Context(), noon, 7)
		require.NoError(t, err)
		require.Len(t, ranges, c.want, name)
		assert.True(t, ranges[0].First() && ranges[c.want-1].Last(), name)
	}
	store, _ := crowded(30)
	store.Fault = func(string) (bool, error) { return false, errors.New("no such table") }
	ticker, _ := tickerOn(t, store, app.Config{})
	_, err := ticker.Planner().Ranges(t.Context(), noon, 7)
	assert.ErrorContains(t, err, "no such table")
}

func TestWhatComesBeforeDigestsIsDoneByTheFirstRange(t *testing.T) {
	t.Parallel()
	for _, off := range []bool{false, true} {
		w := people(3)
		w.Watches = []core.Watch{{User: 3, Slug: "a", State: core.Watching, Participation: core.At(noon.AddDate(-1, 0, 0))}}
		w.Held = []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 3, Text: "Hello", Status: core.Held}}}
		w.Ledger = []core.LedgerRow{{Status: core.Sending, Claim: core.Claim{ID: 1, Recipient: 2, MessageID: "a@rfc.example", Notifications: []int64{200}, Lease: noon.Add(-time.Hour)}}}
		s := newStage(t, w, func(c *app.Config) { c.MailOff = off })
		last, err := s.ticker.TickRange(t.Context(), noon, core.Range{After: 2, Through: core.Everybody().Through}, 0)
		require.NoError(t, err)
		first, err := s.ticker.TickRange(t.Context(), noon, core.Range{Through: 2}, 0)
		require.NoError(t, err)
		first.DurationMS, last.DurationMS = 0, 0
		if off {
			assert.Equal(t, app.Report{}, last)
			assert.Equal(t, app.Report{Decayed: 1}, first)
		} else {
			assert.Equal(t, app.Report{Considered: 1, DigestsSent: 1}, last)
			assert.Equal(t, []int{1, 1, 1}, []int{first.Decayed, first.Flushed, first.Recovered})
		}
	}
}

func TestEachRangeIsATickToTheLogAndToWhoeverAsks(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	var told []app.Health
	store, _ := crowded(3)
	ticker, _ := tickerOn(t, store, app.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	ticker.OnTick(func(h app.Health) { told = append(told, h) })
	ranges := []core.Range{{Through: 2}, {After: 2, Through: core.Everybody().Through}}
	for i, r := range ranges {
		report, err := ticker.TickRange(t.Context(), noon, r, 0)
		require.NoError(t, err)
		require.Len(t, told, i+1)
		assert.Equal(t, report, told[i].Report)
		assert.Equal(t, noon, told[i].Instant)
		assert.Equal(t, r, told[i].Range)
	}
	assert.Equal(t, 2, strings.Count(log.String(), `msg="tick done" instant=2026-03-29T12:00:00.000Z `))
	assert.Contains(t, log.String(), " after=0 through=2 report.flushed=0 ")
	assert.Contains(t, log.String(), " after=2 through=9223372036854775807 report.flushed=0 ")
}

func TestARangeThatFailsIsLoggedAndOneThatIsInterruptedIsDoneAsFarAsItCame(t *testing.T) {
	t.Parallel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx    context.Context
		facts  func() (bool, error)
		logged string
	}{
		"failed":      {t.Context(), func() (bool, error) { return false, errors.New("no such table") }, "no such table"},
		"a bug":       {t.Context(), func() (bool, error) { panic("a bug") }, "internal error: a bug"},
		"too late":    {late, func() (bool, error) { return true, nil }, context.DeadlineExceeded.Error()},
		"interrupted": {stopped, func() (bool, error) { return true, nil }, "tick done"},
	} {
		var log strings.Builder
		store, _ := crowded(3)
		store.Fault = func(method string) (bool, error) {
			if method == "Facts" {
				return c.facts()
			}
			return true, nil
		}
		ticker, _ := tickerOn(t, store, app.Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
		_, err := ticker.TickRange(c.ctx, noon, core.Everybody(), 0)
		require.Error(t, err, name)
		assert.Contains(t, log.String(), c.logged, name)
		assert.Equal(t, name != "interrupted", strings.Contains(log.String(), "tick failed"), name)
		store.Fault = nil
		report, err := ticker.TickRange(t.Context(), noon, core.Everybody(), 0)
		require.NoError(t, err, name)
		assert.Equal(t, 3, report.DigestsSent, name)
	}
}

func TestARetryRoundOfARangeCountsNoAttempts(t *testing.T) {
	t.Parallel()
	w := people(1)
	w.Held = []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "Hello", Status: core.Held}}}
	s := newStage(t, w)
	s.mailer.Fault = refuse(ports.TemporaryRefusal, 1, 2, 3, 4, 5, 6, 7, 8)
	var pauses []time.Duration
	for round := range 4 {
		report, err := s.ticker.TickRange(t.Context(), noon, core.Everybody(), round)
		require.NoError(t, err)
		assert.Equal(t, 2, report.Waiting)
		assert.Equal(t, 1, s.dump().Held[0].Attempts, round)
		pauses = append(pauses, report.RetryIn(round))
	}
	assert.Equal(t, []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 0}, pauses)
	assert.Zero(t, app.Report{}.RetryIn(0), "nobody waits")
}

func TestTheMarkOfATickIsThatOfTheRangeThatEndedLast(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(4))
	s.mailer.DialFault = func(int) error { return errors.New("connection refused") }
	for i, r := range []core.Range{{After: 2, Through: core.Everybody().Through}, {Through: 2}} {
		s.clock.Set(noon.Add(time.Duration(i) * time.Minute))
		_, err := s.ticker.TickRange(t.Context(), noon, r, 0)
		require.NoError(t, err)
		mark, err := s.ticker.Planner().LastTick(t.Context())
		require.NoError(t, err)
		assert.Equal(t, noon, mark.Instant)
		assert.Equal(t, noon.Add(time.Duration(i)*time.Minute), mark.EndedAt)
		assert.Equal(t, i == 0, mark.Trouble != "", mark.Trouble)
		s.mailer.DialFault = nil
	}
}
