package sqlstore

import (
	"context"
	"time"
)

// Stale implements [ports.Watches].
func (s *Store) Stale(ctx context.Context, then time.Time) (stale int, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT count(*) FROM watches WHERE state = 'watching' AND "+s.dialect.Before("last_participation_at", then)).Scan(&stale)
	if err != nil {
		return 0, s.failed(ctx, "count stale watches", err)
	}
	return stale, nil
}

// Decay implements [ports.Watches].
func (s *Store) Decay(ctx context.Context, then time.Time) (decayed int, err error) {
	lapsed := "state = 'watching' AND " + s.dialect.Before("last_participation_at", then)
	err = s.write(ctx, "decay watches", func(ctx context.Context, tx transaction) (err error) {
		decayed, err = tx.change(ctx, "UPDATE watches SET state = 'dormant' WHERE "+s.dialect.Idle("watches", lapsed))
		return err
	})
	if err != nil {
		return 0, err
	}
	return decayed, nil
}
