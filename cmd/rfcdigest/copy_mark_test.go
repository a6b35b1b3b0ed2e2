package main

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// target is a database that can be copied to, whichever it is.
type target struct {
	url string
	// do runs statements on it, and rows counts those of a table.
	do   func(statements ...string)
	rows func(table string) int
}

// targets are empty ones of both kinds, which the app has moved its tables to.
func (s *site) targets(t *testing.T) map[string]target {
	s.Helper()
	conn, url := elsewhere(t)
	s.run("migrate", "--engine", "river", "--database", url).done()
	s.ready("new.db")
	onServer := target{url, func(statements ...string) { executed(t, conn, statements...) }, func(table string) (n int) {
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
		return n
	}}
	onServer.do(movers)
	return map[string]target{"PostgreSQL": onServer, "SQLite": {"sqlite://new.db", func(statements ...string) {
		for _, one := range statements {
			s.sql("new.db", one)
		}
	}, func(table string) (n int) {
		_, err := fmt.Sscan(s.query("new.db", "SELECT count(*) FROM "+table)[0], &n)
		require.NoError(t, err)
		return n
	}}}
}

func executed(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, one := range statements {
		_, err := conn.Exec(t.Context(), one)
		require.NoError(t, err)
	}
}

// cut makes the target what it is while a copy of rfcdigest.db is unfinished.
func (t target) cut(s *site) {
	s.Helper()
	s.run("copy", "--to", t.url).done()
	t.do("DELETE FROM held_emails", "DELETE FROM notification_digests WHERE id > 2",
		"INSERT INTO digest_copy (id, source, begun_at) VALUES (1, '"+s.path("rfcdigest.db")+"', '2026-03-29 12:00:00')")
}

// began are what is written once anything is done.
var began = []string{"notification_digests", "held_emails", "digest_ticks", "digest_rounds"}

func TestWhateverSendsRefusesADatabaseWhoseCopyIsUnfinished(t *testing.T) {
	t.Parallel()
	s := lived(t)
	for name, to := range s.targets(t) {
		to.cut(s)
		to.do("INSERT INTO held_emails (recipient_user_id, body_text, status) VALUES (3, 'Hello', 'held')")
		s := s.with("DIGEST_DATABASE_URL=" + to.url)
		rows := func() (n []int) {
			for _, table := range began {
				n = append(n, to.rows(table))
			}
			return n
		}
		before := rows()
		words := []string{"only a part of " + s.path("rfcdigest.db"), "nothing is sent", "begun at 2026-03-29 12:00:00 UTC", "run rfcdigest copy again with the same --from and --to"}
		for _, line := range []string{"tick", "tick --json", "tick --no-enabled", "serve", "serve --listen 127.0.0.1:0", "serve --engine river", "resend --digest 1", "resend --digest 5",
			"send-test --user 1 --to me@rfc.example"} {
			if name == "SQLite" && strings.Contains(line, "river") {
				continue
			}
			r := s.run(strings.Fields(line)...).fails(exitFailed, words...).silent()
			assert.NotContains(t, r.err, answersHTTP, line)
		}
		for _, line := range []string{"plan", "plan --user 1", "tick --dry-run"} {
			assert.Contains(t, s.run(strings.Fields(line)...).done().err, `"msg":"a tick would be refused","reason":"the database has only a part of`, line)
		}
		s.run("explain", "--user", "1").done()
		d := s.diagnosed()
		found := d.named("copy")
		assert.Equal(t, failure, found.Status)
		for _, word := range words[:3] {
			assert.Contains(t, found.Found, word)
		}
		assert.True(t, strings.HasPrefix(found.Mend, words[3]), found.Mend)
		assert.Equal(t, warning, d.named("ticks").Status)
		assert.Equal(t, fine, s.diagnosed("--database", "sqlite://rfcdigest.db").named("copy").Status)
		assert.Equal(t, before, rows(), name)
		assert.NotContains(t, s.files(), "outbox", name)

		to.do("DELETE FROM held_emails")
		s.run("copy", "--from", "sqlite://rfcdigest.db", "--to", to.url).done()
		assert.Contains(t, s.run("tick", "--now", noon).done().out, " 0  people due", name)
		assert.NotContains(t, s.run("plan").done().err, "refused", name)
	}
}

func TestAServeThatRunsRefusesTicksWhileACopyIsUnfinished(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, to := range s.targets(t) {
		engine := map[string]string{"SQLite": "plain", "PostgreSQL": "river"}[name]
		to.do("DELETE FROM users")
		p := s.start("serve", "--engine", engine, "--database", to.url, "--tick-seconds", "1", "--listen", "127.0.0.1:0", "--mail", "maildir://"+name)
		require.Eventually(t, func() bool { return to.rows("digest_ticks") > 0 }, patience, 10*time.Millisecond, "a tick")
		to.do("INSERT INTO digest_copy (id, source, begun_at) VALUES (1, '/old.db', '2026-03-29 12:00:00')", movers,
			"INSERT INTO notifications (id, recipient_user_id, event_kind, pr_number, created_at) VALUES (1, 1, 'pr_opened', 1, '"+time.Now().UTC().Add(-time.Hour).Format(time.DateTime)+"')")
		p.await("only a part of /old.db, so nothing is sent", 2)
		status, _, text := p.ask(http.MethodGet, "/readyz")
		assert.Equal(t, http.StatusServiceUnavailable, status, name)
		assert.Contains(t, text, "the last tick failed", name)
		assert.Zero(t, to.rows("notification_digests"), name)
		to.do("DELETE FROM digest_copy")
		require.Eventually(t, func() bool { return to.rows("notification_digests") == 5 }, patience, 10*time.Millisecond, name)
		p.signal(syscall.SIGTERM)
		p.wait().done()
		assert.Equal(t, map[string]int{"p1@rfc.example": 1}, recipients(s.letters(name)), name)
	}
}

// What became of a copy that cannot be gone on with, such as one whose source has another name since, or changed.
func TestACopyIsBegunAnew(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, to := range s.targets(t) {
		s.write("rfcdigest.db", string(life()))
		to.cut(s)
		s.sql("rfcdigest.db", "UPDATE notification_digests SET status = 'empty' WHERE id = 1")
		s.run("copy", "--to", to.url).fails(exitFailed, "is not in the target as it is in the source", anew)
		s.write("moved.db", s.read("rfcdigest.db"))
		s.run("copy", "--from", "sqlite://moved.db", "--to", to.url).fails(exitFailed, "has a part of "+s.path("rfcdigest.db"), anew).silent()
		for _, table := range []string{"digest_preferences", "notification_digests", "held_emails", "digest_copy"} {
			assert.Contains(t, anew, table)
			to.do("DELETE FROM " + table)
		}
		s.run("copy", "--from", "sqlite://moved.db", "--to", to.url).done()
		assert.Equal(t, 5, to.rows("notification_digests"), name)
		assert.Equal(t, fine, s.diagnosed("--database", to.url).named("copy").Status)
		assert.Contains(t, s.run("tick", "--now", noon, "--database", to.url).done().out, " 0  people due", name)
	}
}

// anew is what the refusals of a copy say of beginning anew.
const anew = "delete what is in digest_preferences, notification_digests, held_emails and digest_copy of the target"
