package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

func (s *stage) lastTick() core.TickMark {
	s.Helper()
	m, err := s.ticker.Planner().LastTick(context.Background())
	require.NoError(s, err)
	return m
}

// failing has calls of a method of the store fail.
func (s *stage) failing(method string, err error) {
	s.faulty.Fault = func(m string) (bool, error) {
		if m == method {
			return false, err
		}
		return true, nil
	}
}

func TestATickLeavesItsMarkForThoseWhoComeAfterTheProcess(t *testing.T) {
	t.Parallel()
	refused := func(s *stage) { s.mailer.DialFault = func(int) error { return errors.New("connection refused") } }
	for name, c := range map[string]struct {
		before  func(*stage)
		trouble string
	}{
		"all went well":          {func(*stage) {}, ""},
		"mail is off":            {nil, ""},
		"sending stopped":        {refused, "mail server refused: connection refused"},
		"a step failed":          {func(s *stage) { s.failing("Waiting", errors.New("a\nsorry tale "+strings.Repeat("x", 500))) }, "listing held e-mails: a sorry tale xxx"},
		"one recipient's mishap": {func(s *stage) { s.mailer.Fault = refuse(ports.MessageRefusal, 2) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, people(2), func(config *app.Config) { config.MailOff = c.before == nil })
			if c.before != nil {
				c.before(s)
			}
			assert.Zero(t, s.lastTick())
			_, _ = s.ticker.TickAt(context.Background(), noon.Add(-time.Minute))
			m := s.lastTick()
			assert.Equal(t, [2]time.Time{noon.Add(-time.Minute), noon}, [2]time.Time{m.Instant, m.EndedAt})
			assert.True(t, strings.HasPrefix(m.Trouble, c.trouble) && (c.trouble != "" || m.Trouble == ""), m.Trouble)
			assert.NotContains(t, m.Trouble, "\n")
			assert.LessOrEqual(t, len([]rune(m.Trouble)), texts.MaxLength+1)
		})
	}
}

func TestATickThatDidNotComeToItsEndLeavesNoMark(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(2))
	ctx, end := context.WithCancel(context.Background())
	s.mailer.Fault = func(int, core.Message) (bool, error) {
		end()
		return true, nil
	}
	_, err := s.ticker.Tick(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, s.lastTick())

	s = newStage(t, people(2))
	s.failing("People due", ports.ErrUnavailable)
	_, err = s.ticker.Tick(context.Background())
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.Zero(t, s.lastTick())
}

func TestAMarkThatCannotBeWrittenIsNoTrouble(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newStage(t, people(2), func(c *app.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	s.failing("Ticked", errors.New("disk full"))
	assert.Equal(t, app.Report{Considered: 2, DigestsSent: 2}, s.tick())
	assert.Contains(t, log.String(), "level=WARN")
	assert.Contains(t, log.String(), "disk full")
}

func TestHealthTellsOfTheLastTickAndOfTheOneThatRuns(t *testing.T) {
	t.Parallel()
	var told []string
	s := newStage(t, people(3))
	s.ticker.OnTick(func(h app.Health) { told = append(told, fmt.Sprint(h.Report.DigestsSent, h.Err)) })
	assert.Zero(t, s.ticker.Health())
	assert.Zero(t, s.ticker.Progress())
	s.mailer.Fault = func(n int, _ core.Message) (bool, error) {
		s.clock.Add(time.Minute)
		h := s.ticker.Health()
		assert.True(t, h.Running)
		assert.Zero(t, h.Ended)
		assert.EqualValues(t, n-1, s.ticker.Progress(), "the ones before")
		assert.Equal(t, noon.Add(time.Duration(n-1)*time.Minute), h.Alive)
		return true, nil
	}
	report, err := s.ticker.Tick(context.Background())
	require.NoError(t, err)
	end := noon.Add(3 * time.Minute)
	assert.Equal(t, app.Health{Alive: end, Began: noon, Ended: end, Instant: noon, Range: core.Everybody(), Report: report}, s.ticker.Health())
	assert.EqualValues(t, 3, s.ticker.Progress())
	assert.EqualValues(t, 3*60*1000, report.DurationMS)

	s.failing("People due", errors.New("no such table"))
	_, err = s.ticker.Tick(context.Background())
	assert.Equal(t, err, s.ticker.Health().Err)
	assert.Zero(t, s.ticker.Progress(), "of the newest tick")
	assert.Equal(t, []string{"3 <nil>", "0 " + err.Error()}, told)
}

func TestATickThatPanickedHasEnded(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(1))
	s.faulty.Fault = func(string) (bool, error) { panic("a bug") }
	assert.PanicsWithValue(t, "a bug", func() { _, _ = s.ticker.Tick(context.Background()) })
	h := s.ticker.Health()
	assert.False(t, h.Running)
	assert.ErrorContains(t, h.Err, "internal error")
	s.faulty.Fault = nil
	assert.Equal(t, 1, s.tick().DigestsSent)
}

func TestProgressComesToTheBacklog(t *testing.T) {
	t.Parallel()
	w := people(6)
	w.Users[2].Preferences.QuietStart, w.Users[2].Preferences.QuietEnd = "11:00", "13:00" // is deferred
	w.Users[3].Address = "nobody at all"                                                  // is refused
	w.Notifications[4].ReadAt = core.At(noon)                                             // has nothing new
	w.Ledger = []core.LedgerRow{{Status: core.Sending, Claim: core.Claim{Recipient: 6, MessageID: "doubt@rfc.example", Notifications: []int64{600}, Lease: noon.Add(-time.Hour)}}}
	for i, recipient := range []int64{1, 2, 3, 404} {
		w.Held = append(w.Held, core.HeldRow{HeldMail: core.HeldMail{ID: int64(i + 10), Recipient: recipient, Text: "x", Status: core.Held, CreatedAt: noon}})
	}
	s := newStage(t, w)
	b, err := s.ticker.Planner().Backlog(context.Background(), noon)
	require.NoError(t, err)
	assert.Equal(t, core.Backlog{Due: 6, InDoubt: 1, Held: 4}, b)
	s.tick()
	assert.EqualValues(t, b.Due+b.InDoubt+b.Held, s.ticker.Progress())
}

func TestTheOldestDueIsWhoWaitedLongestForNoFaultOfTheirs(t *testing.T) {
	t.Parallel()
	// The windows of six people rolled over one to six hours ago.
	w := people(6)
	for i := range w.Users {
		w.Ledger = append(w.Ledger, core.LedgerRow{Status: core.Sent, Claim: core.Claim{Recipient: int64(i + 1), Window: core.Window{End: noon.Add(-time.Duration(25+i) * time.Hour)}}})
	}
	w.Users[5].Address = "nobody at all"
	w.Users[4].Preferences.SuppressedAddress = w.Users[4].Address
	for outcome, want := range map[ports.Outcome]time.Time{
		ports.TemporaryRefusal: noon.Add(-3 * time.Hour), ports.MessageRefusal: noon.Add(-3 * time.Hour), ports.Doubtful: noon.Add(-3 * time.Hour),
		ports.ServerRefusal:    noon.Add(-4 * time.Hour), // the fourth is not tried any more
		ports.RecipientRefusal: {},
	} {
		s := newStage(t, w)
		s.mailer.Fault = refuse(outcome, 3)
		assert.Equal(t, want, s.tick().OldestDue, outcome)
	}
	s := newStage(t, w)
	s.mailer.DialFault = func(int) error { return errors.New("connection refused") }
	assert.Equal(t, noon.Add(-4*time.Hour), s.tick().OldestDue)
}
