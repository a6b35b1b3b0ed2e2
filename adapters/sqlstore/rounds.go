package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Ranges implements [ports.Rounds].
func (s *Store) Ranges(ctx context.Context, now time.Time, size int) (ranges []core.Range, err error) {
	if err := s.dialect.Ready(ctx); err != nil {
		return nil, s.failed(ctx, "divide those who are due", err)
	}
	scan := func(rows *sql.Rows) (core.Range, bool, error) {
		var after, through number
		err := rows.Scan(&after, &through)
		return core.Range{After: after.value, Through: through.value}, true, err
	}
	err = s.each(ctx, "divide those who are due", gather(&ranges, scan), divided+" ORDER BY 1", size, now.Unix())
	return ranges, err
}

// divided has a row for each part of the people who may be due: the ID before the first of them, and
// that of the last.
const divided = `SELECT min(user_id) - 1 AS after_id, max(user_id) AS through_id
FROM (SELECT user_id, (row_number() OVER (ORDER BY user_id) - 1) / ? AS part FROM digest_due WHERE due_at <= ?) AS numbered
GROUP BY part`

// Open implements [ports.Rounds].
func (s *Store) Open(ctx context.Context, now time.Time, size int) error {
	if err := s.dialect.Ready(ctx); err != nil {
		return s.failed(ctx, "open a round", err)
	}
	return s.write(ctx, "open a round", func(ctx context.Context, tx transaction) error {
		if s.dialect.Wait != "" {
			if _, err := tx.change(ctx, s.dialect.Wait); err != nil {
				return err
			}
		}
		// Of all who come at once only the first divides; the others wait here until that is done.
		if _, err := tx.change(ctx, addMarker+" DO UPDATE SET taken = 1", gate, marker, marker); err != nil {
			return err
		}
		var left bool
		if err := tx.one(ctx, []any{&left}, "SELECT EXISTS (SELECT 1"+unfinished+")", now.Unix(), now.Add(-24*time.Hour).Unix()); err != nil || left {
			return err
		}
		n, err := tx.change(ctx, addMarker+" DO NOTHING", now.Unix(), marker, marker)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.change(ctx, "DELETE FROM digest_rounds WHERE instant < ? AND instant <> ?", now.Add(-24*time.Hour).Unix(), gate); err != nil {
			return err
		}
		_, err = tx.change(ctx, `INSERT INTO digest_rounds (instant, after_id, through_id, taken)
SELECT CAST(? AS BIGINT), after_id, through_id, 0 FROM (`+divided+`) AS parts`, now.Unix(), size, now.Unix())
		return err
	})
}

const (
	// marker stands for a range in a row that says that a round was opened, also where nobody is due.
	marker = math.MinInt64
	// gate is an instant at which there is no round; whoever opens one holds its marker.
	gate      = math.MinInt64
	addMarker = "INSERT INTO digest_rounds (instant, after_id, through_id, taken) VALUES (?, ?, ?, 1) ON CONFLICT (instant, after_id)"
	// unfinished finds the ranges that nobody has taken, the newest round first, by the primary key.
	unfinished = " FROM digest_rounds WHERE taken = 0 AND instant <= ? AND instant >= ?"
)

// Take implements [ports.Rounds]. What is taken goes, so that those who come next need not pass it.
func (s *Store) Take(ctx context.Context, now time.Time) (r core.Range, ok bool, err error) {
	err = s.write(ctx, "take a part of a round", func(ctx context.Context, tx transaction) error {
		var after, through number
		err := tx.one(ctx, []any{&after, &through}, s.text.take, now.Unix(), now.Add(-24*time.Hour).Unix())
		r, ok = core.Range{After: after.value, Through: through.value}, err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return r, ok, err
}

func (s *Store) takeQuery() string {
	return `DELETE FROM digest_rounds WHERE (instant, after_id) = (SELECT instant, after_id` + unfinished + `
 ORDER BY instant DESC, after_id DESC LIMIT 1` + s.dialect.SkipLocked + `)
RETURNING after_id, through_id`
}
