package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Backlog implements [ports.Backlog]. Of digest_due it reads what [Store.Due] would, and else only
// what an index has of rows that wait.
func (s *Store) Backlog(ctx context.Context, now time.Time) (b core.Backlog, err error) {
	const what = "count what waits"
	if err := s.dialect.Ready(ctx); err != nil {
		return core.Backlog{}, s.failed(ctx, what, err)
	}
	query := `SELECT (SELECT count(*) FROM digest_due WHERE due_at <= ?),
 (SELECT count(*) FROM held_emails` + s.dialect.Indexed(IndexWaiting) + ` WHERE status IN ('held', 'sending'))`
	if err := s.read.QueryRowContext(ctx, query, now.Unix()).Scan(&b.Due, &b.Held); err != nil {
		return core.Backlog{}, s.failed(ctx, what, err)
	}
	visit := func(rows *sql.Rows) (bool, error) {
		var lease stamp
		err := rows.Scan(&lease)
		if !lease.At.After(now) { // as InDoubt judges it
			b.InDoubt++
		}
		return true, err
	}
	err = s.each(ctx, what, visit, "SELECT "+s.dialect.StampText("d.lease_until")+
		" FROM notification_digests AS d"+s.dialect.Indexed(IndexSending)+" WHERE d.status = 'sending'")
	if err != nil {
		return core.Backlog{}, err
	}
	return b, nil
}
