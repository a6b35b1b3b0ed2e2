package app_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// unfinished is the mark of a copy that has not ended.
var unfinished = core.CopyMark{Source: "/old.db\n", Begun: noon.Add(-time.Hour)}

// ways are all ways to tick.
var ways = map[string]func(*app.Ticker, context.Context) (app.Report, error){
	"alone":  func(t *app.Ticker, ctx context.Context) (app.Report, error) { return t.TickAt(ctx, noon) },
	"shared": func(t *app.Ticker, ctx context.Context) (app.Report, error) { return t.TickShared(ctx, noon) },
	"front":  func(t *app.Ticker, ctx context.Context) (app.Report, error) { return t.TickFront(ctx, noon) },
	"a range": func(t *app.Ticker, ctx context.Context) (app.Report, error) {
		return t.TickRange(ctx, noon, core.Everybody())
	},
}

func TestNothingIsSentWhileACopyIsUnfinished(t *testing.T) {
	t.Parallel()
	for name, tick := range ways {
		for _, off := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := people(3)
				w.Watches = []core.Watch{{User: 1, Slug: "a", State: core.Watching, Participation: core.At(noon.AddDate(-1, 0, 0))}}
				s := newStage(t, core.World{}, func(c *app.Config) { c.MailOff = off })
				require.NoError(t, s.store.BeginCopy(t.Context(), unfinished))
				require.NoError(t, s.store.Fill(t.Context(), w))
				require.NoError(t, s.store.PutHeld(t.Context(), []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "Hello", Status: core.Held}}}))
				doubt := core.LedgerRow{Status: core.Sending, Claim: core.Claim{ID: 1, Recipient: 2, MessageID: "a@rfc.example", Lease: noon.Add(-time.Hour)}}
				require.NoError(t, s.store.PutLedger(t.Context(), []core.LedgerRow{doubt}))
				before := s.dump()
				dials := 0
				s.mailer.DialFault = func(int) error { dials++; return nil }
				var told []error
				s.ticker.OnTick(func(_ app.Report, err error) { told = append(told, err) })

				report, err := tick(s.ticker, t.Context())
				require.ErrorIs(t, err, ports.ErrUnfinished)
				assert.EqualError(t, err, "the database has only a part of /old.db, so nothing is sent: a copy to it has not ended (begun at 2026-03-29 11:00:00 UTC); "+
					"run rfcdigest copy again with the same --from and --to, or begin anew as rfcdigest copy --help says")
				assert.Equal(t, app.Report{}, report)
				assert.Zero(t, dials)
				assert.Equal(t, before, s.dump())
				m, err := s.store.LastTick(t.Context())
				require.NoError(t, err)
				assert.Zero(t, m)
				assert.ErrorIs(t, s.ticker.Health().Err, ports.ErrUnfinished)
				s.ticker.EndParts()
				if assert.Len(t, told, 1) {
					assert.ErrorIs(t, told[0], ports.ErrUnfinished)
				}

				require.NoError(t, s.store.EndCopy(t.Context(), unfinished))
				require.NoError(t, s.ticker.MaySend(t.Context()))
				_, err = tick(s.ticker, t.Context())
				require.NoError(t, err)
				if !off {
					assert.NotZero(t, dials)
				}
			})
		}
	}
}

func TestATickAsksOnceWhetherACopyIsUnderWay(t *testing.T) {
	t.Parallel()
	for name, tick := range ways {
		store, _ := crowded(1200)
		var asked atomic.Int64
		store.Fault = func(method string) (bool, error) {
			if method == "CopyMark" {
				asked.Add(1)
			}
			return true, nil
		}
		ticker, _ := tickerOn(t, store, app.Config{})
		_, err := tick(ticker, t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, asked.Load(), name)
	}
}

func TestWhereNobodyKnowsWhetherACopyIsUnderWayNothingIsSent(t *testing.T) {
	t.Parallel()
	lost := errors.New("no such table")
	for name, tick := range ways {
		store, _ := crowded(3)
		store.Fault = func(method string) (bool, error) {
			if method == "CopyMark" {
				return false, lost
			}
			return true, nil
		}
		ticker, mailer := tickerOn(t, store, app.Config{})
		_, err := tick(ticker, t.Context())
		require.ErrorIs(t, err, lost, name)
		assert.NotErrorIs(t, err, ports.ErrUnfinished, name)
		assert.Empty(t, mailer.Sent(), name)
		assert.Empty(t, dumped(t, store.Store.(*memory.Store)).Ledger, name)
	}
}

func dumped(t *testing.T, s *memory.Store) core.World {
	t.Helper()
	w, err := s.Dump(t.Context())
	require.NoError(t, err)
	return w
}
