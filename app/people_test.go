package app_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// leaver is a world in which person 1 has a digest in doubt, person 2 held mail, and person 3 a digest due.
func leaver() core.World {
	w := people(3)
	w.Ledger = []core.LedgerRow{{Status: core.Sending, SentAt: noon, Claim: core.Claim{
		Recipient: 1, Window: core.Window{Start: noon.Add(-30 * 24 * time.Hour), End: noon.Add(-time.Hour)}, MessageID: "doubt@rfc.example",
		Notifications: []int64{100}, Lease: noon.Add(-time.Minute), Attempts: 1}}}
	w.Held = []core.HeldRow{{HeldMail: core.HeldMail{Recipient: 2, Subject: "Private: your contract", Text: "Dear Ada", CreatedAt: noon, Status: core.Held}}}
	return w
}

// TestANewcomerGetsNothingWheneverTheOneBeforeThemIsDeleted has each person's number change hands before every
// single call that a tick makes to its store.
func TestANewcomerGetsNothingWheneverTheOneBeforeThemIsDeleted(t *testing.T) {
	t.Parallel()
	for id := int64(1); id <= 3; id++ {
		for at, calls := 1, 1; at <= calls; at++ {
			s := newStage(t, leaver())
			calls = 0
			var mu sync.Mutex
			s.faulty.Fault = func(string) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				if calls++; calls == at {
					require.NoError(t, s.store.Remove(context.Background(), id))
					require.NoError(t, s.store.Add(context.Background(), core.Recipient{ID: id, Address: "new@rfc.example", Name: "New", Cadence: core.Daily}))
				}
				return true, nil
			}
			s.tick()
			s.clock.Set(noon.Add(2 * time.Hour)) // what is in doubt is so no more
			s.tick()
			if calls < at { // how many there are depends on who is faster: a claim may go with a settlement
				require.Greater(t, at, 15)
				break
			}
			assert.NotContains(t, s.sentTo(), "new@rfc.example", "person %d, call %d", id, at)
			windows, err := s.store.Windows(t.Context(), id, 0, 10)
			require.NoError(t, err)
			for _, row := range windows {
				assert.Empty(t, row.Notifications, "person %d, call %d: a digest of the one before", id, at)
			}
			for _, row := range s.dump().Held {
				assert.NotEqual(t, id, row.Recipient, "person %d, call %d", id, at)
			}
			for _, row := range s.dump().Ledger {
				assert.NotEqual(t, core.Sending, row.Status, "person %d, call %d: nothing stays in the way", id, at)
			}
		}
	}
}

func TestAnAddressOfBlanksIsNoneAndNoTrouble(t *testing.T) {
	t.Parallel()
	w := people(2)
	w.Users[0].Address, w.Users[1].Address = " \u00a0\n", "\u00a0p2@rfc.example \r\n"
	w.Held = []core.HeldRow{{HeldMail: core.HeldMail{Recipient: 2, Subject: "Hello", Text: "Dear Ada", CreatedAt: noon, Status: core.Held}}}
	s := newStage(t, w)
	report := s.tick()
	assert.Equal(t, []string{"p2@rfc.example", "p2@rfc.example"}, s.sentTo())
	assert.Zero(t, report.Failed)
	assert.Equal(t, 1, report.Considered)
}
