package postgres_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// watchTables are tables of watches as apps may have them, each with whether a watch that is there cannot be muted, and
// whether there cannot be one anew.
var watchTables = map[string]struct {
	table       string
	there, none bool
}{
	"without a key": {"CREATE TABLE watches (user_id integer, rfc_slug varchar(60), state varchar(10), last_participation_at timestamp)", false, false},
	"states of a type, with this one": {`CREATE TYPE watch AS ENUM ('watching', 'dormant', 'muted');
CREATE TABLE watches (user_id bigint, rfc_slug text, state watch NOT NULL, last_participation_at timestamptz)`, false, false},
	"states of a type, without it": {`CREATE TYPE watch AS ENUM ('watching', 'dormant');
CREATE TABLE watches (user_id bigint, rfc_slug text, state watch, last_participation_at timestamptz)`, true, true},
	"states that are listed":     {"CREATE TABLE watches (user_id bigint, rfc_slug text, state text CHECK (state <> 'muted'), last_participation_at timestamptz)", true, true},
	"short slugs":                {"CREATE TABLE watches (user_id bigint, rfc_slug varchar(5), state text, last_participation_at timestamptz)", false, true},
	"a column without a default": {"CREATE TABLE watches (user_id bigint, rfc_slug text, state text, last_participation_at timestamptz, since text NOT NULL)", false, true},
	"RFCs that must be there": {`CREATE TABLE cached_rfcs (slug text PRIMARY KEY, title text NOT NULL); INSERT INTO cached_rfcs VALUES ('rfc-1', 'One');
CREATE TABLE watches (user_id bigint, rfc_slug text REFERENCES cached_rfcs(slug), state text, last_participation_at timestamptz)`, false, true},
	"a trigger that objects": {`CREATE TABLE watches (user_id bigint, rfc_slug text, state text, last_participation_at timestamptz);
CREATE FUNCTION objects() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not like this'; END $$;
CREATE TRIGGER t BEFORE UPDATE ON watches FOR EACH ROW EXECUTE FUNCTION objects()`, true, false},
	"a trigger that is silent": {`CREATE TABLE watches (user_id bigint, rfc_slug text, state text, last_participation_at timestamptz);
CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state = 'muted' THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT OR UPDATE ON watches FOR EACH ROW EXECUTE FUNCTION silent()`, true, true},
}

func TestWhatTheAppsTableDoesNotAllowIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range watchTables {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Schema(t)
			execute(t, url, c.table)
			_, err := postgres.Migrate(t.Context(), url)
			require.NoError(t, err)
			since := ""
			if name == "a column without a default" {
				since = ", ''"
			}
			execute(t, url, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'ada@rfc.example', 'Ada', 'daily')",
				"INSERT INTO watches VALUES (1, 'rfc-1', 'dormant', now()"+since+"), (1, 'rfc-1', 'watching', now()"+since+")")
			s := opened(t, url, postgres.Options{})
			const all = "SELECT user_id || ' ' || rfc_slug || ' ' || state FROM watches ORDER BY 1"
			mark := whoIs(t, s, 1).Mark
			for slug, rejected := range map[string]bool{"rfc-1": c.there, "rfc-0002": c.none} {
				was := textsOf(t, url, all)
				before, err := s.Mute(t.Context(), 1, mark, slug)
				if rejected {
					require.ErrorIs(t, err, ports.ErrRejected)
					assert.NotErrorIs(t, err, ports.ErrUnavailable)
					assert.Equal(t, was, textsOf(t, url, all), "nothing is changed")
					continue
				}
				require.NoError(t, err)
				if slug == "rfc-1" {
					assert.Equal(t, core.Watching, before)
					assert.Equal(t, []string{"1 rfc-1 muted", "1 rfc-1 muted"}, textsOf(t, url, all))
					was[0] = "1 rfc-1 watching"
				}
				undone, err := s.Unmute(t.Context(), 1, mark, slug, before)
				require.NoError(t, err)
				assert.True(t, undone)
				assert.Equal(t, was, textsOf(t, url, all))
			}
		})
	}
}

// Two clicks at once end like one.
func TestAnRFCIsMutedByManyAtOnce(t *testing.T) {
	t.Parallel()
	h := moved(t)
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(1)}))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := h.store.Mute(t.Context(), 1, 0, "rfc-1")
			assert.NoError(t, err)
		})
	}
	all.Wait()
	w, err := h.store.Dump(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []core.Watch{{User: 1, Slug: "rfc-1", State: core.Muted}}, w.Watches)
}
