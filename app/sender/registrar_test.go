package sender

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core"
)

// The server becomes slower while jobs are claimed ahead, or says that it takes fewer connections: then there are more
// of them than the most.
func TestClaimsAheadKeepToTheMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string, most int) []*attempt {
			return make([]*attempt, rapid.IntRange(0, most).Draw(t, name))
		}
		r := &Run{
			Sender: &Sender{config: Config{Doubt: 16, Rate: core.RateLimit{PerMinute: rapid.IntRange(0, 200).Draw(t, "per minute")}}},
			going:  context.Background(),
			server: server{
				limit:    rapid.IntRange(1, 8).Draw(t, "connections"),
				accepted: rapid.IntRange(0, 3).Draw(t, "accepted"),
				spent:    time.Duration(rapid.Int64Range(0, int64(10*time.Minute)).Draw(t, "spent")),
			},
			ahead: some("ahead", 2*maxAhead),
			fresh: some("fresh", 2*maxAhead),
			notes: []*outcome{{}},
			late:  true,
		}
		r.room = sync.NewCond(&r.mu)
		most, ahead, fresh := r.mostAhead(), len(r.ahead), len(r.fresh)

		notes, claims, leave, ok := r.nextSet()
		assert.True(t, ok)
		assert.Len(t, notes, 1)
		assert.Empty(t, leave)
		assert.Len(t, r.fresh, fresh-len(claims))
		if len(claims) > 0 {
			assert.LessOrEqual(t, ahead+len(claims), most)
		}
		switch {
		case ahead > most/2: // many at once are cheaper
			assert.Empty(t, claims)
		case r.server.accepted > 0 && most > 0:
			assert.Len(t, claims, min(fresh, most-ahead))
		}
	})
}

// A set is recorded when half of the budget of doubt is in it, so that messages go on meanwhile. If they had to wait all the
// same, the next set has all of the budget.
func TestASetIsAsLargeAsItPays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		notes, busy  int
		behind, want bool
	}{
		"less than half": {notes: 7, busy: 4},
		"half":           {notes: 8, busy: 4, want: true},
		"half, behind":   {notes: 8, busy: 4, behind: true},
		"all, behind":    {notes: 12, busy: 4, behind: true, want: true},
	} {
		r := &Run{Sender: &Sender{config: Config{Doubt: 16}}, going: t.Context(), notes: make([]*outcome, c.notes), busy: c.busy, behind: c.behind}
		assert.Equal(t, c.want, r.due(), name)
	}
}

func TestTheWaitForOneSetCutsNoOtherShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &Run{Sender: &Sender{config: Config{Doubt: 16}}, going: t.Context(), busy: 1}
		r.desk, r.room = sync.NewCond(&r.mu), sync.NewCond(&r.mu)
		late := func() bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.late
		}
		r.note(&outcome{})
		r.notes = nil // recorded, since there were many
		time.Sleep(linger / 2)
		r.note(&outcome{})
		time.Sleep(linger/2 + time.Millisecond)
		assert.False(t, late())
		time.Sleep(linger / 2)
		assert.True(t, late())
	})
}
