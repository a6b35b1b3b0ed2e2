package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Ranges implements [ports.Rounds]. It counts everybody who can have digests as due, as Due does.
func (s *Store) Ranges(ctx context.Context, _ time.Time, size int) (ranges []core.Range, err error) {
	err = s.do(ctx, func() error {
		ranges = s.ranges(size)
		return nil
	})
	return ranges, err
}

func (s *Store) ranges(size int) (ranges []core.Range) {
	var ids []int64
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		if u := s.users[id]; u.Cadence.Period() > 0 && u.Address != "" {
			ids = append(ids, id)
		}
	}
	for part := range slices.Chunk(ids, size) {
		ranges = append(ranges, core.Range{After: part[0] - 1, Through: part[len(part)-1]})
	}
	return ranges
}

// Open implements [ports.Rounds].
func (s *Store) Open(ctx context.Context, now time.Time, size int) error {
	return s.do(ctx, func() error {
		if _, left := s.unfinished(now); left {
			return nil
		}
		maps.DeleteFunc(s.rounds, func(instant int64, _ []core.Range) bool { return instant < now.Add(-24*time.Hour).Unix() })
		if _, opened := s.rounds[now.Unix()]; !opened {
			s.rounds[now.Unix()] = s.ranges(size)
		}
		return nil
	})
}

// Take implements [ports.Rounds].
func (s *Store) Take(ctx context.Context, now time.Time) (r core.Range, ok bool, err error) {
	err = s.do(ctx, func() error {
		instant, left := s.unfinished(now)
		if left {
			r, ok, s.rounds[instant] = s.rounds[instant][0], true, s.rounds[instant][1:]
		}
		return nil
	})
	return r, ok, err
}

// unfinished returns the newest round of now, or of up to a day before, of which ranges are left.
func (s *Store) unfinished(now time.Time) (instant int64, ok bool) {
	for at, left := range s.rounds {
		if len(left) > 0 && at <= now.Unix() && at >= now.Add(-24*time.Hour).Unix() && (!ok || at > instant) {
			instant, ok = at, true
		}
	}
	return instant, ok
}
