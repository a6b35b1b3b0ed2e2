package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	migration "github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// crowd makes people in an app's database, and for each a notification and, for one in four, a window.
const crowd = `
INSERT INTO users (id, email, display_name, digest_cadence) SELECT 2 * i, 'p' || i, '', CASE i %% 3 WHEN 0 THEN 'off' WHEN 1 THEN 'daily' ELSE 'weekly' END FROM generate_series(2, %[1]d) AS i;
INSERT INTO notifications (recipient_user_id, event_kind, created_at, payload) SELECT id, 'vote_cast', '2026-03-29 09:00:00', repeat('x', %[2]d) FROM users WHERE id > 2;
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
 SELECT id, '2026-03-28 09:00:00', '2026-03-27 09:00:00', '2026-03-28 09:00:00', '[]' FROM users WHERE id %% 4 = 0`

// everything is what the passes make.
const everything = `SELECT 'person ' || concat_ws(' ', user_id, person <> 0, first_digest, first_notification, gone) FROM digest_people UNION ALL
SELECT 'due ' || concat_ws(' ', user_id, period, has_hour, due_at, revision <> 0) FROM digest_due ORDER BY 1`

// TestMigrateThatEndsHalfWayCountsAsNotMigratedAndGoesOn ends the connection of one migration after another: of the
// first after a step, of the second after two, and so on.
func TestMigrateThatEndsHalfWayCountsAsNotMigratedAndGoesOn(t *testing.T) {
	t.Parallel()
	whole, url := pgtest.Schema(t), pgtest.Schema(t)
	for _, url := range []string{whole, url} {
		execute(t, url, apps, fmt.Sprintf(crowd, 350, 10))
	}
	_, err := postgres.Migrate(t.Context(), whole)
	require.NoError(t, err)
	more := true
	for steps := 1; more; steps++ {
		db, err := postgres.Connect(url)
		require.NoError(t, err)
		defer db.Close()
		m, conn, err := postgres.Stepped(t.Context(), db)
		require.NoError(t, err)
		defer conn.Close()
		for i := 0; i < steps && more; i++ {
			state, err := postgres.Wanted.State(t.Context(), conn)
			require.NoError(t, err)
			require.NotEmpty(t, state.Missing)
			_, err = m.Step(t.Context())
			require.NoError(t, err)
			more = textsOf(t, url, "SELECT max(unfilled)::text FROM digest_schema")[0] != "0"
		}
		require.NoError(t, conn.Close())
		require.NoError(t, db.Close())
	}
	done, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	assert.Empty(t, done)
	assert.Equal(t, shape(t, whole), shape(t, url))
	assert.Equal(t, textsOf(t, whole, everything), textsOf(t, url, everything))
	opened(t, url, postgres.Options{})
}

// TestNobodyWaitsLongBehindAMigrationThatWaits has a transaction of the app's stay open. The migration cannot go on, and
// all others can.
func TestNobodyWaitsLongBehindAMigrationThatWaits(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	execute(t, url, apps, fmt.Sprintf(crowd, 300, 10))
	app, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer app.Close(t.Context())
	long, err := app.Begin(t.Context())
	require.NoError(t, err)
	_, err = long.Exec(t.Context(), "UPDATE users SET display_name = 'Ada' WHERE id = 1; INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included) VALUES (1, now(), now(), now(), '[]')")
	require.NoError(t, err)
	migrated := make(chan error, 1)
	go func() {
		_, err := postgres.Migrate(t.Context(), url)
		migrated <- err
	}()
	other, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer other.Close(t.Context())
	_, err = other.Exec(t.Context(), "SET lock_timeout = '4s'") // less than a migration may wait in all
	require.NoError(t, err)
	for range 40 {
		_, err = other.Exec(t.Context(), "UPDATE users SET display_name = 'Grace' WHERE id = 2; INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included) VALUES (2, now(), now(), now(), '[]')")
		require.NoError(t, err)
		time.Sleep(50 * time.Millisecond)
	}
	select {
	case err := <-migrated:
		require.Fail(t, "it should wait", "%v", err)
	default:
	}
	require.NoError(t, long.Commit(t.Context()))
	require.NoError(t, <-migrated)
	opened(t, url, postgres.Options{})
}

// TestAnIndexThatWasLeftHalfMadeIsMadeAnew is about one that was being made concurrently when the server stopped.
func TestAnIndexThatWasLeftHalfMadeIsMadeAnew(t *testing.T) {
	t.Parallel()
	url := pgtest.Schema(t)
	execute(t, url, apps, fmt.Sprintf(crowd, 700, 2000))
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	execute(t, url, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'rfcdigest_unreadable'::regclass")
	_, err = postgres.Open(t.Context(), url, postgres.Options{})
	require.ErrorIs(t, err, migration.ErrUnmigrated)
	done, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	assert.Equal(t, []string{"added index rfcdigest_unreadable"}, done)
	opened(t, url, postgres.Options{})
}
