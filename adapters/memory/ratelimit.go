package memory

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// NextSend implements [ports.Marks].
func (s *Store) NextSend(ctx context.Context, p core.RateLimit, now time.Time) (leave time.Time, err error) {
	err = s.do(ctx, func() error {
		leave, s.paid = p.Next(s.paid, now)
		return nil
	})
	return leave, err
}
