package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

const (
	give  = "UPDATE notifications SET recipient_user_id = 2 WHERE recipient_user_id = 1"
	notes = "SELECT user_id || ' ' || notification_id || ' ' || from_id FROM digest_moved ORDER BY id"
)

// TestWhatGoesToAnotherAccountIsNoted is about the ways in which an app may write it.
func TestWhatGoesToAnotherAccountIsNoted(t *testing.T) {
	t.Parallel()
	const (
		rest    = ", event_kind text, actor_user_id int, rfc_slug text, branch_name text, pr_number int, created_at timestamp, payload text, read_at timestamp, email_sent_at timestamp, digest_included_at timestamp"
		plain   = "CREATE TABLE notifications (id serial PRIMARY KEY, recipient_user_id int" + rest + ")"
		trigger = `; CREATE FUNCTION app() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.recipient_user_id = coalesce(NEW.pr_number, 1); RETURN NEW; END';
CREATE TRIGGER zz BEFORE INSERT OR UPDATE ON notifications FOR EACH ROW EXECUTE FUNCTION app()`
		event = "INSERT INTO notifications (recipient_user_id, event_kind) VALUES (1, 'x')"
	)
	for name, c := range map[string]struct {
		table  string
		writes []string
		want   []string
	}{
		"plainly":                 {plain, []string{event, give}, []string{"2 1 1"}},
		"of somebody who is gone": {plain, []string{event, "DELETE FROM users WHERE id = 1", give}, []string{"2 1 1"}},
		"and nothing else":        {plain, []string{event, "UPDATE notifications SET recipient_user_id = 1, payload = ''", "DELETE FROM notifications"}, nil},
		"unless it was told or read": {plain, []string{event, event, event, "UPDATE notifications SET read_at = now() WHERE id = 1", "UPDATE notifications SET email_sent_at = now() WHERE id = 2",
			"UPDATE notifications SET digest_included_at = now() WHERE id = 3", give}, nil},
		"not to nobody":                   {plain, []string{event, "UPDATE notifications SET recipient_user_id = NULL", "UPDATE notifications SET recipient_user_id = 2"}, nil},
		"on and back":                     {plain, []string{event, give, "UPDATE notifications SET recipient_user_id = 3", "UPDATE notifications SET recipient_user_id = 2"}, []string{"2 1 1", "2 1 3"}},
		"to who is deleted then":          {plain, []string{event, give, "DELETE FROM users WHERE id = 2"}, nil},
		"to who has another number then":  {plain, []string{event, give, "UPDATE users SET id = 7 WHERE id = 2"}, []string{"7 1 1"}},
		"to a number that nobody has yet": {plain, []string{event, "UPDATE notifications SET recipient_user_id = 9", "INSERT INTO users VALUES (9, 'x', 'X', 'daily')"}, nil},
		"all of which are gone":           {plain, []string{event, give, "TRUNCATE notifications, users CASCADE"}, nil},
		"by a column that follows from another": {"CREATE TABLE notifications (id serial PRIMARY KEY, owner text, recipient_user_id int GENERATED ALWAYS AS (length(owner)) STORED" + rest + ")",
			[]string{"INSERT INTO notifications (owner) VALUES ('a')", "UPDATE notifications SET owner = 'bb'"}, []string{"2 1 1"}},
		"by a trigger of the app's": {plain + trigger, []string{event, "UPDATE notifications SET pr_number = 2"}, []string{"2 1 1"}},
		"into another partition": {"CREATE TABLE notifications (id serial, recipient_user_id int" + rest + ") PARTITION BY LIST (recipient_user_id);" +
			"CREATE TABLE firsts PARTITION OF notifications FOR VALUES IN (1); CREATE TABLE others PARTITION OF notifications FOR VALUES IN (2, 3)",
			[]string{event, give, "UPDATE notifications SET recipient_user_id = 3"}, []string{"3 1 1", "3 1 2"}},
	} {
		url := pgtest.Schema(t)
		execute(t, url, "CREATE TABLE users (id bigserial PRIMARY KEY, email text, display_name text, digest_cadence text)", c.table)
		_, err := postgres.Migrate(t.Context(), url)
		require.NoError(t, err, name)
		execute(t, url, "INSERT INTO users VALUES (1, 'a', 'A', 'daily'), (2, 'b', 'B', 'daily'), (3, 'c', 'C', 'off')")
		execute(t, url, c.writes...)
		assert.Equal(t, append([]string{}, c.want...), textsOf(t, url, notes), name)
	}
}

// A merge waits for a claim of the first account that is being made, and a claim for a merge. So the second account sees what a digest
// of the first has, and the first does not claim what it has given away.
func TestAClaimAndAMergeDoNotPassEachOther(t *testing.T) {
	t.Parallel()
	h := moved(t)
	w := core.World{Users: people(2), Notifications: []core.Notification{{ID: 1, Recipient: 1, CreatedAt: noon}}}
	require.NoError(t, h.fill(t.Context(), w))
	for _, cadence := range []string{"daily", "off"} { // of the latter no row in digest_due could be locked
		_, err := h.app.Exec(t.Context(), "UPDATE users SET digest_cadence = '"+cadence+"'; UPDATE notifications SET recipient_user_id = 1; DELETE FROM digest_moved")
		require.NoError(t, err)
		claiming, err := connectedTo(t, h.url).Begin(t.Context())
		require.NoError(t, err)
		_, err = claiming.Exec(t.Context(), "SELECT 1 FROM users WHERE id = 1 FOR SHARE; SELECT 1 FROM digest_due WHERE user_id = 1 FOR UPDATE")
		require.NoError(t, err)
		_, err = h.app.Exec(t.Context(), "SET lock_timeout = '50ms'; "+give)
		require.ErrorContains(t, err, "lock timeout", cadence)
		require.NoError(t, claiming.Commit(t.Context()))

		merging, err := connectedTo(t, h.url).Begin(t.Context())
		require.NoError(t, err)
		_, err = merging.Exec(t.Context(), give)
		require.NoError(t, err)
		claimed := make(chan error)
		go func() {
			_, err := porttest.On(h.store).Claim(t.Context(), claimOf(1, 1))
			claimed <- err
		}()
		select {
		case err := <-claimed:
			t.Fatalf("the claim did not wait: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
		require.NoError(t, merging.Commit(t.Context()))
		require.ErrorIs(t, <-claimed, ports.ErrConflict, cadence)
	}
}
