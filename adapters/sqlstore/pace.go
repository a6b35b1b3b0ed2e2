package sqlstore

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Leave implements [ports.Paces]. There is one row, with microseconds since 1970.
func (s *Store) Leave(ctx context.Context, p core.Pace, now time.Time) (leave time.Time, err error) {
	err = s.write(ctx, "take a turn to send", func(ctx context.Context, tx transaction) error {
		if _, err := tx.change(ctx, "INSERT INTO digest_pace (id, paid) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"); err != nil {
			return err
		}
		var before number
		if err := tx.one(ctx, []any{&before}, s.text.paid); err != nil {
			return err
		}
		var paid time.Time
		if before.value > 0 {
			paid = time.UnixMicro(before.value)
		}
		leave, paid = p.Next(paid, now)
		_, err := tx.change(ctx, "UPDATE digest_pace SET paid = ? WHERE id = 1", paid.UnixMicro())
		return err
	})
	return leave, err
}

func (s *Store) paidQuery() string {
	return "SELECT paid FROM digest_pace WHERE id = 1" + s.dialect.Keep
}
