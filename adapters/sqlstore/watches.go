package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Stale implements [ports.Watches].
func (s *Store) Stale(ctx context.Context, then time.Time) (stale int, err error) {
	query := "SELECT count(*) FROM (" + strings.Join(s.lapsed("1", then), " UNION ALL ") + ") AS stale"
	err = s.db.Read.QueryRowContext(ctx, query).Scan(&stale)
	if err != nil {
		return 0, s.db.Failed(ctx, "count stale watches", err)
	}
	return stale, nil
}

// lapsed returns queries for a column of the watches that lapse, which are each found by one of them.
func (s *Store) lapsed(column string, then time.Time) (queries []string) {
	for _, before := range s.dialect.Before("last_participation_at", then) {
		queries = append(queries, "SELECT "+column+" FROM watches WHERE state = 'watching' AND "+before)
	}
	return queries
}

// lapsedAtOnce is how many watches lapse in one transaction, if only one transaction at a time may write.
const lapsedAtOnce = 2000

// Lapse implements [ports.Watches].
func (s *Store) Lapse(ctx context.Context, then time.Time) (decayed int, err error) {
	some := s.dialect.RowID + " IN (" + strings.Join(s.lapsed(s.dialect.RowID, then), " UNION ALL ") + " LIMIT ?)"
	for s.dialect.RowID != "" {
		n, err := s.lapse(ctx, some, lapsedAtOnce)
		if decayed += n; n < lapsedAtOnce && err == nil || errors.Is(err, ports.ErrUnavailable) || errors.Is(err, ports.ErrUnknown) {
			return decayed, err
		}
		if err != nil {
			break // the app's table has no such column
		}
	}
	lapsed := strings.Join(s.dialect.Before("last_participation_at", then), " OR ")
	n, err := s.lapse(ctx, s.dialect.Idle("watches", "state = 'watching' AND ("+lapsed+")"))
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

// Title implements [ports.Watches].
func (s *Store) Title(ctx context.Context, slug string) (string, error) {
	titles := map[string]string{slug: ""}
	err := s.titles(ctx, titles)
	return titles[slug], err
}

// theirs is the condition that a row is a watch of the recipient on the RFC, which are the first two values. The app's table
// may have several such rows.
const theirs = "user_id = ?0 AND rfc_slug = ?1"

// Mute implements [ports.Watches].
func (s *Store) Mute(ctx context.Context, recipient, mark int64, slug string) (before string, err error) {
	slug = Plain(slug)
	err = s.watch(ctx, "mute an RFC", recipient, mark, func(ctx context.Context, tx engine.Tx) error {
		var state text
		query := "UPDATE watches SET state = 'muted' WHERE " + theirs + " AND (state IS NULL OR state <> 'muted')"
		err := tx.One(ctx, []any{&state}, "SELECT "+asText("w.state")+" FROM watches AS w WHERE "+theirs+
			" ORDER BY CASE w.state WHEN 'watching' THEN 0 WHEN 'muted' THEN 2 ELSE 1 END LIMIT 1"+s.dialect.Keep, recipient, slug)
		before = cmp.Or(string(state), core.Muted)
		if errors.Is(err, sql.ErrNoRows) {
			query, before, err = "INSERT INTO watches (user_id, rfc_slug, state) VALUES (?0, ?1, 'muted')", "", nil
		}
		if err != nil {
			return fmt.Errorf("read the watch: %w", err)
		}
		n, err := tx.Change(ctx, query, recipient, slug)
		if err == nil && n == 0 && before != core.Muted {
			return ports.ErrRejected // by a trigger, in silence
		}
		return err
	})
	return before, err
}

// Unmute implements [ports.Watches].
func (s *Store) Unmute(ctx context.Context, recipient, mark int64, slug, state string) (undone bool, err error) {
	query, args := "UPDATE watches SET state = ?2 WHERE ", []any{recipient, Plain(slug), Plain(state)}
	if state == "" {
		query, args = "DELETE FROM watches WHERE ", args[:2]
	}
	err = s.watch(ctx, "unmute an RFC", recipient, mark, func(ctx context.Context, tx engine.Tx) error {
		n, err := tx.Change(ctx, query+theirs+" AND state = 'muted'", args...)
		undone = n > 0
		return err
	})
	return undone && err == nil, err
}

// watch runs change for a recipient who is still the one with the mark.
func (s *Store) watch(ctx context.Context, what string, recipient, mark int64, change engine.Change) error {
	return s.db.Write(ctx, fmt.Sprintf("%s for recipient %d", what, recipient), func(ctx context.Context, tx engine.Tx) error {
		still, err := s.still(ctx, tx, recipient, mark)
		if err == nil && !still {
			err = ports.ErrConflict
		}
		if err != nil {
			return err
		}
		return change(ctx, tx)
	})
}
