package app_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// crowded is a store in which so many people are due at noon, with something to tell each, and how often
// it was asked who is due.
func crowded(people int64) (store *porttest.Faulty, asked *atomic.Int64) {
	var w core.World
	for id := int64(1); id <= people; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: "a@rfc.example", Cadence: core.Daily})
		w.Notifications = append(w.Notifications, core.Notification{ID: id, Recipient: id, Kind: "pr_opened", Slug: "a", CreatedAt: noon.Add(-time.Hour)})
	}
	asked = new(atomic.Int64)
	return &porttest.Faulty{Store: memory.New(w), Fault: func(method string) (bool, error) {
		if method == "Due" {
			asked.Add(1)
		}
		return true, nil
	}}, asked
}

func tickerOn(t *testing.T, store ports.Store, c app.Config) (*app.Ticker, *memory.Mailer) {
	t.Helper()
	var err error
	c.Style, err = core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	mailer := new(memory.Mailer)
	ticker, err := app.New(c, store, mailer, memory.NewClock(noon))
	require.NoError(t, err)
	return ticker, mailer
}

func TestTicksAtOneInstantShareTheWork(t *testing.T) {
	t.Parallel()
	const people = 1700
	store, asked := crowded(people)
	var all sync.WaitGroup
	var sent, left atomic.Int64
	for range 3 {
		ticker, mailer := tickerOn(t, store, app.Config{})
		all.Go(func() {
			r, err := ticker.TickShared(t.Context(), noon)
			assert.NoError(t, err)
			assert.Equal(t, r.DigestsSent, len(mailer.Sent()))
			sent.Add(int64(r.DigestsSent))
			left.Add(int64(r.Left))
		})
	}
	all.Wait()
	assert.EqualValues(t, people, sent.Load())
	assert.Zero(t, left.Load(), "nobody came upon what another had")
	assert.EqualValues(t, 4, asked.Load(), "each page was read once, by one of them")

	ticker, mailer := tickerOn(t, store, app.Config{})
	r, err := ticker.TickShared(t.Context(), noon.Add(24*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, people, r.RolledEmpty, "the next instant is another round")
	assert.Empty(t, mailer.Sent())
}

func TestATickInPartsIsATick(t *testing.T) {
	t.Parallel()
	whole, _ := crowded(30)
	ticker, want := tickerOn(t, whole, app.Config{})
	report, err := ticker.Tick(t.Context())
	require.NoError(t, err)
	require.Equal(t, 30, report.DigestsSent)

	parts, _ := crowded(30)
	ticker, got := tickerOn(t, parts, app.Config{})
	r, err := ticker.TickFront(t.Context(), noon)
	require.NoError(t, err)
	assert.Zero(t, r.Considered)
	ranges, err := ticker.Ranges(t.Context(), noon, 7)
	require.NoError(t, err)
	require.Len(t, ranges, 5)
	for range 2 { // whatever is done twice is as if it were done once
		for _, one := range ranges {
			_, err := ticker.TickRange(t.Context(), noon, one)
			require.NoError(t, err)
		}
	}
	assert.ElementsMatch(t, want.Sent(), got.Sent())
	a, err := whole.Store.(*memory.Store).Dump(t.Context())
	require.NoError(t, err)
	b, err := parts.Store.(*memory.Store).Dump(t.Context())
	require.NoError(t, err)
	assert.Len(t, b.Ledger, len(a.Ledger))
	assert.Equal(t, a.Notifications, b.Notifications)
}

func TestAPartWithMailOffIsNone(t *testing.T) {
	t.Parallel()
	store, asked := crowded(3)
	ticker, mailer := tickerOn(t, store, app.Config{MailOff: true})
	_, err := ticker.TickRange(t.Context(), noon, core.Everybody())
	require.NoError(t, err)
	_, err = ticker.TickShared(t.Context(), noon)
	require.NoError(t, err)
	assert.Empty(t, mailer.Sent())
	assert.Zero(t, asked.Load())
}
