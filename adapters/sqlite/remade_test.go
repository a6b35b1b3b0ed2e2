package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// remaking are the ways in which an app makes a table anew: it has no other where a column's type or
// a constraint is to change. old is the table, new the definition under whatever name.
var remaking = map[string]func(old string, definition func(name string) string) []string{
	"the new one takes the name": func(old string, definition func(string) string) []string {
		return []string{definition("fresh"), "INSERT INTO fresh SELECT * FROM " + old, "DROP TABLE " + old, "ALTER TABLE fresh RENAME TO " + old}
	},
	"the old one gives up the name": func(old string, definition func(string) string) []string {
		return []string{"ALTER TABLE " + old + " RENAME TO stale", definition(old), "INSERT INTO " + old + " SELECT * FROM stale", "DROP TABLE stale"}
	},
}

// definitionOf returns what makes a table like the one of that name, under any name.
func definitionOf(t *testing.T, table string) func(name string) string {
	t.Helper()
	for _, own := range wanted.Tables {
		if own.Name == table {
			return func(name string) string { own.Name = name; return own.Create() }
		}
	}
	require.Fail(t, "no such table")
	return nil
}

// dueIDs returns the IDs of those whom s lists at noon.
func dueIDs(t *testing.T, s *sqlstore.Store) []int64 {
	t.Helper()
	page, err := porttest.On(s).Due(t.Context(), noon, 0, 100)
	require.NoError(t, err)
	ids := []int64{}
	for _, r := range page {
		ids = append(ids, r.ID)
	}
	return ids
}

// settled fills the database at path with three people whose windows ended an hour before noon.
func settled(t *testing.T, path string) {
	t.Helper()
	w := core.World{Users: people(3)}
	for id := range int64(3) {
		w.Ledger = append(w.Ledger, core.LedgerRow{Claim: core.Claim{Recipient: id + 1, Window: core.Window{End: noon.Add(-3600e9)}}, Status: core.Sent})
	}
	require.NoError(t, Fill(t.Context(), path, w))
}

// TestTheAppMayMakeItsTablesAnew holds migrate and the triggers to what an app's migrations do.
func TestTheAppMayMakeItsTablesAnew(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"users", "cached_rfcs", "notifications", "notification_digests", "watches"} {
		for way, statements := range remaking {
			for _, legacy := range []string{"OFF", "ON"} {
				t.Run(table+", "+way+", legacy "+legacy, func(t *testing.T) {
					t.Parallel()
					path := migrated(t)
					settled(t, path)
					s := opened(t, path, hasty())
					require.Empty(t, dueIDs(t, s))
					before := ours(t, path, table)

					db := connected(t, path)
					for _, statement := range slices.Concat([]string{"PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF", "PRAGMA legacy_alter_table = " + legacy, "BEGIN"},
						statements(table, definitionOf(t, table)), []string{"COMMIT"}) {
						_, err := db.ExecContext(t.Context(), statement)
						require.NoError(t, err, statement)
					}
					execute(t, path, "UPDATE notification_digests SET period_end = '2026-03-20 12:00:00' WHERE recipient_user_id = 1",
						"DELETE FROM notification_digests WHERE recipient_user_id = 2", "INSERT INTO users VALUES (4, 'x', '', 'daily')")
					if len(before) > 0 {
						_, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
						require.ErrorIs(t, err, schema.ErrUnmigrated)
						require.ErrorIs(t, err, ports.ErrUnavailable)
						assert.ErrorContains(t, err, "rfcdigest migrate --database sqlite://"+path)
					}
					done, err := Migrate(t.Context(), path)
					require.NoError(t, err)
					for _, name := range before {
						assert.True(t, slices.ContainsFunc(done, func(line string) bool { return strings.HasSuffix(line, " "+name) }), "%s: %v", name, done)
					}
					assert.Equal(t, len(before) > 0, len(done) > 0, done)
					assert.Equal(t, before, ours(t, path, table))
					assert.Equal(t, []int64{1, 2, 4}, dueIDs(t, s))
					execute(t, path, "UPDATE users SET email = 'y' WHERE id = 3", "DELETE FROM notification_digests WHERE recipient_user_id = 3")
					assert.Equal(t, []int64{1, 2, 3, 4}, dueIDs(t, s))
					assert.Equal(t, []string{"ok"}, query(t, path, "PRAGMA integrity_check"))
				})
			}
		}
	}
}

// ours returns the names of the indexes and triggers that migrate put on a table.
func ours(t *testing.T, path, table string) []string {
	t.Helper()
	return query(t, path, "SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name = ? AND name LIKE 'rfcdigest%' ORDER BY name", table)
}

// TestAStoreThatIsOpenSeesThatATableOfOursIsGone is about what nobody should do.
func TestAStoreThatIsOpenSeesThatATableOfOursIsGone(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	settled(t, path)
	s := opened(t, path, Options{})
	require.Empty(t, dueIDs(t, s))
	execute(t, path, "DROP TABLE digest_due")
	_, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	_, err = Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Empty(t, dueIDs(t, s))
	execute(t, path, "DROP TRIGGER rfcdigest_user_changed", "UPDATE users SET digest_cadence = 'weekly'")
	_, err = porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, []string{"added trigger rfcdigest_user_changed", "noted who everybody is", "noted what has no readable time", "noted when everybody is due"}, done[:4])
	assert.Equal(t, []string{"604800", "604800", "604800"}, query(t, path, "SELECT period FROM digest_due"))
	execute(t, path, "DROP INDEX rfcdigest_sending", "DROP TABLE digest_facts")
	_, doubtful := s.InDoubt(t.Context(), noon, 0, 10)
	_, facts := s.Facts(t.Context())
	for _, err := range []error{doubtful, facts} {
		require.ErrorIs(t, err, schema.ErrUnmigrated)
		assert.ErrorContains(t, err, `run "rfcdigest migrate --database sqlite://`+path+`"`)
	}
}

// TestNothingIsWrittenWhereADatabaseIsOpenedForReading looks at the statements of all that reads.
func TestNothingIsWrittenWhereADatabaseIsOpenedForReading(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	settled(t, path)
	execute(t, path, "INSERT INTO digest_preferences (user_id, send_hour) VALUES (2, 8)")
	content := query(t, path, "SELECT * FROM digest_due")
	statements := &recorder{}
	o := statements.watched()
	o.ReadOnly = true
	s := opened(t, path, o)
	page, err := porttest.On(s).Due(t.Context(), noon.AddDate(0, 0, 3), 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 3)
	require.ErrorIs(t, s.Rest(t.Context(), []core.Rest{{Recipient: 2, Revision: page[1].Revision, Until: noon}}), ports.ErrUnavailable)
	_, settled, claimed := porttest.On(s).SettleAndClaim(t.Context(), claimOf(1), noon, claimOf(2))
	require.ErrorIs(t, settled, ports.ErrUnavailable)
	require.ErrorIs(t, claimed, ports.ErrUnavailable)
	_, err = porttest.On(s).Recipients(t.Context(), 0, 10)
	require.NoError(t, err)
	for _, statement := range statements.taken() {
		assert.Regexp(t, `^(SELECT|WITH|PRAGMA \w+$)`, statement)
	}
	assert.Equal(t, content, query(t, path, "SELECT * FROM digest_due"))
	require.NoError(t, Fill(t.Context(), path, core.World{Users: []core.Recipient{{ID: 9, Address: "x", Cadence: core.Daily}}}))
	assert.Equal(t, []int64{2, 9}, dueIDs(t, s), "what others write is seen")
}

// TestMigrateNotesWhoIsDueAsTheTriggersDo compares a database whose rows were there before migrate
// with one whose rows came after.
func TestMigrateNotesWhoIsDueAsTheTriggersDo(t *testing.T) {
	t.Parallel()
	var rows []string
	hours := []string{"", "NULL", "8", "'x'"}
	ends := []string{"", "'2026-03-28 12:00:00'", "'2026-03-28T12:00:00'", "'2026-03-28 13:00:00'", "1774699200", "''", "'0001-01-01 00:00:00'"}
	id := 0
	for _, cadence := range []string{"daily", "weekly", "off"} {
		for _, email := range []string{"'a'", "''", "NULL"} {
			for _, hour := range hours {
				for _, end := range ends {
					id++
					rows = append(rows, fmt.Sprintf("INSERT INTO users (id, email, display_name, digest_cadence) VALUES (%d, %s, '', '%s')", id, email, cadence))
					if hour != "" {
						rows = append(rows, fmt.Sprintf("INSERT INTO digest_preferences (user_id, send_hour) VALUES (%d, %s)", id, hour))
					}
					for _, status := range []string{"NULL", "'sent'", "'sending'"}[:(id%3+1)*min(len(end), 1)] {
						rows = append(rows, fmt.Sprintf("INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status) VALUES (%d, '', '', %s, '', %s)", id, end, status))
					}
				}
			}
		}
	}
	rows = slices.Concat([]string{"PRAGMA synchronous = OFF", "BEGIN"}, rows, []string{"COMMIT"})
	before, after := migrated(t), migrated(t)
	for _, one := range triggers {
		execute(t, before, "DROP TRIGGER "+one.name)
	}
	execute(t, before, "DROP TABLE digest_due")
	for _, path := range []string{before, after} {
		back := checktest.Lift(t, connected(t, path))
		execute(t, path, strings.Join(rows, ";"))
		back()
	}
	_, err := Migrate(t.Context(), before)
	require.NoError(t, err)
	filled, kept := query(t, before, "SELECT user_id, period, has_hour, due_at FROM digest_due"), query(t, after, "SELECT user_id, period, has_hour, due_at FROM digest_due")
	require.Len(t, filled, len(hours)*len(ends)*2)
	require.Len(t, kept, len(filled))
	for i := range filled {
		if kept[i] != filled[i] {
			whose, _, _ := strings.Cut(filled[i], "|")
			assert.Equal(t, strings.TrimSuffix(kept[i], "|0")+"|", filled[i][:strings.LastIndex(filled[i], "|")+1], "all but when")
			assert.Equal(t, []string{"sending"}, query(t, after, "SELECT status FROM notification_digests WHERE recipient_user_id = "+whose+" ORDER BY id DESC LIMIT 1"))
		}
	}
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(query(t, before, "SELECT revision FROM digest_due")))), len(filled), "no revision is another's")
}
