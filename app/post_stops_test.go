package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/app"
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
			if method == "SettleAndClaim" && bug {
				bug = false
				panic("a bug in a store")
			}
			return true, nil
		})
		report := s.tick()
		assert.Equal(t, []app.Failure{{Recipient: 2, Reason: "sending: internal error: a bug in a store"}}, report.Failures)
		assert.Equal(t, 3, report.DigestsSent)
		assert.Equal(t, []string{"Claim", "SettleAndClaim", "Settle", "Claim", "SettleAndClaim", "Settle"}, *calls)
		assert.Equal(t, 1, s.tick().DigestsSent)
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
		assert.Equal(t, []string{"Claim", "SettleAndClaim", "Settle"}, *calls)
		s.everybodySoFar(2)
		assert.Equal(t, app.Report{Considered: 2, DigestsSent: 2}, s.tick())
		s.everybodyHasOne(4)
	})
}

func TestAStopInATurnoverSettlesTheFirst(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		slowly(t, 3, nil, func(s *stage) {
			ctx, stop := context.WithCancel(context.Background())
			fault := once("SettleAndClaim", happened, context.Canceled)
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
