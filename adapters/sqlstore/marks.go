package sqlstore

import (
	"context"
	"slices"
	"strings"
	"time"
)

// markSizes are how many notifications the statements that mark some have placeholders for. A list as
// JSON would do with one statement, but costs as much as marking five.
var markSizes = []int{4, 8, 12, 16, 24, 32, 64}

// shipped records that notifications of recipient went out, in column, where nothing is in it yet, and
// that mail for them was accepted.
func (s *Store) shipped(column string, recipient int64, ids []int64, at time.Time) routine {
	var steps []Statement
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
		steps = append(steps, Statement{Query: s.text.marks[column][i], Args: append(args, recipient), Rows: anyRows})
	}
	// Nearly nobody has a run of refusals, and a statement that changes nothing finds that out at a third
	// of what a query costs.
	steps = append(steps, Statement{Query: "UPDATE digest_preferences SET failures = failures WHERE user_id = ? AND failures > 0", Args: []any{recipient}})
	return routine{steps, func(ctx context.Context, tx transaction, _ int) error { return s.accepted(ctx, tx, recipient) }}
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
