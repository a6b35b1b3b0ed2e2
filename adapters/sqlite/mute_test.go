package sqlite

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// states returns the watches of all people, as they are stored.
func states(t *testing.T, path string) []string {
	t.Helper()
	return query(t, path, "SELECT user_id || ' ' || rfc_slug || ' ' || coalesce(state, 'none') FROM watches ORDER BY rowid")
}

// The app's table may have several rows for a person and an RFC.
func TestAllRowsOfAWatchAreMuted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		states string
		before string
		undone []string
	}{
		{"('watching'), ('dormant')", core.Watching, []string{"1 x watching", "1 x watching"}},
		{"('dormant'), ('watching'), ('muted')", core.Watching, []string{"1 x watching", "1 x watching", "1 x watching"}},
		{"('muted'), ('dormant')", core.Dormant, []string{"1 x dormant", "1 x dormant"}},
		{"('muted'), (NULL)", core.Muted, []string{"1 x muted", "1 x muted"}},
		{"(NULL), ('')", core.Muted, []string{"1 x muted", "1 x muted"}},
	} {
		path := made(t, "loose.sql")
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err)
		execute(t, path, "INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada', 'daily'), (2, 'x@rfc.example', 'X', 'daily')",
			"INSERT INTO watches (user_id, rfc_slug, state) SELECT 1, 'x', column1 FROM (VALUES "+c.states+")", "INSERT INTO watches (user_id, rfc_slug, state) VALUES (2, 'x', 'watching'), (1, 'y', 'watching')")
		s, mark := opened(t, path, Options{}), int64(0)
		mark = whoIs(t, s, 1).Mark
		before, err := s.Mute(t.Context(), 1, mark, "x")
		require.NoError(t, err)
		assert.Equal(t, c.before, before, c.states)
		n := len(c.undone)
		for _, state := range states(t, path)[:n] {
			assert.Equal(t, "1 x muted", state)
		}
		undone, err := s.Unmute(t.Context(), 1, mark, "x", before)
		require.NoError(t, err)
		assert.True(t, undone)
		assert.Equal(t, append(c.undone, "2 x watching", "1 y watching"), states(t, path), c.states)
	}
}

func TestWhatTheAppsTableDoesNotAllowIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		table string
		// there says that a watch that is there cannot be muted, none that there cannot be one anew.
		there, none bool
	}{
		"a column that has no default": {"CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT, last_participation_at TEXT, since TEXT NOT NULL)", false, true},
		"states that are listed":       {"CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT CHECK (state IN ('watching', 'dormant')), last_participation_at TEXT, since TEXT)", true, true},
		"RFCs that must be there":      {"CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT REFERENCES cached_rfcs(slug), state TEXT, last_participation_at TEXT, since TEXT)", false, true},
		"a trigger that objects": {`CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT, last_participation_at TEXT, since TEXT);
CREATE TRIGGER t BEFORE UPDATE ON watches BEGIN SELECT RAISE(ABORT, 'not like this'); END`, true, false},
		"a trigger that is silent": {`CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT, last_participation_at TEXT, since TEXT);
CREATE TRIGGER t BEFORE INSERT ON watches WHEN NEW.state = 'muted' BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER u BEFORE UPDATE ON watches BEGIN SELECT RAISE(IGNORE); END`, true, true},
		"a time that has a default": {"CREATE TABLE watches (user_id INTEGER, rfc_slug TEXT, state TEXT, last_participation_at TEXT NOT NULL DEFAULT '', since TEXT)", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := made(t, "app.sql")
			execute(t, path, c.table, "INSERT INTO watches (user_id, rfc_slug, state, since) VALUES (1, 'rfc-0001', 'watching', '')")
			_, err := Migrate(t.Context(), path)
			require.NoError(t, err)
			s := opened(t, path, Options{})
			for slug, rejected := range map[string]bool{"rfc-0001": c.there, "rfc-0002": c.none} {
				was := states(t, path)
				before, err := s.Mute(t.Context(), 1, 0, slug)
				if rejected {
					require.ErrorIs(t, err, ports.ErrRejected)
					assert.NotErrorIs(t, err, ports.ErrUnavailable)
					assert.Equal(t, was, states(t, path), "nothing is changed")
					continue
				}
				require.NoError(t, err)
				assert.NotEqual(t, was, states(t, path))
				undone, err := s.Unmute(t.Context(), 1, 0, slug, before)
				require.NoError(t, err)
				assert.True(t, undone)
				assert.Equal(t, was, states(t, path))
			}
		})
	}
}
