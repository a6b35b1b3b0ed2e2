package sqlite

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/duetest"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

func TestNobodyWhoIsDueIsLeftOutWhateverOthersDo(t *testing.T) {
	t.Parallel()
	var databases []duetest.Database
	for _, script := range []string{"", "loose.sql"} {
		path := made(t, script)
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err)
		other := connected(t, path)
		databases = append(databases, duetest.Database{
			Store: opened(t, path, hasty()),
			Do: func(statement string) error {
				return checktest.Whatever(func() func() { return checktest.Lift(t, other) }, func() error {
					_, err := other.ExecContext(t.Context(), statement)
					return err
				})
			},
			Begin: func(r *rapid.T) []string {
				return []string{"PRAGMA synchronous = OFF", "PRAGMA recursive_triggers = " + rapid.SampledFrom([]string{"ON", "OFF"}).Draw(r, "recursive")}
			},
		})
	}
	duetest.Run(t, duetest.SQL{
		Ends: anyEnds, Any: "''",
		Emails:   []string{"'a@rfc.example'", "'a@rfc.example'", "'broken'", "''", "NULL", "X''"},
		Hours:    []string{"NULL", "0", "8", "23", "24", "-1", "'x'", "'7'", "8.5"},
		Statuses: []string{"NULL", "'sent'", "'empty'", "''", "X'00'"},
		Forms:    forms,
	}, databases...)
}

func anyEnds(at time.Time) []string {
	canonical := texts.Timestamp(at)
	odd := strings.Replace(canonical, " ", "T", 1)
	return []string{"'" + canonical + "'", "'" + canonical + "'", "'" + odd + "'", "'" + odd + "Z'", "'" + odd + ".750Z'", "'" + canonical + "+13:00'", "'" + odd + "-12:30'",
		"'" + canonical + " '", "'" + canonical + "' || char(0)", "CAST('" + canonical + "' AS BLOB)", "''", "'garbage'", "'2026-02-30 12:00:00'", "'now'",
		"'2461128.25'", "1774720800", "'9999-12-31 23:59:59'", "'0001-01-01 00:00:00'", "'0000-00-00 00:00:00'", "X'00FF'"}
}

func forms(w duetest.Words) []string {
	row := "INTO " + w.Table + " (" + w.Key + ", " + strings.Join(w.Names, ", ") + ") VALUES (" + w.KeyValue + ", " + strings.Join(w.Values, ", ") + ")"
	var sets []string
	for _, name := range w.Names {
		sets = append(sets, name+" = excluded."+name)
	}
	return []string{
		"INSERT OR IGNORE " + row,
		"INSERT OR REPLACE " + row,
		"INSERT " + row + " ON CONFLICT (" + w.Key + ") DO UPDATE SET " + strings.Join(sets, ", "),
		"UPDATE " + w.Table + " SET " + w.Column + " = " + w.Value + w.Where,
		"UPDATE " + w.Table + " SET " + w.Column + " = " + w.Value,
		"UPDATE OR IGNORE " + w.Table + " SET " + w.Key + " = " + w.OtherKey + w.Where,
		"UPDATE OR REPLACE " + w.Table + " SET " + w.Key + " = " + w.OtherKey + w.Where,
		"DELETE FROM " + w.Table + w.Where,
		"DELETE FROM " + w.Table,
	}
}
