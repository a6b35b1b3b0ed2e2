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

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
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
		if slices.Contains([]string{"Claim", "Settle", "SettleAndClaim", "Release"}, method) {
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

func TestADigestIsSettledWithTheClaimOfTheNext(t *testing.T) {
	t.Parallel()
	slowly(t, 6, nil, func(s *stage) {
		calls := s.recording(nil)
		assert.Equal(t, app.Report{Considered: 6, DigestsSent: 6}, s.tick())
		const turn = "SettleAndClaim"
		assert.Equal(t, []string{"Claim", turn, turn, turn, turn, turn, "Settle"}, *calls)
		s.everybodyHasOne(6)
	})
}

func TestADigestWithoutANextIsSettledAtOnce(t *testing.T) {
	t.Parallel()
	slowly(t, 1, nil, func(s *stage) {
		calls := s.recording(nil)
		assert.Equal(t, app.Report{Considered: 1, DigestsSent: 1}, s.tick())
		assert.Equal(t, []string{"Claim", "Settle"}, *calls)
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
		assert.Equal(t, app.Report{Considered: 4, DigestsSent: 3, Left: 1, OldestDue: noon}, s.tick())
		assert.Equal(t, []string{"Claim", "SettleAndClaim", "Release", "Claim", "SettleAndClaim", "Settle"}, *calls)
		assert.Equal(t, 1, s.tick().DigestsSent)
		s.everybodyHasOne(4)
	})
}

func TestATurnoverThatMayHaveHappenedLosesNothingAndSendsNothingTwice(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		for _, fault := range []error{ports.ErrUnknown, ports.ErrUnavailable} {
			slowly(t, 4, nil, func(s *stage) {
				s.recording(once("SettleAndClaim", happened, fault))
				_, err := s.ticker.Tick(context.Background())
				assert.ErrorIs(t, err, fault)
				assert.Len(t, s.mailer.Sent(), 1, "a store that is in trouble is not written to any more")
				rows := s.dump().Ledger
				assert.Equal(t, core.Sent, rows[0].Status, "what was accepted is settled all the same")
				assert.Equal(t, happened, len(rows) == 2)

				report := s.tick()
				assert.Equal(t, happened, report.DigestsSent == 2, "whoever's the claim is, it is left alone until its lease ends")
				s.clock.Add(app.Lease)
				assert.Equal(t, happened, s.tick().Recovered == 1)
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
				case gone && method == "SettleAndClaim":
					return happened, ports.ErrUnknown
				case gone && method == "Settle":
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

func TestAHalfOfATurnoverMayBeAConflict(t *testing.T) {
	t.Parallel()
	// The row that is to be settled is gone, which nothing but somebody's hand can do.
	slowly(t, 3, func(s *stage, n int) error {
		if n == 1 {
			row := s.dump().Ledger[0]
			return s.store.Release(context.Background(), row.Claim, core.Refusal{})
		}
		return nil
	}, func(s *stage) {
		assert.Equal(t, app.Report{Considered: 3, DigestsSent: 3}, s.tick())
		assert.Len(t, s.dump().Ledger, 2)
	})
	// Another scheduler has claimed the next.
	slowly(t, 3, func(s *stage, n int) error {
		if n == 1 {
			_, err := s.store.Claim(context.Background(), core.Claim{Recipient: 2, MessageID: "other@rfc.example", Lease: noon.Add(time.Hour)})
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
