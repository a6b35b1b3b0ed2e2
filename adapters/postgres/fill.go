package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// unreadable is what is stored for a time that cannot be read.
var unreadable = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}

// Fill adds the rows of w to the migrated database that conn is a connection to, all or nothing. IDs of
// the ledger and of held mail that are 0 are chosen.
func Fill(ctx context.Context, conn *pgx.Conn, w core.World) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return fill(ctx, tx, w) })
}

func fill(ctx context.Context, tx pgx.Tx, w core.World) error {
	w.Ledger, w.Held = slices.Clone(w.Ledger), slices.Clone(w.Held)
	ledger, held := make([]*int64, len(w.Ledger)), make([]*int64, len(w.Held))
	for i := range ledger {
		ledger[i] = &w.Ledger[i].ID
	}
	for i := range held {
		held[i] = &w.Held[i].ID
	}
	if err := choose(ctx, tx, "notification_digests", ledger); err != nil {
		return err
	}
	if err := choose(ctx, tx, "held_emails", held); err != nil {
		return err
	}
	ids := make([]int64, len(w.Users))
	for i, u := range w.Users {
		ids[i] = u.ID
	}
	if _, err := tx.Exec(ctx, "DELETE FROM digest_people WHERE user_id = ANY ($1)", ids); err != nil {
		return fmt.Errorf("fill digest_people: %w", err)
	}
	form := sqlstore.Form{Text: sqlstore.Plain, Stamp: stamp}
	for _, rows := range form.Content(w) {
		source := pgx.CopyFromSlice(rows.N, func(i int) ([]any, error) { return rows.Row(i), nil })
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{rows.Table}, rows.Columns, source); err != nil {
			return fmt.Errorf("fill %s: %w", rows.Table, err)
		}
	}
	return nil
}

// choose gives an ID to those that are 0, and keeps PostgreSQL from choosing one of the others.
func choose(ctx context.Context, tx pgx.Tx, table string, ids []*int64) error {
	var most int64
	for _, id := range ids {
		most = max(most, *id)
	}
	next := fmt.Sprintf("nextval(pg_get_serial_sequence('%s', 'id'))", table)
	if most > 0 {
		if _, err := tx.Exec(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), greatest(%s, %d))", table, next, most)); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if *id != 0 {
			continue
		}
		if err := tx.QueryRow(ctx, "SELECT "+next).Scan(id); err != nil {
			return err
		}
	}
	return nil
}

// stamp returns t as it is stored; the zero time is [unreadable].
func stamp(t time.Time) any {
	if t.IsZero() {
		return unreadable
	}
	return t.UTC().Truncate(time.Second)
}
