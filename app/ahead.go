package app

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

// ahead plans those in ranges who may be due at now, a batch at a time in their order. While one
// batch is carried out, others are planned on all processors, and the next page is read; how many is
// bounded, so that memory does not grow with the number of those who are due. It ends after the first
// error.
func (t *Ticker) ahead(ctx context.Context, now time.Time, ranges ranges) iter.Seq2[[]Planned, error] {
	return func(yield func([]Planned, error) bool) {
		var all sync.WaitGroup
		defer all.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		toPlan, inOrder := make(chan *batch), make(chan *batch, batchesAhead)
		all.Go(func() {
			defer close(toPlan)
			defer close(inOrder)
			for b := range t.batches(ctx, now, ranges) {
				select {
				case inOrder <- b:
					toPlan <- b // there is always somebody who takes it
				case <-ctx.Done():
					return
				}
			}
		})
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for b := range toPlan {
					for i := range b.plans {
						t.finish(b.page, &b.plans[i])
					}
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

// batches reads page after page of those in ranges who may be due at now.
func (t *Ticker) batches(ctx context.Context, now time.Time, ranges ranges) iter.Seq[*batch] {
	return func(yield func(*batch) bool) {
		recipients := t.due(ctx, now, ranges)
		for p, err := range planned(recipients, func(rs []core.Recipient) (*page, error) { return t.read(ctx, now, rs) }) {
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
