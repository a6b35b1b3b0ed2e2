package sqlstore

import (
	"cmp"
	"context"
	"database/sql"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
)

// Content returns the rows of w, in the order in which they go in; nothing may be known before of who has
// the numbers of its users. What is empty or zero is null if the column allows it.
func (form Form) Content(w core.World) []Rows {
	var preferences []core.Recipient
	for _, u := range w.Users {
		if u.Preferences != (core.Preferences{}) {
			preferences = append(preferences, u)
		}
	}
	return []Rows{
		// Before their rows are there, or they would all be people who have just come.
		rows(form, w.Users, func(u core.Recipient) personRow {
			return personRow{UserID: integer(u.ID), Person: integer(u.Person.Mark), FirstDigest: integer(u.Person.FirstDigest),
				FirstNotification: integer(u.Person.FirstNotification), Gone: integer(0)}
		}),
		rows(form, w.Users, func(u core.Recipient) userRow {
			return userRow{ID: integer(u.ID), Email: text(u.Address), DisplayName: text(u.Name), DigestCadence: text(u.Cadence)}
		}),
		rows(form, preferences, func(u core.Recipient) preferenceRow { return preferencesOf(u.ID, u.Preferences) }),
		rows(form, w.RFCs, func(r core.RFC) rfcRow { return rfcRow{Slug: text(r.Slug), Title: text(r.Title)} }),
		rows(form, w.Notifications, notificationOf),
		rows(form, w.Ledger, ledgerRowOf),
		rows(form, w.Held, heldRowOf),
		rows(form, w.Watches, func(w core.Watch) watchRow {
			return watchRow{UserID: integer(w.User), RfcSlug: text(w.Slug), State: text(w.State), LastParticipationAt: stamp{w.Participation}}
		}),
	}
}

// Dump returns all that is in the store, as of one moment, each table by ascending ID. It is for
// looking at stores of a size that memory holds.
func (s *Store) Dump(ctx context.Context) (w core.World, err error) {
	tx, err := s.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return w, s.db.Failed(ctx, "dump", err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var errs [6]error
	users := new(recipientRow)
	rows, err := tx.QueryContext(ctx, s.selectRecipients("0", "users AS u")+" ORDER BY u.id")
	if err == nil {
		err = engine.Walk(rows, gather(&w.Users, users, users.into()...))
	}
	errs[0] = s.db.Failed(ctx, "dump users", err)
	for i := range w.Users {
		w.Users[i].Latest = core.Entry{}
	}
	w.RFCs, errs[1] = dump(ctx, s, tx, new(rfcRow))
	w.Notifications, errs[2] = dump(ctx, s, tx, new(notificationRow))
	w.Ledger, errs[3] = dump(ctx, s, tx, new(ledgerRow))
	w.Held, errs[4] = dump(ctx, s, tx, new(heldRow))
	w.Watches, errs[5] = dump(ctx, s, tx, new(watchRow))
	if err := cmp.Or(errs[:]...); err != nil {
		return core.World{}, err
	}
	return w, nil
}

// dump reads the table that row is a row of.
func dump[C any](ctx context.Context, s *Store, tx bun.Tx, row interface{ core() (C, bool) }) (all []C, err error) {
	t := tableOf(row)
	rows, err := tx.NewSelect().Model(row).ColumnExpr(s.dialect.columns(row)).Order(names(t.PKs)...).Rows(ctx)
	if err == nil {
		err = engine.Walk(rows, gather(&all, row))
	}
	return all, s.db.Failed(ctx, "dump "+t.Name, err)
}
