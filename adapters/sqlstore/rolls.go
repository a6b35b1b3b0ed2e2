package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core"
)

// Roll implements [ports.Rolls].
func (s *Store) Roll(ctx context.Context, cs []core.Claim) (held int, err error) {
	if len(cs) == 0 {
		return 0, ctx.Err()
	}
	what := fmt.Sprintf("record %d empty windows", len(cs))
	err = s.write(ctx, what, func(ctx context.Context, tx bun.Tx) error {
		held = 0
		for rest := cs; len(rest) > 0; {
			some := rest[:apart(rest)]
			n, err := s.insertEmpty(ctx, tx, some)
			if err != nil {
				return fmt.Errorf("from recipient %d: %w", some[0].Recipient, err)
			}
			held += n
			rest = rest[len(some):]
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return held, nil
}

// apart returns how many of the first of cs go into one statement: those before a recipient comes
// a second time, since a statement does not see the rows that it adds.
func apart(cs []core.Claim) int {
	seen := make(map[int64]bool, min(len(cs), chunk))
	for i, c := range cs {
		if seen[c.Recipient] || i == chunk {
			return i
		}
		seen[c.Recipient] = true
	}
	return len(cs)
}

// insertEmpty adds a row for those of cs that hold and returns how many they were.
func (s *Store) insertEmpty(ctx context.Context, tx bun.Tx, cs []core.Claim) (int, error) {
	rows := make([]string, len(cs))
	args := make([]any, 0, 4*len(cs)+4)
	for i, c := range cs {
		rows[i] = "(?, ?, ?, ?)"
		args = append(args, c.Recipient, c.Previous, s.dialect.Stamp(c.Window.Start), s.dialect.Stamp(c.Window.End))
	}
	recipient := bun.Safe("roll.recipient")
	args = append(args, recipient, recipient, recipient, bun.Safe("roll.previous"))
	result, err := tx.ExecContext(ctx, `WITH roll (recipient, previous, starts, ends) AS (VALUES `+strings.Join(rows, ", ")+`)
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status)
SELECT roll.recipient, roll.ends, roll.starts, roll.ends, '[]', 'empty' FROM roll
WHERE `+s.inPlace(), args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
