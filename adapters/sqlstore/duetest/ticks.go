package duetest

import (
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// ours does one thing that a tick does.
func (v *scene) ours() {
	switch rapid.IntRange(0, 8).Draw(v.T, "ours") {
	case 0:
		v.now = v.now.Add(time.Duration(rapid.SampledFrom([]int{-26, -1, 1, 5, 24, 168}).Draw(v.T, "hours")) * time.Hour)
	case 1, 2:
		rests, _ := v.look()
		require.NoError(v, v.Store.Rest(v.ctx, rests))
	case 3:
		require.NoError(v, v.Store.Rest(v.ctx, v.late))
		v.late, _ = v.look()
	case 4:
		_, due := v.look()
		for _, c := range due {
			id, err := porttest.On(v.Store).Claim(v.ctx, c)
			if err == nil {
				c.ID = id
				v.claims = append(v.claims, c)
				continue
			}
			require.ErrorIs(v, err, ports.ErrConflict) // a row was added beside one that is being sent
		}
	case 5:
		_, due := v.look()
		_, err := porttest.On(v.Store).Roll(v.ctx, due)
		require.NoError(v, err)
	case 6, 7, 8:
		v.finish()
	}
}

// finish settles or releases the claim that is in hand the longest.
func (v *scene) finish() {
	if len(v.claims) == 0 {
		return
	}
	c := v.claims[0]
	v.claims = v.claims[1:]
	switch rapid.IntRange(0, 2).Draw(v.T, "end") {
	case 0:
		_ = porttest.On(v.Store).Settle(v.ctx, c, v.now) // a conflict, where the row was changed
	case 1:
		require.NoError(v, porttest.On(v.Store).Release(v.ctx, c))
	case 2:
		_, due := v.look()
		if len(due) == 0 {
			due = []core.Claim{{Recipient: 404, Window: core.Window{Start: noon.Add(-24 * time.Hour), End: noon}, MessageID: "id@rfc.example", Lease: noon, Attempts: 1}}
		}
		id, _, claimed := porttest.On(v.Store).SettleAndClaim(v.ctx, c, v.now, due[0])
		if claimed == nil {
			due[0].ID = id
			v.claims = append(v.claims, due[0])
		}
	}
}

// look returns what a tick makes of those whom the store lists: who may rest, and who is claimed.
func (v *scene) look() (rests []core.Rest, due []core.Claim) {
	listed, err := porttest.On(v.Store).Due(v.ctx, v.now, -10, 100)
	require.NoError(v, err)
	for _, r := range listed {
		p := core.Schedule{}.Look(r, zoneOf(r), v.now)
		switch {
		case p.Reason == core.NotDue:
			rests = append(rests, core.Rest{Recipient: r.ID, Revision: r.Revision, Until: p.DueAt})
		case p.Action == core.Send:
			due = append(due, core.Claim{Recipient: r.ID, Previous: r.Latest.ID, Window: p.Window, MessageID: "id@rfc.example", Lease: v.now.Add(time.Minute), Attempts: 1})
		}
	}
	return rests, due
}
