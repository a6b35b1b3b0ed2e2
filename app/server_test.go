package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// moody is a mail server that takes a millisecond for each message and behaves as its functions say.
type moody struct {
	// dial is asked about each connection, with how many are open.
	dial func(open int) error
	// send is asked about each message, with how many came over its connection before.
	send func(before int, to string) error
	// latency is how long an answer takes; 0 means a millisecond.
	latency time.Duration

	mu          sync.Mutex
	open, tries int
	taken       []string
	// promised counts the messages that were announced, dropped those that did not come, and wrong those in whose place
	// another came. waited is the longest that a connection was open and waited for one.
	promised, dropped, wrong int
	waited                   time.Duration
}

type moodyConn struct {
	*moody
	before int
	closed bool
	// next was announced at since.
	next  *core.Message
	since time.Time
}

// end ends the wait for the announced message, which came or will not come.
func (c *moodyConn) end(came bool) {
	if c.next == nil {
		return
	}
	if c.waited = max(c.waited, time.Since(c.since)); !came {
		c.dropped++
	}
	c.next = nil
}

func (s *moody) Dial(context.Context) (ports.MailConn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dial != nil {
		if err := s.dial(s.open); err != nil {
			return nil, err
		}
	}
	s.open++
	return &moodyConn{moody: s}, nil
}

func (c *moodyConn) Send(_ context.Context, m core.Message, next *core.Message) error {
	c.mu.Lock()
	if c.next != nil && *c.next != m {
		c.wrong++
	}
	c.end(true)
	c.mu.Unlock()
	time.Sleep(max(c.latency, time.Millisecond))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries++
	if c.next = next; next != nil {
		c.promised++
	}
	defer func() { c.since = time.Now() }()
	if c.moody.send != nil {
		if err := c.moody.send(c.before, m.To.Mailbox); err != nil {
			return err
		}
	}
	c.before++
	c.taken = append(c.taken, m.To.Mailbox)
	return nil
}

func (c *moodyConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(false)
	if !c.closed {
		c.closed = true
		c.open--
	}
	return nil
}

func refusal(outcome ports.Outcome, code int, text string) *ports.SendError {
	broken := outcome == ports.ConnectionSpent || outcome == ports.ServerBusy || outcome == ports.ServerRefusal
	return &ports.SendError{Outcome: outcome, Code: code, Broken: broken, Err: errors.New(text)}
}

// crowd returns n people with one event each, under addresses of their own.
func crowd(n int64) core.World {
	w := people(n)
	for i := range w.Users {
		w.Users[i].Address = fmt.Sprintf("p%d@rfc.example", w.Users[i].ID)
	}
	return w
}

// number returns the number of a person of a crowd.
func number(address string) (n int) {
	_, _ = fmt.Sscanf(address, "p%d@", &n)
	return n
}

// withServer tells a story of n people and a mail server, in a time of its own. In all of them, what is announced to
// the server comes at once, or the connection is closed.
func withServer(t *testing.T, n int64, server *moody, connections int, story func(s *stage, ticker *app.Ticker)) {
	t.Helper()
	withConfig(t, n, server, app.Config{Connections: connections}, story)
}

func withConfig(t *testing.T, n int64, server *moody, config app.Config, story func(s *stage, ticker *app.Ticker)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{TB: t, store: memory.New(crowd(n))}
		s.faulty = &porttest.Faulty{Store: s.store}
		config.Style, config.Server = s.style(), "mail.example:25"
		ticker, err := app.New(config, s.faulty, server, systemclock.At(noon))
		require.NoError(t, err)
		story(s, ticker)
		assert.Zero(t, server.wrong)
		assert.Zero(t, server.waited)
	})
}

func (s *stage) tickWith(ticker *app.Ticker) app.Report {
	s.Helper()
	report, err := ticker.Tick(s.Context())
	require.NoError(s, err)
	return report
}

// charged returns how many people something is held against.
func (s *stage) charged() (n int) {
	for _, u := range s.dump().Users {
		if u.Preferences.Failures > 0 {
			n++
		}
	}
	return n
}

func TestAServerThatRefusesEverybodyChargesNobody(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outcome ports.Outcome
		code    int
		text    string
	}{
		{ports.SenderRefusal, 554, "RCPT: 554 5.7.1"},
		{ports.SenderRefusal, 553, "RCPT: 553 5.1.8"},
		{ports.RecipientRefusal, 550, "RCPT: 550"},
		{ports.RecipientRefusal, 550, "RCPT: 550 5.1.1"},
		{ports.SenderRefusal, 550, "RCPT: 550 5.4.5"},
		{ports.SenderRefusal, 530, "MAIL: 530 5.7.0"},
	} {
		for _, connections := range []int{1, 4, 32} {
			refuses := true
			server := &moody{send: func(int, string) error {
				if refuses {
					return refusal(c.outcome, c.code, c.text)
				}
				return nil
			}}
			withServer(t, 120, server, connections, func(s *stage, ticker *app.Ticker) {
				for range 3 {
					server.tries = 0
					report := s.tickWith(ticker)
					assert.LessOrEqual(t, server.tries, 25, c.text)
					assert.Contains(t, report.Stopped, c.text)
					assert.Contains(t, report.Stopped, "20 messages in a row")
					assert.Zero(t, report.Waiting, "some minutes make no difference")
					assert.Zero(t, s.charged(), c.text)
					time.Sleep(time.Hour)
				}
				refuses = false
				assert.Equal(t, 120, s.tickWith(ticker).DigestsSent, c.text)
			})
		}
	}
}

func TestDeadAddressesInARowKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	for _, dead := range []int{1, 25, 100, 700} {
		server := &moody{send: func(_ int, to string) error {
			if number(to) <= dead {
				return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
			}
			return nil
		}}
		withServer(t, 1000, server, 4, func(s *stage, ticker *app.Ticker) {
			report := s.tickWith(ticker)
			assert.Equal(t, 1000-dead, report.DigestsSent)
			assert.Equal(t, dead, report.Failed)
			assert.Equal(t, 1000, report.Considered)
			assert.Empty(t, report.Stopped)
			assert.Equal(t, dead, s.charged())
			for range 3 {
				time.Sleep(23 * time.Hour / 3)
				tries := server.tries
				s.tickWith(ticker)
				assert.Equal(t, tries, server.tries, "they are tried again a day later")
			}
			for day := 1; day <= 2; day++ {
				time.Sleep(time.Hour)
				for id := range int64(1000) {
					s.event(id + 1)
				}
				report = s.tickWith(ticker)
				assert.Equal(t, dead, report.Failed, "day %d", day)
				assert.Equal(t, 1000-dead, report.DigestsSent, "day %d", day)
				assert.Empty(t, report.Stopped)
				time.Sleep(23 * time.Hour)
			}
			time.Sleep(time.Hour)
			report = s.tickWith(ticker)
			assert.Equal(t, dead, report.Suppressed)
			assert.Zero(t, report.Failed)
			tries := server.tries
			time.Sleep(30 * 24 * time.Hour)
			s.event(1000)
			assert.Equal(t, dead, s.tickWith(ticker).Failed, "then one attempt decides")
			assert.Equal(t, tries+dead+1, server.tries)
		})
	}
}

// Refusals of addresses do not count before the server took anything, nor after 20 of them.
func TestARefusalCountsIfTheServerTookMailTheDayBefore(t *testing.T) {
	t.Parallel()
	var dead bool
	server := &moody{send: func(int, string) error {
		if dead {
			return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
		}
		return nil
	}}
	withServer(t, 2, server, 4, func(s *stage, ticker *app.Ticker) {
		s.event(1)
		s.tickWith(ticker)
		s.event(2)
		dead = true
		time.Sleep(25 * time.Hour)
		hold := func() {
			_, err := ticker.Hold(t.Context(), core.HeldMail{Recipient: 2, Subject: "Held", Text: "Held"})
			require.NoError(t, err)
		}
		hold()
		assert.Equal(t, 2, s.tickWith(ticker).Failed)
		assert.Zero(t, s.charged(), "more than a day ago")
		assert.Zero(t, s.dump().Held[0].Attempts)
		dead = false
		s.event(1)
		s.tickWith(ticker)
		s.event(1)
		hold()
		dead = true
		time.Sleep(24 * time.Hour)
		s.tickWith(ticker)
		assert.Equal(t, 2, s.charged())
		assert.Equal(t, 1, s.dump().Held[1].Attempts)
	})
}

// event has something new happen to a person.
func (s *stage) event(person int64) {
	s.Helper()
	s.events++
	one := event(1_000_000+s.events, person)
	one.CreatedAt = time.Time{} // now, whatever the clock shows
	require.NoError(s, s.store.Fill(s.Context(), core.World{Notifications: []core.Notification{one}}))
}

func TestAServerThatTakesSoManyASecondGetsSoMany(t *testing.T) {
	t.Parallel()
	var second int64
	count := 0
	server := &moody{send: func(int, string) error {
		if now := time.Now().Unix(); now != second {
			second, count = now, 0
		}
		if count++; count > 5 {
			return refusal(ports.RateRefusal, 451, "MAIL: 451 4.7.1")
		}
		return nil
	}}
	withServer(t, 300, server, 4, func(s *stage, ticker *app.Ticker) {
		began := time.Now()
		report := s.tickWith(ticker)
		assert.Equal(t, 300, report.DigestsSent)
		assert.LessOrEqual(t, time.Since(began), 90*time.Second)
		assert.Empty(t, report.Stopped)
	})
}

func TestAServerThatTakesNothingForAWhileStopsTheTick(t *testing.T) {
	t.Parallel()
	for _, c := range []ports.Outcome{ports.RateRefusal, ports.TemporaryRefusal} {
		server := &moody{send: func(int, string) error { return refusal(c, 451, "RCPT: 451 4.3.0") }}
		withServer(t, 1000, server, 4, func(s *stage, ticker *app.Ticker) {
			began := time.Now()
			report := s.tickWith(ticker)
			assert.Contains(t, report.Stopped, "nothing was taken for 10m0s")
			assert.Contains(t, report.Stopped, "RCPT: 451 4.3.0")
			assert.WithinRange(t, time.Now(), began.Add(10*time.Minute), began.Add(11*time.Minute))
			assert.Less(t, server.tries, 60)
			assert.Equal(t, report.Considered, report.Left)
			assert.Equal(t, report.Left, report.Waiting)
			assert.Zero(t, s.charged())
		})
	}
}

func TestLimitsOfConnectionsAreMet(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]*moody{
		"so many messages a connection, then 452": {send: func(before int, _ string) error {
			if before >= 100 {
				return refusal(ports.ConnectionSpent, 452, "MAIL: 452 4.5.3")
			}
			return nil
		}},
		"so many connections": {dial: func(open int) error {
			if open >= 20 {
				return refusal(ports.ServerBusy, 421, "greeting: 421")
			}
			return nil
		}},
		"one connection, and it refuses others for good": {dial: func(open int) error {
			if open >= 1 {
				return refusal(ports.ServerRefusal, 554, "greeting: 554")
			}
			return nil
		}},
		"one message a connection": {send: func(before int, _ string) error {
			if before >= 1 {
				return refusal(ports.ConnectionSpent, 421, "MAIL: 421")
			}
			return nil
		}},
	} {
		for _, connections := range []int{1, 4, 32} {
			withServer(t, 1500, server, connections, func(s *stage, ticker *app.Ticker) {
				server.taken, server.open = nil, 0
				began := time.Now()
				report := s.tickWith(ticker)
				assert.Equal(t, 1500, report.DigestsSent, name)
				assert.Len(t, server.taken, 1500, name)
				assert.Empty(t, report.Stopped, name)
				assert.Less(t, time.Since(began), 3*time.Second, "%s: no pauses", name)
			})
		}
	}
}

// slow is a server that takes a second to greet the first connection, and refuses others meanwhile.
type slow struct {
	moody
	dials atomic.Int32
}

func (s *slow) Dial(ctx context.Context) (ports.MailConn, error) {
	if s.dials.Add(1) > 1 {
		time.Sleep(time.Second / 2)
		return nil, refusal(ports.ServerRefusal, 554, "greeting: 554")
	}
	time.Sleep(time.Second)
	return s.moody.Dial(ctx)
}

func TestAConnectionThatIsRefusedWhileAnotherIsOpenedStopsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{TB: t, store: memory.New(crowd(20))}
		ticker, err := app.New(app.Config{Style: s.style(), Connections: 4, Server: "mail.example:25"}, s.store, new(slow), systemclock.At(noon))
		require.NoError(t, err)
		report := s.tickWith(ticker)
		assert.Empty(t, report.Stopped)
		assert.Equal(t, 20, report.DigestsSent)
	})
}

func TestABusyServerIsWaitedFor(t *testing.T) {
	t.Parallel()
	never := &moody{dial: func(int) error { return refusal(ports.ServerBusy, 421, "greeting: 421 4.3.2") }}
	withServer(t, 50, never, 4, func(s *stage, ticker *app.Ticker) {
		report := s.tickWith(ticker)
		assert.Contains(t, report.Stopped, "nothing was taken for 10m0s, the last answer: mail server busy (421): greeting: 421 4.3.2")
		assert.Equal(t, report.Left, report.Waiting)
	})
	var from time.Time
	server := &moody{dial: func(int) error {
		if time.Since(from) < time.Minute {
			return refusal(ports.ServerBusy, 421, "greeting: 421 4.3.2")
		}
		return nil
	}}
	withServer(t, 50, server, 4, func(s *stage, ticker *app.Ticker) {
		from = time.Now()
		assert.Equal(t, 50, s.tickWith(ticker).DigestsSent)
		assert.Less(t, time.Since(from), 3*time.Minute)
	})
}

// One domain that cannot be reached, or is refused, is one domain.
func TestTroubleOfOneDomainIsTheirsAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []*ports.SendError{
		refusal(ports.TemporaryRefusal, 450, "RCPT: 450 4.1.2"), refusal(ports.RateRefusal, 451, "RCPT: 451 4.7.1"), refusal(ports.SenderRefusal, 550, "RCPT: 550 5.7.1"),
	} {
		server := &moody{send: func(_ int, to string) error {
			if n := number(to); n > 50 && n <= 150 {
				return c
			}
			return nil
		}}
		withServer(t, 400, server, 4, func(s *stage, ticker *app.Ticker) {
			report := s.tickWith(ticker)
			assert.Equal(t, 300, report.DigestsSent, c.Error())
			assert.Equal(t, 100, report.Left+report.Failed, c.Error())
			assert.Zero(t, s.charged())
		})
	}
}

func TestAServerThatNeverAnswersStopsTheTick(t *testing.T) {
	t.Parallel()
	server := &moody{send: func(int, string) error { return refusal(ports.Doubtful, 0, "answer to the message: no answer in time") }}
	withServer(t, 100, server, 4, func(s *stage, ticker *app.Ticker) {
		report := s.tickWith(ticker)
		assert.Contains(t, report.Stopped, "8 messages in a row got no answer")
		assert.Less(t, report.InDoubt, 8+4)
	})
}

// greylist refuses those it does not know for 300 seconds, as postgrey does.
func greylist() *moody {
	known := map[string]time.Time{}
	return &moody{send: func(_ int, to string) error {
		first, ok := known[to]
		if !ok {
			known[to] = time.Now()
		}
		if !ok || time.Since(first) < 300*time.Second {
			e := refusal(ports.TemporaryRefusal, 450, "RCPT: 450 4.2.0")
			e.Personal = true
			return e
		}
		return nil
	}}
}

func TestGreylistingCostsFiveMinutes(t *testing.T) {
	t.Parallel()
	server := greylist()
	withServer(t, 1000, server, 4, func(s *stage, ticker *app.Ticker) {
		report := s.tickWith(ticker)
		assert.Equal(t, 1000, report.Waiting, "everybody is tried once")
		assert.Empty(t, report.Stopped)
	})
	server = greylist()
	withServer(t, 1000, server, 4, func(s *stage, ticker *app.Ticker) {
		ctx, stop := context.WithTimeout(s.Context(), 20*time.Minute)
		defer stop()
		require.NoError(t, ticker.Run(ctx))
		assert.Len(t, server.taken, 1000)
		for _, row := range s.dump().Ledger {
			assert.Equal(t, noon, row.Window.End, "at the tick's own instant")
		}
	})
	server = greylist()
	withServer(t, 1000, server, 4, func(s *stage, ticker *app.Ticker) {
		report, err := ticker.TickPatiently(s.Context(), noon, 40*time.Minute)
		require.NoError(t, err)
		report.DurationMS = 0
		assert.Equal(t, app.Report{Considered: 1000, DigestsSent: 1000}, report)
		assert.Less(t, time.Since(noon), time.Duration(1<<62))
	})
}

// The people that a tick left are tried at its instant after 5, 15 and 30 minutes, and then by the next ticks.
func TestRetryRoundsComeAtTheirTimesAndEnd(t *testing.T) {
	t.Parallel()
	var at []time.Duration
	var began time.Time
	server := &moody{send: func(_ int, to string) error {
		if number(to) == 3 {
			at = append(at, time.Since(began).Truncate(time.Minute))
			return refusal(ports.TemporaryRefusal, 450, "RCPT: 450 4.2.1")
		}
		return nil
	}}
	withServer(t, 5, server, 1, func(s *stage, ticker *app.Ticker) {
		began = time.Now()
		ctx, stop := context.WithTimeout(s.Context(), 95*time.Minute)
		defer stop()
		require.NoError(t, ticker.Run(ctx))
		assert.Equal(t, []time.Duration{0, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, 60 * time.Minute, 65 * time.Minute, 75 * time.Minute, 90 * time.Minute}, at)
		assert.Len(t, server.taken, 4)
	})
}

// With ticks every minute, too, somebody who failed is left to the rounds of their own tick.
func TestRetryRoundsKeepTheirInstantBetweenShortTicks(t *testing.T) {
	t.Parallel()
	tries := 0
	server := &moody{send: func(_ int, to string) error {
		if number(to) == 3 {
			if tries++; tries < 3 {
				return refusal(ports.TemporaryRefusal, 450, "RCPT: 450 4.2.1")
			}
		}
		return nil
	}}
	synctest.Test(t, func(t *testing.T) {
		s := &stage{TB: t, store: memory.New(crowd(5))}
		ticker, err := app.New(app.Config{Style: s.style(), Schedule: core.Schedule{Tick: time.Minute}}, s.store, server, systemclock.At(noon))
		require.NoError(t, err)
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Minute)
		defer stop()
		require.NoError(t, ticker.Run(ctx))
		assert.Equal(t, 3, tries)
		assert.Len(t, server.taken, 5)
		for _, row := range s.dump().Ledger {
			assert.Equal(t, noon, row.Window.End)
		}
	})
}

// A retry round leaves out the people that its tick failed for good.
func TestARetryRoundLeavesRefusalsForGoodAlone(t *testing.T) {
	t.Parallel()
	asked := map[int]int{}
	server := &moody{send: func(_ int, to string) error {
		n := number(to)
		asked[n]++
		switch {
		case n == 2:
			return refusal(ports.SenderRefusal, 554, "message: 554 5.7.1")
		case n == 3 && asked[n] == 1:
			return refusal(ports.TemporaryRefusal, 450, "RCPT: 450 4.2.1")
		}
		return nil
	}}
	withServer(t, 4, server, 1, func(s *stage, ticker *app.Ticker) {
		report, err := ticker.TickPatiently(s.Context(), noon, 40*time.Minute)
		require.NoError(t, err)
		assert.Equal(t, map[int]int{1: 1, 2: 1, 3: 2, 4: 1}, asked)
		assert.Equal(t, 4, report.Considered)
		assert.Equal(t, 3, report.DigestsSent)
		assert.Equal(t, 1, report.Failed)
		assert.Zero(t, report.Left)
	})
}

// People who failed come after those who did not.
func TestPeopleWhoFailedComeLast(t *testing.T) {
	t.Parallel()
	var order []int
	first := true
	server := &moody{send: func(_ int, to string) error {
		n := number(to)
		order = append(order, n)
		if first && n <= 2 {
			return refusal(ports.TemporaryRefusal, 450, fmt.Sprintf("RCPT: 450 4.2.%d", n))
		}
		if first && n == 3 {
			return refusal(ports.ServerRefusal, 0, "connect: connection refused")
		}
		return nil
	}}
	withServer(t, 6, server, 1, func(s *stage, ticker *app.Ticker) {
		assert.Contains(t, s.tickWith(ticker).Stopped, "connection refused")
		first, order = false, nil
		s.tickWith(ticker)
		assert.Equal(t, "4 5 6 1 2 3", strings.Trim(fmt.Sprint(order), "[]"))
	})
}

// Held e-mail that is refused to everybody is not lost, and does not keep digests from going out.
func TestHeldMailToDeadAddressesKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	server := &moody{send: func(_ int, to string) error {
		if number(to) <= 50 {
			return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
		}
		return nil
	}}
	withServer(t, 100, server, 4, func(s *stage, ticker *app.Ticker) {
		for id := int64(1); id <= 50; id++ {
			_, err := ticker.Hold(s.Context(), core.HeldMail{Recipient: id, Text: "Hi"})
			require.NoError(t, err)
		}
		report := s.tickWith(ticker)
		assert.Equal(t, 50, report.DigestsSent)
		assert.Empty(t, report.Stopped)
		for _, h := range s.dump().Held {
			assert.Equal(t, core.Held, h.Status)
		}
		assert.Equal(t, 50, s.charged())
	})
}

// What happened before a server refused everybody for longer than a first digest looks back is told all the same.
func TestALongStopForgetsNothing(t *testing.T) {
	t.Parallel()
	refuses := true
	server := &moody{send: func(int, string) error {
		if refuses {
			return refusal(ports.SenderRefusal, 554, "RCPT: 554 5.7.1")
		}
		return nil
	}}
	withServer(t, 50, server, 4, func(s *stage, ticker *app.Ticker) {
		s.tickWith(ticker)
		time.Sleep(40 * 24 * time.Hour)
		s.tickWith(ticker)
		one, found, err := ticker.Planner().PlanFor(s.Context(), noon.Add(40*24*time.Hour), 7)
		require.NoError(t, err)
		require.True(t, found)
		assert.Equal(t, core.Send, one.Plan.Action)
		refuses = false
		assert.Equal(t, 50, s.tickWith(ticker).DigestsSent)
		assert.Equal(t, noon.Add(-core.Lookback), s.dump().Ledger[0].Window.Start)
		facts, err := s.store.Facts(s.Context())
		require.NoError(t, err)
		assert.NotContains(t, facts, core.FactStopped)
		assert.Contains(t, facts, core.FactServed)
	})
}

// So it is if several processes share the ticks.
func TestALongStopForgetsNothingInAnyRange(t *testing.T) {
	t.Parallel()
	refuses := true
	server := &moody{send: func(int, string) error {
		if refuses {
			return refusal(ports.SenderRefusal, 554, "RCPT: 554 5.7.1")
		}
		return nil
	}}
	withServer(t, 50, server, 4, func(s *stage, ticker *app.Ticker) {
		ranges := []core.Range{{Through: 25}, {After: 25, Through: core.Everybody().Through}}
		now := noon
		tick := func(since any) {
			for _, r := range ranges {
				facts, err := s.store.Facts(s.Context())
				require.NoError(t, err)
				assert.Equal(t, since, facts[core.FactStopped])
				_, err = ticker.TickRange(s.Context(), now, r, 0)
				require.NoError(t, err)
				if since == "" {
					since = now.Format(time.RFC3339)
				}
			}
		}
		tick("")
		now = noon.Add(40 * 24 * time.Hour)
		time.Sleep(now.Sub(noon))
		stopped := noon.Format(time.RFC3339)
		tick(stopped)
		refuses = false
		tick(stopped)
		require.Len(t, s.dump().Ledger, 50)
		for _, row := range s.dump().Ledger {
			assert.Equal(t, noon.Add(-core.Lookback), row.Window.Start)
		}
		facts, err := s.store.Facts(s.Context())
		require.NoError(t, err)
		assert.NotContains(t, facts, core.FactStopped)
	})
}

// A few people are as good as twenty, if the server takes nothing from any of them.
func TestAServerThatRefusesAFewAndTakesNothingSaysSo(t *testing.T) {
	t.Parallel()
	for _, outcome := range []ports.Outcome{ports.SenderRefusal, ports.RecipientRefusal} {
		for _, n := range []int64{1, 3, 19} {
			refuses := true
			server := &moody{send: func(int, string) error {
				if refuses {
					return refusal(outcome, 550, "RCPT: 550")
				}
				return nil
			}}
			withServer(t, n, server, 4, func(s *stage, ticker *app.Ticker) {
				report := s.tickWith(ticker)
				assert.EqualValues(t, n, report.Failed)
				assert.Contains(t, report.Stopped, "the mail server took nothing, the last answer: "+outcome.String()+" (550): RCPT: 550; nobody is charged")
				assert.Zero(t, s.charged())
				refuses = false
				assert.EqualValues(t, n, s.tickWith(ticker).DigestsSent)
			})
		}
	}
}

// Those who are looked for elsewhere are found among many who have nothing to be told.
func TestSomebodyIsFoundAmongManyWithNothingNew(t *testing.T) {
	t.Parallel()
	server := &moody{send: func(_ int, to string) error {
		if number(to) <= 100 {
			return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
		}
		return nil
	}}
	withServer(t, 3000, server, 4, func(s *stage, ticker *app.Ticker) {
		d := s.dump()
		var read []core.Notification
		for _, n := range d.Notifications {
			if n.Recipient > 100 && n.Recipient%40 != 0 {
				n.ReadAt = core.At(noon)
				read = append(read, n)
			}
		}
		require.NoError(t, s.store.Fill(t.Context(), core.World{Notifications: read}))
		report := s.tickWith(ticker)
		assert.Empty(t, report.Stopped)
		assert.Equal(t, 100, report.Failed)
		assert.Equal(t, 73, report.DigestsSent)
		assert.Equal(t, 100, s.charged())
	})
}

// Many connections have many messages under way when the first answer comes: together these are one reason for doubt.
func TestDeadAddressesUnderWayTogetherStopNothing(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{4, 32} {
		server := &moody{latency: 50 * time.Millisecond, send: func(_ int, to string) error {
			if n := number(to); n > 200 && n <= 260 {
				return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
			}
			return nil
		}}
		withServer(t, 500, server, connections, func(s *stage, ticker *app.Ticker) {
			report := s.tickWith(ticker)
			assert.Empty(t, report.Stopped)
			assert.Equal(t, 440, report.DigestsSent, connections)
			assert.Equal(t, 60, s.charged())
		})
	}
}

// Held e-mail alone: what is refused to some, in front, or to one who has a lot of it, keeps the others' from nobody.
func TestHeldMailOfOthersComesThrough(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		outcome     ports.Outcome
		dead, mails int
		connections int
		latency     time.Duration
	}{
		{"one person with fifteen mails", ports.SenderRefusal, 1, 15, 4, 0},
		{"fifteen mails under way together", ports.SenderRefusal, 1, 15, 4, 50 * time.Millisecond},
		{"fifteen dead people", ports.RecipientRefusal, 15, 1, 4, 0},
		{"forty dead people", ports.RecipientRefusal, 40, 1, 4, 50 * time.Millisecond},
		{"forty dead people, many connections", ports.RecipientRefusal, 40, 1, 32, 50 * time.Millisecond},
	} {
		server := &moody{latency: c.latency, send: func(_ int, to string) error {
			if number(to) <= c.dead {
				return refusal(c.outcome, 550, "RCPT: 550")
			}
			return nil
		}}
		withServer(t, 100, server, c.connections, func(s *stage, ticker *app.Ticker) {
			w := s.dump()
			for i := range w.Users {
				w.Users[i].Cadence = core.Off
			}
			require.NoError(t, s.store.Fill(t.Context(), core.World{Users: w.Users}))
			for id := 1; id <= 100; id++ {
				mails := 1
				if id <= c.dead {
					mails = c.mails
				}
				for range mails {
					_, err := ticker.Hold(t.Context(), core.HeldMail{Recipient: int64(id), Text: "Hi"})
					require.NoError(t, err)
				}
			}
			for range 3 {
				s.tickWith(ticker)
				time.Sleep(time.Hour)
			}
			assert.Len(t, server.taken, 100-c.dead, c.name)
			for _, h := range s.dump().Held {
				assert.NotEqual(t, core.Failed, h.Status)
			}
		})
	}
}

// A relay that refuses everybody for days loses no held e-mail.
func TestHeldMailOutlivesARelayThatRefusesEverybody(t *testing.T) {
	t.Parallel()
	for _, outcome := range []ports.Outcome{ports.RecipientRefusal, ports.SenderRefusal} {
		refuses := true
		server := &moody{send: func(int, string) error {
			if refuses {
				return refusal(outcome, 550, "RCPT: 550")
			}
			return nil
		}}
		withServer(t, 5, server, 4, func(s *stage, ticker *app.Ticker) {
			for id := int64(1); id <= 5; id++ {
				_, err := ticker.Hold(t.Context(), core.HeldMail{Recipient: id, Text: "Hi"})
				require.NoError(t, err)
			}
			for range 15 {
				assert.NotEmpty(t, s.tickWith(ticker).Stopped)
				time.Sleep(time.Hour)
			}
			refuses = false
			assert.Equal(t, 5, s.tickWith(ticker).Flushed)
		})
	}
}

// Dead addresses that are last of all are told from a server that refuses everybody.
func TestDeadAddressesAtTheEndAreSuppressed(t *testing.T) {
	t.Parallel()
	server := &moody{send: func(_ int, to string) error {
		if number(to) > 100 {
			return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
		}
		return nil
	}}
	withServer(t, 130, server, 4, func(s *stage, ticker *app.Ticker) {
		for day := range 3 {
			report := s.tickWith(ticker)
			assert.Empty(t, report.Stopped, "day %d", day)
			assert.Equal(t, 100, report.DigestsSent)
			assert.Equal(t, 30, report.Failed)
			assert.Equal(t, 30, s.charged())
			time.Sleep(24 * time.Hour)
			for id := range int64(130) {
				s.event(id + 1)
			}
		}
		assert.Equal(t, 30, s.tickWith(ticker).Suppressed)
	})
}
