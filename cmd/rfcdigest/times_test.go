package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// timeForms are how frameworks write an instant in SQLite.
var timeForms = []func(t time.Time) any{
	written("2006-01-02 15:04:05", ""), written("2006-01-02 15:04:05.000000", ""), written("2006-01-02 15:04:05.000000", "+00:00"), written("2006-01-02T15:04:05", ""),
	written("2006-01-02T15:04:05.000", "Z"), written("2006-01-02T15:04:05.000000000", "Z"), written("2006-01-02T15:04:05.000", "+00:00"), written("2006-01-02 15:04:05", " UTC"),
	written("2006-01-02 15:04:05.000000000", " +0000 UTC"), written("2006-01-02 15:04:05.000", " +00:00"), written("2006-01-02 15:04", ""), written("2006-01-02", ""),
	written("Mon, 02 Jan 2006 15:04:05", " GMT"), written("20060102T150405", "Z"), written("2006-01-02 15:04:05", " +0000 UTC m=+0.1"),
	written("2006/01/02 15:04:05", ""),
	func(t time.Time) any { return t.Add(2*time.Hour).Format("2006-01-02 15:04:05") + "+02:00" },
	func(t time.Time) any { return t.Add(2*time.Hour).Format("2006-01-02 15:04:05") + "+0200" },
	func(t time.Time) any { return t.Add(-11*time.Hour).Format("2006-01-02T15:04:05") + "-11" },
	func(t time.Time) any { return t.Unix() }, func(t time.Time) any { return t.UnixMilli() }, func(t time.Time) any { return t.UnixMicro() }, func(t time.Time) any { return t.UnixNano() },
	func(t time.Time) any { return fmt.Sprint(t.Unix()) }, func(t time.Time) any { return fmt.Sprint(t.UnixMilli()) },
	func(t time.Time) any { return float64(t.Unix()) + 0.5 }, func(t time.Time) any { return float64(t.Unix())/86400 + 2440587.5 },
}

// written is a layout of date and time, with a fraction of a second if it has one, and what follows.
func written(layout, suffix string) func(time.Time) any {
	return func(t time.Time) any { return t.Add(123456789).Format(layout) + suffix }
}

// timesDatabase are the app's tables, with times of a declared type.
const timesDatabase = `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, display_name TEXT NOT NULL, digest_cadence TEXT NOT NULL DEFAULT 'off');
CREATE TABLE cached_rfcs (slug TEXT PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE notifications (id INTEGER PRIMARY KEY AUTOINCREMENT, recipient_user_id INTEGER NOT NULL, event_kind TEXT NOT NULL, actor_user_id INTEGER, rfc_slug TEXT,
 branch_name TEXT, pr_number INTEGER, created_at $T NOT NULL, payload TEXT, read_at $T, email_sent_at $T, digest_included_at $T);
CREATE TABLE notification_digests (id INTEGER PRIMARY KEY AUTOINCREMENT, recipient_user_id INTEGER NOT NULL, sent_at $T NOT NULL, period_start $T NOT NULL,
 period_end $T NOT NULL, signal_ids_included TEXT NOT NULL);
CREATE TABLE watches (user_id INTEGER NOT NULL, rfc_slug TEXT NOT NULL, state TEXT NOT NULL, last_participation_at $T, PRIMARY KEY (user_id, rfc_slug));`

// fillTimes adds a person whose times are in a form: served a day and an hour before now, or two hours before.
func fillTimes(s *site, database string, id int, form func(time.Time) any, served time.Duration) {
	at, err := time.Parse(time.RFC3339, noon)
	require.NoError(s, err)
	ago := func(d time.Duration) any { return form(at.Add(-d)) }
	s.sql(database, "INSERT INTO users VALUES (?, ?, '', 'daily')", id, fmt.Sprintf("p%d@rfc.example", id))
	s.sql(database, "INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included) VALUES (?, ?, ?, ?, '[]')",
		id, ago(served), ago(served+24*time.Hour), ago(served))
	for kind, d := range map[string]time.Duration{"old": 20 * 24 * time.Hour, "future": -48 * time.Hour} {
		s.sql(database, "INSERT INTO notifications (recipient_user_id, event_kind, created_at, read_at) VALUES (?, ?, ?, 0)", id, kind, ago(d))
	}
	s.sql(database, "INSERT INTO notifications (recipient_user_id, event_kind, created_at, read_at) VALUES (?, 'read', ?, ?)", id, ago(5*time.Hour), ago(time.Hour))
	s.sql(database, "INSERT INTO watches VALUES (?1, 'stale', 'watching', ?2), (?1, 'live', 'watching', ?3)", id, ago(120*24*time.Hour), ago(10*24*time.Hour))
	if served > 24*time.Hour {
		s.sql(database, "INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (?, 'fresh', ?)", id, ago(5*time.Hour))
	}
}

func TestTimesOfOtherFrameworks(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"TEXT", "DATETIME", "INTEGER", "REAL", ""} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "DIGEST_DATABASE_URL=sqlite://app.db", "DIGEST_MAIL_URL=maildir://outbox")
			s.sql("app.db", "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"+strings.ReplaceAll(timesDatabase, "$T", kind))
			want := map[string]int{}
			for i, form := range timeForms {
				served := 25 * time.Hour
				if len(fmt.Sprint(form(time.Time{}))) == 10 { // a date only
					served = 49 * time.Hour
				}
				fillTimes(s, "app.db", 10*i+1, form, served)
				fillTimes(s, "app.db", 10*i+2, form, 2*time.Hour)
				want[fmt.Sprintf("p%d@rfc.example", 10*i+1)] = 1
			}
			s.run("migrate").done()
			s.run("tick", "--now", noon).done()
			assert.Equal(t, want, recipients(s.letters("outbox")))
			told := s.query("app.db", "SELECT DISTINCT event_kind FROM notifications WHERE digest_included_at IS NOT NULL")
			assert.Equal(t, []string{"fresh"}, told)
			assert.Equal(t, []string{fmt.Sprintf("live|watching|%d", 2*len(timeForms)), fmt.Sprintf("stale|dormant|%d", 2*len(timeForms))},
				s.query("app.db", "SELECT rfc_slug, state, count(*) FROM watches GROUP BY 1, 2 ORDER BY 1"))
			if kind == "INTEGER" || kind == "REAL" {
				const written = "SELECT DISTINCT typeof(sent_at) = 'text' OR typeof(period_start) = 'text' OR typeof(period_end) = 'text' FROM notification_digests WHERE status = 'sent'" +
					" UNION SELECT typeof(digest_included_at) = 'text' FROM notifications WHERE digest_included_at IS NOT NULL"
				assert.Equal(t, []string{"0"}, s.query("app.db", written))
			}
			s.run("tick", "--now", "2026-03-29T13:00:00Z").done()
			assert.Len(t, s.letters("outbox"), len(want), "nothing goes out again")
		})
	}
}

func TestTimesAreWrittenAsTheirColumnHasThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  string
		form  int
		words string
	}{{"INTEGER", 20, "milliseconds since 1970"}, {"TEXT", 24, "milliseconds since 1970"}, {"TEXT", 4, "like 2026-03-29T12:00:00.000Z"}, {"DATETIME", 17, "like 2026-03-29 14:00:00+0200"}, {"REAL", 26, "Julian days"}, {"NUMERIC", 0, ""}} {
		s := newSite(t, "DIGEST_DATABASE_URL=sqlite://app.db", "DIGEST_MAIL_URL=maildir://outbox")
		s.sql("app.db", "PRAGMA synchronous = OFF;"+strings.ReplaceAll(timesDatabase, "$T", c.kind))
		for id := range 10 {
			fillTimes(s, "app.db", id+1, timeForms[c.form], 25*time.Hour)
		}
		migrated, doctor := s.run("migrate").done().out, s.run("doctor").out
		if c.words == "" {
			assert.NotContains(t, migrated+doctor, "times in")
		} else {
			assert.Contains(t, migrated, "times in notifications.created_at: "+c.words+"\n")
			assert.Contains(t, doctor, "times in notification_digests.period_end: "+c.words+"\n")
		}
		s.run("tick", "--now", noon).done()
		at, err := time.Parse(time.RFC3339, noon)
		require.NoError(t, err)
		want := strings.ReplaceAll(fmt.Sprint(timeForms[c.form](at)), ".123", ".000")
		for _, query := range []string{"SELECT DISTINCT digest_included_at FROM notifications WHERE digest_included_at IS NOT NULL", "SELECT DISTINCT sent_at FROM notification_digests WHERE status = 'sent'",
			"SELECT DISTINCT period_end FROM notification_digests WHERE status = 'sent'"} {
			assert.Equal(t, []string{want}, s.query("app.db", query), c.words)
		}
		assert.Empty(t, s.query("app.db", "SELECT 1 FROM digest_unreadable"))
	}
}

func TestNothingIsSentIfTimesCannotBeRead(t *testing.T) {
	t.Parallel()
	serial := func(t time.Time) any { return float64(t.Unix())/86400 + 25569 } // days since 1900, as of Excel
	for i, column := range []string{"notifications.created_at", "notification_digests.period_end", "notification_digests.period_end"} {
		s := newSite(t, "DIGEST_DATABASE_URL=sqlite://app.db", "DIGEST_MAIL_URL=maildir://outbox")
		s.sql("app.db", "PRAGMA synchronous = OFF;"+strings.ReplaceAll(timesDatabase, "$T", "NUMERIC"))
		for id := range []int{10, 10, 2}[i] { // few people, too
			fillTimes(s, "app.db", id+1, timeForms[0], 25*time.Hour)
		}
		s.run("migrate").done()
		table, name, _ := strings.Cut(column, ".")
		s.sql("app.db", "UPDATE "+table+" SET "+name+" = ?", serial(time.Now()))
		before := s.dump("app.db")
		for _, command := range [][]string{{"tick", "--now", noon}, {"migrate"}} {
			complaints := s.run(command...).fails(1, "most times in "+column+" cannot be read, like \"46").complaints()
			assert.Len(t, complaints, 1, complaints)
		}
		assert.Contains(t, s.run("doctor").out, "most times in "+column+" cannot be read")
		assert.Equal(t, before, s.dump("app.db"))
		assert.NotContains(t, s.files(), "outbox")
	}
}

func TestAYearInMillisecondsIsNotToldAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_DATABASE_URL=sqlite://app.db", "DIGEST_MAIL_URL=maildir://outbox")
	s.sql("app.db", "PRAGMA synchronous = OFF;"+strings.ReplaceAll(timesDatabase, "$T", "INTEGER")+`
CREATE TEMP TABLE number AS WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 364) SELECT n FROM number;
INSERT INTO users SELECT n, 'p' || n || '@rfc.example', '', 'daily' FROM number WHERE n BETWEEN 1 AND 100;
INSERT INTO notifications (recipient_user_id, event_kind, created_at) SELECT u.id, 'vote_cast', 1774785600000 - n * 86400000 FROM users AS u, number;
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
 SELECT id, 1774782000000, 1774695600000, 1774782000000, '[]' FROM users`)
	s.run("migrate").done()
	assert.Empty(t, s.query("app.db", "SELECT 1 FROM digest_unreadable"))
	assert.Zero(t, s.run("tick", "--now", noon, "--json").done().report().DigestsSent)
	assert.Equal(t, 100, s.run("tick", "--now", "2026-03-30T12:00:00Z", "--json").done().report().DigestsSent)
	assert.Equal(t, []string{"100"}, s.query("app.db", "SELECT count(*) FROM notifications WHERE digest_included_at = 1774872000000"))
}
