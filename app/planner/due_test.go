package planner_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
)

func TestOnlyFirstWindowsBeginWhereTicksHadToStop(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	fresh := core.Recipient{ID: 1}
	served := core.Recipient{ID: 2, Latest: core.Entry{ID: 5, End: noon.Add(-time.Hour)}}
	unreadable := core.Recipient{ID: 3, Latest: core.Entry{ID: 6}}
	for _, c := range []struct {
		name    string
		stopped time.Time
		start   time.Time
	}{
		{"no tick had to stop", time.Time{}, time.Time{}},
		{"ticks have had to stop for an hour", noon.Add(-time.Hour), noon.Add(-time.Hour - core.Lookback)},
		{"the clock was set back since", noon, time.Time{}},
	} {
		people := []core.Recipient{fresh, served, unreadable}
		planner.Anchor(people, c.stopped, noon)
		want := fresh
		want.Latest.End = c.start
		assert.Equal(t, []core.Recipient{want, served, unreadable}, people, c.name)
	}
}
