package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wiggleverse/rfcdigest/core"
)

// Ticked implements [ports.Ticks].
func (s *Store) Ticked(ctx context.Context, m core.TickMark) error {
	return s.write(ctx, "mark the end of a tick", func(ctx context.Context, tx transaction) error {
		_, err := tx.change(ctx, `INSERT INTO digest_ticks (id, instant, ended_at, trouble) VALUES (1, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET instant = excluded.instant, ended_at = excluded.ended_at, trouble = excluded.trouble`,
			s.dialect.Stamp(m.Instant), s.dialect.Stamp(m.EndedAt), orNull(m.Trouble))
		return err
	})
}

// LastTick implements [ports.Ticks]. An error also says that no tick could be made.
func (s *Store) LastTick(ctx context.Context) (core.TickMark, error) {
	const what = "read when the last tick ended"
	if err := s.dialect.Ready(ctx); err != nil {
		return core.TickMark{}, s.failed(ctx, what, err)
	}
	var (
		instant, ended stamp
		trouble        text
	)
	query := "SELECT " + s.dialect.StampText("instant") + ", " + s.dialect.StampText("ended_at") + ", " + asText("trouble") + " FROM digest_ticks WHERE id = 1"
	err := s.read.QueryRowContext(ctx, query).Scan(&instant, &ended, &trouble)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return core.TickMark{}, s.failed(ctx, what, err)
	}
	return core.TickMark{Instant: instant.At, EndedAt: ended.At, Trouble: string(trouble)}, nil
}
