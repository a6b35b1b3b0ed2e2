package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
)

// noon is the instant that most tests tick at.
const noon = "2026-03-29T12:00:00Z"

// migrated returns the content of a database that migrate made from nothing. It is made once.
var migrated = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp(scratch, "migrated-")
	if err != nil {
		panic(err)
	}
	s := &site{TB: &must{}, dir: dir, name: "rfcdigest"}
	s.run("migrate", "--create").done()
	content, err := os.ReadFile(filepath.Join(dir, "rfcdigest.db"))
	if err != nil {
		panic(err)
	}
	return content
})

// must stands in for a test if none runs; a failure panics.
type must struct{ testing.TB }

func (*must) Helper()                           {}
func (*must) Cleanup(func())                    {}
func (*must) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (*must) FailNow()                          { panic("failed") }

// withDatabase puts a migrated database into the site, at the default path. What statements write was there before migrate.
func (s *site) withDatabase(statements ...string) *site {
	s.Helper()
	require.NoError(s, os.WriteFile(s.path("rfcdigest.db"), migrated(), 0o644))
	if len(statements) > 0 {
		db := s.open("rfcdigest.db")
		back := checktest.Lift(s, db)
		_, err := db.Exec(strings.Join(statements, ";\n"))
		require.NoError(s, err)
		back()
		require.NoError(s, db.Close())
	}
	return s
}

// people is SQL for so many people with daily digests. Each is due at noon, with one event of an hour
// before; its ID is a hundred times the person's.
func people(n int) string {
	return fmt.Sprintf(`CREATE TEMP TABLE person AS WITH RECURSIVE person(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM person WHERE id < %d) SELECT id FROM person;
INSERT INTO users (id, email, display_name, digest_cadence) SELECT id, 'p' || id || '@rfc.example', 'Person ' || id, 'daily' FROM person;
INSERT INTO cached_rfcs (slug, title) VALUES ('rfc-0001', 'Trust & Safety');
INSERT INTO notifications (id, recipient_user_id, event_kind, rfc_slug, pr_number, created_at, payload)
SELECT 100 * id, id, 'pr_opened', 'rfc-0001', id, '2026-03-29 11:00:00', '{}' FROM person`, n)
}

// open opens a database of the site. It is closed when the test ends.
func (s *site) open(name string) *sql.DB {
	s.Helper()
	db, err := sql.Open("sqlite", s.path(name))
	require.NoError(s, err)
	db.SetMaxOpenConns(1)
	s.Cleanup(func() { _ = db.Close() })
	return db
}

// sql runs a script on a database of the site.
func (s *site) sql(name, script string, args ...any) {
	s.Helper()
	db := s.open(name)
	_, err := db.Exec(script, args...)
	require.NoError(s, err)
	require.NoError(s, db.Close())
}

// query returns the rows of a query as text.
func (s *site) query(name, query string, args ...any) (found []string) {
	s.Helper()
	db := s.open(name)
	found = s.ask(db, query, args...)
	require.NoError(s, db.Close())
	return found
}

// ask is query on an open database.
func (s *site) ask(db *sql.DB, query string, args ...any) (found []string) {
	s.Helper()
	rows, err := db.Query(query, args...)
	require.NoError(s, err)
	columns, err := rows.Columns()
	require.NoError(s, err)
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		require.NoError(s, rows.Scan(values...))
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = fmt.Sprintf("%v", *v.(*any))
		}
		found = append(found, strings.Join(texts, "|"))
	}
	require.NoError(s, rows.Err())
	return found
}

// dump returns the schema and all rows of a database.
func (s *site) dump(name string) string {
	s.Helper()
	var b strings.Builder
	db := s.open(name)
	for _, line := range s.ask(db, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name") {
		b.WriteString(line + "\n")
	}
	for _, table := range s.ask(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") {
		for _, row := range slices.Sorted(slices.Values(s.ask(db, "SELECT * FROM "+table))) {
			b.WriteString(table + ": " + row + "\n")
		}
	}
	require.NoError(s, db.Close())
	return b.String()
}

// unmarked is dump without the mark of the last tick.
func (s *site) unmarked(name string) string {
	s.Helper()
	return regexp.MustCompile(`(?m)^(digest_ticks|digest_facts): .*\n`).ReplaceAllString(s.dump(name), "")
}

// ledger returns how many rows of the ledger have each status.
func (s *site) ledger() []string {
	s.Helper()
	return s.query("rfcdigest.db", "SELECT status, count(*) FROM notification_digests GROUP BY 1 ORDER BY 1")
}

// report is the last line of what tick --json prints.
type report struct {
	Flushed, Dropped, Decayed, Recovered, Considered, Deferred, Suppressed, Left, Failed int

	DigestsSent int `json:"digests_sent"`
	RolledEmpty int `json:"rolled_empty"`
	InDoubt     int `json:"in_doubt"`
	Stopped     string
	Failures    []struct {
		Recipient int64
		Reason    string
	}
}

func (r result) report() (found report) {
	r.site.Helper()
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	require.NoError(r.site, json.Unmarshal([]byte(lines[len(lines)-1]), &found), "%s\n%s", r.line, r.out)
	return found
}
