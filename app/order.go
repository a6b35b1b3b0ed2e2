package app

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// lookedAround is how many people are planned to find one digest.
const lookedAround = 64

// order is how far a tick has come: it goes by recipient ID, but sends some digests earlier, to find out whether the
// server takes any mail.
type order struct {
	turn    sync.Mutex
	highest int64
	early   map[int64]bool
	// divided are ranges of all who are due; nil before they are needed.
	divided []core.Range
	// places counts how many places in the tick were looked at.
	places int
	// reserve are digests that are put off to the end of the tick, to be tried if the server refuses all others; seen
	// counts the digests that it was chosen from.
	reserve []*sender.Job
	seen    int
	// found is the recipient of the last digest that was sent early.
	found int64
}

// inOrder returns the people of this pass who may be due, a page at a time. People who failed before come last.
func (p *pass) inOrder(ctx context.Context) planner.People {
	return func(yield func([]core.Recipient, error) bool) {
		var last []int64
		for page, err := range p.planner.Due(ctx, p.now, p.who) {
			now := make([]core.Recipient, 0, len(page))
			for _, r := range page {
				switch p.place(r) {
				case inTurn:
					now = append(now, r)
				case afterAll:
					last = append(last, r.ID)
				}
			}
			planner.Anchor(now, p.stopped, p.now)
			if !yield(now, err) || err != nil {
				return
			}
		}
		for ids := range slices.Chunk(last, pageSize) {
			page, err := p.store.Lookup(ctx, ids)
			planner.Anchor(page, p.stopped, p.now)
			slices.SortFunc(page, func(a, b core.Recipient) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
			if !yield(page, wrap(err, "listing those who failed before")) || err != nil {
				return
			}
		}
	}
}

// reached notes that the tick has come to a person, and reports whether that person still has to be served: false if
// the digest was sent early.
func (p *pass) reached(id int64) bool {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.highest = max(p.highest, id)
	return !p.early[id]
}

// elsewhere returns a digest that would come later in this tick, from far away if possible. Its answer shows whether
// the server refuses everybody, or only the people that the tick has come to. It is nil if none was found; nobody is
// true if there are none any more. before is how many were tried since the server last took one. The first is looked
// for beside the last one that was taken; after two in vain, a digest that was put off is taken.
func (p *pass) elsewhere(ctx context.Context, before int) (found *sender.Job, nobody bool) {
	if before >= 2 {
		if d := p.fromReserve(); d != nil {
			return d, false
		}
	}
	for i := range 4 {
		people, err := p.beside(ctx, before == 0 && i == 0)
		if err == nil && len(people) > 0 {
			var d *sender.Job
			if d, err = p.outOfTurn(ctx, people); d != nil {
				return d, false
			}
		}
		if err != nil {
			p.log.Warn("no look at others who are due", "error", err)
			return nil, true
		}
		nobody = nobody || len(people) == 0
	}
	if d := p.fromReserve(); d != nil {
		return d, false
	}
	return nil, nobody
}

const (
	// One of reservedOf digests is put off, up to maxReserve of them.
	reservedOf = 25
	maxReserve = 40
)

// putOff reports whether d is put off to the end of the tick. If the last addresses of a tick are all dead, d still
// shows that the server takes mail.
func (p *pass) putOff(d *sender.Job) bool {
	if d.Known || p.redirected() {
		return false
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	p.seen++
	if p.seen%reservedOf != 0 || len(p.reserve) >= maxReserve {
		return false
	}
	p.reserve = append(p.reserve, d)
	return true
}

// fromReserve returns a digest that was put off; nil if there is none.
func (p *pass) fromReserve() *sender.Job {
	p.turn.Lock()
	defer p.turn.Unlock()
	if len(p.reserve) == 0 {
		return nil
	}
	d := p.reserve[0]
	p.reserve = p.reserve[1:]
	return d
}

// beside returns a few people that the tick has not come to, who are neighbours of one place in it. If found, that is
// the place of the last digest that was sent early. Else it is the next of places that divide the rest of the tick ever
// more finely, from its end.
func (p *pass) beside(ctx context.Context, found bool) ([]core.Recipient, error) {
	p.turn.Lock()
	highest, last := p.highest, p.found
	p.turn.Unlock()
	if p.divided == nil {
		var err error
		if p.divided, err = p.store.Ranges(ctx, p.now, pageSize); err != nil {
			return nil, err
		}
	}
	p.divided = slices.DeleteFunc(p.divided, func(r core.Range) bool { return r.Through <= highest })
	if len(p.divided) == 0 {
		return nil, nil
	}
	found = found && last > highest
	part, share := p.whereabouts(found, last)
	page, err := p.store.People(ctx, ports.Due(p.now), max(p.divided[part].After, highest), pageSize)
	page = slices.DeleteFunc(page, func(r core.Recipient) bool { return p.place(r) != inTurn })
	at := int(share * float64(len(page)))
	if found {
		at, _ = slices.BinarySearchFunc(page, last, func(r core.Recipient, id int64) int { return cmp.Compare(r.ID, id) })
	}
	return around(page, at, lookedAround), err
}

// whereabouts returns the part in which a place is, and how far into it that is, from 0 to 1.
func (p *pass) whereabouts(found bool, last int64) (part int, share float64) {
	if found {
		return max(0, slices.IndexFunc(p.divided, func(r core.Range) bool { return last <= r.Through })), 0
	}
	whole, share := math.Modf(fromTheEnd(p.places) * float64(len(p.divided)))
	p.places++
	return int(whole), share
}

// fromTheEnd returns the n-th of places that divide 0 to 1 ever more finely: just below 1, 1/2, 3/4, 1/4, 7/8, …
// (the van der Corput sequence, turned around).
func fromTheEnd(n int) float64 {
	place, step := 0.0, 0.5
	for ; n > 0; n /= 2 {
		place += step * float64(n%2)
		step /= 2
	}
	return math.Nextafter(1-place, 0)
}

// around returns at most n of page, those nearest to at first.
func around(page []core.Recipient, at, n int) (near []core.Recipient) {
	for off := 0; off < len(page) && len(near) < n; off++ {
		for _, i := range []int{at + off, at - 1 - off} {
			if i >= 0 && i < len(page) {
				near = append(near, page[i])
			}
		}
	}
	return near
}

// gotEarly notes that a person's digest was sent early.
func (p *pass) gotEarly(id int64) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.found = id
}

// outOfTurn returns the first digest among people, and counts its recipient as reached.
func (p *pass) outOfTurn(ctx context.Context, people []core.Recipient) (*sender.Job, error) {
	planner.Anchor(people, p.stopped, p.now)
	plans, err := p.planner.Now(ctx, p.now, people)
	if err != nil {
		return nil, err
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	for _, one := range plans {
		id := one.Recipient.ID
		if one.Err != nil || one.Plan.Action != core.Send || id <= p.highest || p.early[id] {
			continue
		}
		if p.early == nil {
			p.early = make(map[int64]bool)
		}
		p.early[id] = true
		p.count(considered)
		d := p.jobOf(one)
		d.Early = true
		return d, nil
	}
	return nil, nil
}
