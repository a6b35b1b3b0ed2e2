package app_test

import (
	"context"
	"sync"
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
)

// pacedStage is a stage on which time passes, and messages leave at a pace.
type pacedStage struct {
	*stage
	began time.Time
	// left is how long after the beginning messages left.
	left []time.Duration
	// answer says how the message is answered that has just left; nil for yes.
	answer func() error
}

// paced tells a story of n people whose digests leave at a pace.
func paced(t *testing.T, n int64, perMinute, connections int, story func(s *pacedStage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &pacedStage{stage: newStage(t, people(n)), began: time.Now()}
		var err error
		s.ticker, err = app.New(app.Config{Style: s.style(), Connections: connections, Rate: core.RateLimit{PerMinute: perMinute}},
			s.faulty, s.mailer, systemclock.At(noon))
		require.NoError(t, err)
		s.mailer.Fault = func(int, core.Message) (bool, error) {
			s.left = append(s.left, time.Since(s.began))
			if s.answer == nil {
				return true, nil
			}
			err := s.answer()
			return err == nil, err
		}
		story(s)
	})
}

func seconds(ns ...int) (times []time.Duration) {
	for _, n := range ns {
		times = append(times, time.Duration(n)*time.Second)
	}
	return times
}

func TestMessagesLeaveAtAPace(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{1, 4} {
		paced(t, 6, 20, connections, func(s *pacedStage) {
			assert.Equal(t, app.Report{Considered: 6, DigestsSent: 6}, s.tick())
			assert.Equal(t, seconds(0, 3, 6, 9, 12, 15), s.left, "%d connections", connections)
			s.everybodyHasOne(6)
		})
	}
	paced(t, 6, 120, 1, func(s *pacedStage) {
		s.tick()
		assert.Equal(t, []time.Duration{0, 0, 500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 2 * time.Second}, s.left, "a second's worth at once")
	})
}

// Held e-mail, and the next tick, come after what left before.
func TestThePaceIsOneForAllThatLeaves(t *testing.T) {
	t.Parallel()
	paced(t, 2, 20, 2, func(s *pacedStage) {
		hold := func() {
			_, err := s.ticker.Hold(context.Background(), core.HeldMail{Recipient: 1, Subject: "s", Text: "t"})
			require.NoError(t, err)
		}
		hold()
		assert.Equal(t, app.Report{Flushed: 1, Considered: 2, DigestsSent: 2}, s.tick())
		hold()
		assert.Equal(t, app.Report{Flushed: 1}, s.tick())
		time.Sleep(time.Hour)
		hold()
		hold()
		s.tick()
		assert.Equal(t, seconds(0, 3, 6, 9, 3609, 3612), s.left)
	})
}

// While messages wait for their turn, nothing is in doubt: what left is settled, and what has not is not claimed.
func TestNoClaimWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{1, 3} {
		paced(t, 5, 1, connections, func(s *pacedStage) {
			s.answer = func() error {
				sending := 0
				for _, row := range s.dump().Ledger {
					if row.Status == core.Sending {
						sending++
						assert.Equal(t, noon.Add(time.Since(s.began)+app.Lease), row.Lease)
					}
				}
				assert.Equal(t, 1, sending)
				return nil
			}
			calls := s.recording(nil)
			go func() {
				time.Sleep(30 * time.Second)
				for _, row := range s.dump().Ledger {
					assert.Equal(t, core.Sent, row.Status)
				}
			}()
			s.tick()
			assert.Equal(t, seconds(0, 60, 120, 180, 240), s.left)
			assert.Equal(t, []string{"Record claim", "Record settle", "Record claim", "Record settle", "Record claim", "Record settle", "Record claim", "Record settle", "Record claim", "Record settle"}, *calls)
			s.everybodyHasOne(5)
		})
	}
}

func TestWaitingForATurnEndsWithTheTick(t *testing.T) {
	t.Parallel()
	for _, connections := range []int{1, 3} {
		paced(t, 5, 1, connections, func(s *pacedStage) {
			ctx, stop := context.WithTimeout(context.Background(), 70*time.Second)
			defer stop()
			report, err := s.ticker.Tick(ctx)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, 70*time.Second, time.Since(s.began), "at once")
			assert.Equal(t, 2, report.DigestsSent)
			s.everybodySoFar(2)
			assert.Equal(t, 3, s.tick().DigestsSent, "the next tick takes the others")
			assert.Equal(t, seconds(0, 60, 180, 240, 300), s.left, "at the same pace, after the turn that was given up")
			s.everybodyHasOne(5)
		})
	}
}

func TestWaitingForATurnEndsWhenSendingStops(t *testing.T) {
	t.Parallel()
	paced(t, 5, 1, 3, func(s *pacedStage) {
		s.answer = func() error {
			time.Sleep(5 * time.Second)
			return &ports.SendError{Outcome: ports.ServerRefusal, Code: 421, Broken: true, Err: errRefused}
		}
		report := s.tick()
		assert.NotEmpty(t, report.Stopped)
		assert.Equal(t, 5*time.Second, time.Since(s.began), "at once")
		assert.Len(t, s.left, 1)
		assert.Empty(t, s.dump().Ledger)
	})
}

func TestATickThatWaitsForTurnsLooksAlive(t *testing.T) {
	t.Parallel()
	paced(t, 8, 1, 4, func(s *pacedStage) {
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(7 * time.Second):
					h := s.ticker.Health()
					assert.True(t, h.Running)
					assert.LessOrEqual(t, noon.Add(time.Since(s.began)).Sub(h.Alive), time.Minute)
				}
			}
		}()
		s.tick()
		close(stop)
		assert.Len(t, s.left, 8)
	})
}

// Where a clock is set back by an hour with every message, each waits for as long as many others might.
func TestThePaceGoesOnAfterAClockWasSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(4), func(c *app.Config) { c.Rate.PerMinute = 60 })
		began := time.Now()
		s.mailer.Fault = func(int, core.Message) (bool, error) {
			s.clock.Add(-time.Hour)
			return true, nil
		}
		assert.Equal(t, 4, s.tick().DigestsSent)
		assert.LessOrEqual(t, time.Since(began), 4*core.MaxAskers*time.Second)
	})
}

// Several who send from one store keep one rate together, and use it: if a message is claimed by another sender, its turn goes to
// the next message.
func TestTheRateIsThatOfAFleet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		people, perMinute int
		tickers           int
		within            time.Duration
	}{{12, 20, 3, 48 * time.Second}, {60, 60, 2, 70 * time.Second}, {60, 60, 3, 70 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, crowd(int64(c.people)))
			began := time.Now()
			var mu sync.Mutex
			var left []time.Duration
			var all sync.WaitGroup
			for range c.tickers {
				mailer := &memory.Mailer{Fault: func(int, core.Message) (bool, error) {
					mu.Lock()
					defer mu.Unlock()
					left = append(left, time.Since(began))
					return true, nil
				}}
				ticker, err := app.New(app.Config{Style: s.style(), Connections: 4, Rate: core.RateLimit{PerMinute: c.perMinute}}, s.faulty, mailer, systemclock.At(noon))
				require.NoError(t, err)
				all.Go(func() {
					_, err := ticker.Tick(t.Context())
					assert.NoError(t, err)
				})
			}
			all.Wait()
			assert.Len(t, left, c.people)
			distance := time.Minute / time.Duration(c.perMinute)
			for i := 10; i < len(left); i++ {
				assert.GreaterOrEqual(t, left[i]-left[i-10], 9*distance-time.Millisecond, "%d: one may come late", i)
			}
			assert.LessOrEqual(t, left[len(left)-1], c.within)
		})
	}
}

func TestAPaceThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newStage(t, core.World{})
	_, err := app.New(app.Config{Style: s.style(), Rate: core.RateLimit{PerMinute: -1}}, memory.New(core.World{}), s.mailer, s.clock)
	assert.ErrorContains(t, err, "config: -1 messages a minute")
}

func TestDigestsAreSpreadForTheTicksThatThereAre(t *testing.T) {
	t.Parallel()
	s := newStage(t, core.World{})
	for tick, ok := range map[time.Duration]bool{0: true, time.Hour: true, time.Minute: true, 2 * time.Hour: false} {
		_, err := app.New(app.Config{Style: s.style(), Schedule: core.Schedule{Tick: tick, Spread: 2 * time.Hour}}, s.store, s.mailer, s.clock)
		assert.Equal(t, ok, err == nil, "%s: %v", tick, err)
	}
}
