package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// furnish adds people 1 to 3 and something of everything for each of them.
func furnish(t *testing.T, url string) {
	t.Helper()
	execute(t, url, "INSERT INTO users (id, email, display_name, digest_cadence) SELECT i, 'p@rfc.example', 'P', 'daily' FROM generate_series(1, 3) AS i",
		"UPDATE digest_people SET person = 0",
		"INSERT INTO digest_preferences (user_id, time_zone) SELECT id, 'Asia/Tokyo' FROM users",
		"INSERT INTO held_emails (recipient_user_id, body_text, notification_ids, status) SELECT id, 'Dear ' || id, '[]', 'held' FROM users",
		"INSERT INTO notifications (recipient_user_id, event_kind, created_at) SELECT id, 'vote_cast', '2026-03-29 09:00:00+00' FROM users ORDER BY id",
		`INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
 SELECT id, '2026-03-29 11:00:00+00', '2026-03-28 11:00:00+00', '2026-03-29 11:00:00+00', '[]' FROM users ORDER BY id`)
}

// whoIs returns the person who has a number.
func whoIs(t *testing.T, s *sqlstore.Store, id int64) core.Person {
	t.Helper()
	found, err := s.Lookup(t.Context(), []int64{id})
	require.NoError(t, err)
	require.Len(t, found, 1, id)
	return found[0].Person
}

// kept returns the people who have preferences or held mail.
func kept(t *testing.T, url string) []string {
	t.Helper()
	return textsOf(t, url, "SELECT 'preferences of ' || user_id FROM digest_preferences UNION ALL SELECT 'mail to ' || recipient_user_id || ': ' || body_text FROM held_emails ORDER BY 1")
}

// everythingOf is what is kept of those with the given numbers.
func everythingOf(ids ...string) (rows []string) {
	for _, id := range ids {
		rows = append(rows, "mail to "+id+": Dear "+id)
	}
	for _, id := range ids {
		rows = append(rows, "preferences of "+id)
	}
	return rows
}

// loose is an app whose tables are bound to nothing, with its people in partitions by something else than their number.
var loose = foundation{
	"CREATE TABLE users (id integer NOT NULL, email text, display_name text NOT NULL, digest_cadence text NOT NULL DEFAULT 'off', region text NOT NULL DEFAULT 'north') PARTITION BY LIST (region)",
	"CREATE TABLE users_north PARTITION OF users FOR VALUES IN ('north')", "CREATE TABLE users_south PARTITION OF users FOR VALUES IN ('south')",
	"CREATE INDEX users_id ON users (id)",
	`CREATE TABLE notifications (id serial PRIMARY KEY, recipient_user_id integer NOT NULL, event_kind text NOT NULL, actor_user_id integer, rfc_slug text,
 branch_name text, pr_number integer, created_at timestamptz NOT NULL, payload text, read_at timestamptz, email_sent_at timestamptz, digest_included_at timestamptz)`,
	`CREATE TABLE notification_digests (id serial PRIMARY KEY, recipient_user_id integer NOT NULL, sent_at timestamptz NOT NULL,
 period_start timestamptz NOT NULL, period_end timestamptz NOT NULL, signal_ids_included text NOT NULL)`,
}

// looseHome returns the URL of a database of that app's.
func looseHome(t *testing.T) string {
	t.Helper()
	pgtest.TakePlace(t)
	url := pgtest.Schema(t)
	execute(t, url, loose...)
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	return url
}

func TestARowThatGoesToAnotherPartitionIsTheSamePerson(t *testing.T) {
	t.Parallel()
	url := looseHome(t)
	furnish(t, url)
	s := opened(t, url, postgres.Options{})
	execute(t, url, "UPDATE users SET region = 'south' WHERE id = 2", "UPDATE users SET region = 'south', email = 'else@rfc.example'")
	assert.Zero(t, whoIs(t, s, 2))
	assert.Equal(t, everythingOf("1", "2", "3"), kept(t, url))
	execute(t, url, "DELETE FROM users_south WHERE id = 2",
		"INSERT INTO digest_preferences (user_id, time_zone) VALUES (2, 'Asia/Tokyo')", // nobody's, and so not the newcomer's
		"INSERT INTO users_north (id, email, display_name, digest_cadence) VALUES (2, 'new@rfc.example', '', 'daily')")
	second := whoIs(t, s, 2)
	assert.Positive(t, second.Mark)
	assert.Equal(t, core.Person{Mark: second.Mark, FirstDigest: 3, FirstNotification: 3}, second)
	assert.Equal(t, everythingOf("1", "3"), kept(t, url))

	c := claimOf(2)
	c.Person = second
	_, err := porttest.On(s).Claim(t.Context(), c)
	require.NoError(t, err)
	require.NoError(t, s.Unsubscribe(t.Context(), 2, second.Mark))
	assert.Equal(t, []string{"off"}, textsOf(t, url, "SELECT digest_cadence FROM users WHERE id = 2"))
}

func TestANumberThatChangesTakesAlongWhoHasIt(t *testing.T) {
	t.Parallel()
	pgtest.TakePlace(t)
	h := movedOnto(t, unbound)
	furnish(t, h.url)
	execute(t, h.url, "UPDATE digest_people SET person = 7 WHERE user_id = 2", "UPDATE users SET id = 9 WHERE id = 2")
	assert.Equal(t, core.Person{Mark: 7}, whoIs(t, h.store, 9))
	assert.Equal(t, []string{"mail to 1: Dear 1", "mail to 3: Dear 3", "mail to 9: Dear 2", "preferences of 1", "preferences of 3", "preferences of 9"}, kept(t, h.url))
	execute(t, h.url, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (2, 'new@rfc.example', '', 'daily')")
	assert.NotContains(t, []int64{0, 7}, whoIs(t, h.store, 2).Mark)
	execute(t, h.url, "UPDATE users SET email = 'else@rfc.example', id = id")
	assert.Equal(t, int64(7), whoIs(t, h.store, 9).Mark)
}

// If a key is deferred, people can pass their numbers on to one another in one statement. Whose change
// is seen to first, nobody can tell.
func TestOfPeopleWhoPassTheirNumbersOnNobodyGetsWhatIsAnothers(t *testing.T) {
	t.Parallel()
	pgtest.TakePlace(t)
	for _, change := range []string{"id + 1", "id - 1", "4 - id", "id % 3 + 1"} {
		url := pgtest.Schema(t)
		execute(t, url, "CREATE TABLE users (id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, email text, display_name text NOT NULL, digest_cadence text NOT NULL DEFAULT 'off')")
		execute(t, url, loose[4:]...)
		_, err := postgres.Migrate(t.Context(), url)
		require.NoError(t, err)
		furnish(t, url)
		execute(t, url, "UPDATE digest_people SET person = user_id", "ALTER TABLE users ADD was bigint", "UPDATE users SET was = id", "UPDATE users SET id = "+change)
		assert.Empty(t, textsOf(t, url, `SELECT u.was || ' got ' || h.body_text FROM users AS u JOIN held_emails AS h ON h.recipient_user_id = u.id WHERE h.body_text <> 'Dear ' || u.was`), change)
		assert.Empty(t, textsOf(t, url, `SELECT u.was || ' is ' || w.person FROM users AS u JOIN digest_people AS w ON w.user_id = u.id AND w.gone = 0 WHERE w.person < 100 AND w.person <> u.was`), change)
		assert.Empty(t, textsOf(t, url, `SELECT CAST(u.id AS text) FROM users AS u WHERE NOT EXISTS (SELECT 1 FROM digest_people AS w WHERE w.user_id = u.id AND w.gone = 0)`), change)
	}
}

func TestTablesThatAreEmptiedTakeAlongWhatIsKept(t *testing.T) {
	t.Parallel()
	url := looseHome(t)
	furnish(t, url)
	s := opened(t, url, postgres.Options{})
	execute(t, url, "DELETE FROM users WHERE id = 2", "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (2, 'new@rfc.example', '', 'daily')",
		"TRUNCATE notifications, notification_digests RESTART IDENTITY")
	second := whoIs(t, s, 2)
	assert.Equal(t, core.Person{Mark: second.Mark}, second, "IDs begin anew, and nothing is left of anybody")
	execute(t, url, "TRUNCATE users")
	assert.Empty(t, kept(t, url))
	execute(t, url, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'new@rfc.example', '', 'daily')")
	assert.Positive(t, whoIs(t, s, 1).Mark)
}

func TestManyPeopleAreDeletedInOneStatement(t *testing.T) {
	t.Parallel()
	url := looseHome(t)
	const many = 5_000
	execute(t, url, fmt.Sprintf("INSERT INTO users (id, email, display_name, digest_cadence) SELECT i, 'p@rfc.example', 'P', 'daily' FROM generate_series(1, %d) AS i", many),
		"INSERT INTO held_emails (recipient_user_id, body_text, status) SELECT id, 'x', 'sent' FROM users", "ANALYZE")
	begun := time.Now()
	execute(t, url, "DELETE FROM users")
	took := time.Since(begun)
	t.Logf("%v for each of %d", took/many, many)
	assert.Less(t, took/many, 2*time.Millisecond, "nobody is looked for among all")
	assert.Empty(t, kept(t, url))
}

// TestPeopleComeAndGoWhileTheyAreSentTo has the app delete people and use their numbers again while schedulers
// claim, settle and release: neither is told that it is in the other's way.
func TestPeopleComeAndGoWhileTheyAreSentTo(t *testing.T) {
	t.Parallel()
	url := looseHome(t)
	furnish(t, url)
	s := opened(t, url, postgres.Options{})
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var claims atomic.Int32
	for range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				found, err := s.Lookup(t.Context(), []int64{1, 2, 3})
				assert.NoError(t, err)
				for i, r := range found {
					c := claimOf(r.ID)
					c.Person, c.Previous = r.Person, r.Latest.ID
					if c.ID, err = porttest.On(s).Claim(t.Context(), c); err != nil {
						assert.ErrorIs(t, err, ports.ErrConflict)
						continue
					}
					claims.Add(1)
					if i == 1 {
						assert.NoError(t, porttest.On(s).Settle(t.Context(), c, noon))
						continue
					}
					assert.NoError(t, porttest.On(s).Release(t.Context(), c))
					assert.NoError(t, s.CountRefusals(t.Context(), []core.Refusal{{Recipient: r.ID, Mark: r.Person.Mark, Address: fmt.Sprint(r.Person.Mark), Reason: "RCPT: 550", At: noon}}))
				}
			}
		})
	}
	other := pgtest.Connect(t, url)
	for i := range 120 {
		id := i%3 + 1
		_, err := other.Exec(ctx, fmt.Sprintf("BEGIN; DELETE FROM users WHERE id = %d; INSERT INTO users (id, email, display_name, digest_cadence) VALUES (%[1]d, 'new@rfc.example', '', 'daily'); COMMIT", id))
		assert.NoError(t, err)
	}
	stop()
	wg.Wait()
	assert.Positive(t, claims.Load())
	assert.Equal(t, []string{"3"}, textsOf(t, url, "SELECT CAST(count(*) AS text) FROM digest_people WHERE gone = 0 AND person > 0"))
}

// Cadences may be a type of the app's own, which has no empty text.
func TestPeopleLeaveWhateverTypeTheirCadenceHas(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"text", "varchar(10)", "cadence", "cadence NOT NULL DEFAULT 'off'"} {
		t.Run(kind, func(t *testing.T) {
			url := pgtest.Schema(t)
			execute(t, url, "CREATE TYPE cadence AS ENUM ('off', 'daily', 'weekly')", "CREATE TABLE users (id bigint PRIMARY KEY, email text, display_name text, digest_cadence "+kind+")")
			_, err := postgres.Migrate(t.Context(), url)
			require.NoError(t, err)
			execute(t, url, "INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada', 'daily'), (2, 'ada@rfc.example', 'Ada', 'daily'), (3, 'ada@rfc.example', 'Ada', 'daily')",
				"INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status) VALUES (2, now(), now(), now(), '[]', 'sent')")
			s := opened(t, url, postgres.Options{})
			require.NoError(t, s.Unsubscribe(t.Context(), 1, whoIs(t, s, 1).Mark))
			complaint := core.Return{Kind: returned.Complaint, Why: string(returned.Spam), At: noon, To: links.AddressMark("ada@rfc.example")}
			_, err = s.NoteReturn(t.Context(), links.Return{Kind: links.ReturnDigest, ID: 1, Mark: whoIs(t, s, 2).Mark}, complaint, 0)
			require.NoError(t, err)
			require.NoError(t, s.Choose(t.Context(), 3, whoIs(t, s, 3).Mark, core.Choice{Cadence: core.Off}))
			assert.Equal(t, []string{"off", "off", "off"}, textsOf(t, url, "SELECT CAST(digest_cadence AS text) FROM users"), kind)
		})
	}
}
