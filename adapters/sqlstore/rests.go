package sqlstore

import (
	"context"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// Rest implements [ports.Rests]. Whatever a person's due depends on, a change to it gives their row of
// digest_due another revision, so that a rest which was judged by less is not noted.
func (s *Store) Rest(ctx context.Context, rs []core.Rest) error {
	if len(rs) == 0 {
		return ctx.Err()
	}
	return s.write(ctx, fmt.Sprintf("note when %d recipients are due", len(rs)), func(ctx context.Context, tx transaction) error {
		for _, r := range rs {
			_, err := tx.change(ctx, s.text.rest, r.Until.Unix(), r.Recipient, r.Revision)
			if err != nil {
				return fmt.Errorf("recipient %d: %w", r.Recipient, err)
			}
		}
		return nil
	})
}

// restQuery waits for nobody: hundreds of people are in one transaction, and whoever else changes some of
// them may do so in another order.
func (s *Store) restQuery() string {
	return "UPDATE digest_due SET due_at = ?1 WHERE " + s.dialect.Idle("digest_due", "user_id = ?2 AND revision = ?3")
}
