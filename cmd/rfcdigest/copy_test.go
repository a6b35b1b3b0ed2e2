package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elsewhere returns a connection to an empty schema on PostgreSQL, and its URL.
func elsewhere(t *testing.T) (*pgx.Conn, string) {
	t.Helper()
	s, conn := onPostgres(t)
	_, url, _ := strings.Cut(s.env[0], "=")
	return conn, url
}

// movers is SQL for what the app moves by itself.
const movers = `INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'p1@rfc.example', 'Ada', 'daily'), (2, 'p2@rfc.example', 'Ada', 'daily'),
 (3, 'p3@rfc.example', 'Ada', 'daily'), (4, 'p4@rfc.example', 'Ada', 'daily'), (5, 'p5@rfc.example', 'Ada', 'daily')`

// life is the content of a database that digests of five people were sent from, and that has something of
// everything, made once.
var life = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp(scratch, "lived-")
	if err != nil {
		panic(err)
	}
	s := (&site{TB: &must{}, dir: dir, name: "rfcdigest"}).withDatabase(people(5),
		"INSERT INTO digest_preferences (user_id, time_zone, send_hour, quiet_start, quiet_end) VALUES (1, 'Europe/Berlin', 7, '22:00', '06:00')",
		"INSERT INTO digest_preferences (user_id, suppressed_address, suppressed_reason, failures) VALUES (2, 'a@x', 'RCPT: 550', 3)",
		"INSERT INTO held_emails (id, recipient_user_id, subject, body_text, notification_ids, created_at, status) VALUES (70, 3, 'Grüße', 'Hello', '[300, 7]', '2026-03-29 11:00:00', 'dropped')")
	s.run("tick", "--now", noon, "--mail", "discard://").done()
	s.sql("rfcdigest.db", "PRAGMA wal_checkpoint(TRUNCATE)")
	content, err := os.ReadFile(s.path("rfcdigest.db"))
	if err != nil {
		panic(err)
	}
	return content
})

// lived puts that database into the site, and changes it.
func lived(t *testing.T, statements ...string) *site {
	t.Helper()
	s := newSite(t)
	s.write("rfcdigest.db", string(life()))
	if len(statements) > 0 {
		s.sql("rfcdigest.db", strings.Join(statements, ";\n"))
	}
	return s
}

// own are the rows of a database that are not the app's.
func (s *site) own(name string) (rows []string) {
	s.Helper()
	for _, table := range []string{"digest_preferences", "notification_digests", "held_emails"} {
		rows = append(rows, s.query(name, "SELECT '"+table+"', * FROM "+table+" ORDER BY 2")...)
	}
	return rows
}

// ready makes a database of the site that has the app's rows, and none of rfcdigest's.
func (s *site) ready(name string) {
	s.Helper()
	s.write(name, string(migrated()))
	s.sql(name, movers)
}

// copied is what copy --json prints.
type copied struct {
	From, To string
	Report   struct {
		Already bool
		Tables  []struct {
			Table, SHA256 string
			Rows          int
		}
		InDoubt int `json:"in_doubt"`
		Changed int
		Changes []struct {
			Table, Column, Reason string
			ID                    int64
		}
		LeftOut   int `json:"left_out"`
		Strangers string
	}
}

func (r result) copied() (c copied) {
	r.site.Helper()
	require.Equal(r.site, 1, strings.Count(r.out, "\n"))
	require.NoError(r.site, json.Unmarshal([]byte(r.out), &c), r.out)
	return c
}

func TestACopyGoesToPostgreSQLAndBack(t *testing.T) {
	t.Parallel()
	db, url := elsewhere(t)
	s := lived(t)
	s.run("migrate", "--database", url).done()
	_, err := db.Exec(t.Context(), movers)
	require.NoError(t, err)
	there := s.run("copy", "--json", "--to", url).done().copied()
	assert.Equal(t, s.path("rfcdigest.db"), there.From)
	assert.Regexp(t, `^postgres on 127\.0\.0\.1:5432`, there.To)

	s.ready("back.db")
	back := s.run("copy", "--json", "--from", url, "--to", "sqlite://back.db").done().copied()
	assert.Equal(t, there.Report, back.Report)
	assert.Equal(t, s.own("rfcdigest.db"), s.own("back.db"), "byte for byte")

	assert.Contains(t, s.run("tick", "--now", noon, "--database", url, "--mail", "discard://").done().out, " 0  people due")
	_, err = db.Exec(t.Context(), "INSERT INTO held_emails (recipient_user_id, body_text, status) VALUES (3, 'Hello', 'held')")
	require.NoError(t, err)
	s.run("tick", "--now", "2026-03-30T12:00:00Z", "--database", url, "--mail", "discard://").done()
	var rows, newest int
	require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*), max(id) FROM notification_digests").Scan(&rows, &newest))
	assert.Greater(t, rows, there.Report.Tables[1].Rows)
	assert.GreaterOrEqual(t, newest, rows, "no ID was in the way of another")
	require.NoError(t, db.QueryRow(t.Context(), "SELECT max(id) FROM held_emails WHERE status = 'sent'").Scan(&newest))
	assert.Greater(t, newest, 70)
}

func TestACopySaysWhatItDid(t *testing.T) {
	t.Parallel()
	s := lived(t, "UPDATE digest_ticks SET trouble = 'mail server refused'")
	s.ready("new.db")
	before := s.own("rfcdigest.db")
	tables := `
  digest_preferences          2 rows  sha256 [0-9a-f]{12}
  notification_digests        5 rows  sha256 [0-9a-f]{12}
  held_emails                 1 row   sha256 [0-9a-f]{12}
From now on, let schedulers run on the new database only.
$`
	assert.Regexp(t, `^/\S+/rfcdigest.db is copied to /\S+/new.db, and the same on both sides:`+tables, s.run("copy", "--to", "sqlite://new.db").done().out)
	assert.Equal(t, before, s.own("new.db"))
	assert.Equal(t, before, s.own("rfcdigest.db"))
	assert.Regexp(t, `^/\S+/new.db has all of /\S+/rfcdigest.db already, by counts and hashes:`+tables, s.run("copy", "--to", "sqlite://new.db").done().out)
	assert.Equal(t, before, s.own("new.db"))
	assert.Empty(t, s.query("new.db", "SELECT * FROM digest_copy"))
	ticked := s.diagnosed("--database", "sqlite://new.db").named("last tick")
	assert.Equal(t, warning, ticked.Status, "the trouble of the old database is not its own")
	assert.Contains(t, ticked.Found, "none has ended on this database yet")
}

func TestACopyNamesWhatIsOdd(t *testing.T) {
	t.Parallel()
	odd := []string{
		"UPDATE digest_preferences SET send_hour = 'seven' WHERE user_id = 1",
		"UPDATE digest_preferences SET failures = 9223372036854775807 WHERE user_id = 2",
		"UPDATE held_emails SET subject = CAST(X'610062' AS TEXT), attempts = 1.5, created_at = '0000-01-01 00:00:00'",
		"UPDATE notification_digests SET status = 'sending', lease_until = 'tomorrow', signal_ids_included = 'all' WHERE id = 1",
		"INSERT INTO notification_digests VALUES (90, 404, '', '', 'x', '', NULL, NULL, NULL, NULL, NULL)",
	}
	db, url := elsewhere(t)
	s := lived(t, odd...)
	s.run("migrate", "--database", url).done()
	_, err := db.Exec(t.Context(), movers)
	require.NoError(t, err)
	s.ready("new.db")
	var reports []copied
	for _, to := range []string{url, "sqlite://new.db"} {
		reports = append(reports, s.run("copy", "--json", "--to", to).done().copied())
	}
	assert.Equal(t, reports[0].Report, reports[1].Report, "whatever the target could hold")
	var changes []string
	for _, c := range reports[0].Report.Changes {
		changes = append(changes, fmt.Sprintf("%s %d: %s %s", c.Table, c.ID, c.Column, c.Reason))
	}
	assert.Equal(t, []string{
		"digest_preferences 1: send_hour cannot be read", "digest_preferences 2: failures is out of range", "notification_digests 1: signal_ids_included cannot be read", "notification_digests 1: lease_until cannot be read",
		"held_emails 70: created_at cannot be read", "held_emails 70: attempts cannot be read", "held_emails 70: subject is not clean text",
	}, changes)
	assert.Equal(t, []any{7, 1, "404", 1}, []any{reports[0].Report.Changed, reports[0].Report.LeftOut, reports[0].Report.Strangers, reports[0].Report.InDoubt})
	out := s.run("copy", "--to", url).done().out
	for _, words := range []string{": 7 values\n", "  held_emails 70: subject is not clean text\n", ": 1 row of the ledger, of users 404\n", "In doubt: 1 mail;"} {
		assert.Contains(t, out, words)
	}
	assert.Equal(t, []string{"ab"}, s.query("new.db", "SELECT subject FROM held_emails"))
}

func TestACopyIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set   []string // in the source
		there []string // in the target
		args  string
		code  int
		words []string
	}{
		"no target":               {args: "copy", code: exitUsage, words: []string{"--to"}},
		"no database":             {args: "copy --to new.db", code: exitUsage, words: []string{"--to", "sqlite://PATH"}},
		"a password":              {args: "copy --to postgres//digest:" + password + "@127.0.0.1/x", code: exitUsage, words: []string{"--to"}},
		"no server":               {args: "copy --to postgres://digest:" + password + "@127.0.0.1:1/x", code: exitFailed, words: []string{"--to", "x on 127.0.0.1:1"}},
		"itself":                  {args: "copy --to sqlite://rfcdigest.db", code: exitUsage, words: []string{"--to", "same database"}},
		"itself, by another path": {args: "copy --to sqlite://./rfcdigest.db", code: exitUsage, words: []string{"--to", "same database"}},
		"no source":               {args: "copy --to sqlite://new.db --database sqlite://nowhere.db", code: exitFailed, words: []string{"--database", "no database at nowhere.db"}},
		"no target there":         {args: "copy --to sqlite://nowhere.db", code: exitFailed, words: []string{"--to", "no database at nowhere.db", "rfcdigest migrate"}},
		"not migrated":            {there: []string{"DROP TABLE digest_copy"}, args: "copy --to sqlite://new.db", code: exitFailed, words: []string{"--to", "not migrated", "rfcdigest migrate --database sqlite://new.db"}},
		"no people":               {there: []string{"DELETE FROM users WHERE id <> 4"}, args: "copy --to sqlite://new.db", code: exitFailed, words: []string{"no users 1, 2, 3, 5, who have digests", "let the app move its tables first"}},
		"in use":                  {there: []string{"INSERT INTO digest_preferences (user_id) VALUES (1)"}, args: "copy --to sqlite://new.db", code: exitFailed, words: []string{"not empty", "rows in digest_preferences: 1,"}},
		"another's": {there: []string{"INSERT INTO digest_copy VALUES (1, '/old.db', '2026-03-29 12:00:00')"}, args: "copy --to sqlite://new.db", code: exitFailed,
			words: []string{"a part of /old.db", "2026-03-29 12:00:00 UTC"}},
		"being sent": {set: []string{"UPDATE notification_digests SET status = 'sending', lease_until = '2999-01-01 00:00:00' WHERE id = 2"}, args: "copy --to sqlite://new.db", code: exitFailed,
			words: []string{"stop all schedulers first", "digest 2 is being sent until 2999-01-01 00:00:00 UTC"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := lived(t, c.set...)
			s.ready("new.db")
			for _, statement := range c.there {
				s.sql("new.db", statement)
			}
			before, there := s.dump("rfcdigest.db"), s.dump("new.db")
			s.run(strings.Fields(c.args)...).fails(c.code, c.words...).silent()
			assert.Equal(t, before, s.dump("rfcdigest.db"))
			assert.Equal(t, there, s.dump("new.db"))
		})
	}
}

func TestACopyThatIsKilledIsGoneOnWith(t *testing.T) {
	t.Parallel()
	s := lived(t, "INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status) "+
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2200) SELECT 1 + i % 5, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '[]', 'empty' FROM n")
	s.ready("new.db")
	for n := time.Duration(0); ; n++ {
		p := s.start("copy", "--to", "sqlite://new.db")
		time.Sleep(n * n * 12 * time.Millisecond) // anywhere between its start and its end
		if p.signal(syscall.SIGKILL); p.wait().code == exitDone {
			break
		}
	}
	assert.True(t, s.run("copy", "--json", "--to", "sqlite://new.db").done().copied().Report.Already)
	assert.Equal(t, s.own("rfcdigest.db"), s.own("new.db"))
	assert.Empty(t, s.query("new.db", "SELECT * FROM digest_copy"))
}

func TestACopyShowsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	s := newSite(t, soon+"=0s").withDatabase(people(5), "INSERT INTO digest_preferences (user_id, failures) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) SELECT i, 1 FROM n")
	s.ready("new.db")
	shown := newScreen(t)
	r := s.commandOn(nil, shown, program, "copy", "--to", "sqlite://new.db").begin().wait()
	require.Equal(t, exitDone, r.code)
	text := shown.close()
	assert.Regexp(t, `\d+% \|█* *\|  ?\(\d+/9000, \d+ rows/(s|min|hr)\) \[\d+s:\d+s\] (looking at|copying) digest_preferences`, text)
	assert.Empty(t, visible(text), "nothing of it is left")
}
