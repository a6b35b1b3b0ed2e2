package postgres_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	migration "github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// apps are the tables as an app may have made them, before the scheduler ever saw them: with IDs of 32 bits,
// and times that know no zone.
const apps = `
CREATE TABLE users (id serial PRIMARY KEY, email text, display_name varchar(80) NOT NULL, digest_cadence varchar(10) NOT NULL DEFAULT 'off', password_hash bytea);
CREATE TABLE cached_rfcs (slug text PRIMARY KEY, title text NOT NULL, body text);
CREATE TABLE notifications (
 id serial PRIMARY KEY, recipient_user_id integer NOT NULL REFERENCES users(id) ON DELETE CASCADE, event_kind text NOT NULL,
 actor_user_id integer, rfc_slug text, branch_name text, pr_number integer, created_at timestamp NOT NULL DEFAULT now(),
 payload text, read_at timestamp, email_sent_at timestamp, digest_included_at timestamp);
CREATE INDEX idx_notifications_recipient ON notifications(recipient_user_id, created_at);
CREATE TABLE notification_digests (
 id serial PRIMARY KEY, recipient_user_id integer NOT NULL REFERENCES users(id) ON DELETE CASCADE, sent_at timestamp NOT NULL,
 period_start timestamp NOT NULL, period_end timestamp NOT NULL, signal_ids_included text NOT NULL);
INSERT INTO users (email, display_name, digest_cadence) VALUES ('ada@rfc.example', 'Ada Lovelace', 'daily'), (NULL, 'Grace Hopper', 'off');
INSERT INTO cached_rfcs VALUES ('rfc-0001', 'Trust & Safety', '…');
INSERT INTO notifications (recipient_user_id, event_kind, actor_user_id, rfc_slug, pr_number, created_at) VALUES (1, 'pr_opened', 2, 'rfc-0001', 12, '2026-03-29 11:00:00');
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
VALUES (1, '2026-03-28 12:00:00', '2026-03-27 12:00:00', '2026-03-28 12:00:00', '[]');`

// textsOf returns the one column of a query's rows.
func textsOf(t testing.TB, url, query string) []string {
	t.Helper()
	rows, err := pgtest.Connect(t, url).Query(t.Context(), query)
	require.NoError(t, err, query)
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err, query)
	return out
}

// shape returns all that is in the schema at url, but for rows.
func shape(t testing.TB, url string) string {
	t.Helper()
	const here = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
	found := textsOf(t, url, `SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = `+here+` AND a.attnum > 0 ORDER BY 1`)
	found = append(found, textsOf(t, url, "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE c.relnamespace = "+here+" ORDER BY 1")...)
	found = append(found, textsOf(t, url, "SELECT pg_get_triggerdef(g.oid) FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal AND c.relnamespace = "+here+" ORDER BY 1")...)
	found = append(found, textsOf(t, url, "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = "+here+" ORDER BY 1")...)
	_, name, _ := strings.Cut(url, "search_path=")
	return strings.ReplaceAll(strings.Join(found, "\n"), name, "here")
}

func TestMigrateMakesAnyDatabaseUsableAndTheSecondRunChangesNothing(t *testing.T) {
	t.Parallel()
	const watches = "CREATE TABLE watches (user_id integer, rfc_slug text, state varchar(10) NOT NULL, last_participation_at timestamp, PRIMARY KEY (user_id, rfc_slug));"
	for _, script := range []string{"", apps, watches + apps} {
		url := pgtest.Schema(t)
		execute(t, url, script)
		var steps []migration.Progress
		done, err := postgres.MigrateStepwise(t.Context(), url, func(s migration.Progress) { steps = append(steps, s) })
		require.NoError(t, err)
		assert.Contains(t, done, "created table held_emails")
		assert.Len(t, steps, len(done)+1)
		before := shape(t, url)
		done, err = postgres.MigrateStepwise(t.Context(), url, func(s migration.Progress) { t.Errorf("%+v, though all is up to date", s) })
		require.NoError(t, err)
		assert.Empty(t, done, "up to date")
		assert.Equal(t, before, shape(t, url))
		if script == "" {
			execute(t, url, "INSERT INTO users (email, display_name, digest_cadence) VALUES ('ada@rfc.example', 'Ada Lovelace', 'daily')")
		}
		useEverything(t, opened(t, url, postgres.Options{}))
	}
}

// useEverything calls each method that takes or returns an ID or a time, for user 1.
func useEverything(t *testing.T, s *sqlstore.Store) {
	ctx := t.Context()
	page, err := porttest.On(s).Due(ctx, noon, 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 1)
	for _, words := range []string{"ada", "1", "9223372036854775807"} {
		_, err = porttest.On(s).Find(ctx, words, 0, 10)
		require.NoError(t, err)
	}
	found, err := s.Since(ctx, []core.Span{{Recipient: 1, Since: noon.Add(-time.Hour)}})
	require.NoError(t, err)
	c := claimOf(1)
	for _, n := range found {
		assert.Equal(t, noon.Add(-time.Hour), n.CreatedAt)
		assert.Equal(t, "Trust & Safety", n.Title)
		c.Notifications = append(c.Notifications, n.ID)
	}
	c.Person, c.Previous = page[0].Person, page[0].Latest.ID
	c.ID, err = porttest.On(s).Claim(ctx, c)
	require.NoError(t, err)
	doubts, err := s.InDoubt(ctx, noon.Add(time.Hour), 0, 10)
	require.NoError(t, err)
	require.Len(t, doubts, 1)
	assert.Equal(t, c.Lease, doubts[0].Lease)
	require.NoError(t, porttest.On(s).Settle(ctx, c, noon))
	page, err = porttest.On(s).Due(ctx, noon.Add(24*time.Hour-time.Second), 0, 10)
	require.NoError(t, err)
	assert.Empty(t, page)
	rows, err := s.Windows(ctx, 1, 0, 10)
	require.NoError(t, err)
	assert.Equal(t, c.Window, rows[0].Window)
	m := core.HeldMail{Recipient: 1, Text: "x", CreatedAt: noon}
	m.ID, err = s.Hold(ctx, m)
	require.NoError(t, err)
	m.Status = core.Held
	require.NoError(t, porttest.On(s).ReturnHeld(ctx, m, core.Failed, "RCPT: 550"))
	_, err = s.Lapse(ctx, noon)
	require.NoError(t, err)
	_, err = s.Dump(ctx)
	require.NoError(t, err)
}

func TestTwoMigrationsAtOnceBothEndWell(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	var wg sync.WaitGroup
	var done [2][]string
	for i := range done {
		wg.Go(func() {
			var err error
			done[i], err = postgres.Migrate(t.Context(), url)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.True(t, (len(done[0]) == 0) != (len(done[1]) == 0), "one did it all: %v", done)
	assert.Equal(t, shape(t, moved(t).url), shape(t, url))
}

func TestMigrateNamesEveryMissingColumnAndChangesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	execute(t, url, apps, "ALTER TABLE users DROP COLUMN display_name", "ALTER TABLE notifications RENAME COLUMN created_at TO made_at")
	before := shape(t, url)
	_, err := postgres.Migrate(t.Context(), url)
	require.ErrorContains(t, err, "lack users.display_name, notifications.created_at:")
	assert.Equal(t, before, shape(t, url))
	_, err = postgres.Open(t.Context(), url, postgres.Options{})
	require.ErrorIs(t, err, migration.ErrUnmigrated)
	assert.ErrorContains(t, err, `run "rfcdigest migrate"`)
	assert.Equal(t, before, shape(t, url))
}

func TestMigrateThatFailsHalfWayGoesOnWhenItCan(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	execute(t, url, apps, "CREATE FUNCTION rfcdigest_emptied() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
	_, err := postgres.Migrate(t.Context(), url)
	require.ErrorContains(t, err, "migrate postgres on 127.0.0.1:5432")
	assert.NotContains(t, err.Error(), "\n")
	_, err = postgres.Open(t.Context(), url, postgres.Options{})
	require.ErrorIs(t, err, migration.ErrUnmigrated)
	execute(t, url, "DROP FUNCTION rfcdigest_emptied")
	done, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	assert.NotContains(t, done, "created table held_emails", "that was done")
	useEverything(t, opened(t, url, postgres.Options{}))
}

// TestATriggerThatIsGoneIsMissed has another program make a table anew, or turn triggers off, while the
// database is open.
func TestATriggerThatIsGoneIsMissed(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	s := opened(t, url, postgres.Options{})
	_, err = porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.NoError(t, err)
	execute(t, url, "INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada', 'daily')")
	for _, harm := range []string{"ALTER TABLE users DISABLE TRIGGER USER", "DROP TRIGGER rfcdigest_digest_deleted ON notification_digests",
		"ALTER TABLE digest_preferences RENAME TO old_preferences; CREATE TABLE digest_preferences AS TABLE old_preferences"} {
		execute(t, url, harm, "UPDATE users SET digest_cadence = 'off'")
		_, err = porttest.On(s).Due(t.Context(), noon, 0, 10)
		require.ErrorIs(t, err, migration.ErrUnmigrated, harm)
		require.ErrorIs(t, err, ports.ErrUnavailable, harm)
		_, err = postgres.Migrate(t.Context(), url)
		require.NoError(t, err)
		_, err = porttest.On(s).Due(t.Context(), noon, 0, 10)
		require.NoError(t, err, harm)
	}
	execute(t, url, "UPDATE users SET digest_cadence = 'daily'")
	page, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.NoError(t, err)
	assert.Len(t, page, 1)
}

// TestMigrateMendsWhatHasAnotherText harms one thing after another, while the database is open.
func TestMigrateMendsWhatHasAnotherText(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	before := shape(t, url)
	s := opened(t, url, postgres.Options{})
	refill := []string{"noted who everybody is", "noted who can be due", "noted when everybody is due"}
	for _, c := range []struct {
		harm   string
		mended []string
		seen   bool // also by a store that is open
	}{
		{"CREATE OR REPLACE FUNCTION rfcdigest_digest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS 'BEGIN RETURN NULL; END'",
			[]string{"remade function rfcdigest_digest: its text was another one"}, true},
		{"ALTER FUNCTION rfcdigest_user() SET search_path = pg_catalog", []string{"remade function rfcdigest_user: its text was another one"}, true},
		{"ALTER FUNCTION rfcdigest_user() SECURITY INVOKER", []string{"remade function rfcdigest_user: its text was another one"}, true},
		{"DROP FUNCTION rfcdigest_preferences CASCADE", []string{"added function rfcdigest_preferences", "added trigger rfcdigest_preferences_added",
			"added trigger rfcdigest_preferences_changed", "added trigger rfcdigest_preferences_deleted"}, true},
		{"CREATE OR REPLACE TRIGGER rfcdigest_user_changed AFTER UPDATE OF id, email ON users FOR EACH ROW EXECUTE FUNCTION rfcdigest_user()",
			[]string{"remade trigger rfcdigest_user_changed: its text was another one"}, true},
		{"CREATE OR REPLACE TRIGGER rfcdigest_digest_added AFTER INSERT ON notification_digests FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM 'sent') EXECUTE FUNCTION rfcdigest_digest()",
			[]string{"remade trigger rfcdigest_digest_added: its text was another one"}, true},
		{"CREATE OR REPLACE TRIGGER rfcdigest_users_emptied AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION rfcdigest_emptied('notifications')",
			[]string{"remade trigger rfcdigest_users_emptied: its text was another one"}, true},
		{"DROP TRIGGER rfcdigest_user_deleted ON users", []string{"added trigger rfcdigest_user_deleted"}, true},
		{"DROP INDEX rfcdigest_due; CREATE INDEX rfcdigest_due ON digest_due (period)", []string{"remade index rfcdigest_due: its text was another one"}, false},
		{"DROP INDEX rfcdigest_watching; CREATE INDEX rfcdigest_watching ON watches (last_participation_at) WHERE state = 'idle'",
			[]string{"remade index rfcdigest_watching: its text was another one"}, false},
		{"ALTER TABLE held_emails DISABLE TRIGGER rfcdigest_wrong_status_added; CREATE OR REPLACE TRIGGER rfcdigest_wrong_hour_added AFTER INSERT ON digest_preferences FOR EACH ROW WHEN (NEW.send_hour > 23) EXECUTE FUNCTION rfcdigest_refuse('no')",
			[]string{"remade trigger rfcdigest_wrong_hour_added: its text was another one", "added trigger rfcdigest_wrong_status_added"}, false},
		{"CREATE TABLE rfcdigest_migrations (id integer)", []string{"dropped table rfcdigest_migrations"}, false},
	} {
		execute(t, url, c.harm)
		_, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
		if c.seen {
			require.ErrorIs(t, err, migration.ErrUnmigrated, c.harm)
			c.mended = append(c.mended, refill...)
		} else {
			require.NoError(t, err, c.harm)
		}
		_, err = postgres.Open(t.Context(), url, postgres.Options{})
		require.ErrorIs(t, err, migration.ErrUnmigrated, c.harm)
		done, err := postgres.Migrate(t.Context(), url)
		require.NoError(t, err)
		assert.Equal(t, c.mended, done, c.harm)
		done, err = postgres.Migrate(t.Context(), url)
		require.NoError(t, err)
		assert.Empty(t, done, c.harm)
		_, err = porttest.On(s).Due(t.Context(), noon, 0, 10)
		require.NoError(t, err, c.harm)
	}
	assert.Equal(t, before, shape(t, url))
	execute(t, url, "ALTER INDEX rfcdigest_due SET (fillfactor = 70)")
	done, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	assert.Empty(t, done, "how it is stored is up to whoever runs the server")
}

func TestADatabaseOfANewerReleaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	s := opened(t, url, postgres.Options{})
	execute(t, url, "UPDATE digest_schema SET version = 99, made_by = 'v7.1.0'", "DROP TRIGGER rfcdigest_user_deleted ON users")
	before := shape(t, url)
	newer := fmt.Sprintf("was migrated by a newer rfcdigest, v7.1.0 (its schema is version 99, this one's is %d); use that release, or a later one", len(postgres.Wanted.Steps))
	_, err = postgres.Migrate(t.Context(), url)
	require.ErrorContains(t, err, newer+"; nothing was changed")
	assert.Equal(t, before, shape(t, url))
	_, err = postgres.Open(t.Context(), url, postgres.Options{})
	require.ErrorIs(t, err, migration.ErrUnmigrated)
	require.ErrorContains(t, err, newer)
	_, err = porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.ErrorContains(t, err, newer)
}

func TestATableThatIsEmptiedAtOnceIsNoticed(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url, s := h.url, h.store
	eight := 8
	w := core.World{Users: people(2), Ledger: []core.LedgerRow{{Claim: core.Claim{Recipient: 1, Window: core.Window{End: noon}}}, {Claim: core.Claim{Recipient: 2, Window: core.Window{End: noon}}}}}
	w.Users[1].Preferences.SendHour = &eight
	require.NoError(t, h.fill(t.Context(), w))
	for _, step := range []struct {
		statement string
		want      []string
	}{
		{"SELECT 1", []string{"1 0 later", "2 1 now"}},
		{"TRUNCATE digest_preferences", []string{"1 0 now", "2 0 now"}},
		{"UPDATE notification_digests SET period_end = period_end + interval '1 second'", []string{"1 0 later", "2 0 later"}},
		{"TRUNCATE notification_digests", []string{"1 0 now", "2 0 now"}},
		{"TRUNCATE users CASCADE", []string{}},
	} {
		execute(t, url, step.statement)
		assert.Equal(t, step.want, textsOf(t, url, "SELECT user_id || ' ' || has_hour || CASE due_at WHEN 0 THEN ' now' ELSE ' later' END FROM digest_due ORDER BY user_id"), step.statement)
	}
	page, err := porttest.On(s).Due(t.Context(), noon, 0, 10)
	require.NoError(t, err)
	assert.Empty(t, page)
}

// TestTheAppNeedsNoRightsOfOurs has the app connect as somebody who may do nothing but with its own tables.
func TestTheAppNeedsNoRightsOfOurs(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url := h.url
	_, name, _ := strings.Cut(url, "search_path=")
	execute(t, url, "CREATE ROLE "+name, "GRANT USAGE ON SCHEMA "+name+" TO "+name, "GRANT ALL ON users, notification_digests TO "+name)
	t.Cleanup(func() { execute(t, url, "DROP OWNED BY "+name, "DROP ROLE "+name) })
	execute(t, url, "SET ROLE "+name, "SET search_path = pg_catalog", "INSERT INTO "+name+".users VALUES (1, 'ada@rfc.example', 'Ada', 'weekly')",
		"INSERT INTO "+name+".notification_digests VALUES (1, 1, now(), now(), '2026-03-29 12:00:00Z', '[]')")
	assert.Equal(t, []string{"1 604800 1775390400"}, textsOf(t, url, "SELECT user_id || ' ' || period || ' ' || due_at FROM digest_due"))
}

// TestTheVersionGrowsWithTheSchema fails when what migrate makes has changed. If the last step belongs to a
// release, append one, so that this release knows what is beyond it. Then put the new sum here.
func TestTheVersionGrowsWithTheSchema(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, table := range postgres.Wanted.Tables {
		fmt.Fprintln(&text, table.Create())
	}
	fmt.Fprintln(&text, postgres.Wanted.Indexes, postgres.Wanted.Keepers, postgres.Wanted.Checks)
	assert.Equal(t, "5 29558051b5d1", fmt.Sprintf("%d %x", len(postgres.Wanted.Steps), sha256.Sum256([]byte(text.String())))[:14])
}

func TestDefinitionsAreComparedHoweverPostgreSQLRepeatsThem(t *testing.T) {
	t.Parallel()
	const wanted = "CREATE INDEX i ON t (a) WHERE NOT (b = ANY (ARRAY['x', 'y']) AND c >= '0001-01-02 00:00:00+00')"
	for _, same := range []string{
		`CREATE INDEX i ON here.t USING btree (a) WHERE (NOT ((b = ANY (ARRAY['x'::text, 'y'::text])) AND (c >= '0001-01-02 00:00:00+00'::timestamp with time zone)))`,
		`CREATE INDEX i ON ONLY "Here".t USING btree (a) WITH (fillfactor='70') WHERE (NOT (((b)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying(10)])::text[])) AND (c >= '0001-01-02 00:00:00'::timestamp without time zone)))`,
	} {
		assert.Equal(t, postgres.Plain(wanted), postgres.Plain(same))
	}
	for _, other := range [][2]string{{"INDEX", "UNIQUE INDEX"}, {"(a)", "(b)"}, {"(a)", "(a, b)"}, {"(a)", "(a DESC)"}, {"NOT ", ""}, {"'y'", "'z'"}, {">=", ">"}, {"0001-01-02", "0001-01-03"}} {
		assert.NotEqual(t, postgres.Plain(wanted), postgres.Plain(strings.Replace(wanted, other[0], other[1], 1)), other)
	}
}
