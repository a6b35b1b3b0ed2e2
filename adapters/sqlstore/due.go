package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Rest implements [ports.Roster]. A change to anything that decides when a person is due gives their row of
// digest_due another revision, so that a rest which was judged by less is not noted. It waits for no other
// transaction: there are hundreds of people in this one, and another may change them in another order.
func (s *Store) Rest(ctx context.Context, rs []core.Rest) error {
	if len(rs) == 0 {
		return ctx.Err()
	}
	query := "UPDATE digest_due SET due_at = ?0 WHERE " + s.dialect.Idle("digest_due", "user_id = ?1 AND revision = ?2")
	return s.db.Write(ctx, "note when "+texts.Plural(len(rs), "recipient")+" will be due", func(ctx context.Context, tx engine.Tx) error {
		for _, r := range rs {
			if _, err := tx.Change(ctx, query, r.Until.Unix(), r.Recipient, r.Revision); err != nil {
				return fmt.Errorf("recipient %d: %w", r.Recipient, err)
			}
		}
		return nil
	})
}

// wokenAtOnce is how many people Wake is about in one transaction: what they are locked for is over in a few
// hundredths of a second.
const wokenAtOnce = 2000

// Wake implements [ports.Roster]. It passes over rows that other transactions have locked, perhaps in
// another order: what those change about a person ends that person's rest as well.
func (s *Store) Wake(ctx context.Context) error {
	query := "UPDATE digest_due SET due_at = 0, revision = " + s.dialect.Random + " WHERE " +
		s.dialect.Idle("digest_due", "user_id > ?0 AND user_id <= ?1 AND due_at > 0")
	for after := int64(math.MinInt64); ; {
		var last number
		visit := func(rows *sql.Rows) (bool, error) { return false, rows.Scan(&last) }
		if err := s.db.Each(ctx, "look for people who rest", visit, lastAsleep, after, wokenAtOnce); err != nil || !last.ok {
			return err
		}
		err := s.db.Write(ctx, fmt.Sprintf("wake people after recipient %d", after), func(ctx context.Context, tx engine.Tx) error {
			_, err := tx.Change(ctx, query, after, last.value)
			return err
		})
		if err != nil {
			return err
		}
		after = last.value
	}
}

// lastAsleep finds the last of the next so many people who rest.
const lastAsleep = `SELECT max(user_id) FROM (SELECT user_id FROM digest_due WHERE user_id > CAST(? AS BIGINT) AND due_at > 0 ORDER BY user_id LIMIT ?) AS asleep`

// Ranges implements [ports.Roster].
func (s *Store) Ranges(ctx context.Context, now time.Time, size int) (ranges []core.Range, err error) {
	if err := s.dialect.Ready(ctx); err != nil {
		return nil, s.db.Failed(ctx, "divide those who are due", err)
	}
	visit := func(rows *sql.Rows) (bool, error) {
		var r core.Range
		err := rows.Scan(&r.After, &r.Through)
		ranges = append(ranges, r)
		return true, err
	}
	err = s.db.Each(ctx, "divide those who are due", visit, divided+" ORDER BY 1", size, now.Unix())
	return ranges, err
}

// divided has a row for each part of the people who may be due: the ID before the first of them, and
// that of the last.
const divided = `SELECT min(user_id) - 1 AS after_id, max(user_id) AS through_id
FROM (SELECT user_id, (row_number() OVER (ORDER BY user_id) - 1) / ? AS part FROM digest_due WHERE due_at <= ?) AS numbered
GROUP BY part`
