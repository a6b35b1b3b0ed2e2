package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A demo of a crowd prints two commands to time: no one is due at the first one's instant, everybody at the second's.
func TestACrowdIsDueAllAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.run("demo", "--people", "41", "--notifications", "4").done()
	assert.Contains(t, r.out, "41 people, 4 notifications each")
	instants := regexp.MustCompile(`--now (\S+)`).FindAllStringSubmatch(r.out, -1)
	require.Len(t, instants, 2)
	tick := func(n int) result {
		return s.run("tick", "--database", "sqlite://rfcdigest-demo/rfcdigest.db", "--mail", "maildir://box", "--now", instants[n][1]).done()
	}
	assert.Zero(t, tick(0).count("people due"))
	sent := tick(1)
	assert.Equal(t, 41, sent.count("people due"))
	assert.Equal(t, 41, sent.count("got their digest"))
	for _, l := range s.letters("box") {
		assert.Regexp(t, ` \((Mon|Tue|Wed|Thu|Fri|Sat|Sun) [0-9]+ [A-Z][a-z]+\)$`, l.subject)
		assert.Regexp(t, ` · 4 updates in [1-3] RFCs?\n`, l.text)
	}
	assert.Equal(t, 164, s.number("rfcdigest-demo/rfcdigest.db", "SELECT count(*) FROM notifications WHERE digest_included_at IS NOT NULL"))
	assert.Zero(t, tick(1).count("people due"))
}

func TestOneOfAThingIsNotToldAsSeveral(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.run("demo", "--people", "1", "--notifications", "1").done()
	assert.Contains(t, r.out, ": 1 person, 1 notification each.\n")
	due := regexp.MustCompile(`--now (\S+)`).FindAllStringSubmatch(r.out, -1)[1][1]
	s.env = append(s.env, "DIGEST_DATABASE_URL=sqlite://rfcdigest-demo/rfcdigest.db", "DIGEST_MAIL_URL=maildir://box")
	s.sql("rfcdigest-demo/rfcdigest.db", "INSERT INTO held_emails (recipient_user_id, subject, body_text, created_at, status) VALUES (1, 'Hello', 'Hello', '2026-03-29 11:45:00', 'held'); "+
		"INSERT INTO watches (user_id, rfc_slug, state, last_participation_at) VALUES (1, 'old', 'watching', '2020-01-01 00:00:00')")
	plan := s.run("plan", "--now", due).done().out
	assert.Contains(t, plan, "  let 1 stale watch lapse\n")
	assert.Contains(t, plan, "\n1 recipient looked at, 1 digest with 1 event in all\n")
	assert.Contains(t, s.run("plan", "--now", due, "--diff", due).done().out, "\nAnother plan for 0 of 1 person, with ")
	out := s.run("tick", "--now", due).done().out
	for _, line := range []string{"1  held e-mail released\n", "1  watch lapsed\n", "1  person due, of whom\n"} {
		assert.Contains(t, out, line)
	}
}

func TestACrowdOfLessThanNobodyIsWrongUsage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.run("demo", "--people=-1").fails(exitUsage, "--people -1")
	assert.Empty(t, s.files())
}

func TestACrowdOnPostgreSQLGoesNowhereButIntoAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	s, conn := onPostgres(t)
	url := strings.TrimPrefix(s.env[0], "DIGEST_DATABASE_URL=")
	s.run("demo", "--to", url).fails(exitUsage, "--people")
	s.run("demo", "--people", "41", "--to", "sqlite://demo.db").fails(exitUsage, "--to: want postgres://")
	out := s.run("demo", "--people", "41", "--notifications", "4", "--to", url).done().out
	assert.Contains(t, out, "41 people, 4 notifications each, all of them due")
	assert.NotContains(t, out, password)
	s.run("demo", "--people", "41", "--to", url).fails(exitUsage, "has tables in it")
	assert.Empty(t, s.files())
	assert.Equal(t, 41, s.run("tick", "--mail", "discard://").done().count("got their digest"))
	var told int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM notifications WHERE digest_included_at IS NOT NULL").Scan(&told))
	assert.Equal(t, 164, told)
}
