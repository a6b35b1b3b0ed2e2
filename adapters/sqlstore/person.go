package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"math/big"
	"reflect"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
)

// Export returns all that is kept about a person, also of one who was deleted: the rows of each table, by the names of tables
// and columns. Times are in RFC 3339; one that cannot be read is "unreadable". What is null or empty is left out.
func (s *Store) Export(ctx context.Context, id int64) (map[string][]map[string]any, error) {
	all := make(map[string][]map[string]any)
	for _, row := range []any{new(preferenceRow), new(dueRow), new(personRow), new(heldRow), new(ledgerRow), new(movedRow)} {
		table := tableOf(row)
		rows := []map[string]any{}
		visit := func(r *sql.Rows) (bool, error) {
			err := r.Scan(into(row)...)
			rows = append(rows, s.exported(row))
			return true, err
		}
		query := "SELECT " + s.dialect.columns(row) + " FROM " + table.Name + " AS " + table.Alias + " WHERE " + ownerOf(row) + " = ?"
		if _, ok := table.FieldMap["id"]; ok {
			query += " ORDER BY id"
		}
		if err := s.db.Each(ctx, fmt.Sprintf("export user %d", id), visit, query, id); err != nil {
			return nil, err
		}
		all[table.Name] = rows
	}
	return all, nil
}

// ownerOf returns the column that has a row's person.
func ownerOf(row any) string {
	if _, ok := tableOf(row).FieldMap["user_id"]; ok {
		return "user_id"
	}
	return "recipient_user_id"
}

// exported returns a row as [Store.Export] does.
func (s *Store) exported(row any) map[string]any {
	columns := make(map[string]any)
	for _, f := range tableOf(row).Fields {
		switch v := f.Value(reflect.ValueOf(row).Elem()).Interface().(type) {
		case text:
			if v != "" {
				columns[f.Name] = string(v)
			}
		case idList:
			columns[f.Name] = append([]int64{}, v...)
		case stamp:
			if v.Set && v.At.IsZero() {
				columns[f.Name] = "unreadable"
			} else if v.Set {
				columns[f.Name] = v.At.UTC().Format(time.RFC3339)
			}
		case setting:
			if columns[f.Name] = any(v.value); !v.ok {
				columns[f.Name] = string(v.odd)
			}
			if !v.ok && v.odd == "" {
				delete(columns, f.Name)
			}
		case number:
			if v.ok {
				columns[f.Name] = v.value
			}
		}
	}
	return columns
}

// Forgotten counts what [Store.Forget] did.
type Forgotten struct {
	Preferences int `json:"preferences"`
	Mails       int `json:"held_emails"`
	// Digests are ledger rows that said what a mail server had answered.
	Digests int `json:"digests"`
	// Sending are held e-mails, and digests, that are being sent; they stay as they are.
	Sending int `json:"sending"`
}

// Forget deletes what is kept about a person, also of one who was deleted: their preferences, with suppression; their held e-mail; where
// notifications came from; and in the ledger what a mail server said, which may name an address. Links in their mails end. That a window was closed, and which
// notifications it told of, stays: else they would be told again. It is all or nothing, and durable on return.
func (s *Store) Forget(ctx context.Context, id int64) (f Forgotten, err error) {
	mark, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return f, err
	}
	err = s.db.Write(ctx, fmt.Sprintf("forget user %d", id), func(ctx context.Context, tx engine.Tx) (err error) {
		f = Forgotten{}
		for _, one := range []struct {
			count *int
			query string
			args  []any
		}{
			{&f.Preferences, "DELETE FROM digest_preferences WHERE user_id = ?", []any{id}},
			{&f.Mails, "DELETE FROM held_emails WHERE recipient_user_id = ? AND coalesce(status, '') <> 'sending'", []any{id}},
			{&f.Digests, "UPDATE notification_digests SET error = NULL, returned_why = NULL, returned_to = NULL WHERE recipient_user_id = ?" +
				" AND coalesce(status, '') <> 'sending' AND (error IS NOT NULL OR returned_why IS NOT NULL OR returned_to IS NOT NULL)", []any{id}},
			{new(int), "DELETE FROM digest_moved WHERE user_id = ?", []any{id}},
			{new(int), "UPDATE digest_people SET person = ? WHERE user_id = ? AND gone = 0", []any{mark.Int64() + 1, id}},
		} {
			if *one.count, err = tx.Change(ctx, one.query, one.args...); err != nil {
				return err
			}
		}
		return tx.One(ctx, []any{&f.Sending}, "SELECT (SELECT count(*) FROM held_emails WHERE recipient_user_id = ? AND status = 'sending')"+
			" + (SELECT count(*) FROM notification_digests WHERE recipient_user_id = ? AND status = 'sending')", id, id)
	})
	return f, err
}
