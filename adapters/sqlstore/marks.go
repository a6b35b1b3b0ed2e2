package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Ticked implements [ports.Marks].
func (s *Store) Ticked(ctx context.Context, m core.TickMark) error {
	row := tickRow{ID: integer(1), Instant: stampOf(m.Instant), EndedAt: stampOf(m.EndedAt), Trouble: text(m.Trouble)}
	query, args := insertion(&row)
	query += " ON CONFLICT (id) DO UPDATE SET instant = excluded.instant, ended_at = excluded.ended_at, trouble = excluded.trouble"
	return s.db.Write(ctx, "mark the end of a tick", func(ctx context.Context, tx engine.Tx) error {
		_, err := tx.Change(ctx, query, args...)
		return err
	})
}

// LastTick implements [ports.Marks]. An error also says that no tick could be made.
func (s *Store) LastTick(ctx context.Context) (core.TickMark, error) {
	const what = "read when the last tick ended"
	if err := s.dialect.Ready(ctx); err != nil {
		return core.TickMark{}, s.db.Failed(ctx, what, err)
	}
	var row tickRow
	err := s.db.Read.NewSelect().Model(&row).Where("id = 1").Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return core.TickMark{}, s.db.Failed(ctx, what, err)
	}
	return core.TickMark{Instant: row.Instant.At, EndedAt: row.EndedAt.At, Trouble: string(row.Trouble)}, nil
}

// Facts implements [ports.Marks].
func (s *Store) Facts(ctx context.Context) (map[string]string, error) {
	var rows []factRow
	err := s.db.Read.NewSelect().Model(&rows).Where("value <> ''").Scan(ctx)
	all := make(map[string]string)
	for _, r := range rows {
		all[string(r.Name)] = string(r.Value)
	}
	return all, s.db.Failed(ctx, "read what is true of the installation", err)
}

// PutFact implements [ports.Marks].
func (s *Store) PutFact(ctx context.Context, name, value string) error {
	return s.db.Write(ctx, "note the "+name, func(ctx context.Context, tx engine.Tx) error {
		_, err := tx.Change(ctx, putFact, Plain(name), Plain(value))
		return err
	})
}

// SwapFact implements [ports.Marks].
func (s *Store) SwapFact(ctx context.Context, name, before, value string) error {
	return s.db.Write(ctx, "note the "+name, func(ctx context.Context, tx engine.Tx) error {
		query, args := "UPDATE digest_facts SET value = ? WHERE name = ? AND value = ?", []any{Plain(value), Plain(name), Plain(before)}
		if before == "" {
			query, args = putFact+" WHERE digest_facts.value = ''", []any{Plain(name), Plain(value)}
		}
		n, err := tx.Change(ctx, query, args...)
		if err == nil && n == 0 {
			return ports.ErrConflict
		}
		return err
	})
}

const putFact = "INSERT INTO digest_facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

// NextSend implements [ports.Marks]. There is one row, with microseconds since 1970.
func (s *Store) NextSend(ctx context.Context, p core.RateLimit, now time.Time) (leave time.Time, err error) {
	err = s.db.Write(ctx, "take a turn to send", func(ctx context.Context, tx engine.Tx) error {
		if _, err := tx.Change(ctx, "INSERT INTO digest_pace (id, paid) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"); err != nil {
			return err
		}
		var before number
		if err := tx.One(ctx, []any{&before}, "SELECT paid FROM digest_pace WHERE id = 1"+s.dialect.Keep); err != nil {
			return err
		}
		var paid time.Time
		if before.value > 0 {
			paid = time.UnixMicro(before.value)
		}
		leave, paid = p.Next(paid, now)
		_, err := tx.Change(ctx, "UPDATE digest_pace SET paid = ? WHERE id = 1", paid.UnixMicro())
		return err
	})
	return leave, err
}

// Backlog implements [ports.Marks]. Of digest_due it reads what [Store.People] would, and else only
// what an index has of rows that wait.
func (s *Store) Backlog(ctx context.Context, now time.Time) (b core.Backlog, err error) {
	const what = "count what waits"
	if err := s.dialect.Ready(ctx); err != nil {
		return core.Backlog{}, s.db.Failed(ctx, what, err)
	}
	query := `SELECT (SELECT count(*) FROM digest_due WHERE due_at <= ?),
 (SELECT count(*) FROM held_emails` + s.dialect.Indexed(IndexWaiting) + ` WHERE status IN ('held', 'sending'))`
	if err := s.db.Read.QueryRowContext(ctx, query, now.Unix()).Scan(&b.Due, &b.Held); err != nil {
		return core.Backlog{}, s.db.Failed(ctx, what, err)
	}
	query = `SELECT count(CASE WHEN status = 'failed' THEN 1 END), coalesce(max(CASE WHEN status = 'failed' THEN id END), 0), count(*),
 coalesce(max(CASE WHEN status = 'failed' THEN 0 ELSE id END), 0) FROM held_emails` + s.dialect.Indexed(IndexLeft) + `
WHERE status IS NULL OR status NOT IN ('held', 'sending', 'sent', 'dropped', 'redirected')`
	if err := s.db.Read.QueryRowContext(ctx, query).Scan(&b.GivenUp, &b.LastGivenUp, &b.Stuck, &b.LastStuck); err != nil {
		return core.Backlog{}, s.db.Failed(ctx, what, err)
	}
	b.Stuck -= b.GivenUp
	visit := func(rows *sql.Rows) (bool, error) {
		var lease stamp
		err := rows.Scan(&lease)
		if !lease.At.After(now) { // as InDoubt judges it
			b.InDoubt++
		}
		return true, err
	}
	err = s.db.Each(ctx, what, visit, "SELECT "+s.dialect.StampText("d.lease_until")+
		" FROM notification_digests AS d"+s.dialect.Indexed(IndexSending)+" WHERE d.status = 'sending'"+
		" AND EXISTS (SELECT 1 FROM users AS u WHERE u.id = d.recipient_user_id AND "+onRoster+")")
	if err != nil {
		return core.Backlog{}, err
	}
	return b, nil
}
