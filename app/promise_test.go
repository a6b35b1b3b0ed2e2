package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

func TestTheNextMessageIsAnnounced(t *testing.T) {
	t.Parallel()
	for connections, n := range map[int]int64{1: 50, 4: 200} {
		server := new(moody)
		withServer(t, n, server, connections, func(s *stage, ticker *app.Ticker) {
			assert.EqualValues(t, n, s.tickWith(ticker).DigestsSent)
			assert.Greater(t, server.promised, int(n)*3/4, "over %d connections", connections)
			assert.Zero(t, server.dropped)
		})
	}
}

func TestNothingIsAnnouncedThatMayHaveToWait(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]app.Config{
		"for the record of the last one": {Connections: 1, Doubt: 1},
		"for the rate limit":             {Connections: 4, Rate: core.RateLimit{PerMinute: 6000}},
		"for its claim":                  {Connections: 64},
	} {
		server := new(moody)
		withConfig(t, 60, server, config, func(s *stage, ticker *app.Ticker) {
			assert.Equal(t, 60, s.tickWith(ticker).DigestsSent, name)
			assert.Zero(t, server.promised, name)
		})
	}
}

// While it has to be seen whether the server takes anything, one message is under way at a time.
func TestNothingIsAnnouncedToAServerThatMayTakeNothing(t *testing.T) {
	t.Parallel()
	refused, before := 0, 0
	server := new(moody)
	server.send = func(_ int, to string) error {
		if refused >= 10 {
			assert.Equal(t, before, server.promised)
		}
		before = server.promised
		if n := number(to); n > 50 && n <= 65 {
			refused++
			return refusal(ports.RecipientRefusal, 550, "RCPT: 550 5.1.1")
		}
		refused = 0
		return nil
	}
	withServer(t, 100, server, 1, func(s *stage, ticker *app.Ticker) {
		report := s.tickWith(ticker)
		assert.Empty(t, report.Stopped)
		assert.Equal(t, 85, report.DigestsSent)
		assert.Positive(t, server.dropped, "the one that was announced when the tenth was refused")
	})
}

// A server that says that we are too fast is not left waiting for a message.
func TestAPauseTakesBackWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	once := false
	server := &moody{send: func(_ int, to string) error {
		if !once && number(to) == 30 {
			once = true
			return refusal(ports.RateRefusal, 451, "message: 451 4.3.0")
		}
		return nil
	}}
	withServer(t, 60, server, 1, func(s *stage, ticker *app.Ticker) {
		assert.Equal(t, 60, s.tickWith(ticker).DigestsSent)
		assert.Equal(t, 1, server.dropped)
	})
}

func TestAStopTakesBackWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	server := new(moody)
	server.send = func(int, string) error {
		if len(server.taken) == 29 {
			stop()
		}
		return nil
	}
	withServer(t, 60, server, 1, func(s *stage, ticker *app.Ticker) {
		_, err := ticker.Tick(ctx)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 1, server.dropped)
		assert.Len(t, server.taken, 30)
		assert.Len(t, s.dump().Ledger, 30, "its claim is released")
		assert.Equal(t, 30, s.tickWith(ticker).DigestsSent)
	})
}

// While the store takes no notes nothing more is begun, so nothing is waited for.
func TestAStoreThatFailsTakesBackWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	server := new(moody)
	withServer(t, 60, server, 1, func(s *stage, ticker *app.Ticker) {
		var from time.Time
		s.faulty.Fault = func(call string) (bool, error) {
			server.mu.Lock()
			defer server.mu.Unlock()
			if !strings.HasPrefix(call, "Record settle") || len(server.taken) < 30 {
				return true, nil
			}
			if from.IsZero() {
				from = time.Now()
			}
			if time.Since(from) < 10*time.Second {
				return false, ports.ErrUnavailable
			}
			return true, nil
		}
		assert.Equal(t, 60, s.tickWith(ticker).DigestsSent)
		assert.Equal(t, 1, server.dropped)
		assert.Len(t, server.taken, 60)
	})
}

// A message is only begun under a claim with a whole conversation left, also if it was announced long ago.
func TestWhatWasAnnouncedIsClaimedAnewIfItsClaimIsOld(t *testing.T) {
	t.Parallel()
	server := &moody{}
	withServer(t, 40, server, 1, func(s *stage, ticker *app.Ticker) {
		began := time.Now()
		server.send = func(_ int, to string) error {
			left := time.Duration(0)
			for _, row := range s.dump().Ledger {
				if row.Recipient == int64(number(to)) && row.Status == core.Sending {
					left = row.Lease.Sub(noon.Add(time.Since(began)))
				}
			}
			assert.Greater(t, left, app.Lease-2*time.Minute, to)
			if number(to) == 20 {
				time.Sleep(90 * time.Second)
			}
			return nil
		}
		assert.Equal(t, 40, s.tickWith(ticker).DigestsSent)
		assert.Zero(t, server.dropped)
	})
}

// If another process has taken what was announced, the connection does not wait for it.
func TestWhatWasAnnouncedMayBeTakenByAnother(t *testing.T) {
	t.Parallel()
	server := &moody{send: func(_ int, to string) error {
		if number(to) == 20 {
			time.Sleep(90 * time.Second)
		}
		return nil
	}}
	withServer(t, 40, server, 1, func(s *stage, ticker *app.Ticker) {
		taken := 0
		s.faulty.Fault = func(call string) (bool, error) {
			if call == "Record release, claim" && taken == 0 {
				taken++
				return false, ports.ErrConflict
			}
			return true, nil
		}
		report := s.tickWith(ticker)
		assert.Equal(t, 39, report.DigestsSent)
		assert.Equal(t, 1, report.Left)
		assert.Equal(t, 1, taken)
		assert.Equal(t, 1, server.dropped)
	})
}

// What is announced counts in the budget of doubt: its message need not wait for that, and there are never more in doubt.
func TestWhatIsAnnouncedIsWithinTheBudget(t *testing.T) {
	t.Parallel()
	for _, doubt := range []int{4, 6, 8, 12} {
		server, most := new(moody), 0
		withConfig(t, 200, server, app.Config{Connections: 4, Doubt: doubt}, func(s *stage, ticker *app.Ticker) {
			s.faulty.Fault = func(call string) (bool, error) {
				if strings.HasPrefix(call, "Record settle") {
					time.Sleep(20 * time.Millisecond)
				}
				return true, nil
			}
			server.send = func(int, string) error {
				recorded := 0
				for _, row := range s.dump().Ledger {
					if row.Status == core.Sent {
						recorded++
					}
				}
				most = max(most, server.tries-recorded)
				return nil
			}
			assert.Equal(t, 200, s.tickWith(ticker).DigestsSent)
			assert.Positive(t, server.promised)
			assert.LessOrEqual(t, most, doubt)
			assert.Greater(t, most, doubt/2)
		})
	}
}
