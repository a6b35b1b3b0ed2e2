package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

// Whatever stands in a row, what a copy makes of it is in the target to the letter, and nothing of that is
// odd there.
func TestAnyRowCanBeMoved(t *testing.T) {
	t.Parallel()
	from, to := made(t, "loose.sql"), made(t, "loose.sql")
	for _, path := range []string{from, to} {
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err)
	}
	source, target := opened(t, from, Options{}), opened(t, to, Options{})
	there, other := connected(t, from), connected(t, to)
	rapid.Check(t, func(r *rapid.T) {
		for _, table := range tables {
			if table.Name != "digest_preferences" && table.Name != "notification_digests" && table.Name != "held_emails" {
				continue
			}
			var names, rows []string
			for _, definition := range table.Columns {
				names = append(names, sqlstore.ColumnName(definition))
			}
			for _, id := range []string{"-4", "0", "1", "9223372036854775807"} {
				values := []string{id}
				for range names[1:] {
					values = append(values, anyValue(r))
				}
				rows = append(rows, "("+strings.Join(values, ", ")+")")
			}
			_, err := there.Exec("PRAGMA synchronous = OFF; DELETE FROM " + table.Name + "; INSERT INTO " + table.Name + " (" + strings.Join(names, ", ") + ") VALUES " + strings.Join(rows, ", "))
			require.NoError(r, err, rows)
			_, err = other.Exec("PRAGMA synchronous = OFF; DELETE FROM " + table.Name)
			require.NoError(r, err)
		}
		ctx := t.Context()
		before := int64(-5)
		preferences, _, err := source.PreferencesAfter(ctx, before, 10)
		require.NoError(r, err)
		preferences = portable(preferences, core.PreferencesRow.Portable)
		require.NoError(r, target.PutPreferences(ctx, preferences))
		ledger, _, err := source.LedgerAfter(ctx, before, 10)
		require.NoError(r, err)
		ledger = portable(ledger, core.LedgerRow.Portable)
		require.NoError(r, target.PutLedger(ctx, ledger))
		held, _, err := source.HeldAfter(ctx, before, 10)
		require.NoError(r, err)
		held = portable(held, core.HeldRow.Portable)
		require.NoError(r, target.PutHeld(ctx, held))

		gotPreferences, odd, err := target.PreferencesAfter(ctx, before, 10)
		require.NoError(r, err)
		require.Equal(r, preferences, gotPreferences)
		require.Empty(r, odd)
		gotLedger, odd, err := target.LedgerAfter(ctx, before, 10)
		require.NoError(r, err)
		require.Equal(r, ledger, gotLedger)
		require.Empty(r, odd)
		gotHeld, odd, err := target.HeldAfter(ctx, before, 10)
		require.NoError(r, err)
		require.Equal(r, held, gotHeld)
		require.Empty(r, odd)
		require.Equal(r, "4 4 4", fmt.Sprint(len(gotPreferences), len(gotLedger), len(gotHeld)))
	})
}

// portable returns rows as every store can hold them.
func portable[R any](rows []R, of func(R) (R, []core.Oddity)) (out []R) {
	for _, row := range rows {
		row, _ = of(row)
		out = append(out, row)
	}
	return out
}
