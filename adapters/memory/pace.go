package memory

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Leave implements [ports.Paces].
func (s *Store) Leave(ctx context.Context, p core.Pace, now time.Time) (leave time.Time, err error) {
	err = s.do(ctx, func() error {
		leave, s.paid = p.Next(s.paid, now)
		return nil
	})
	return leave, err
}
