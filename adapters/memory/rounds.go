package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Ranges implements [ports.Roster]. It counts everybody on the roster as due, as People does.
func (s *Store) Ranges(ctx context.Context, _ time.Time, size int) (ranges []core.Range, err error) {
	err = s.do(ctx, func() error {
		var ids []int64
		for _, id := range slices.Sorted(maps.Keys(s.users)) {
			if u := s.users[id]; u.Cadence.Period() > 0 && u.Address != "" {
				ids = append(ids, id)
			}
		}
		for part := range slices.Chunk(ids, size) {
			ranges = append(ranges, core.Range{After: part[0] - 1, Through: part[len(part)-1]})
		}
		return nil
	})
	return ranges, err
}
