package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/duetest"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

func TestNobodyWhoIsDueIsLeftOutWhateverOthersDo(t *testing.T) {
	t.Parallel()
	h := moved(t)
	defer checktest.LiftOnPostgreSQL(t, h.app)()
	duetest.Run(t, duetest.SQL{
		Ends: anyEnds, Any: "'infinity'",
		Emails:   []string{"'a@rfc.example'", "'a@rfc.example'", "'broken'", "''", "NULL"},
		Hours:    []string{"NULL", "0", "8", "23", "24", "-1"},
		Statuses: []string{"NULL", "'sent'", "'empty'", "''"},
		Forms:    forms,
	}, duetest.Database{
		Store: h.store,
		Do: func(statement string) error {
			_, err := h.app.Exec(t.Context(), statement)
			if said := new(pgconn.PgError); errors.As(err, &said) && strings.HasPrefix(said.Code, "23") {
				return nil // it breaks a rule of the tables
			}
			if err == nil {
				// Who chooses IDs by themselves has to say so.
				_, err = h.app.Exec(t.Context(), "SELECT setval(pg_get_serial_sequence('notification_digests', 'id'), greatest((SELECT max(id) FROM notification_digests), 1))")
			}
			return err
		},
		Begin: func(r *rapid.T) []string {
			return []string{"SET synchronous_commit = off", "SET timezone = " + rapid.SampledFrom([]string{"'UTC'", "'Asia/Kathmandu'", "'America/New_York'"}).Draw(r, "zone")}
		},
	})
}

func anyEnds(at time.Time) []string {
	canonical := texts.Timestamp(at)
	return []string{"'" + canonical + "Z'", "'" + canonical + "Z'", "'" + canonical + ".75Z'", "'" + canonical + "+13:00'", "'" + canonical + "-12:30'", "'" + canonical + "'",
		"'infinity'", "'-infinity'", "'9999-12-31 23:59:59Z'", "'20000-01-01 00:00:00Z'", "'0001-01-01 00:00:00Z'", "'0001-01-01 00:00:00Z BC'", "'4713-01-01 00:00:00Z BC'"}
}

func forms(w duetest.Words) []string {
	row := "INSERT INTO " + w.Table + " (" + w.Key + ", " + strings.Join(w.Names, ", ") + ") VALUES (" + strings.Replace(w.KeyValue, "NULL", "DEFAULT", 1) + ", " +
		strings.Join(w.Values, ", ") + ")"
	var sets []string
	for _, name := range w.Names {
		sets = append(sets, name+" = excluded."+name)
	}
	return []string{
		row + " ON CONFLICT DO NOTHING",
		row,
		row + " ON CONFLICT (" + w.Key + ") DO UPDATE SET " + strings.Join(sets, ", "),
		"UPDATE " + w.Table + " SET " + w.Column + " = " + w.Value + w.Where,
		"UPDATE " + w.Table + " SET " + w.Column + " = " + w.Value,
		"UPDATE " + w.Table + " SET " + w.Key + " = " + w.OtherKey + w.Where,
		"DELETE FROM " + w.Table + w.Where,
		"DELETE FROM " + w.Table,
	}
}
