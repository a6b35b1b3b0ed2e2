package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
)

// prunedAtOnce is how many rows [Store.Prune] looks at in a transaction.
const prunedAtOnce = 500

// prunable says of rows of a table which time makes them old, and which may go if they are.
var prunable = map[core.Prunable]struct{ table, time, idle string }{
	// A window that is being sent or redirected may be deleted yet; then the next one follows from the one before.
	core.OldWindows: {"notification_digests", "period_end", `coalesce(status, '') NOT IN ('sending', 'redirected') AND NOT coalesce(` + unmarked("") + `, false)
 AND EXISTS (SELECT 1 FROM notification_digests AS newer WHERE newer.recipient_user_id = notification_digests.recipient_user_id
 AND newer.id > notification_digests.id AND coalesce(newer.status, '') NOT IN ('sending', 'redirected'))`},
	core.OldMails: {"held_emails", "created_at", "status IN ('sent', 'dropped', 'failed')"},
}

// Prune implements [ports.Retention].
func (s *Store) Prune(ctx context.Context, what core.Prunable, before time.Time, after int64) (deleted int, next int64, err error) {
	p := prunable[what]
	old := "(" + strings.Join(s.dialect.Before(p.time, before), " OR ") + ")"
	var rows, aged int
	err = s.db.Read.QueryRowContext(ctx, "SELECT count(*), coalesce(max(id), 0), coalesce(sum(CASE WHEN "+old+" THEN 1 ELSE 0 END), 0) FROM (SELECT id, "+p.time+
		" FROM "+p.table+" WHERE id > ? ORDER BY id LIMIT ?) AS few", after, prunedAtOnce).Scan(&rows, &next, &aged)
	if err != nil {
		return 0, 0, s.db.Failed(ctx, "look for old "+string(what), err)
	}
	if rows == 0 || aged == 0 {
		return 0, 0, nil
	}
	err = s.db.Write(ctx, fmt.Sprintf("delete old %s after %d", what, after), func(ctx context.Context, tx engine.Tx) (err error) {
		deleted, err = tx.Change(ctx, "DELETE FROM "+p.table+" WHERE id > ? AND id <= ? AND "+old+" AND "+p.idle, after, next)
		if err == nil && what == core.OldWindows && after == 0 {
			_, err = tx.Change(ctx, "DELETE FROM digest_moved WHERE "+strings.Join(s.dialect.Before("moved_at", before), " OR "))
		}
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return deleted, next, nil
}
