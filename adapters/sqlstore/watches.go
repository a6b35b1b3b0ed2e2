package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Stale implements [ports.Watches].
func (s *Store) Stale(ctx context.Context, then time.Time) (stale int, err error) {
	err = s.db.Read.QueryRowContext(ctx, "SELECT count(*) FROM watches WHERE state = 'watching' AND "+s.dialect.Before("last_participation_at", then)).Scan(&stale)
	if err != nil {
		return 0, s.db.Failed(ctx, "count stale watches", err)
	}
	return stale, nil
}

// lapsedAtOnce is how many watches lapse in one transaction, if only one transaction at a time may write.
const lapsedAtOnce = 2000

// Lapse implements [ports.Watches].
func (s *Store) Lapse(ctx context.Context, then time.Time) (decayed int, err error) {
	lapsed := "state = 'watching' AND " + s.dialect.Before("last_participation_at", then)
	some := s.dialect.RowID + " IN (SELECT " + s.dialect.RowID + " FROM watches WHERE " + lapsed + " LIMIT ?)"
	for s.dialect.RowID != "" {
		n, err := s.lapse(ctx, some, lapsedAtOnce)
		if decayed += n; n < lapsedAtOnce && err == nil || errors.Is(err, ports.ErrUnavailable) || errors.Is(err, ports.ErrUnknown) {
			return decayed, err
		}
		if err != nil {
			break // the app's table has no such column
		}
	}
	n, err := s.lapse(ctx, s.dialect.Idle("watches", lapsed))
	return decayed + n, err
}

// lapse has watches lapse in one transaction.
func (s *Store) lapse(ctx context.Context, which string, args ...any) (n int, err error) {
	err = s.db.Write(ctx, "let watches lapse", func(ctx context.Context, tx engine.Tx) (err error) {
		n, err = tx.Change(ctx, "UPDATE watches SET state = 'dormant' WHERE "+which, args...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
