package sqlstore

import (
	"context"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// Roll implements [ports.Rolls].
func (s *Store) Roll(ctx context.Context, cs []core.Claim) (held int, err error) {
	if len(cs) == 0 {
		return 0, ctx.Err()
	}
	what := fmt.Sprintf("record %d empty windows", len(cs))
	err = s.write(ctx, what, func(ctx context.Context, tx transaction) error {
		held = 0
		for _, c := range cs {
			n, err := s.rollOne(ctx, tx, c)
			if err != nil {
				return fmt.Errorf("recipient %d: %w", c.Recipient, err)
			}
			held += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return held, nil
}

// rollOne adds the row of c, if c holds, and returns how many rows it added. It waits for nobody: many
// people are in tx, and whoever is locked may wait for one of them.
func (s *Store) rollOne(ctx context.Context, tx transaction, c core.Claim) (int, error) {
	if s.dialect.ReserveNow != "" {
		if n, err := tx.change(ctx, s.dialect.ReserveNow, c.Recipient); err != nil || n == 0 {
			return 0, err
		}
	}
	return tx.change(ctx, s.text.roll, c.Recipient, s.dialect.Stamp(c.Window.Start), s.dialect.Stamp(c.Window.End), c.Previous)
}

func (s *Store) rollQuery() string {
	return `INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status)
SELECT ?1, ?3, ?2, ?3, '[]', 'empty'
WHERE ` + s.inPlace("?1", "?4")
}
