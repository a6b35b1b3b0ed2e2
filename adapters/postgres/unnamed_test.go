package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
)

// TestAColumnThatChangesWithoutBeingNamedIsNoticed has columns that triggers watch follow from others.
func TestAColumnThatChangesWithoutBeingNamedIsNoticed(t *testing.T) {
	t.Parallel()
	const sets = `CREATE FUNCTION app() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.digest_cadence = coalesce(NEW.prefs, ''off''); NEW.id = coalesce(NEW.number, NEW.id); RETURN NEW; END';
CREATE TRIGGER app BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION app()`
	const ada = "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'a@rfc.example', 'A', 'daily')"
	for name, c := range map[string]struct {
		tables string
		rows   []string
		change string
		want   []string
		after  []string
	}{
		"a cadence": {"CREATE TABLE users (id serial PRIMARY KEY, email text, display_name text, prefs text, digest_cadence text GENERATED ALWAYS AS (coalesce(prefs, 'off')) STORED)",
			[]string{"INSERT INTO users (email) VALUES ('a@rfc.example')"}, "UPDATE users SET prefs = 'weekly'", nil, []string{"1 604800 0"}},
		"an address": {"CREATE TABLE users (id serial PRIMARY KEY, name varchar(9), display_name text, digest_cadence varchar(9), email varchar(90) GENERATED ALWAYS AS (name || '@rfc.example') STORED)",
			[]string{"INSERT INTO users (digest_cadence) VALUES ('daily')"}, "UPDATE users SET name = 'ada'", nil, []string{"1 86400 0"}},
		"what a trigger of the app's sets": {"CREATE TABLE users (id serial PRIMARY KEY, email text, display_name text, digest_cadence text, prefs text, number int);" + sets,
			[]string{"INSERT INTO users (email) VALUES ('a@rfc.example')"}, "UPDATE users SET prefs = 'weekly'", nil, []string{"1 604800 0"}},
		"a number that it sets": {"CREATE TABLE users (id serial PRIMARY KEY, email text, display_name text, digest_cadence text, prefs text, number int);" + sets,
			[]string{"INSERT INTO users (email, prefs) VALUES ('a@rfc.example', 'daily')"}, "UPDATE users SET number = 7", []string{"1 86400 0"}, []string{"7 86400 0"}},
		"the end of a window": {`CREATE TABLE users (id serial PRIMARY KEY, email text, display_name text, digest_cadence text);
CREATE TABLE notification_digests (id serial PRIMARY KEY, recipient_user_id int, sent_at timestamp, period_start timestamp, signal_ids_included text, at timestamp, period_end timestamp);
CREATE FUNCTION app() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.period_end = NEW.at + interval ''1 second''; RETURN NEW; END';
CREATE TRIGGER app BEFORE UPDATE ON notification_digests FOR EACH ROW EXECUTE FUNCTION app()`,
			[]string{ada, "INSERT INTO notification_digests (recipient_user_id) VALUES (1)"}, "UPDATE notification_digests SET at = '2001-09-09 01:46:39'", []string{"1 86400 0"}, []string{"1 86400 1000086400"}},
	} {
		url := pgtest.Schema(t)
		execute(t, url, c.tables)
		_, err := postgres.Migrate(t.Context(), url)
		require.NoError(t, err, name)
		done, err := postgres.Migrate(t.Context(), url)
		require.NoError(t, err, name)
		require.Empty(t, done, name)
		execute(t, url, c.rows...)
		const who = "SELECT user_id || ' ' || period || ' ' || due_at FROM digest_due ORDER BY user_id"
		assert.ElementsMatch(t, c.want, textsOf(t, url, who), "%s, before", name)
		execute(t, url, c.change)
		assert.ElementsMatch(t, c.after, textsOf(t, url, who), name)
	}
}
