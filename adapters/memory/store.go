package memory

import (
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

var _ ports.Store = (*Store)(nil)

// Store is a [ports.Store] in memory. Its zero value is empty and ready.
type Store struct {
	mu            sync.Mutex
	random        *rand.Rand
	users         map[int64]core.Recipient
	titles        map[string]string
	notifications map[int64]core.Notification
	ledger        map[int64]core.LedgerRow
	held          map[int64]core.HeldRow
	gone          map[int64]bool // IDs of people who were deleted
	watches       []core.Watch
	lastTick      core.TickMark
	facts         map[string]string
	lastID        int64 // of ledger rows and held mail; never used twice

	paid time.Time // until when the rate limit is used up

	byRecipient map[int64][]int64 // notification IDs
	windows     map[int64][]int64 // ledger IDs, ascending
}

// New returns a store that holds w.
func New(w core.World) *Store {
	s := new(Store)
	_ = s.Fill(context.Background(), w) // cannot fail: there is no context to end
	return s
}

// Fill adds the rows of w. A row with the same ID is replaced. Ledger rows and held mail whose ID is 0
// get one. People keep the [core.Person] that w gives them.
func (s *Store) Fill(ctx context.Context, w core.World) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prepare()
	for _, u := range w.Users {
		s.users[u.ID] = copyRecipient(u)
	}
	for _, r := range w.RFCs {
		s.titles[r.Slug] = r.Title
	}
	for _, n := range w.Notifications {
		if _, there := s.notifications[n.ID]; !there {
			s.byRecipient[n.Recipient] = append(s.byRecipient[n.Recipient], n.ID)
		}
		s.notifications[n.ID] = n
	}
	for _, row := range w.Ledger {
		row.ID = s.nextID(row.ID)
		s.putLedger(row)
	}
	for _, row := range w.Held {
		row.ID = s.nextID(row.ID)
		row.Notifications = slices.Clone(row.Notifications)
		s.held[row.ID] = row
	}
	s.watches = append(s.watches, w.Watches...)
	return ctx.Err()
}

// Dump returns everything in the store, each table by ascending ID.
func (s *Store) Dump(ctx context.Context) (core.World, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var w core.World
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		w.Users = append(w.Users, copyRecipient(s.users[id]))
	}
	for _, slug := range slices.Sorted(maps.Keys(s.titles)) {
		w.RFCs = append(w.RFCs, core.RFC{Slug: slug, Title: s.titles[slug]})
	}
	for _, id := range slices.Sorted(maps.Keys(s.notifications)) {
		w.Notifications = append(w.Notifications, s.notifications[id])
	}
	for _, id := range slices.Sorted(maps.Keys(s.ledger)) {
		row := s.ledger[id]
		row.Notifications = slices.Clone(row.Notifications)
		w.Ledger = append(w.Ledger, row)
	}
	for _, id := range slices.Sorted(maps.Keys(s.held)) {
		row := s.held[id]
		row.Notifications = slices.Clone(row.Notifications)
		w.Held = append(w.Held, row)
	}
	w.Watches = slices.SortedFunc(slices.Values(s.watches), func(a, b core.Watch) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Slug, b.Slug))
	})
	return w, ctx.Err()
}

func (s *Store) prepare() {
	if s.users != nil {
		return
	}
	// Rows come back in an order that is the same in every run, but not the one in which they were added.
	s.random = rand.New(rand.NewPCG(1, 2))
	s.users = make(map[int64]core.Recipient)
	s.titles = make(map[string]string)
	s.notifications = make(map[int64]core.Notification)
	s.ledger = make(map[int64]core.LedgerRow)
	s.held = make(map[int64]core.HeldRow)
	s.gone = make(map[int64]bool)
	s.byRecipient = make(map[int64][]int64)
	s.windows = make(map[int64][]int64)
	s.facts = make(map[string]string)
}

// nextID returns id, or a new one if it is 0.
func (s *Store) nextID(id int64) int64 {
	if id == 0 {
		id = s.lastID + 1
	}
	s.lastID = max(s.lastID, id)
	return id
}

func (s *Store) putLedger(row core.LedgerRow) {
	if _, there := s.ledger[row.ID]; !there {
		ids := append(s.windows[row.Recipient], row.ID)
		slices.Sort(ids)
		s.windows[row.Recipient] = ids
	}
	row.Notifications = slices.Clone(row.Notifications)
	s.ledger[row.ID] = row
}

// do runs one call of a port's method, under the lock.
func (s *Store) do(ctx context.Context, call func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prepare()
	if err := ctx.Err(); err != nil {
		return err
	}
	return call()
}

// shuffle shuffles rows whose order is not promised, so that no caller relies on it.
func shuffle[T any](s *Store, rows []T) {
	s.random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
}

func copyRecipient(r core.Recipient) core.Recipient {
	if r.Preferences.SendHour != nil {
		hour := *r.Preferences.SendHour
		r.Preferences.SendHour = &hour
	}
	return r
}
