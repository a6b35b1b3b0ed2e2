package sender

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// shyLedger makes no settlement together with another change, and the first so many not even alone.
type shyLedger struct {
	ports.Ledger
	shy     int
	settled []int64
	// released are the claims that were released.
	released []int64
}

func (l *shyLedger) Record(ctx context.Context, changes ...ports.Change) ([]ports.Result, error) {
	results := make([]ports.Result, len(changes))
	for i, c := range changes {
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case c.Do == ports.DoRelease:
			l.released = append(l.released, c.Claim.ID)
		case c.Do != ports.DoSettle:
			results[i].ID = 100 + c.Claim.Recipient
		case len(changes) > 1:
			results[i].Err = ports.ErrBusy
		case l.shy > 0:
			l.shy--
			results[i].Err = ports.ErrBusy
		default:
			l.settled = append(l.settled, c.Claim.ID)
		}
	}
	return results, nil
}

func accepted(id int64) *outcome {
	return &outcome{change: ports.Settle(core.Claim{ID: id, Recipient: id}, time.Time{}), row: "row", recipient: id}
}

// runOn returns a run without workers on a ledger.
func runOn(ctx context.Context, ledger ports.Ledger) *Run {
	log := slog.New(slog.DiscardHandler)
	r := &Run{hands: ctx, ctx: ctx, going: ctx, add: func(Result) {},
		Sender: &Sender{config: Config{Log: log}, clock: memory.NewClock(time.Unix(0, 0)), book: book{ledger: ledger, log: log}}}
	for _, c := range []**sync.Cond{&r.ready, &r.desk, &r.room, &r.parked, &r.drained} {
		*c = sync.NewCond(&r.mu)
	}
	return r
}

// A server that does not answer may take all of the grace: what was claimed ahead is released all the same.
func TestClaimsAreReleasedAfterTheGrace(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	end()
	ledger := &shyLedger{}
	r := runOn(ctx, ledger)
	r.pending = 2
	r.leaveAll([]*attempt{{Job: &Job{Claim: core.Claim{ID: 7, Recipient: 1, MessageID: "a"}}, claimed: true}, {Job: &Job{Claim: core.Claim{ID: 8, Recipient: 2}}}})
	assert.Equal(t, []int64{7}, ledger.released)
	assert.Zero(t, r.pending)
}

// An outcome that goes with others and with claims is recorded all the same if the store cannot make it together with them.
func TestAnOutcomeThatIsBusyIsRecordedAlone(t *testing.T) {
	t.Parallel()
	for notes := range 4 {
		for claims := range 3 {
			synctest.Test(t, func(t *testing.T) {
				ledger := &shyLedger{shy: 2}
				r := runOn(t.Context(), ledger)
				r.pending = notes
				var outcomes []*outcome
				var want []int64
				for i := range notes {
					outcomes, want = append(outcomes, accepted(int64(i+1))), append(want, int64(i+1))
				}
				var jobs []*attempt
				for i := range claims {
					jobs = append(jobs, &attempt{Job: &Job{Claim: core.Claim{Recipient: int64(10 + i)}}})
				}
				r.enter(outcomes, jobs)
				assert.ElementsMatch(t, want, ledger.settled, "%d outcomes, %d claims", notes, claims)
				assert.Zero(t, r.pending)
				assert.Len(t, r.ahead, claims)
				assert.Empty(t, r.stop)
			})
		}
	}
}
