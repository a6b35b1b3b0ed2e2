package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// markSizes are how many notifications the statements that mark some have placeholders for. A list as
// JSON would do with one statement, but costs as much as marking five.
var markSizes = []int{4, 8, 12, 16, 24, 32, 64}

// mark sets column, a time, on those of the recipient's notifications that have none.
func (s *Store) mark(ctx context.Context, tx transaction, column string, recipient int64, ids []int64, at time.Time) error {
	for some := range slices.Chunk(ids, markSizes[len(markSizes)-1]) {
		i, _ := slices.BinarySearch(markSizes, len(some))
		args := make([]any, 0, 2+markSizes[i])
		args = append(args, s.dialect.Stamp(at))
		for _, id := range some {
			args = append(args, id)
		}
		for len(args) <= markSizes[i] {
			args = append(args, some[0]) // once more, which does nothing
		}
		if _, err := tx.change(ctx, s.text.marks[column][i], append(args, recipient)...); err != nil {
			return fmt.Errorf("mark %d notifications from %d: %w", len(some), some[0], err)
		}
	}
	return nil
}

// markQueries returns the statements that set column, one for each of markSizes. The plus keeps the
// rows from being looked for among all that the recipient ever had.
func (s *Store) markQueries(column string) []string {
	queries := make([]string, len(markSizes))
	for i, n := range markSizes {
		queries[i] = "UPDATE notifications SET " + column + " = ? WHERE id IN (?" + strings.Repeat(", ?", n-1) + `)
 AND +recipient_user_id = ? AND ` + s.dialect.Unset(column)
	}
	return queries
}
