package planner

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

const (
	// batchSize is how many recipients are planned at a time.
	batchSize = 25
	// batchesAhead is how many batches may be planned before the first of them is carried out.
	batchesAhead = 24
)

// batch is a part of a page.
type batch struct {
	page  *page
	plans []Planned // of the page
	// done is closed when the plans are complete.
	done chan struct{}
	// err is why there is no page.
	err error
}

// People are recipients, a page at a time. The first error ends it.
type People = iter.Seq2[[]core.Recipient, error]

// Ahead plans people at now, a batch at a time, in their order. While the caller carries out one batch, the next
// ones are planned on all processors, and the next page is read. How far ahead is bounded, so memory does not grow
// with the number of people who are due. The first error ends it.
func (pl *Planner) Ahead(ctx context.Context, now time.Time, people People) iter.Seq2[[]Planned, error] {
	return func(yield func([]Planned, error) bool) {
		var all sync.WaitGroup
		defer all.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		toPlan, inOrder := make(chan *batch), make(chan *batch, batchesAhead)
		all.Go(func() {
			defer close(toPlan)
			defer close(inOrder)
			for b := range pl.batches(ctx, now, people) {
				select {
				case inOrder <- b:
					toPlan <- b // a goroutine always takes it
				case <-ctx.Done():
					return
				}
			}
		})
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for b := range toPlan {
					pl.finish(b.page, b.plans)
					close(b.done)
				}
			})
		}
		for b := range inOrder {
			<-b.done
			if !yield(b.plans, b.err) || b.err != nil {
				return
			}
		}
	}
}

// batches reads what the plans of each page need, and cuts the page into batches.
func (pl *Planner) batches(ctx context.Context, now time.Time, people People) iter.Seq[*batch] {
	return func(yield func(*batch) bool) {
		for p, err := range planned(people, func(rs []core.Recipient) (*page, error) { return pl.read(ctx, now, rs) }) {
			if err != nil {
				yield(&batch{err: err, done: make(chan struct{})})
				return
			}
			for plans := range slices.Chunk(p.plans, batchSize) {
				if !yield(&batch{page: p, plans: plans, done: make(chan struct{})}) {
					return
				}
			}
		}
	}
}
