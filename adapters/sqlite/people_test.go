package sqlite

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// whoIs returns the person who has a number.
func whoIs(t *testing.T, s *sqlstore.Store, id int64) core.Person {
	t.Helper()
	found, err := s.Lookup(t.Context(), []int64{id})
	require.NoError(t, err)
	require.Len(t, found, 1, id)
	return found[0].Person
}

// furnished returns a database with people 1 to 3. Each has rows in every table.
func furnished(t *testing.T) string {
	t.Helper()
	path := migrated(t)
	settled(t, path)
	execute(t, path, "INSERT INTO digest_preferences (user_id, time_zone) SELECT id, 'Asia/Tokyo' FROM users",
		"INSERT INTO held_emails (recipient_user_id, body_text, notification_ids, status) SELECT id, 'Dear ' || id, '[]', 'held' FROM users",
		"INSERT INTO notifications (recipient_user_id, event_kind, created_at) SELECT id, 'vote_cast', '2026-03-29 09:00:00' FROM users")
	return path
}

// kept returns the people who have preferences or held mail.
func kept(t *testing.T, path string) []string {
	t.Helper()
	return query(t, path, "SELECT 'preferences of ' || user_id FROM digest_preferences UNION ALL SELECT 'mail to ' || recipient_user_id || ': ' || body_text FROM held_emails ORDER BY 1")
}

// allOf returns all that is kept of those with the given numbers.
func allOf(ids ...string) (rows []string) {
	for _, id := range ids {
		rows = append(rows, "mail to "+id+": Dear "+id)
	}
	for _, id := range ids {
		rows = append(rows, "preferences of "+id)
	}
	return rows
}

func TestARowThatIsSavedAgainIsTheSamePerson(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{
		"INSERT OR REPLACE INTO users VALUES (2, 'else@rfc.example', 'Else', 'weekly')",
		"REPLACE INTO users VALUES (2, 'else@rfc.example', 'Else', 'weekly')",
		"INSERT INTO users VALUES (2, '', 'Else', 'daily') ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name",
		"INSERT OR IGNORE INTO users VALUES (2, '', 'Else', 'daily')",
		"UPDATE users SET email = 'else@rfc.example', digest_cadence = 'weekly', id = id",
	} {
		path := furnished(t)
		s := opened(t, path, hasty())
		execute(t, path, statement)
		assert.Zero(t, whoIs(t, s, 2), statement)
		assert.Equal(t, allOf("1", "2", "3"), kept(t, path), statement)
	}
	path := furnished(t)
	s := opened(t, path, hasty())
	execute(t, path, "PRAGMA recursive_triggers = ON", "INSERT OR REPLACE INTO users VALUES (2, 'else@rfc.example', 'Else', 'weekly')")
	assert.NotZero(t, whoIs(t, s, 2), "SQLite says that the row was deleted")
	assert.Equal(t, allOf("1", "3"), kept(t, path))
}

func TestPreferencesOfANumberThatNobodyHadAreNotForANewcomer(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	execute(t, path, "INSERT INTO digest_preferences (user_id, time_zone) VALUES (9, 'Asia/Tokyo')", "INSERT INTO users VALUES (9, 'new@rfc.example', 'New', 'daily')")
	assert.Equal(t, allOf("1", "2", "3"), kept(t, path))
}

func TestANumberThatChangesTakesAlongWhoHasIt(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	s := opened(t, path, hasty())
	execute(t, path, "UPDATE digest_people SET person = 7 WHERE user_id = 2", "UPDATE users SET id = 9 WHERE id = 2")
	assert.Equal(t, core.Person{Mark: 7}, whoIs(t, s, 9))
	assert.Equal(t, []string{"mail to 1: Dear 1", "mail to 3: Dear 3", "mail to 9: Dear 2", "preferences of 1", "preferences of 3", "preferences of 9"}, kept(t, path))
	execute(t, path, "INSERT INTO users VALUES (2, 'new@rfc.example', '', 'daily')")
	second := whoIs(t, s, 2)
	assert.NotContains(t, []int64{0, 7}, second.Mark)
	assert.Equal(t, int64(core.NoneYet), second.FirstNotification)

	execute(t, path, "UPDATE OR REPLACE users SET id = 1 WHERE id = 9")
	assert.Equal(t, core.Person{Mark: 7, FirstDigest: core.NoneYet, FirstNotification: core.NoneYet}, whoIs(t, s, 1), "what is left there is of the one who had to go")
	assert.Equal(t, []string{"mail to 1: Dear 2", "mail to 3: Dear 3", "preferences of 1", "preferences of 3"}, kept(t, path))
	execute(t, path, "UPDATE users SET id = -id", "UPDATE users SET id = 10 - id")
	assert.Equal(t, int64(7), whoIs(t, s, 11).Mark)
	assert.Equal(t, second.Mark, whoIs(t, s, 12).Mark)
	assert.Equal(t, []string{"mail to 11: Dear 2", "mail to 13: Dear 3", "preferences of 11", "preferences of 13"}, kept(t, path))
}

func TestPeopleStayWhoTheyAreWhenTheAppMakesTheirTableAnew(t *testing.T) {
	t.Parallel()
	for way, statements := range remaking {
		for _, table := range []string{"users", "notifications", "notification_digests"} {
			path := furnished(t)
			s := opened(t, path, hasty())
			execute(t, path, "DELETE FROM users WHERE id = 3", "INSERT INTO users VALUES (3, 'new@rfc.example', '', 'daily'), (4, 'x@rfc.example', '', 'daily')")
			before := query(t, path, "SELECT * FROM digest_people")
			belongings := kept(t, path)
			execute(t, path, statements(table, definitionOf(t, table))...)
			_, err := Migrate(t.Context(), path)
			require.NoError(t, err)
			assert.Equal(t, before, query(t, path, "SELECT * FROM digest_people"), way+" "+table)
			assert.Equal(t, belongings, kept(t, path), way+" "+table)
			execute(t, path, "INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (3, 'vote_cast', '2026-03-29 10:00:00')",
				"DELETE FROM users WHERE id = 1", "INSERT INTO users VALUES (1, 'x@rfc.example', '', 'daily')")
			assert.NotZero(t, whoIs(t, s, 1).Mark, way+" "+table)
			assert.Equal(t, int64(4), whoIs(t, s, 3).FirstNotification, way+" "+table)
		}
	}
}

func TestWhoCameOrWentWhileThereWereNoTriggersIsSeen(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	s := opened(t, path, hasty())
	execute(t, path, "DELETE FROM users WHERE id = 3")
	definition := definitionOf(t, "users")
	execute(t, path, remaking["the new one takes the name"]("users", definition)...)
	execute(t, path, "DELETE FROM users WHERE id = 2", "INSERT INTO users VALUES (3, 'new@rfc.example', '', 'daily'), (4, 'new@rfc.example', '', 'daily')")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Zero(t, whoIs(t, s, 1))
	third, fourth := whoIs(t, s, 3), whoIs(t, s, 4)
	assert.Positive(t, third.Mark)
	assert.Equal(t, int64(core.NoneYet), third.FirstNotification)
	assert.Equal(t, core.Person{Mark: fourth.Mark}, fourth)
	assert.Positive(t, fourth.Mark)
	execute(t, path, "INSERT INTO users VALUES (2, 'new@rfc.example', '', 'daily')")
	assert.Positive(t, whoIs(t, s, 2).Mark)
	assert.Equal(t, allOf("1"), kept(t, path))
}

func TestWhatIsDeletedInATableThatWasPutAsideLivesOn(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	s := opened(t, path, hasty())
	execute(t, path, "ALTER TABLE users RENAME TO stale", definitionOf(t, "users")("users"), "INSERT INTO users SELECT * FROM stale", "DELETE FROM stale", "DROP TABLE stale")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Equal(t, allOf("1", "2", "3"), kept(t, path))
	assert.Zero(t, whoIs(t, s, 2))
}

// TestAnEarlierVersionsDatabaseKeepsWhatEverybodyHas brings a database as version 1 left it up to date.
func TestAnEarlierVersionsDatabaseKeepsWhatEverybodyHas(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	for _, one := range peopleTriggers {
		execute(t, path, "DROP TRIGGER "+one.name)
	}
	for _, event := range []string{"added", "changed", "deleted"} {
		execute(t, path, "DROP TRIGGER rfcdigest_window_"+event,
			"CREATE TRIGGER rfcdigest_digest_"+event+" AFTER UPDATE ON notification_digests BEGIN UPDATE digest_due SET due_at = 1; END")
	}
	execute(t, path, "DROP TABLE digest_people", "DELETE FROM users WHERE id = 3")
	_, err := Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, schema.ErrUnmigrated)
	done, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Contains(t, done, "dropped trigger rfcdigest_digest_deleted")
	s := opened(t, path, hasty())
	assert.Zero(t, whoIs(t, s, 1), "links of before are good")
	assert.Equal(t, allOf("1", "2", "3"), kept(t, path), "nothing is taken away")
	assert.Empty(t, query(t, path, "SELECT name FROM sqlite_master WHERE name LIKE 'rfcdigest_digest_%' AND name NOT IN ('rfcdigest_digest_ousted', 'rfcdigest_digest_moved')"))
	execute(t, path, "INSERT INTO users VALUES (3, 'new@rfc.example', '', 'daily')")
	third := whoIs(t, s, 3)
	assert.Positive(t, third.Mark)
	assert.Equal(t, int64(core.NoneYet), third.FirstNotification, "there were traces of somebody")
	assert.Equal(t, allOf("1", "2"), kept(t, path))
	done, err = Migrate(t.Context(), path)
	require.NoError(t, err)
	assert.Empty(t, done)
}

// TestANewcomersRowsAreTheirsWhateverIDsTheyGet is about tables without AUTOINCREMENT: their IDs come again, too.
func TestANewcomersRowsAreTheirsWhateverIDsTheyGet(t *testing.T) {
	t.Parallel()
	path := made(t, "loose.sql")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	execute(t, path, "DELETE FROM notifications", "DELETE FROM notification_digests", "DELETE FROM digest_people", "DELETE FROM users")
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(2)}))
	s := opened(t, path, hasty())
	execute(t, path, "INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) VALUES (40, 1, 'vote_cast', ''), (50, 2, 'vote_cast', '')",
		"INSERT INTO notification_digests (id, recipient_user_id, period_end) VALUES (40, 1, '2026-03-28 09:00:00'), (50, 2, '2026-03-29 09:00:00')",
		"DELETE FROM users WHERE id = 2", "INSERT INTO users VALUES (2, 'new@rfc.example', '', 'daily')")
	assert.Equal(t, []int64{1, 2}, dueIDs(t, s))
	execute(t, path, "DELETE FROM notifications WHERE id = 50", "DELETE FROM notification_digests WHERE id = 50",
		"INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (2, 'vote_cast', '')")
	newcomer := whoIs(t, s, 2)
	assert.Equal(t, int64(41), newcomer.FirstNotification)
	c := claimOf(2, 41)
	c.Person = newcomer
	c.ID, err = porttest.On(s).Claim(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, int64(41), c.ID)
	assert.Equal(t, int64(41), whoIs(t, s, 2).FirstDigest)
	require.NoError(t, porttest.On(s).Release(t.Context(), c))
	execute(t, path, "DELETE FROM notification_digests")
	c.Person = whoIs(t, s, 2)
	c.ID, err = porttest.On(s).Claim(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, int64(1), c.ID)
	found, err := s.Lookup(t.Context(), []int64{2})
	require.NoError(t, err)
	assert.Equal(t, int64(1), found[0].Latest.ID, "or it would be claimed again and again")
	_, err = porttest.On(s).Claim(t.Context(), c)
	require.Error(t, err)
}

func TestRowsThatAreGivenToANewcomerAreTheirs(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	s := opened(t, path, hasty())
	execute(t, path, "DELETE FROM users WHERE id = 2", "INSERT INTO users VALUES (2, 'new@rfc.example', '', 'daily')",
		"UPDATE notifications SET recipient_user_id = 2 WHERE recipient_user_id = 3", "UPDATE notification_digests SET recipient_user_id = 2 WHERE recipient_user_id = 3")
	assert.Equal(t, int64(3), whoIs(t, s, 2).FirstNotification)
	assert.Equal(t, int64(3), whoIs(t, s, 2).FirstDigest)
	execute(t, path, "UPDATE notifications SET recipient_user_id = 2 WHERE recipient_user_id = 1")
	assert.Equal(t, int64(3), whoIs(t, s, 2).FirstNotification, "with it would come what was the other one's")
}

// TestARowThatIsReplacedByItsAddressIsSeenBeforeItsNumberComesAgain is about apps that save people by their address.
func TestARowThatIsReplacedByItsAddressIsSeenBeforeItsNumberComesAgain(t *testing.T) {
	t.Parallel()
	path := furnished(t)
	s := opened(t, path, hasty())
	execute(t, path, "UPDATE users SET email = id || '@rfc.example'", "CREATE UNIQUE INDEX one_each ON users (email)",
		"INSERT OR REPLACE INTO users (email, display_name, digest_cadence) VALUES ('3@rfc.example', 'Three', 'daily')")
	assert.Equal(t, []string{"1", "2", "4"}, query(t, path, "SELECT id FROM users ORDER BY id"))
	execute(t, path, "DELETE FROM users WHERE id = 4", "INSERT INTO users (email, display_name, digest_cadence) VALUES ('new@rfc.example', 'New', 'daily')")
	assert.Positive(t, whoIs(t, s, 3).Mark, "the number has come again")
	assert.Zero(t, whoIs(t, s, 2))
	assert.Equal(t, allOf("1", "2"), kept(t, path))
}
