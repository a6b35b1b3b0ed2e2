package sqlstore

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core"
)

// Dump returns all that is in the store, as of one moment, each table by ascending ID. It is for
// looking at stores of a size that memory holds.
func (s *Store) Dump(ctx context.Context) (w core.World, err error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return w, s.failed(ctx, "dump", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	for _, table := range []func(context.Context, bun.Tx, *core.World) error{
		s.dumpUsers, s.dumpRFCs, s.dumpNotifications, s.dumpLedger, s.dumpHeld, s.dumpWatches,
	} {
		if err := table(ctx, tx, &w); err != nil {
			return core.World{}, err
		}
	}
	return w, nil
}

// eachIn calls visit on every row of a query in tx until it returns false.
func (s *Store) eachIn(ctx context.Context, tx bun.Tx, what string, visit func(*sql.Rows) (bool, error), query string) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return s.failed(ctx, what, err)
	}
	return s.failed(ctx, what, walk(rows, visit))
}

func (s *Store) dumpUsers(ctx context.Context, tx bun.Tx, w *core.World) error {
	err := s.eachIn(ctx, tx, "dump users", gather(&w.Users, recipientScanner()), s.selectRecipients("0", "users AS u")+" ORDER BY u.id")
	for i := range w.Users {
		w.Users[i].Latest = core.Entry{}
	}
	return err
}

func (s *Store) dumpRFCs(ctx context.Context, tx bun.Tx, w *core.World) error {
	scan := func(rows *sql.Rows) (core.RFC, bool, error) {
		var slug, title text
		err := rows.Scan(&slug, &title)
		return core.RFC{Slug: string(slug), Title: string(title)}, true, err
	}
	return s.eachIn(ctx, tx, "dump cached_rfcs", gather(&w.RFCs, scan), "SELECT "+asText("slug")+", "+asText("title")+" FROM cached_rfcs ORDER BY slug")
}

func (s *Store) dumpNotifications(ctx context.Context, tx bun.Tx, w *core.World) error {
	return s.eachIn(ctx, tx, "dump notifications", notificationScanner(&w.Notifications),
		"SELECT "+s.notificationColumns()+" FROM notifications AS n ORDER BY n.id")
}

func (s *Store) dumpLedger(ctx context.Context, tx bun.Tx, w *core.World) error {
	return s.eachIn(ctx, tx, "dump notification_digests", gather(&w.Ledger, ledgerScanner()),
		"SELECT "+s.ledgerColumns()+" FROM notification_digests ORDER BY id")
}

func (s *Store) dumpHeld(ctx context.Context, tx bun.Tx, w *core.World) error {
	scan := func(rows *sql.Rows) (core.HeldRow, bool, error) {
		var (
			row  heldRow
			sent stamp
			why  text
		)
		err := rows.Scan(append(row.columns(), &sent, &why)...)
		return core.HeldRow{HeldMail: row.core(), SentAt: sent.Stamp, Error: string(why)}, row.id.ok, err
	}
	return s.eachIn(ctx, tx, "dump held_emails", gather(&w.Held, scan),
		"SELECT "+s.heldColumns()+", "+s.dialect.StampText("h.sent_at")+", "+asText("h.error")+" FROM held_emails AS h ORDER BY h.id")
}

func (s *Store) dumpWatches(ctx context.Context, tx bun.Tx, w *core.World) error {
	scan := func(rows *sql.Rows) (core.Watch, bool, error) {
		var (
			user        number
			slug, state text
			took        stamp
		)
		err := rows.Scan(&user, &slug, &state, &took)
		return core.Watch{User: user.value, Slug: string(slug), State: string(state), Participation: took.Stamp}, user.ok, err
	}
	return s.eachIn(ctx, tx, "dump watches", gather(&w.Watches, scan), "SELECT user_id, "+asText("rfc_slug")+", "+asText("state")+", "+
		s.dialect.StampText("last_participation_at")+" FROM watches ORDER BY user_id, rfc_slug")
}
