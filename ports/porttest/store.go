package porttest

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// StoreWorld is a fresh, empty store with a way to fill it and to look at all of it.
type StoreWorld struct {
	Store ports.Store
	// Fill adds the rows of a world.
	Fill func(context.Context, core.World) error
	// Dump returns every row, each table by ascending ID.
	Dump func(context.Context) (core.World, error)
	// Add adds a user as the app does: with an address, a name and a cadence only. Remove deletes one,
	// and leaves the ledger and the notifications as they are.
	Add    func(context.Context, core.Recipient) error
	Remove func(ctx context.Context, id int64) error
	// Merge gives the notifications of one user to another, as the app does when it merges their accounts.
	Merge func(ctx context.Context, from, to int64) error
}

// StoreContract runs the suite that every [ports.Store] passes; open returns a fresh one.
func StoreContract(t *testing.T, open func(t *testing.T) StoreWorld) {
	for _, group := range [][]storeCase{readCases, dueCases, restCases, ledgerCases, turnoverCases, heldCases, refusalCases, returnCases, lookCases, watchCases, muteCases, pruneCases, roundCases, paceCases, personCases, mergeCases, choiceCases, factCases, redirectCases} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				w := open(t)
				s := &storeTest{T: t, ctx: t.Context(), Calls: On(w.Store), world: w}
				c.run(s)
			})
		}
	}
}

// storeCase is one promise and the test that holds a store to it.
type storeCase struct {
	name string
	run  func(s *storeTest)
}

// storeTest is what a case works with.
type storeTest struct {
	*testing.T
	Calls
	ctx   context.Context
	world StoreWorld
}

func (s *storeTest) fill(w core.World) {
	s.Helper()
	require.NoError(s, s.world.Fill(s.ctx, w))
}

func (s *storeTest) dump() core.World {
	s.Helper()
	w, err := s.world.Dump(s.ctx)
	require.NoError(s, err)
	return w
}

// ledger returns the rows of the ledger.
func (s *storeTest) ledger() []core.LedgerRow {
	s.Helper()
	return s.dump().Ledger
}

// user returns the user with the given ID.
func (s *storeTest) user(id int64) core.Recipient {
	s.Helper()
	found, err := s.Lookup(s.ctx, []int64{id})
	require.NoError(s, err)
	require.Len(s, found, 1)
	return found[0]
}

// noon is the instant that the cases are built around.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// someone returns a recipient who is on the roster.
func someone(id int64) core.Recipient {
	return core.Recipient{ID: id, Address: "ada@rfc.example", Name: "Ada Lovelace", Cadence: core.Daily}
}

// event returns a notification of the recipient, created age before noon.
func event(id, recipient int64, age time.Duration) core.Notification {
	return core.Notification{ID: id, Recipient: recipient, Kind: "pr_opened", CreatedAt: noon.Add(-age)}
}

// claim returns a fresh claim on the recipient's first window, dated and in a language, under a lease until ten past noon.
func claim(recipient int64, ids ...int64) core.Claim {
	return core.Claim{
		Recipient: recipient, Window: core.Window{Start: noon.Add(-24 * time.Hour), End: noon}, MessageID: "id@rfc.example",
		Notifications: ids, Lease: noon.Add(10 * time.Minute), Attempts: 1, Dated: noon.Add(3 * time.Minute), Language: "pt-BR",
	}
}

func notificationIDs(ns []core.Notification) []int64 {
	ids := []int64{}
	for _, n := range ns {
		ids = append(ids, n.ID)
	}
	slices.Sort(ids)
	return ids
}

func byRecipientID(rs []core.Recipient) []core.Recipient {
	return slices.SortedFunc(slices.Values(rs), func(a, b core.Recipient) int { return cmp.Compare(a.ID, b.ID) })
}
