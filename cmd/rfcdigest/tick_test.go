package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

func TestTickPrintsOneJSONObjectLast(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3), "UPDATE users SET email = 'nobody' WHERE id = 2")
	r := s.run("tick", "--now", noon, "--json").done()
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	require.Len(t, lines, 1)
	var keys map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &keys))
	always := []string{"considered", "decayed", "deferred", "digests_sent", "dropped", "duration_ms", "failed", "flushed", "in_doubt", "left",
		"recovered", "rolled_empty", "suppressed"}
	assert.Equal(t, slices.Sorted(slices.Values(append(always, "failures"))), slices.Sorted(maps.Keys(keys)))
	delete(keys, "duration_ms")
	assert.Equal(t, map[string]any{"considered": 3.0, "decayed": 0.0, "deferred": 0.0, "digests_sent": 2.0, "dropped": 0.0, "failed": 1.0, "flushed": 0.0,
		"in_doubt": 0.0, "left": 0.0, "recovered": 0.0, "rolled_empty": 0.0, "suppressed": 0.0,
		"failures": []any{map[string]any{"recipient": 2.0, "reason": "address is not one that mail can be sent to"}}}, keys)
	for line := range strings.Lines(r.err) {
		require.NoError(t, json.Unmarshal([]byte(line), new(map[string]any)), "off a terminal, logs are JSON")
	}
	assert.Equal(t, 2, strings.Count(r.err, `"msg":"digest sent"`), "no line is lost at the end")
}

func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(5), "INSERT INTO watches VALUES (1, 'rfc-0001', 'watching', '2020-01-01 00:00:00')",
		"UPDATE users SET email = 'nobody' WHERE id = 2", "UPDATE notifications SET read_at = created_at WHERE id = 300",
		"INSERT INTO held_emails (recipient_user_id, subject, body_text, notification_ids, status) VALUES (4, 'Hello', 'Hello', '[400]', 'held')")
	before := s.read("rfcdigest.db")
	m := serveMail(t, &mailServer{}, nil)
	r := s.run("tick", "--now", noon, "--dry-run", "--json", "--mail", m.url()).done()
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
	assert.Empty(t, m.letters())
	var o struct {
		Send, Roll, Refuse int
		Stale              int `json:"stale_watches"`
		Releases           []string
	}
	require.NoError(t, json.Unmarshal([]byte(r.out), &o))
	assert.Equal(t, []int{2, 2, 1, 1}, []int{o.Send, o.Roll, o.Refuse, o.Stale}, "what the held e-mail tells of is not told again")
	assert.Len(t, o.Releases, 1)
	assert.Equal(t, 1, strings.Count(r.out, "\n"))

	text := s.run("tick", "--now", noon, "--dry-run").done().out
	assert.Equal(t, text, s.run("plan", "--now", noon).done().out)
	assert.Contains(t, text, "2 to send, 2 with nothing new, 0 deferred, 1 refused, 0 unreadable, 0 not due\n")
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")

	assert.NotContains(t, s.files(), "outbox")

	done := s.run("tick", "--now", noon, "--json", "--mail", m.url()).done().report()
	assert.Equal(t, []int{o.Send, o.Roll, o.Refuse, o.Stale, 1}, []int{done.DigestsSent, done.RolledEmpty, done.Failed, done.Decayed, done.Flushed},
		"and then a tick does what was said")
}

func TestASecondTickInAWindowSendsNothing(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(5))
	assert.Equal(t, 5, s.run("tick", "--now", noon, "--json").done().report().DigestsSent)
	after := s.unmarked("rfcdigest.db")
	for _, now := range []string{noon, "2026-03-29T12:00:01Z", "2026-03-30T11:59:59Z", "2026-03-01T00:00:00Z"} {
		assert.Equal(t, report{}, s.run("tick", "--now", now, "--json").done().report(), now)
		assert.Equal(t, after, s.unmarked("rfcdigest.db"))
	}
	assert.Equal(t, 5, s.run("tick", "--now", "2026-03-30T12:00:00Z", "--json").done().report().RolledEmpty)
	assert.Equal(t, each(5), recipients(s.letters("outbox")))
}

func TestTwoTicksAtOnceSendEachDigestOnce(t *testing.T) {
	t.Parallel()
	const persons = 40
	rounds := 10
	if raced() {
		rounds = 3
	}
	s := newSite(t).withDatabase(people(persons))
	m := serveMail(t, &mailServer{}, nil)
	for round := 1; round <= rounds; round++ {
		now := fmt.Sprintf("2026-04-%02dT12:00:00Z", round)
		s.sql("rfcdigest.db", "UPDATE notifications SET digest_included_at = NULL, created_at = $1", strings.TrimSuffix(strings.Replace(now, "T12", " 11", 1), "Z"))
		line := []string{"tick", "--now", now, "--json", "--mail", m.url()}
		one, other := s.start(line...), s.start(line...)
		a, b := one.wait().done().report(), other.wait().done().report()
		assert.Equal(t, persons, a.DigestsSent+b.DigestsSent, "%+v %+v", a, b)
		assert.Zero(t, a.Failed+b.Failed+a.InDoubt+b.InDoubt)
		assert.Equal(t, []string{fmt.Sprint("sent|", round*persons)}, s.ledger())
	}
	for to, n := range m.envelopes() {
		assert.Equal(t, rounds, n, to)
	}
	assert.Len(t, m.envelopes(), persons)
}

func TestNowSetsTheClock(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1))
	s.run("tick", "--now", "2026-03-29T14:00:00+02:00").done()
	assert.Equal(t, []string{"2026-02-27 12:00:00|2026-03-29 12:00:00|sent"}, s.query("rfcdigest.db", "SELECT period_start, period_end, status FROM notification_digests"))
	assert.Equal(t, []string{"2026-03-29 12:00:00"}, s.query("rfcdigest.db", "SELECT digest_included_at FROM notifications"))
	date, err := s.letters("outbox")[0].header.Date()
	require.NoError(t, err)
	assert.WithinDuration(t, time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC), date, time.Minute)
	assert.Equal(t, []string{texts.Timestamp(date)}, s.query("rfcdigest.db", "SELECT dated_at FROM notification_digests"))
}

func TestWithMailOffOnlyWatchesLapse(t *testing.T) {
	for _, off := range [][]string{{"--no-enabled"}, {"DIGEST_ENABLED=false"}, {"DIGEST_ENABLED=0"}} {
		s := newSite(t).inside().withDatabase(people(3), `INSERT INTO watches VALUES (1, 'rfc-0001', 'watching', '2020-01-01 00:00:00');
INSERT INTO held_emails (recipient_user_id, subject, body_text, notification_ids, status) VALUES (1, 'Hello', 'Hello', '[]', 'held')`)
		line := []string{"tick", "--now", noon, "--json", "--mail", "smtp://" + closedPort(t) + "?tls=none"}
		if strings.HasPrefix(off[0], "-") {
			line = append(line, off...)
		} else {
			s.env = off
		}
		assert.Equal(t, report{Decayed: 1}, s.run(line...).done().report())
		assert.Empty(t, s.ledger())
		assert.Equal(t, []string{"dormant|held"}, s.query("rfcdigest.db", "SELECT watches.state, held_emails.status FROM watches, held_emails"))
		assert.Contains(t, s.run(append(line, "--dry-run")...).done().out, `"send":0`)
	}
}

func TestMailGoesThroughAMailServer(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret).withDatabase(people(3), "UPDATE users SET display_name = 'Zoë \"Z\" Ångström, 李雷' WHERE id = 2")
	m := serveMail(t, &mailServer{}, nil)
	s.run("tick", "--now", noon, "--mail", m.url(), "--from", `"Büro, RFCs" <digest@rfc.example>`, "--name", "Wiggle & Co",
		"--app-url", "https://rfc.example/app/").done()
	assert.Equal(t, each(3), recipients(m.letters()))
	for _, l := range m.letters() {
		assert.Equal(t, "digest@rfc.example", l.sender)
		assert.Equal(t, l.to, l.recipient)
		from, err := l.header.AddressList("From")
		require.NoError(t, err)
		assert.Equal(t, `Büro, RFCs digest@rfc.example`, from[0].Name+" "+from[0].Address)
		assert.Equal(t, "Trust & Safety (Sun 29 Mar)", l.subject)
		assert.Regexp(t, `^<[0-9a-f]{32}@rfc\.example>$`, l.header.Get("Message-ID"))
		assert.Contains(t, l.header.Get("List-Id"), "<digest.rfc.example>")
		assert.Contains(t, l.text, "\n https://rfc.example/app/rfc/rfc-0001\n")
		assert.Contains(t, l.html, `href="https://rfc.example/app/inbox"`)
		if l.to == "p2@rfc.example" {
			assert.Equal(t, `Zoë "Z" Ångström, 李雷`, l.name)
		}
	}
}

func TestMailGoesEncryptedAndWithALogin(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3))
	certificate, trusted := s.newCertificate()
	m := serveMail(t, &mailServer{password: password}, certificate)
	s = s.with("SSL_CERT_FILE="+trusted, "DIGEST_MAIL_URL=smtp://digest:"+password+"@"+m.address)
	assert.Equal(t, 3, s.run("tick", "--now", noon, "--json").done().report().DigestsSent)
	assert.Equal(t, each(3), recipients(m.letters()))
}

func TestDiscardedMailCountsAsSent(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3))
	assert.Equal(t, 3, s.run("tick", "--now", noon, "--json", "--mail", "discard://").done().report().DigestsSent)
	assert.Equal(t, []string{"sent|3"}, s.ledger())
	assert.Equal(t, []string{"rfcdigest.db"}, s.files())
}
