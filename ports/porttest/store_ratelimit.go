package porttest

import (
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

var paceCases = []storeCase{
	{"messages leave at one pace, whoever asks", func(s *storeTest) {
		pace := core.RateLimit{PerMinute: 60}
		for i := range 4 {
			leave, err := s.NextSend(s.ctx, pace, noon)
			require.NoError(s, err)
			assert.WithinDuration(s, noon.Add(time.Duration(i)*time.Second), leave, time.Millisecond)
		}
		leave, err := s.NextSend(s.ctx, pace, noon.Add(time.Hour))
		require.NoError(s, err)
		assert.WithinDuration(s, noon.Add(time.Hour), leave, time.Millisecond, "no credit for an hour in which nothing left")
	}},

	{"those who ask at once leave one after another", func(s *storeTest) {
		var all sync.WaitGroup
		left := make([]time.Time, 8)
		for i := range left {
			all.Go(func() {
				var err error
				left[i], err = s.NextSend(s.ctx, core.RateLimit{PerMinute: 60}, noon)
				assert.NoError(s, err)
			})
		}
		all.Wait()
		seconds := map[int64]bool{}
		for _, at := range left {
			seconds[at.Add(time.Millisecond).Unix()] = true
		}
		assert.Len(s, seconds, len(left))
	}},
}
