package app_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// slowly tells a story of n people whose digests go out over one connection, with a mailer that takes
// a second for each, so that there is always a next one waiting. It is told how the n-th message ends.
func slowly(t *testing.T, n int64, answer func(s *stage, n int) error, story func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(n))
		s.mailer.Fault = func(n int, _ core.Message) (bool, error) {
			time.Sleep(time.Second)
			if answer == nil {
				return true, nil
			}
			err := answer(s, n)
			return err == nil, err
		}
		story(s)
	})
}

// recording notes the calls that write to the ledger, and has the ones fail that fault says.
func (s *stage) recording(fault func(method string) (bool, error)) *[]string {
	calls := new([]string)
	var mu sync.Mutex
	s.faulty.Fault = func(method string) (bool, error) {
		if slices.Contains([]string{"Record claim", "Record settle", "Record settle, claim", "Record release"}, method) {
			mu.Lock()
			*calls = append(*calls, method)
			mu.Unlock()
		}
		if fault == nil {
			return true, nil
		}
		return fault(method)
	}
	return calls
}

// restart gives the stage a ticker with another configuration, and a clock that goes on by itself.
func (s *stage) restart(config app.Config) {
	s.Helper()
	config.Style = s.style()
	var err error
	s.ticker, err = app.New(config, s.faulty, s.mailer, systemclock.At(noon))
	require.NoError(s, err)
}

// once has the first call of a method end as it says.
func once(method string, apply bool, err error) func(string) (bool, error) {
	done := false
	return func(called string) (bool, error) {
		if called != method || done {
			return true, nil
		}
		done = true
		return apply, err
	}
}

// everybodyHasOne requires that n people got one mail each, and that each of them is on record as sent.
func (s *stage) everybodyHasOne(n int) {
	s.Helper()
	assert.Len(s, s.mailer.Sent(), n)
	assert.Len(s, slices.Compact(slices.Sorted(slices.Values(s.sentTo()))), n, "nobody twice")
	d := s.dump()
	assert.Len(s, d.Ledger, n)
	for _, row := range d.Ledger {
		assert.Equal(s, core.Sent, row.Status)
	}
	for _, n := range d.Notifications {
		assert.True(s, n.IncludedAt.Set)
	}
}

// With one message at a time there is nothing to share a transaction but the claims that come next.
func TestAcceptancesAreRecordedWithTheClaimsThatComeNext(t *testing.T) {
	t.Parallel()
	slowly(t, 6, nil, func(s *stage) {
		calls := s.recording(nil)
		assert.Equal(t, app.Report{Considered: 6, DigestsSent: 6}, s.tick())
		assert.Equal(t, "Record claim", (*calls)[0], "before the server took anything, nothing is claimed ahead")
		assert.Equal(t, "Record settle, claim", (*calls)[1])
		assert.LessOrEqual(t, len(*calls), 9)
		s.everybodyHasOne(6)
	})
}

func TestManyAcceptancesShareATransaction(t *testing.T) {
	t.Parallel()
	for doubt, most := range map[int]int{1: 1100, 16: 150, 64: 60} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, crowd(500))
			s.mailer.Fault = func(int, core.Message) (bool, error) { time.Sleep(time.Millisecond); return true, nil }
			calls := s.recording(nil)
			s.restart(app.Config{Doubt: doubt})
			assert.Equal(t, 500, s.tick().DigestsSent)
			assert.LessOrEqual(t, len(*calls), most, "doubt %d", doubt)
			s.everybodyHasOne(500)
		})
	}
}

// A store that is slow to record has the connections wait, once as many messages as may be are not on record.
func TestNoMoreMessagesAreInDoubtThanTheBudget(t *testing.T) {
	t.Parallel()
	for _, doubt := range []int{1, 3, 16} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, crowd(200))
			var mu sync.Mutex
			begun, most := 0, 0
			s.mailer.Fault = func(int, core.Message) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				begun++
				recorded := 0
				for _, row := range s.dump().Ledger {
					if row.Status == core.Sent {
						recorded++
					}
				}
				most = max(most, begun-recorded)
				return true, nil
			}
			s.restart(app.Config{Doubt: doubt, Connections: 8})
			s.faulty.Fault = func(string) (bool, error) { time.Sleep(time.Second); return true, nil }
			assert.Equal(t, 200, s.tick().DigestsSent)
			assert.LessOrEqual(t, most, doubt)
			assert.Greater(t, 2*most, doubt, "and it is used")
			s.faulty.Fault = nil
			s.everybodyHasOne(200)
		})
	}
}

// A message that was claimed ahead may wait for long. It is begun only while enough of its lease is left.
func TestAMessageIsBegunOnlyUnderALeaseThatLasts(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]app.Config{
		"a slow server":     {Connections: 1},
		"a low rate":        {Connections: 4, Rate: core.RateLimit{PerMinute: 3}},
		"a rate of many":    {Connections: 4, Rate: core.RateLimit{PerMinute: 30}},
		"a strict and slow": {Connections: 2, Doubt: 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, crowd(60))
			clock := systemclock.At(noon)
			s.mailer.Fault = func(_ int, m core.Message) (bool, error) {
				sending := 0
				for _, row := range s.dump().Ledger {
					if row.Status == core.Sending {
						sending++
					}
					if row.Claim.MessageID == m.ID {
						assert.GreaterOrEqual(t, row.Claim.Lease.Sub(clock.Now()), app.Lease-time.Minute-time.Second, name)
					}
				}
				assert.LessOrEqual(t, sending, 4+max(8, config.Rate.PerMinute), "%s: no further ahead than a minute's worth", name)
				if config.Rate.PerMinute == 0 {
					time.Sleep(25 * time.Second)
				}
				return true, nil
			}
			s.restart(config)
			assert.Equal(t, 60, s.tick().DigestsSent, name)
			s.everybodyHasOne(60)
		})
	}
}

func TestADigestWithoutANextIsSettledAtOnce(t *testing.T) {
	t.Parallel()
	slowly(t, 1, nil, func(s *stage) {
		calls := s.recording(nil)
		assert.Equal(t, app.Report{Considered: 1, DigestsSent: 1}, s.tick())
		assert.Equal(t, []string{"Record claim", "Record settle"}, *calls)
		s.everybodyHasOne(1)
	})
}

func TestARefusalBetweenTwoDigestsIsRecordedBeforeTheNext(t *testing.T) {
	t.Parallel()
	slowly(t, 4, func(_ *stage, n int) error {
		if n == 2 {
			return &ports.SendError{Outcome: ports.TemporaryRefusal, Code: 450, Err: errRefused}
		}
		return nil
	}, func(s *stage) {
		calls := s.recording(nil)
		assert.Equal(t, app.Report{Considered: 4, DigestsSent: 3, Left: 1, Waiting: 1, OldestDue: noon}, s.tick())
		assert.Equal(t, []string{"Record claim", "Record settle, claim", "Record release"}, (*calls)[:3])
		assert.Equal(t, 1, s.tick().DigestsSent)
		s.everybodyHasOne(4)
	})
}

func TestATurnoverThatMayHaveHappenedLosesNothingAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		for _, fault := range []error{ports.ErrUnknown, ports.ErrUnavailable} {
			slowly(t, 4, nil, func(s *stage) {
				s.recording(once("Record settle, claim", happened, fault))
				_, err := s.ticker.Tick(context.Background())
				assert.ErrorIs(t, err, fault)
				assert.Len(t, s.mailer.Sent(), 1, "a store that is in trouble is not written to any more")
				rows := s.dump().Ledger
				assert.Equal(t, core.Sent, rows[0].Status, "what was accepted is settled all the same")
				claimed := len(rows) - 1
				assert.Equal(t, happened, claimed > 0)

				assert.Equal(t, 3-claimed, s.tick().DigestsSent, "a claim that may be of this process is left alone until its lease ends")
				s.clock.Add(app.Lease)
				assert.Equal(t, claimed, s.tick().Recovered)
				s.everybodyHasOne(4)
			})
		}
	}
}

func TestAStoreThatGoesAwayAtATurnoverIsOwedTheOutcome(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		slowly(t, 3, nil, func(s *stage) {
			gone := true
			s.recording(func(method string) (bool, error) {
				switch {
				case gone && method == "Record settle, claim":
					return happened, ports.ErrUnknown
				case gone && method == "Record settle":
					return false, ports.ErrUnknown
				}
				return true, nil
			})
			_, err := s.ticker.Tick(context.Background())
			assert.ErrorIs(t, err, ports.ErrUnknown)
			assert.Len(t, s.mailer.Sent(), 1)
			s.clock.Add(app.Lease)
			_, err = s.ticker.Tick(context.Background())
			require.ErrorContains(t, err, "recording an earlier outcome")
			assert.Len(t, s.mailer.Sent(), 1, "nothing goes out while outcomes cannot be written down")
			gone = false
			report := s.tick()
			assert.Equal(t, 2, report.DigestsSent+report.Recovered)
			s.everybodyHasOne(3)
		})
	}
}

func TestAnOutcomeWhoseRowIsGoneIsNotOwedForEver(t *testing.T) {
	t.Parallel()
	slowly(t, 2, nil, func(s *stage) {
		gone := true
		s.recording(func(method string) (bool, error) {
			if gone && (method == "Record settle, claim" || method == "Record settle") {
				return false, ports.ErrUnavailable
			}
			return true, nil
		})
		_, err := s.ticker.Tick(context.Background())
		assert.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Len(t, s.mailer.Sent(), 1)
		require.NoError(t, porttest.On(s.store).Release(context.Background(), s.dump().Ledger[0].Claim), "as nothing but somebody's hand can do")
		gone = false
		assert.Equal(t, app.Report{Considered: 2, DigestsSent: 2}, s.tick())
		assert.Equal(t, app.Report{}, s.tick())
	})
}

func TestAHalfOfATurnoverMayBeAConflict(t *testing.T) {
	t.Parallel()
	// The row that is to be settled is gone, which nothing but somebody's hand can do.
	slowly(t, 3, func(s *stage, n int) error {
		if n == 1 {
			row := s.dump().Ledger[0]
			return porttest.On(s.store).Release(context.Background(), row.Claim)
		}
		return nil
	}, func(s *stage) {
		assert.Equal(t, app.Report{Considered: 3, DigestsSent: 3}, s.tick())
		assert.Len(t, s.dump().Ledger, 2)
	})
	// Another scheduler has claimed the next.
	slowly(t, 3, func(s *stage, n int) error {
		if n == 1 {
			_, err := porttest.On(s.store).Claim(context.Background(), core.Claim{Recipient: 2, MessageID: "other@rfc.example", Lease: noon.Add(time.Hour)})
			return err
		}
		return nil
	}, func(s *stage) {
		assert.Equal(t, app.Report{Considered: 3, DigestsSent: 2, Left: 1}, s.tick())
		for _, row := range s.dump().Ledger {
			assert.Equal(t, row.Recipient == 2, row.Status == core.Sending)
		}
	})
}
