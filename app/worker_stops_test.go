package app_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// everybodySoFar requires that n mails were accepted, and that those who got them are on record.
func (s *stage) everybodySoFar(n int) {
	s.Helper()
	assert.Len(s, s.mailer.Sent(), n)
	included := 0
	for _, n := range s.dump().Notifications {
		if n.IncludedAt.Set {
			included++
		}
	}
	assert.Equal(s, n, included)
}

func TestABugInTheNextDigestCostsTheOneBeforeNothing(t *testing.T) {
	t.Parallel()
	slowly(t, 4, func(_ *stage, n int) error {
		if n == 2 {
			panic("a bug in a mailer")
		}
		return nil
	}, func(s *stage) {
		assert.Equal(t, app.Report{Considered: 4, DigestsSent: 3, InDoubt: 1, OldestDue: noon}, s.tick())
		assert.Equal(t, app.Report{}, s.tick())
		s.clock.Add(app.Lease)
		assert.Equal(t, app.Report{Recovered: 1}, s.tick())
		s.everybodyHasOne(4)
	})
	slowly(t, 4, nil, func(s *stage) {
		bug := true
		calls := s.recording(func(method string) (bool, error) {
			if method == "Record settle, claim" && bug {
				bug = false
				panic("a bug in a store")
			}
			return true, nil
		})
		assert.Equal(t, app.Report{Considered: 4, DigestsSent: 4}, s.tick(), "what fails together is made one by one")
		assert.Equal(t, []string{"Record claim", "Record settle, claim", "Record settle", "Record claim"}, (*calls)[:4])
		s.everybodyHasOne(4)
	})
}

func TestAStopBetweenTwoDigestsSettlesTheFirst(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	slowly(t, 4, func(_ *stage, n int) error {
		if n == 2 {
			stop()
		}
		return nil
	}, func(s *stage) {
		calls := s.recording(nil)
		_, err := s.ticker.Tick(ctx)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ElementsMatch(t, []string{"Record claim", "Record settle, claim", "Record settle", "Record release"}, *calls)
		assert.Len(t, s.dump().Ledger, 2, "what was claimed ahead is given back, together")
		s.everybodySoFar(2)
		assert.Equal(t, app.Report{Considered: 2, DigestsSent: 2}, s.tick())
		s.everybodyHasOne(4)
	})
}

// heedless opens connections whether or not it is told to stop.
type heedless struct {
	*memory.Mailer
	dials int
}

func (m *heedless) Dial(ctx context.Context) (ports.MailConn, error) {
	m.dials++
	return m.Mailer.Dial(context.WithoutCancel(ctx))
}

func TestNoConnectionIsOpenedAfterAStop(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	slowly(t, 3, func(_ *stage, n int) error {
		if n < 2 {
			return nil
		}
		stop()
		return &ports.SendError{Outcome: ports.ConnectionSpent, Code: 421, Broken: true, Err: errRefused}
	}, func(s *stage) {
		mailer := &heedless{Mailer: s.mailer}
		ticker, err := app.New(app.Config{Style: s.style(), Connections: 1}, s.faulty, mailer, s.clock)
		require.NoError(t, err)
		_, err = ticker.Tick(ctx)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 1, mailer.dials)
		s.everybodySoFar(1)
		assert.Len(t, s.dump().Ledger, 1, "the message in hand was not sent")
	})
}

func TestAStopGivesAStoreNoMoreThanItsGrace(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	slowly(t, 1, func(*stage, int) error {
		stop()
		time.Sleep(app.Grace / 2)
		return nil
	}, func(s *stage) {
		s.faulty.Fault = func(method string) (bool, error) {
			if method == "Record settle" {
				return false, ports.ErrUnavailable
			}
			return true, nil
		}
		began := time.Now()
		_, err := s.ticker.Tick(ctx)
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.LessOrEqual(t, time.Since(began), app.Grace+3*time.Second, "the message took a part of it")
		s.faulty.Fault = nil
		assert.Equal(t, app.Report{}, s.tick(), "it is settled")
		s.everybodyHasOne(1)
	})
}

func TestAStopInATurnoverSettlesTheFirst(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		slowly(t, 3, nil, func(s *stage) {
			ctx, stop := context.WithCancel(context.Background())
			fault := once("Record settle, claim", happened, context.Canceled)
			s.recording(func(method string) (bool, error) {
				apply, err := fault(method)
				if err != nil {
					stop()
				}
				return apply, err
			})
			_, err := s.ticker.Tick(ctx)
			assert.ErrorIs(t, err, context.Canceled)
			assert.False(t, errors.Is(err, ports.ErrUnknown))
			s.everybodySoFar(1)
			s.clock.Add(app.Lease)
			report := s.tick()
			assert.Equal(t, 2, report.DigestsSent+report.Recovered)
			s.everybodyHasOne(3)
		})
	}
}

// whenMarked returns what tells how long after now the store was asked to mark notifications.
func (s *stage) whenMarked() func() []time.Duration {
	began := time.Now()
	var mu sync.Mutex
	var marked []time.Duration
	s.faulty.Fault = func(method string) (bool, error) {
		if method == "Mark" {
			mu.Lock()
			defer mu.Unlock()
			marked = append(marked, time.Since(began).Round(time.Second))
		}
		return true, nil
	}
	return func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return marked
	}
}

// A message in hand may take the grace after a stop, and more than that if the process is then killed: what was recorded
// before is marked at once.
func TestAStopMarksWhatWasRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, crowd(30))
		ctx, stop := context.WithCancel(t.Context())
		s.mailer.Fault = func(n int, _ core.Message) (bool, error) {
			time.Sleep(100 * time.Millisecond)
			if n == 20 {
				stop()
				time.Sleep(20 * time.Second)
			}
			return true, nil
		}
		marked := s.whenMarked()
		s.restart(app.Config{Connections: 1})
		_, err := s.ticker.Tick(ctx)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, []time.Duration{0, 2 * time.Second, 22 * time.Second}, marked(), "at the beginning, at the stop, and at the end")
		s.everybodySoFar(20)
	})
}

// A store that is slow to be well again keeps the connections from going on, so that no more is in doubt.
func TestNothingIsBegunWhileTheStoreTakesNoOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, crowd(60))
		s.mailer.Fault = func(int, core.Message) (bool, error) { time.Sleep(100 * time.Millisecond); return true, nil }
		var mu sync.Mutex
		var ill, well time.Time
		s.faulty.Fault = func(method string) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case method != "Record settle" || !well.IsZero() && !time.Now().Before(well):
				return true, nil
			case ill.IsZero():
				ill, well = time.Now(), time.Now().Add(10*time.Second)
			}
			return false, ports.ErrUnavailable
		}
		begun := 0
		inner := s.mailer.Fault
		s.mailer.Fault = func(n int, m core.Message) (bool, error) {
			mu.Lock()
			if !ill.IsZero() && time.Now().After(ill) && time.Now().Before(well) {
				begun++
			}
			mu.Unlock()
			return inner(n, m)
		}
		s.restart(app.Config{Connections: 2})
		_, _ = s.ticker.Tick(t.Context())
		assert.LessOrEqual(t, begun, 2, "but for what was in hand")
		assert.False(t, ill.IsZero())
	})
}

// Nor if every connection waits for its server.
func TestNotificationsAreMarkedWhileTheServerHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, crowd(30))
		s.mailer.Fault = func(n int, _ core.Message) (bool, error) {
			if n >= 20 {
				time.Sleep(2 * time.Minute)
			}
			return true, nil
		}
		marked := s.whenMarked()
		s.restart(app.Config{Connections: 2})
		s.tick()
		require.GreaterOrEqual(t, len(marked()), 2)
		assert.Equal(t, 5*time.Second, marked()[1])
	})
}

// In a long tick notifications are not left unmarked for long, nor by ticks without mail.
func TestNotificationsAreMarkedNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, crowd(100))
		s.mailer.Fault = func(int, core.Message) (bool, error) { time.Sleep(200 * time.Millisecond); return true, nil }
		marks := 0
		s.faulty.Fault = func(method string) (bool, error) {
			if method == "Mark" {
				marks++
			}
			return true, nil
		}
		s.restart(app.Config{Connections: 1})
		s.tick() // for twenty seconds
		assert.GreaterOrEqual(t, marks, 5)
		marks = 0
		s.restart(app.Config{MailOff: true})
		s.tick()
		assert.Equal(t, 1, marks)
	})
}
