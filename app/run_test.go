package app_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// slowStore records at which instants it was ticked, by the question that every tick asks first,
// and takes its time over it.
type slowStore struct {
	*memory.Store
	instants []string
	work     func(n int) error
}

func (s *slowStore) InDoubt(ctx context.Context, now time.Time, after int64, limit int) ([]core.Claim, error) {
	s.instants = append(s.instants, now.Format("15:04:05"))
	if s.work != nil {
		if err := s.work(len(s.instants)); err != nil {
			return nil, err
		}
	}
	return s.Store.InDoubt(ctx, now, after, limit)
}

// loop runs a ticker of an hourly tick in a bubble whose clock starts at 00:00:00 UTC on 2000-01-01,
// after delay and until end, and returns the instants of its ticks and when it came to an end.
func loop(t *testing.T, delay, end time.Duration, work func(n int) error) (instants []string, ended time.Duration) {
	t.Helper()
	midnight := time.Now()
	time.Sleep(delay)
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	store := &slowStore{Store: memory.New(core.World{}), work: work}
	ticker, err := app.New(app.Config{Style: style}, store, new(memory.Mailer), systemclock.Clock{})
	require.NoError(t, err)
	ctx, stop := context.WithDeadline(context.Background(), midnight.Add(end))
	defer stop()
	assert.NoError(t, ticker.Run(ctx))
	return store.instants, time.Since(midnight)
}

func TestRunTicksAtStartAndAtEachMultiple(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		instants, ended := loop(t, 10*time.Minute+5*time.Second, 3*time.Hour+30*time.Minute, nil)
		assert.Equal(t, []string{"00:10:05", "01:00:00", "02:00:00", "03:00:00"}, instants)
		assert.Equal(t, 3*time.Hour+30*time.Minute, ended, "a waiting loop ends at once")
	})
}

func TestRunThatStartsOnAMultipleTicksOnceForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		instants, _ := loop(t, 0, 90*time.Minute, nil)
		assert.Equal(t, []string{"00:00:00", "01:00:00"}, instants)
	})
}

func TestATickThatOverrunsIsFollowedByTheNewestMissedInstantOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		instants, _ := loop(t, 10*time.Minute, 6*time.Hour+time.Minute, func(n int) error {
			if n == 2 {
				time.Sleep(3*time.Hour + 20*time.Minute) // from 01:00 to 04:20
			}
			return nil
		})
		assert.Equal(t, []string{"00:10:00", "01:00:00", "04:00:00", "05:00:00", "06:00:00"}, instants)
	})
}

func TestAnErrorOrAPanicInATickDoesNotEndTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		instants, _ := loop(t, 0, 3*time.Hour+time.Minute, func(n int) error {
			switch n {
			case 1:
				return errors.New("no such table")
			case 2:
				panic("a bug")
			}
			return nil
		})
		assert.Equal(t, []string{"00:00:00", "01:00:00", "02:00:00", "03:00:00"}, instants)
	})
}

func TestStoppingInATickWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		instants, ended := loop(t, 0, time.Hour+time.Second, func(n int) error {
			if n == 2 {
				time.Sleep(10 * time.Second)
			}
			return nil
		})
		assert.Equal(t, []string{"00:00:00", "01:00:00"}, instants)
		assert.Equal(t, time.Hour+10*time.Second, ended)
	})
}

func TestStoppingEndsASendThatHangsAfterTheGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(1))
		ticker, err := app.New(app.Config{Style: s.style()}, s.store, &hangingMailer{}, s.clock)
		require.NoError(t, err)
		ctx, stop := context.WithCancel(context.Background())
		began := time.Now()
		time.AfterFunc(time.Minute, stop)
		assert.NoError(t, ticker.Run(ctx))
		assert.Equal(t, time.Minute+app.Grace, time.Since(began))
		assert.Equal(t, core.Sending, s.dump().Ledger[0].Status, "in doubt, since the server still owes its answer")
	})
}

func TestSendingOneMessageTakesNoLongerThanItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(1))
		ticker, err := app.New(app.Config{Style: s.style()}, s.store, &hangingMailer{}, s.clock)
		require.NoError(t, err)
		began := time.Now()
		report, err := ticker.Tick(context.Background())
		require.NoError(t, err)
		assert.Equal(t, app.Lease, time.Since(began))
		assert.Equal(t, 1, report.InDoubt)
	})
}

func TestAClockThatIsSetBackTicksOnAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(1))
		store := &slowStore{Store: s.store}
		ticker, err := app.New(app.Config{Style: s.style()}, store, s.mailer, s.clock)
		require.NoError(t, err)
		ctx, stop := context.WithCancel(context.Background())
		go func() {
			time.Sleep(time.Minute)
			s.clock.Set(noon.Add(-3*time.Hour - 30*time.Minute))
			time.Sleep(2 * time.Minute)
			s.clock.Set(noon.Add(-3 * time.Hour))
			time.Sleep(2 * time.Minute)
			stop()
		}()
		assert.NoError(t, ticker.Run(ctx))
		assert.Equal(t, []string{"12:00:00", "09:00:00"}, store.instants)
		assert.Len(t, s.mailer.Sent(), 1)
	})
}
