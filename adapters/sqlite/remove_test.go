package sqlite

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func quietly(schema.Progress) {}

// schemaOf is the text of all that is in the file at path, blanks aside.
func schemaOf(t *testing.T, path string) (found []string) {
	t.Helper()
	for _, text := range query(t, path, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY type, name") {
		found = append(found, strings.Join(strings.Fields(strings.NewReplacer("(", " ( ", ",", " , ", ")", " ) ").Replace(text)), " "))
	}
	return found
}

const oursLeft = "SELECT name FROM sqlite_master WHERE name LIKE 'rfcdigest%'"

func TestRemoveTakesOutWhatMigratePutIn(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"app.sql", "loose.sql"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			path := made(t, script)
			before := schemaOf(t, path)
			_, err := Migrate(t.Context(), path)
			require.NoError(t, err)
			migrated, people := schemaOf(t, path), query(t, path, "SELECT user_id || ' ' || person FROM digest_people")

			done, stays, err := Remove(t.Context(), path, false, quietly)
			require.NoError(t, err)
			assert.Contains(t, done, "removed trigger rfcdigest_user_added")
			assert.Contains(t, stays, "table digest_preferences")
			assert.Empty(t, query(t, path, oursLeft))
			execute(t, path, "UPDATE users SET digest_cadence = 'weekly'")
			done, _, err = Remove(t.Context(), path, false, quietly)
			require.NoError(t, err)
			assert.Empty(t, done, "the second time there is nothing to do")
			_, err = Open(t.Context(), path, Options{})
			require.ErrorIs(t, err, schema.ErrUnmigrated)

			_, err = Migrate(t.Context(), path)
			require.NoError(t, err)
			assert.Equal(t, migrated, schemaOf(t, path))
			assert.Equal(t, people, query(t, path, "SELECT user_id || ' ' || person FROM digest_people"), "they are who they were")

			done, stays, err = Remove(t.Context(), path, true, quietly)
			require.NoError(t, err)
			assert.Contains(t, done, "removed table digest_preferences")
			if script == "loose.sql" {
				assert.Equal(t, []string{"column notification_digests.status", "column notification_digests.error"}, stays, "they were there before")
			} else {
				assert.Empty(t, stays)
			}
			left := schemaOf(t, path)
			for _, was := range before {
				assert.Contains(t, left, was)
			}
			for _, is := range left {
				assert.NotRegexp(t, `rfcdigest|digest_(due|people|facts|schema|preferences)|held_emails|lease_until`, is)
			}
			_, err = Migrate(t.Context(), path)
			require.NoError(t, err)
			assert.Equal(t, migrated, schemaOf(t, path))
			assert.Equal(t, []string{"ok"}, query(t, path, "PRAGMA integrity_check"))
		})
	}
}

func TestRemoveForgetsNoDigestInDoubt(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(1)}))
	_, err := porttest.On(opened(t, path, Options{})).Claim(t.Context(), claimOf(1))
	require.NoError(t, err)
	before := schemaOf(t, path)
	_, _, err = Remove(t.Context(), path, false, quietly)
	require.ErrorContains(t, err, `run "rfcdigest tick" first`)
	assert.Equal(t, before, schemaOf(t, path))
	_, _, err = Remove(t.Context(), path, true, quietly)
	require.NoError(t, err)
	assert.Empty(t, query(t, path, oursLeft))
}

func TestRemoveLeavesOtherDatabasesAlone(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql")
	before := bytesOf(t, path)
	done, stays, err := Remove(t.Context(), path, true, quietly)
	require.NoError(t, err)
	assert.Empty(t, append(done, stays...))
	assert.Equal(t, before, bytesOf(t, path))

	newer := migrated(t)
	execute(t, newer, "UPDATE digest_schema SET version = 99")
	_, _, err = Remove(t.Context(), newer, true, quietly)
	require.ErrorContains(t, err, "nothing was removed")
}
