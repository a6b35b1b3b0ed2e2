package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Lift forgets what is held against the addresses of the people with the given IDs, and returns them as they were,
// by ascending ID. If there is no such person, or nothing is held against the address of one of them, nothing is
// lifted, and the error names the ID.
func Lift(ctx context.Context, store ports.Store, now time.Time, ids []int64) ([]core.Recipient, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	people, err := store.Lookup(ctx, ids)
	if err != nil {
		return nil, wrap(err, "looking up whose suppression to lift")
	}
	there := make(map[int64]core.Recipient, len(people))
	for _, r := range people {
		there[r.ID] = r
	}
	for _, id := range ids {
		switch r, found := there[id]; {
		case !found:
			return nil, fmt.Errorf("no user has the ID %d, so nothing was lifted", id)
		case core.Stands(r, now) == "":
			return nil, fmt.Errorf("nothing is held against the address of user %d, so nothing was lifted", id)
		}
	}
	if _, err := store.Lift(ctx, ids); err != nil {
		return nil, err
	}
	slices.SortFunc(people, func(a, b core.Recipient) int { return cmp.Compare(a.ID, b.ID) })
	return people, nil
}

// LiftAll lifts what is held against every address that [planner.Planner.Refused] returns, and returns how many there
// were. If it fails, some may be lifted.
func LiftAll(ctx context.Context, p *planner.Planner, store ports.Refusals, now time.Time) (lifted int, err error) {
	var ids []int64
	for r, err := range p.Refused(ctx, now) {
		if err != nil {
			return 0, err
		}
		ids = append(ids, r.ID)
	}
	for some := range slices.Chunk(ids, pageSize) {
		n, err := store.Lift(ctx, some)
		if err != nil {
			return lifted, err
		}
		lifted += n
	}
	return lifted, nil
}

// SendOnce hands one message to the mailer, outside of any tick, and records nothing. Ask
// [planner.Planner.MaySend] first. Its error is a *ports.SendError.
func SendOnce(ctx context.Context, mailer ports.Mailer, m core.Message) error {
	conn, err := mailer.Dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // what was accepted stays accepted
	return conn.Send(ctx, m, nil)
}

// Adopt notes in the store that it belongs to the installation of style, whichever it belonged to before.
func Adopt(ctx context.Context, store ports.Marks, style *core.Style) error {
	err := store.PutFact(ctx, core.FactInstallation, style.Installation().String())
	return wrap(err, "adopting the database")
}
