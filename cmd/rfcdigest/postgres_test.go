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

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/core"
)

// onPostgres returns a site whose database is an empty schema on PostgreSQL, and a connection to it. The
// schema goes when the test ends. If no server answers, the test is skipped, unless
// RFCDIGEST_MUST_HAVE_POSTGRES is set.
func onPostgres(t *testing.T) (*site, *pgx.Conn) {
	t.Helper()
	url := pgtest.Schema(t)
	conn := pgtest.Connect(t, url)
	return newSite(t, "DIGEST_DATABASE_URL="+strings.Replace(url, "postgres@", "postgres:"+password+"@", 1)), conn
}

func TestEveryCommandWorksOnPostgreSQL(t *testing.T) {
	t.Parallel()
	s, conn := onPostgres(t)
	for _, command := range []string{"tick", "serve", "plan", "preview"} {
		s.run(command).fails(exitFailed, "postgres on 127.0.0.1:5432", "is not migrated", `run "rfcdigest migrate"`).silent()
	}
	found := s.diagnosed().named("schema")
	assert.Equal(t, failure, found.Status)
	assert.Contains(t, found.Mend, "rfcdigest migrate with the same --database")
	assert.Contains(t, s.run("migrate", "--create").done().out, "is migrated:\n  created table users\n")
	assert.Contains(t, s.run("migrate").done().out, "is already up to date\n")
	at, err := time.Parse(time.RFC3339, noon)
	require.NoError(t, err)
	require.NoError(t, postgres.Fill(t.Context(), conn, core.World{
		Users:         []core.Recipient{{ID: 1, Address: "ada@rfc.example", Name: "Ada Lovelace", Cadence: core.Daily}},
		Notifications: []core.Notification{{ID: 1, Recipient: 1, Kind: "pr_opened", PR: 12, CreatedAt: at.Add(-time.Hour)}},
	}))
	assert.Contains(t, s.run("plan", "--now", noon).done().out, "1 to send")
	assert.Contains(t, s.run("explain", "--user", "ada@rfc.example", "--now", noon).done().out, "Ada Lovelace (user 1)")
	s.run("send-test", "--user", "1", "--to", "me@rfc.example", "--now", noon).done()
	assert.Equal(t, report{Considered: 1, DigestsSent: 1}, s.run("tick", "--json", "--now", noon).done().report())
	assert.Equal(t, report{}, s.run("tick", "--json", "--now", noon).done().report())
	s.run("resend", "--digest", "1").done()
	d := s.diagnosed()
	for _, name := range []string{"database", "schema", "permissions", "addresses"} {
		assert.Equal(t, fine, d.named(name).Status, "%+v", d.named(name))
	}
	assert.Contains(t, d.named("database").Found, "PostgreSQL 1")
	assert.Len(t, s.files(), 1, "the outbox")
}

// With River, people are in ranges of 500. To metrics and log, each range is a tick.
func TestASharedTickCountsTheSamePeopleUnderEitherEngine(t *testing.T) {
	t.Parallel()
	for engine, ticks := range map[string]int{"plain": 1, "river": 3} {
		s, conn := onPostgres(t)
		s.run("migrate", "--create", "--engine", "river").done()
		w := core.World{Users: make([]core.Recipient, 1200)}
		for i := range w.Users {
			w.Users[i] = core.Recipient{ID: int64(i + 1), Address: "ada@rfc.example", Cadence: core.Daily}
		}
		require.NoError(t, postgres.Fill(t.Context(), conn, w))
		p := s.start("serve", "--engine", engine, "--mail", "discard://", "--listen", "127.0.0.1:0", "--tick-seconds", "86400")
		p.await(tickDone, ticks)
		_, _, metrics := p.ask(http.MethodGet, "/metrics")
		p.signal(syscall.SIGTERM)
		for _, words := range []string{fmt.Sprintf(`rfcdigest_ticks_total{result="done"} %d`, ticks), fmt.Sprintf("rfcdigest_tick_duration_seconds_count %d", ticks),
			`rfcdigest_digests_total{outcome="empty"} 1200`} {
			assert.Contains(t, metrics, words, engine)
		}
		log := p.wait().done().err
		assert.Equal(t, ticks, strings.Count(log, `"msg":"tick done"`), engine)
		assert.Equal(t, ticks > 1, strings.Contains(log, `"after":500,"through":1000,`), engine)
	}
}

func TestAPostgreSQLThatIsNotThereIsOneLine(t *testing.T) {
	t.Parallel()
	nowhere := closedPort(t)
	s := newSite(t, "DIGEST_DATABASE_URL=postgres://digest:"+password+"@"+nowhere+"/rfc")
	for _, command := range []string{"migrate", "tick", "serve", "plan", "preview"} {
		s.run(command).fails(exitFailed, "rfc on "+nowhere+" cannot be reached (connection refused)").silent()
	}
	found := s.diagnosed().named("database")
	assert.Equal(t, failure, found.Status)
	assert.Contains(t, found.Mend, "see that the server runs")
	s.run("tick", "--database", "postgres://digest:"+password+"/@"+nowhere+"/rfc").fails(exitUsage, "--database", "postgres://HOST").silent()
}
