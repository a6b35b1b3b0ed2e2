package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fixtures are the databases of the Python scheduler, by name.
func fixtures(t testing.TB) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../fixtures/parity/*.sql")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 8)
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".sql"))
	}
	return names
}

// ours are the columns and tables that migrate adds to the app's database.
const ours = `status, message_id, attempts, lease_until, error`

func TestMigrateMakesADatabaseOfNothing(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*site){"no file": func(*site) {}, "an empty file": func(s *site) { s.write("rfcdigest.db", "") }} {
		s := newSite(t)
		prepare(s)
		out := s.run("migrate").done().out
		assert.Equal(t, name == "no file", strings.HasPrefix(out, "rfcdigest.db is new, and is migrated:\n"), name)
		for _, table := range []string{"users", "cached_rfcs", "notifications", "notification_digests", "watches", "digest_preferences", "held_emails"} {
			assert.Contains(t, out, "  created table "+table+"\n", name)
		}
		assert.Equal(t, []string{"rfcdigest.db"}, s.files(), name)
		s.query("rfcdigest.db", "SELECT "+ours+" FROM notification_digests")
		assert.Equal(t, report{}, s.run("tick", "--json").done().report(), name)
	}
}

func TestMigrateTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for _, prepare := range []func(*site){func(*site) {}, func(s *site) { s.python("rfcdigest.db", "02") }} {
		s := newSite(t)
		prepare(s)
		s.run("migrate", "--create").done()
		before := s.tree()
		assert.Equal(t, "rfcdigest.db is already up to date\n", s.run("migrate").done().out)
		assert.JSONEq(t, `{"database": "rfcdigest.db", "done": []}`, s.run("migrate", "--json").done().out)
		assert.Equal(t, before, s.tree())
	}
}

func TestMigrateLeavesNothingToTheFirstTickOfWhenPeopleAreDue(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.run("migrate", "--create").done()
	s.query("rfcdigest.db", `WITH RECURSIVE n (id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM n WHERE id < 1200)
INSERT INTO users (id, email, display_name, digest_cadence) SELECT id, 'p'||id||'@rfc.example', 'P'||id, CASE id % 3 WHEN 0 THEN 'weekly' ELSE 'daily' END FROM n;
INSERT INTO digest_preferences (user_id, time_zone, send_hour, rhythm) SELECT id, CASE id % 2 WHEN 0 THEN 'Asia/Kathmandu' ELSE 'America/St_Johns' END,
 CASE WHEN id % 7 > 0 THEN id % 24 END, CASE id % 7 WHEN 0 THEN 'workdays at 6 and 18' END FROM users;
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status)
 SELECT id, datetime('now'), datetime('now', '-1 day'), datetime('now'), '[]', 'sent' FROM users WHERE id > 1;
DROP TABLE digest_due`)
	s.run("migrate").done()
	const due = "SELECT user_id, due_at FROM digest_due ORDER BY user_id"
	noted := s.query("rfcdigest.db", due)
	assert.Len(t, s.query("rfcdigest.db", "SELECT 1 FROM digest_due WHERE due_at > unixepoch()"), 1199)
	assert.Len(t, s.query("rfcdigest.db", "SELECT 1 FROM digest_due WHERE due_at = 0"), 1, "who never had a digest may be due at once")

	s.run("migrate").done()
	assert.Equal(t, noted, s.query("rfcdigest.db", due))
	s.query("rfcdigest.db", "DELETE FROM users WHERE id = 1; UPDATE digest_due SET due_at = 0, revision = revision + 1")
	s.run("tick", "--mail", "discard://").done()
	assert.Equal(t, noted[1:], s.query("rfcdigest.db", due), "a tick that looks at everybody comes to the same")
}

func TestMigrateChangesNothingIfItCannotGoToItsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.run("migrate", "--zoneinfo", "nowhere").fails(exitUsage, "--zoneinfo", "nowhere").silent()
	assert.Empty(t, s.files())
}

// watches is a table of the app that is missing in the fixtures, since no digest depends on it.
const watches = `CREATE TABLE watches (user_id INTEGER NOT NULL, rfc_slug TEXT NOT NULL, state TEXT NOT NULL, last_participation_at TEXT);
INSERT INTO watches VALUES (1, 'rfc-0001', 'watching', NULL);
`

func TestMigrateOnlyAddsToTheAppsDatabase(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures(t)[:3] {
		s := newSite(t).python("rfcdigest.db", name)
		// Rows and columns that migrate does not need stay.
		s.sql("rfcdigest.db", "ALTER TABLE users ADD COLUMN theme TEXT DEFAULT 'dark'; CREATE TABLE sessions (id INTEGER); CREATE VIEW everybody AS SELECT * FROM users;"+watches)
		tables := map[string][]string{}
		for _, table := range []string{"users", "cached_rfcs", "notifications", "watches", "sessions", "everybody"} {
			tables[table] = s.query("rfcdigest.db", "SELECT * FROM "+table)
		}
		const windows = "SELECT id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included FROM notification_digests"
		tables["ledger"] = s.query("rfcdigest.db", windows)
		var done struct{ Done []string }
		require.NoError(t, json.Unmarshal([]byte(s.run("migrate", "--json").done().out), &done))
		assert.Contains(t, done.Done, "added column notification_digests.status")
		assert.Contains(t, done.Done, "created table held_emails")
		for table, rows := range tables {
			if table != "ledger" {
				assert.Equal(t, rows, s.query("rfcdigest.db", "SELECT * FROM "+table), table)
			}
		}
		assert.Equal(t, tables["ledger"], s.query("rfcdigest.db", windows))
		assert.Empty(t, s.query("rfcdigest.db", "SELECT 1 FROM notification_digests WHERE coalesce("+ours+") IS NOT NULL"))
	}
}

func TestMigrateNamesEveryMissingColumn(t *testing.T) {
	t.Parallel()
	s := newSite(t).python("rfcdigest.db", "03")
	s.sql("rfcdigest.db", watches+"ALTER TABLE notifications DROP COLUMN branch_name; ALTER TABLE watches RENAME COLUMN state TO mood; ALTER TABLE users DROP COLUMN display_name")
	before := s.tree()
	s.run("migrate").fails(exitFailed, "users.display_name", "notifications.branch_name", "watches.state", "nothing was changed").silent()
	assert.Equal(t, before, s.tree())
}

func TestTwoMigrationsAtOnceBothEndWell(t *testing.T) {
	t.Parallel()
	for _, prepare := range []func(*site){func(*site) {}, func(s *site) { s.python("rfcdigest.db", "04") }} {
		alone := newSite(t)
		prepare(alone)
		alone.run("migrate", "--create").done()
		const schema = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
		for range 2 {
			s := newSite(t)
			prepare(s)
			one, other := s.start("migrate", "--create"), s.start("migrate", "--create")
			one.wait().done()
			other.wait().done()
			assert.Equal(t, alone.query("rfcdigest.db", schema), s.query("rfcdigest.db", schema))
		}
	}
}

func TestAMigratedDatabaseIsFitForEveryCommand(t *testing.T) {
	t.Parallel()
	s := newSite(t).python("rfcdigest.db", "05")
	for _, command := range []string{"tick", "serve", "plan"} {
		s.run(command).fails(exitFailed, "is not migrated", `run "rfcdigest migrate --database sqlite://rfcdigest.db"`).silent()
	}
	s.run("migrate").done()
	s.run("plan", "--now", noon).done()
	s.run("tick", "--now", noon, "--mail", "discard://").done()
}

func TestRemoveTakesOutWhatMigratePutIn(t *testing.T) {
	t.Parallel()
	s := newSite(t).python("rfcdigest.db", fixtures(t)[0])
	assert.Contains(t, s.run("remove").done().out, "There is nothing to remove from rfcdigest.db.")
	s.run("migrate").done()
	said := s.run("remove").done().out
	for _, want := range []string{"removed trigger rfcdigest_user_added", "These stay, with their rows", "table digest_preferences"} {
		assert.Contains(t, said, want)
	}
	s.run("tick").fails(exitFailed, "rfcdigest.db is not migrated")
	said = s.run("remove", "--with-data").done().out
	assert.Contains(t, said, "removed table digest_preferences")
	assert.NotContains(t, said, "These stay")
	assert.Contains(t, s.run("remove").done().out, "There is nothing to remove")
	const made = "sqlite://made.db" // with a ledger that migrate made
	s.run("migrate", "--create", "--database", made).done()
	said = s.run("remove", "--with-data", "--database", made).done().out
	assert.Contains(t, said, "These stay, since it is not on record that migrate added them to a table that was there:\n  column notification_digests.status\n")
}

func TestRemoveLeavesEverythingWhileMessagesAreOnTheirWay(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(2),
		"INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, lease_until) VALUES (1, datetime('now'), datetime('now', '-1 day'), datetime('now'), '[100]', 'sending', datetime('now', '+8 minutes'))",
		"INSERT INTO held_emails (recipient_user_id, subject, body_text, created_at, status, lease_until) VALUES (2, 'Hello', 'Hello', datetime('now'), 'sending', datetime('now', '+2 minutes')), (2, 'Hello', 'Hello', datetime('now'), 'held', NULL)")
	before, until := s.dump("rfcdigest.db"), s.query("rfcdigest.db", "SELECT lease_until FROM notification_digests")[0]
	for _, line := range [][]string{{"remove"}, {"remove", "--with-data"}} {
		s.run(line...).fails(exitFailed, "2 messages on the way just now, so nothing was removed; stop serve", "after "+until+" UTC").silent()
	}
	assert.Equal(t, before, s.dump("rfcdigest.db"))
	s.sql("rfcdigest.db", "UPDATE notification_digests SET lease_until = datetime('now', '-1 minute'); UPDATE held_emails SET lease_until = lease_until, status = 'held'")
	s.run("remove").fails(exitFailed, "of 1 it is not on record whether they arrived", "--with-data").silent()
	assert.Contains(t, s.run("remove", "--with-data").done().out, "removed table digest_preferences")
}

func TestTheAppsTablesMayBeOddAndAreNamedIfTheyAreTooOdd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sql("rfcdigest.db", "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT, prefs TEXT, digest_cadence TEXT AS (coalesce(prefs, 'off')))")
	assert.Contains(t, s.run("migrate").done().out, "  note: a copy of the file alone is no backup any more; make one with .backup of sqlite3, or with VACUUM INTO\n")
	s.sql("rfcdigest.db", `INSERT INTO users (id, email, display_name) VALUES (1, 'ada@rfc.example', 'Ada'); UPDATE users SET prefs = 'daily';
INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (1, 'vote_cast', '2026-03-29 11:00:00'); ALTER TABLE watches RENAME TO old;
CREATE TABLE watches (user_id INTEGER NOT NULL, rfc_slug TEXT NOT NULL, state TEXT, last_participation_at TEXT, source TEXT NOT NULL); DROP TABLE old`)
	s.run("migrate").done()
	found := s.diagnosed().named("schema")
	assert.Equal(t, warning, found.Status)
	assert.Equal(t, "users.digest_cadence is generated, and so nobody can unsubscribe or choose when digests come: have a plain column, "+
		"watches.source is NOT NULL without a default, and new rows of ours have nothing for it: have a default, or let it be NULL", found.Found)
	assert.Equal(t, "change that, unless it is as it should be", found.Mend)
	assert.Equal(t, report{Considered: 1, DigestsSent: 1}, s.run("tick", "--json", "--now", noon).done().report())

	s.sql("other.db", "CREATE TABLE accounts (id INTEGER PRIMARY KEY); CREATE VIEW users AS SELECT * FROM accounts")
	before := s.tree()
	s.run("migrate", "--database", "sqlite://other.db").fails(exitFailed, "users is a view", "have a plain table of that name", "nothing was changed").silent()
	assert.Equal(t, before, s.tree())
}
