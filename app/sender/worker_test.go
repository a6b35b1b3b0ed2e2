package sender

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// doubtful is a worker of an early part of a tick, whose server refused so many.
func doubtful(refusals int) *worker {
	return &worker{Run: &Run{early: true, server: server{refusals: refusals}}}
}

func TestWhileAServerMayTakeNothingFewAreTried(t *testing.T) {
	t.Parallel()
	for refusals, putOff := range map[int]int{suspicious: 4, suspicious + 1: 16, suspicious + 2: 64} {
		w := doubtful(refusals)
		for range 2 {
			for range putOff {
				one := &attempt{tries: 1}
				assert.Equal(t, later, w.unsure(one))
				assert.Equal(t, attempt{skipped: 1}, *one, "to be put off is no try")
			}
			assert.Equal(t, now, w.unsure(&attempt{}))
		}
	}
	assert.Equal(t, now, doubtful(suspicious-1).unsure(&attempt{}))
	assert.Equal(t, never, doubtful(uncertain).unsure(&attempt{}))
	assert.Equal(t, now, doubtful(suspicious).unsure(&attempt{skipped: maxSkips}), "it was put off often enough")
	late, draining, full := doubtful(uncertain), doubtful(suspicious), doubtful(suspicious)
	late.early, draining.draining, full.again = false, true, make([]*attempt, maxSkipped)
	assert.Equal(t, now, late.unsure(&attempt{}))
	assert.Equal(t, now, draining.unsure(&attempt{}))
	assert.Equal(t, never, full.unsure(&attempt{}))
}
