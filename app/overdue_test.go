package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
)

// withWindow adds somebody whose last window ended so long before noon.
func withWindow(w *core.World, r core.Recipient, ago time.Duration) {
	w.Users = append(w.Users, r)
	end := noon.Add(-ago)
	w.Ledger = append(w.Ledger, core.LedgerRow{Status: core.Empty, SentAt: end, Claim: core.Claim{
		Recipient: r.ID, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}}})
}

func TestArrearsAreThoseThatATickWouldHaveSeenTo(t *testing.T) {
	t.Parallel()
	quiet := func(id int64, from, to string) core.Recipient {
		r := person(id)
		r.Preferences.QuietStart, r.Preferences.QuietEnd = from, to
		return r
	}
	for name, c := range map[string]struct {
		people func(w *core.World)
		want   planner.Overdue
	}{
		"nobody":                   {func(*core.World) {}, planner.Overdue{}},
		"not due yet":              {func(w *core.World) { withWindow(w, person(1), 23*time.Hour) }, planner.Overdue{People: 1}},
		"due just now":             {func(w *core.World) { withWindow(w, person(1), 24*time.Hour) }, planner.Overdue{People: 1, Due: 1, Oldest: 1, Since: noon}},
		"without a window":         {func(w *core.World) { w.Users = append(w.Users, person(1)) }, planner.Overdue{People: 1, Due: 1}},
		"asleep":                   {func(w *core.World) { withWindow(w, quiet(1, "11:00", "13:00"), 40*time.Hour) }, planner.Overdue{People: 1}},
		"woken an hour ago":        {func(w *core.World) { withWindow(w, quiet(1, "22:00", "11:00"), 40*time.Hour) }, planner.Overdue{People: 1, Due: 1, Oldest: 1, Since: noon.Add(-time.Hour)}},
		"due after they had woken": {func(w *core.World) { withWindow(w, quiet(1, "22:00", "06:00"), 26*time.Hour) }, planner.Overdue{People: 1, Due: 1, Oldest: 1, Since: noon.Add(-2 * time.Hour)}},
		"woken the day before":     {func(w *core.World) { withWindow(w, quiet(1, "13:00", "14:00"), 70*time.Hour) }, planner.Overdue{People: 1, Due: 1, Oldest: 1, Since: noon.Add(-22 * time.Hour)}},
		"the oldest of several": {func(w *core.World) {
			withWindow(w, quiet(1, "22:00", "11:00"), 90*time.Hour) // free for an hour only
			withWindow(w, person(2), 30*time.Hour)
			withWindow(w, person(3), 29*time.Hour)
		}, planner.Overdue{People: 3, Due: 3, Oldest: 2, Since: noon.Add(-6 * time.Hour)}},
		"what is their own": {func(w *core.World) {
			for id := int64(1); id <= 7; id++ {
				r := person(id)
				r.Address = "nobody"
				withWindow(w, r, 40*time.Hour)
			}
			r := person(8)
			r.Address = "用户@rfc.example"
			r.Preferences.SuppressedAddress = r.Address
			withWindow(w, r, 40*time.Hour)
			for id, zone := range map[int64]string{9: "Mars/Olympus_Mons", 10: "Local", 11: "UTC", 12: "Etc/UTC", 13: "Asia/Tokyo"} {
				r := person(id)
				r.Preferences.TimeZone = zone
				withWindow(w, r, time.Hour)
			}
			odd, day := quiet(15, "8.00", "9:00"), 24
			odd.Preferences.SendHour = &day // counted once all the same
			withWindow(w, odd, time.Hour)
			withWindow(w, quiet(16, "00:00", "23:59"), time.Hour)
			withWindow(w, quiet(17, "8:00", "24:00"), time.Hour)
			off := person(14)
			off.Cadence, off.Address = core.Off, "nobody"
			w.Users = append(w.Users, off)
		}, planner.Overdue{People: 16, BadAddress: planner.Affected{Count: 7, First: []int64{1, 2, 3, 4, 5}}, UTF8: planner.Affected{Count: 1, First: []int64{8}},
			Quirks: map[core.Quirk]planner.Affected{
				core.UnknownZone:       {Count: 2, First: []int64{9, 10}, Text: `The time zone "Mars/Olympus_Mons" is not known, so it is UTC; a name like Europe/Berlin would be.`},
				core.UnreadableSetting: {Count: 1, First: []int64{15}, Text: "ignored: quiet hours '8.00 to 9:00'; a start and an end like 22:00 and 7:00 can be."},
				core.EndlessQuiet:      {Count: 1, First: []int64{16}, Text: "The quiet hours from 00:00 to 23:59 leave none of the ticks outside, which are 1 h apart, so there are none."},
			}}},
	} {
		var w core.World
		c.people(&w)
		s := newStage(t, w)
		before := s.dump()
		a, err := s.ticker.Planner().Overdue(t.Context(), noon)
		require.NoError(t, err, name)
		for _, row := range w.Ledger {
			if row.Window.End.After(c.want.NewestEnd) {
				c.want.NewestEnd = row.Window.End
			}
		}
		assert.Equal(t, c.want, a, name)
		assert.Equal(t, before, s.dump(), name)
	}
}
