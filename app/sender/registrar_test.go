package sender

import (
	"context"
	"sync"
	"testing"
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
