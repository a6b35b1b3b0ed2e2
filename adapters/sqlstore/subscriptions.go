package sqlstore

import (
	"context"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// Unsubscribe implements [ports.Subscriptions].
func (s *Store) Unsubscribe(ctx context.Context, recipient int64) error {
	return s.write(ctx, fmt.Sprintf("unsubscribe recipient %d", recipient), func(ctx context.Context, tx transaction) error {
		_, err := tx.change(ctx, "UPDATE users SET digest_cadence = ? WHERE id = ? AND coalesce(digest_cadence, '') <> ?", string(core.Off), recipient, string(core.Off))
		return err
	})
}
