package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
		n, err := tx.change(ctx, "INSERT INTO digest_rounds (instant, after_id, through_id, taken) VALUES (?, ?, ?, 1) ON CONFLICT (instant, after_id) DO NOTHING",
			now.Unix(), opened, opened)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.change(ctx, "DELETE FROM digest_rounds WHERE instant < ?", now.Add(-24*time.Hour).Unix()); err != nil {
			return err
		}
		_, err = tx.change(ctx, `INSERT INTO digest_rounds (instant, after_id, through_id, taken)
SELECT CAST(? AS BIGINT), after_id, through_id, 0 FROM (`+divided+`) AS parts`, now.Unix(), size, now.Unix())
		return err
	})
}

// opened stands for a range in a row that says that a round was opened, also where nobody is due.
const opened = math.MinInt64

// Take implements [ports.Rounds].
func (s *Store) Take(ctx context.Context, now time.Time) (r core.Range, ok bool, err error) {
	err = s.write(ctx, fmt.Sprintf("take a part of the round of %d", now.Unix()), func(ctx context.Context, tx transaction) error {
		var after, through number
		err := tx.one(ctx, []any{&after, &through}, s.text.take, now.Unix(), now.Unix())
		r, ok = core.Range{After: after.value, Through: through.value}, err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return r, ok, err
}

func (s *Store) takeQuery() string {
	return `UPDATE digest_rounds SET taken = 1
WHERE instant = ? AND after_id = (SELECT after_id FROM digest_rounds WHERE instant = ? AND taken = 0 ORDER BY after_id LIMIT 1` + s.dialect.SkipLocked + `)
RETURNING after_id, through_id`
}
