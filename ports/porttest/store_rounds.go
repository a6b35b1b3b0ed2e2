package porttest

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// takeAll takes what is left at now, and returns it in ascending order.
func (s *storeTest) takeAll(now time.Time) (ranges []core.Range) {
	s.Helper()
	for {
		r, ok, err := s.Take(s.ctx, now)
		require.NoError(s, err)
		if !ok {
			slices.SortFunc(ranges, byAfter)
			return ranges
		}
		ranges = append(ranges, r)
	}
}

func byAfter(a, b core.Range) int { return cmp.Compare(a.After, b.After) }

// assertDivides holds ranges to be ascending, without overlap, and to have in them whom Due returns.
func (s *storeTest) assertDivides(now time.Time, ranges []core.Range, size int) {
	s.Helper()
	due, err := s.Due(s.ctx, now, 0, 1000)
	require.NoError(s, err)
	for i, r := range ranges {
		assert.Less(s, r.After, r.Through)
		if i > 0 {
			assert.GreaterOrEqual(s, r.After, ranges[i-1].Through)
		}
	}
	for _, one := range due {
		in := 0
		for _, r := range ranges {
			if one.ID > r.After && one.ID <= r.Through {
				in++
			}
		}
		assert.Equal(s, 1, in, "%d is in one range", one.ID)
	}
	assert.LessOrEqual(s, len(ranges), len(due)/size+1)
}

var roundCases = []storeCase{
	{"the due are divided into ranges", func(s *storeTest) {
		ranges, err := s.Ranges(s.ctx, noon, 3)
		require.NoError(s, err)
		assert.Empty(s, ranges, "of nobody there are none")
		var w core.World
		for id := range int64(10) {
			w.Users = append(w.Users, someone(7*id+1))
		}
		w.Users = append(w.Users, someone(big))
		s.fill(w)
		ranges, err = s.Ranges(s.ctx, noon, 3)
		require.NoError(s, err)
		assert.Len(s, ranges, 4)
		s.assertDivides(noon, ranges, 3)
		again, err := s.Ranges(s.ctx, noon, 3)
		require.NoError(s, err)
		assert.Equal(s, ranges, again)
	}},

	{"each range of a round is given out once", func(s *storeTest) {
		assert.Empty(s, s.takeAll(noon), "a round that nobody opened has none")
		var w core.World
		for id := range int64(20) {
			w.Users = append(w.Users, someone(id+1))
		}
		s.fill(w)
		require.NoError(s, s.Open(s.ctx, noon, 4))
		r, ok, err := s.Take(s.ctx, noon)
		require.NoError(s, err)
		require.True(s, ok)
		require.NoError(s, s.Open(s.ctx, noon, 4), "to open it again changes nothing")
		rest := s.takeAll(noon)
		all := append([]core.Range{r}, rest...)
		slices.SortFunc(all, byAfter)
		s.assertDivides(noon, all, 4)
		assert.Len(s, rest, 4)
		require.NoError(s, s.Open(s.ctx, noon, 4))
		assert.Empty(s, s.takeAll(noon), "it stays closed")

		later := noon.Add(time.Hour)
		require.NoError(s, s.Open(s.ctx, later, 100))
		assert.Len(s, s.takeAll(later), 1, "another instant is another round")
	}},

	{"what is left of a round is taken before the next is opened", func(s *storeTest) {
		var w core.World
		for id := range int64(20) {
			w.Users = append(w.Users, someone(id+1))
		}
		s.fill(w)
		require.NoError(s, s.Open(s.ctx, noon, 4))
		first, ok, err := s.Take(s.ctx, noon)
		require.NoError(s, err)
		require.True(s, ok)
		later := noon.Add(time.Hour)
		require.NoError(s, s.Open(s.ctx, later, 4))
		r, ok, err := s.Take(s.ctx, later)
		require.NoError(s, err)
		require.True(s, ok)
		assert.Len(s, s.takeAll(noon), 3, "those of noon and later take from the same round")
		assert.NotEqual(s, first, r)
		require.NoError(s, s.Open(s.ctx, later, 4))
		assert.Len(s, s.takeAll(later), 5, "now it is opened")
		require.NoError(s, s.Open(s.ctx, noon, 4))
		assert.Empty(s, s.takeAll(later), "noon was before")
	}},

	{"rounds of another day, or to come, are left alone", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{someone(1)}})
		require.NoError(s, s.Open(s.ctx, noon, 4))
		assert.Empty(s, s.takeAll(noon.Add(-time.Second)))
		assert.Empty(s, s.takeAll(noon.Add(24*time.Hour+time.Second)))
		earlier := noon.Add(-time.Minute)
		require.NoError(s, s.Open(s.ctx, earlier, 4))
		assert.Len(s, s.takeAll(earlier), 1, "whoever's clock is behind has rounds of their own")
		require.NoError(s, s.Open(s.ctx, noon.Add(48*time.Hour), 4))
		assert.Empty(s, s.takeAll(noon), "it is forgotten")
	}},

	{"a round is opened once, also one of nobody", func(s *storeTest) {
		require.NoError(s, s.Open(s.ctx, noon, 4))
		s.fill(core.World{Users: []core.Recipient{someone(1)}})
		require.NoError(s, s.Open(s.ctx, noon, 4))
		assert.Empty(s, s.takeAll(noon), "who comes late is for the next")
		require.NoError(s, s.Open(s.ctx, noon.Add(time.Minute), 4))
		assert.Len(s, s.takeAll(noon.Add(time.Minute)), 1)
	}},

	{"ranges are divided among all who take at once", func(s *storeTest) {
		var w core.World
		for id := range int64(60) {
			w.Users = append(w.Users, someone(id+1))
		}
		s.fill(w)
		var all sync.WaitGroup
		given := make([][]core.Range, 6)
		for i := range given {
			all.Go(func() {
				assert.NoError(s, s.Open(s.ctx, noon, 3))
				given[i] = s.takeAll(noon)
			})
		}
		all.Wait()
		seen := map[core.Range]int{}
		for _, ranges := range given {
			for _, r := range ranges {
				seen[r]++
			}
		}
		assert.Len(s, seen, 20)
		for r, n := range seen {
			assert.Equal(s, 1, n, "%v", r)
		}
	}},
}
