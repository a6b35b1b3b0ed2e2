package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Stale implements [ports.Watches].
func (s *Store) Stale(ctx context.Context, then time.Time) (stale int, err error) {
	err = s.do(ctx, func() error {
		for _, w := range s.watches {
			if isStale(w, then) {
				stale++
			}
		}
		return nil
	})
	return stale, err
}

func isStale(w core.Watch, then time.Time) bool {
	return w.State == core.Watching && !w.Participation.At.IsZero() && w.Participation.At.Before(then)
}

// Lapse implements [ports.Watches].
func (s *Store) Lapse(ctx context.Context, then time.Time) (decayed int, err error) {
	err = s.do(ctx, func() error {
		for i, w := range s.watches {
			if isStale(w, then) {
				s.watches[i].State = core.Dormant
				decayed++
			}
		}
		return nil
	})
	return decayed, err
}

// Title implements [ports.Watches].
func (s *Store) Title(ctx context.Context, slug string) (title string, err error) {
	err = s.do(ctx, func() error {
		title = s.titles[slug]
		return nil
	})
	return title, err
}

// Mute implements [ports.Watches].
func (s *Store) Mute(ctx context.Context, recipient, mark int64, slug string) (before string, err error) {
	err = s.do(ctx, func() error {
		if !s.still(recipient, mark) {
			return ports.ErrConflict
		}
		for i, w := range s.watches {
			if w.User != recipient || w.Slug != slug {
				continue
			}
			if before == "" || before == core.Muted || w.State == core.Watching {
				before = cmp.Or(w.State, core.Muted)
			}
			s.watches[i].State = core.Muted
		}
		if before == "" {
			s.watches = append(s.watches, core.Watch{User: recipient, Slug: slug, State: core.Muted})
		}
		return nil
	})
	return before, err
}

// Unmute implements [ports.Watches].
func (s *Store) Unmute(ctx context.Context, recipient, mark int64, slug, state string) (undone bool, err error) {
	err = s.do(ctx, func() error {
		if !s.still(recipient, mark) {
			return ports.ErrConflict
		}
		muted := func(w core.Watch) bool {
			return w.User == recipient && w.Slug == slug && w.State == core.Muted
		}
		undone = slices.ContainsFunc(s.watches, muted)
		if state == "" {
			s.watches = slices.DeleteFunc(s.watches, muted)
			return nil
		}
		for i, w := range s.watches {
			if muted(w) {
				s.watches[i].State = state
			}
		}
		return nil
	})
	return undone, err
}
