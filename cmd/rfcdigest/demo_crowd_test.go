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
