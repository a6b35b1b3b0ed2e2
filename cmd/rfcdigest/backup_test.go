package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
)

// TestABackupIsRestored is the walk of the page on operating: what went out after the backup goes out again, under the same
// Message-IDs, and nothing else is needed.
func TestABackupIsRestored(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3))
	ids := func(outbox string) (ids []string) {
		for _, letter := range s.letters(outbox) {
			ids = append(ids, letter.header.Get("Message-ID"))
		}
		return ids
	}
	s.sql("rfcdigest.db", "VACUUM INTO '"+s.path("copy.db")+"'")
	s.run("tick", "--now", noon, "--mail", "maildir://first").done()
	assert.Equal(t, 0, s.run("tick", "--now", noon, "--json", "--mail", "maildir://first").done().report().DigestsSent)

	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(s.path("rfcdigest.db" + suffix)); err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
	}
	require.NoError(t, os.Rename(s.path("copy.db"), s.path("rfcdigest.db")))
	// VACUUM INTO makes a file without a write-ahead log; everything else is as it was.
	assert.NotContains(t, s.run("migrate").done().out, "created")
	assert.Contains(t, s.run("plan", "--now", noon).done().out, "3 to send")
	assert.Equal(t, 0, s.run("tick", "--now", noon, "--json", "--no-enabled", "--mail", "maildir://second").done().report().DigestsSent)
	s.run("tick", "--now", noon, "--mail", "maildir://second").done()
	assert.Len(t, ids("first"), 3)
	assert.ElementsMatch(t, ids("first"), ids("second"))
	assert.Equal(t, []string{"ok"}, s.query("rfcdigest.db", "PRAGMA integrity_check"))
}

func TestABackupIsRestoredOnPostgreSQL(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pg_dump"); err != nil {
		t.Skip("pg_dump is not here")
	}
	from, to := pgtest.Database(t), pgtest.Database(t)
	s := newSite(t, "DIGEST_DATABASE_URL="+from)
	s.run("migrate", "--create").done()
	_, err := pgtest.Connect(t, from).Exec(t.Context(), `INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'p1@rfc.example', 'Person 1', 'daily');
INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (1, 'pr_opened', '2026-03-29 11:00:00+00')`)
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), "pg_dump", "--format=custom", "--file", s.path("copy"), from).CombinedOutput()
	if strings.Contains(string(out), "version mismatch") {
		t.Skip(string(out))
	}
	require.NoError(t, err, string(out))
	out, err = exec.CommandContext(t.Context(), "pg_restore", "--exit-on-error", "--dbname", to, s.path("copy")).CombinedOutput()
	require.NoError(t, err, string(out))
	restored := s.with("DIGEST_DATABASE_URL=" + to)
	assert.Contains(t, restored.run("migrate").done().out, "already up to date")
	assert.Equal(t, s.run("plan", "--now", noon).done().out, restored.run("plan", "--now", noon).done().out)
	assert.Equal(t, 1, restored.run("tick", "--now", noon, "--json", "--mail", "discard://").done().report().DigestsSent)
}
