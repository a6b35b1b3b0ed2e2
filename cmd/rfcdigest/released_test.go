package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file in testdata/released is a database from an earlier release: eight people, one tick on 27 March 2026, the
// events of the next day, and a digest in doubt. The name is the commit and the kind of database.

// released makes the database in a file of that folder, and returns its site and a connection to it.
func released(t *testing.T, file string) (*site, *sql.DB) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	if strings.HasSuffix(file, ".sqlite.sql") {
		s := newSite(t)
		s.sql("rfcdigest.db", string(content))
		return s, s.open("rfcdigest.db")
	}
	s, conn := onPostgres(t)
	schema := conn.Config().RuntimeParams["search_path"]
	_, err = conn.Exec(t.Context(), "SET check_function_bodies = off; "+strings.ReplaceAll(string(content), "$SCHEMA", schema))
	require.NoError(t, err)
	db := stdlib.OpenDB(*conn.Config())
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return s, db
}

func TestTheDatabaseOfEachReleaseIsTakenOver(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/released/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			s, db := released(t, file)
			content := func() (rows []string) {
				for _, query := range []string{"* FROM users", "* FROM notifications", "* FROM watches", "* FROM digest_ticks",
					"id, recipient_user_id, subject, body_text, body_html, notification_ids, created_at, status, message_id, attempts, lease_until, error, sent_at FROM held_emails",
					"id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until, error FROM notification_digests"} {
					rows = append(rows, s.ask(db, "SELECT "+query+" ORDER BY 1")...)
				}
				return append(rows, s.ask(db, `SELECT user_id, time_zone, send_hour, send_weekday, quiet_start, quiet_end, suppressed_address,
 suppressed_reason, failures FROM digest_preferences ORDER BY 1`)...)
			}
			before := content()
			require.Len(t, before, 8+16+2+1+6+1+4)
			s.run("plan").fails(exitFailed, "is not migrated")
			assert.Equal(t, failure, s.diagnosed().named("schema").Status)
			assert.Contains(t, s.run("migrate").done().out, "\n  made step 1: suppressed addresses are tried again in 30 days\n")
			assert.Contains(t, s.run("migrate").done().out, " is already up to date\n")
			assert.Equal(t, fine, s.diagnosed().named("schema").Status)
			assert.Equal(t, before, content())
			assert.Equal(t, []string{"5"}, s.ask(db, "SELECT user_id FROM digest_preferences WHERE retry_at IS NOT NULL"))

			at := []string{"--now", "2026-03-29T00:30:00Z", "--from", "digest@rfc.example", "--app-url", "https://rfc.example"}
			s.run(append([]string{"plan"}, at...)...).done()
			tick := append([]string{"tick", "--json", "--mail", "discard://"}, at...)
			assert.Equal(t, report{Flushed: 1, Recovered: 1, Considered: 5, DigestsSent: 4, Suppressed: 1}, s.run(tick...).done().report())
			assert.Equal(t, report{Considered: 1, Suppressed: 1}, s.run(tick...).done().report(), "nothing is sent twice")
			assert.Equal(t, []string{ // as the release would have named them
				"1|a9a6c3f137245c2fde3ebeda9bf540a0@rfc.example", "3|1418f38e6c9cd2d66594dd34e28d6c69@rfc.example",
				"6|132a41145e82a1731854f3202c95b12c@rfc.example", "7|doubt@rfc.example", "8|f11a968283a8b0ecaf5091c5ffcde350@rfc.example",
			}, s.ask(db, "SELECT recipient_user_id, message_id FROM notification_digests WHERE id > 5 ORDER BY 1"))
		})
	}
}
