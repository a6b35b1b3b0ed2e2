package sqlstore

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
)

// Stale implements [ports.Watches].
func (s *Store) Stale(ctx context.Context, then time.Time) (stale int, err error) {
	err = s.db.Read.QueryRowContext(ctx, "SELECT count(*) FROM watches WHERE state = 'watching' AND "+s.dialect.Before("last_participation_at", then)).Scan(&stale)
	if err != nil {
		return 0, s.db.Failed(ctx, "count stale watches", err)
	}
	return stale, nil
}

// Lapse implements [ports.Watches].
func (s *Store) Lapse(ctx context.Context, then time.Time) (decayed int, err error) {
	lapsed := "state = 'watching' AND " + s.dialect.Before("last_participation_at", then)
	err = s.db.Write(ctx, "let watches lapse", func(ctx context.Context, tx engine.Tx) (err error) {
		decayed, err = tx.Change(ctx, "UPDATE watches SET state = 'dormant' WHERE "+s.dialect.Idle("watches", lapsed))
		return err
	})
	if err != nil {
		return 0, err
	}
	return decayed, nil
}
