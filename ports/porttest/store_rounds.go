package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// assertDivides asserts that ranges ascend, do not overlap, and have in them everybody whom Due returns.
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
}
