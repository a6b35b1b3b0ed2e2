package main

import (
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATestGoesToWhoeverAsksAndNowhereElse(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(2))
	before := s.read("rfcdigest.db")
	m := serveMail(t, &mailServer{}, nil)
	for range 2 {
		out := s.run("send-test", "--user", "P1@rfc.example", "--to", "me@ops.example", "--now", noon, "--mail", m.url()).done().out
		assert.Contains(t, out, "Sent the digest of Person 1 (user 1) to me@ops.example instead, as a test; nothing was recorded.\nSubject: [Test] Trust & Safety (Sun 29 Mar)\n")
		assert.Contains(t, out, "The mail server "+m.address+" has it.")
	}
	letters := m.letters()
	require.Len(t, letters, 2)
	assert.Equal(t, "me@ops.example", letters[0].recipient)
	assert.Contains(t, letters[0].text, "This is a test.")
	assert.NotEqual(t, letters[0].header.Get("Message-ID"), letters[1].header.Get("Message-ID"))

	assert.Contains(t, s.run("send-test", "--user", "2", "--to", "me@ops.example", "--now", noon).done().out, "in the folder outbox/new")
	assert.Len(t, s.letters("outbox"), 1)
	assert.Contains(t, s.run("send-test", "--user", "2", "--to", "me@ops.example", "--now", noon, "--mail", "discard://").done().out, "nobody gets it")
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}

func TestATestIsASampleIfThereIsNothingToTell(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(3), "UPDATE users SET digest_cadence = 'off' WHERE id = 2", "DELETE FROM notifications WHERE id = 300")
	before := s.read("rfcdigest.db")
	for user, of := range map[string]string{"2": "their newest notifications", "p3@rfc.example": "made-up notifications"} {
		out := s.run("send-test", "--user", user, "--to", "me@ops.example", "--now", noon, "--mail", "discard://").done().out
		assert.Contains(t, out, "Sent a sample, since there is nothing to tell Person ")
		assert.Contains(t, out, ", of "+of+", to me@ops.example instead, as a test; nothing was recorded.\nSubject: [Test] ")
	}
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}

func TestATestThatCannotBeSentIsOneLine(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(4), "UPDATE users SET digest_cadence = 'off' WHERE id = 2", "DELETE FROM notifications WHERE id = 300",
		"UPDATE users SET email = 'p4@rfc.example' WHERE id = 1")
	m := serveMail(t, &mailServer{refuse: "gone@ops.example", password: password}, nil)
	good := "smtp://digest:" + password + "@" + m.address + "?tls=none"
	before := s.read("rfcdigest.db")
	for _, c := range []struct {
		args  string
		code  int
		words []string
	}{
		{"--user 1", exitUsage, []string{"--to"}},
		{"--to me@ops.example", exitUsage, []string{"--user"}},
		{"--user 1 --to me", exitUsage, []string{`--to "me"`}},
		{"--user 1 --to me@x..y", exitUsage, []string{`--to "me@x..y"`}},
		{"--user 1 --to me@ops.example,you@ops.example", exitUsage, []string{"one address"}},
		{"--user 1 --to me@ops.example --mail ftp://x", exitUsage, []string{"--mail"}},
		{"--user 9 --to me@ops.example", exitFailed, []string{"no user has the ID 9"}},
		{"--user p4@rfc.example --to me@ops.example", exitFailed, []string{"2 users", "1, 4"}},
		{"--user 1 --to gone@ops.example --mail " + good, exitFailed, []string{"the test was not sent", "550"}},
		{"--user 1 --to me@ops.example --mail smtp://digest:no-" + password + "@" + m.address + "?tls=none", exitFailed, []string{"refused the login"}},
		{"--user 1 --to me@ops.example --mail smtp://digest:" + password + "@" + closedPort(t) + "?tls=none", exitFailed, []string{"connection refused"}},
	} {
		s.run(append([]string{"send-test", "--now", noon}, strings.Fields(c.args)...)...).fails(c.code, c.words...).silent()
	}
	assert.Empty(t, m.letters())
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}

func TestAMailWithoutAnAnswerIsInDoubt(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1))
	cut := &smtp.SMTPError{Code: 451}
	m := serveMail(t, &mailServer{hangUpOn: cut, answer: func(string) error { return cut }}, nil)
	s.run("send-test", "--user", "1", "--to", "me@ops.example", "--now", noon, "--mail", m.url()).fails(exitFailed, "it is not known whether the test arrived").silent()
}
