package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/core"
)

// onBoth runs a test on SQLite and on PostgreSQL, each with the same content.
func onBoth(t *testing.T, w core.World, test func(t *testing.T, s *site)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		s := newSite(t).inside().withDatabase()
		require.NoError(t, sqlite.Fill(t.Context(), s.path("rfcdigest.db"), w))
		test(t, s)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		s, conn := onPostgres(t)
		s = s.inside()
		s.run("migrate", "--create").done()
		require.NoError(t, postgres.Fill(t.Context(), conn, w))
		test(t, s)
	})
}

// pair are two people who have one event each, an hour before noon.
func pair(t *testing.T) (w core.World) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, noon)
	require.NoError(t, err)
	for id := int64(1); id <= 2; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: fmt.Sprintf("p%d@rfc.example", id), Name: "Ada", Cadence: core.Daily})
		w.Notifications = append(w.Notifications, core.Notification{ID: 100 * id, Recipient: id, Kind: "pr_opened", PR: 12, CreatedAt: at.Add(-time.Hour)})
	}
	return w
}

const dayLater = "2026-03-30T12:00:00Z"

func TestACopyDoesNotWriteToThePeopleInIt(t *testing.T) {
	onBoth(t, pair(t), func(t *testing.T, s *site) {
		m := serveMail(t, &mailServer{}, nil)
		s.env = append(s.env, "DIGEST_MAIL_URL="+m.url())
		// Trials before do not count.
		s.run("tick", "--now", "2026-03-27T12:00:00Z", "--mail", "maildir://outbox").done()
		s.run("tick", "--now", "2026-03-27T12:00:00Z", "--app-url", "https://other.example", "--mail", "discard://").done()
		production, staging := s.with("DIGEST_APP_URL=https://rfc.example", "DIGEST_FROM=digest@rfc.example"), s
		production.run("tick", "--now", noon).done()
		real := len(m.letters())
		require.Equal(t, 2, real)

		for _, command := range [][]string{{"tick", "--now", dayLater}, {"tick"}, {"serve"}, {"resend", "--digest", "1"}} {
			staging.run(command...).fails(exitFailed, "belongs to another installation", "links to https://rfc.example from rfc.example", "http://localhost:8000 from localhost",
				"--redirect-all-to ADDRESS", "--adopt").silent()
		}
		staging.run("tick", "--now", dayLater, "--app-url", "https://staging.rfc.example", "--from", "digest@rfc.example").fails(exitFailed, "https://staging.rfc.example")
		staging.run("tick", "--now", dayLater, "--app-url", "https://rfc.example").fails(exitFailed, "from localhost")
		assert.Len(t, m.letters(), real)

		// Commands that only look are allowed, and so is a test mail.
		for _, command := range [][]string{{"plan"}, {"tick", "--dry-run"}} {
			r := staging.run(command...)
			require.Equal(t, exitDone, r.code, r.err)
			assert.Contains(t, r.err, "a tick would be refused")
		}
		staging.run("explain", "--user", "1").done()
		staging.run("send-test", "--user", "1", "--to", "me@rfc.example", "--now", noon).done()
		require.Len(t, m.letters(), real+1)

		// Another spelling is still the same installation.
		for _, spelling := range []string{"https://RFC.example/", "https://rfc.example:443", "http://rfc.example"} {
			production.with("DIGEST_APP_URL="+spelling).run("tick", "--now", noon).done()
		}
		staging.run("tick", "--now", noon, "--adopt").done()
		staging.run("tick", "--now", noon).done()
		production.run("tick", "--now", noon).fails(exitFailed, "links to http://localhost:8000 from localhost")
		staging.run("tick", "--adopt", "--redirect-all-to", "me@rfc.example").fails(exitUsage, "--adopt")
		staging.run("tick", "--adopt", "--dry-run").fails(exitUsage, "--adopt")
		assert.Len(t, m.letters(), real+1)
	})
}

func TestARedirectedCopyShowsEverythingOnceAndForgetsIt(t *testing.T) {
	onBoth(t, pair(t), func(t *testing.T, s *site) {
		m := serveMail(t, &mailServer{}, nil)
		s.env = append(s.env, "DIGEST_MAIL_URL="+m.url())
		production := s.with("DIGEST_APP_URL=https://rfc.example", "DIGEST_FROM=digest@rfc.example")
		staging := s.with("DIGEST_REDIRECT_ALL_TO=staging@rfc.example", "DIGEST_SECRET="+secret, "DIGEST_PUBLIC_URL=https://digest.rfc.example")
		production.run("tick", "--now", "2026-03-27T12:00:00Z").done()
		require.Empty(t, m.letters(), "they have windows now")
		for range 3 {
			assert.Contains(t, staging.run("tick", "--now", noon).done().warnings(), "every mail is redirected")
		}
		require.Len(t, m.letters(), 2)
		for _, l := range m.letters() {
			assert.Equal(t, []string{"staging@rfc.example", "staging@rfc.example"}, []string{l.to, l.recipient})
			assert.Regexp(t, `^\[For p[12]@rfc\.example\] Wiggleverse: 1 update`, l.subject)
			assert.Regexp(t, `^This mail is for \S.* <p[12]@rfc\.example>\.`, l.text)
			assert.NotContains(t, l.text, "unsubscribe")
			assert.Empty(t, l.header.Get("List-Unsubscribe"))
			assert.Empty(t, l.header.Get("List-Unsubscribe-Post"))
		}
		assert.Contains(t, staging.diagnosed().named("installation").Found, "staging@rfc.example")

		assert.Contains(t, production.run("plan", "--now", noon).done().err, "more is due than the plan has")
		assert.NotContains(t, staging.run("plan", "--now", noon).done().err, "more is due")
		redirected := m.letters()
		report := production.run("tick", "--now", noon, "--json").done().report()
		assert.Equal(t, 2, report.DigestsSent, "nothing counts as sent")
		real := m.letters()[len(redirected):]
		for i, l := range real {
			assert.Regexp(t, `^p[12]@rfc\.example$`, l.recipient)
			assert.NotEqual(t, redirected[i].header.Get("Message-ID"), l.header.Get("Message-ID"))
			assert.NotEqual(t, redirected[1-i].header.Get("Message-ID"), l.header.Get("Message-ID"))
		}
		staging.run("resend", "--digest", "5").done()
		assert.Equal(t, "staging@rfc.example", m.letters()[4].recipient)
	})
}

func TestServeOfACopyRedirects(t *testing.T) {
	t.Parallel()
	m := serveMail(t, &mailServer{}, nil)
	s := newSite(t, "DIGEST_MAIL_URL="+m.url()).withDatabase(people(3), recent)
	p := s.start("serve", "--redirect-all-to", "staging@rfc.example")
	p.await(tickDone, 1)
	p.signal(syscall.SIGTERM)
	p.wait().done()
	require.Len(t, m.letters(), 3)
	for _, l := range m.letters() {
		assert.Equal(t, []string{"staging@rfc.example", "staging@rfc.example"}, []string{l.to, l.recipient})
	}
	assert.Equal(t, []string{"redirected", "redirected", "redirected"}, s.query("rfcdigest.db", "SELECT status FROM notification_digests"))
	assert.Equal(t, []string{"0"}, s.query("rfcdigest.db", "SELECT count(*) FROM notifications WHERE digest_included_at IS NOT NULL"))
}

func TestMailsWithLinksToLocalhostGoToNoServerElsewhere(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(1))
	const elsewhere = "smtps://mail.invalid"
	for _, appURL := range []string{"http://localhost:8000", "http://LOCALHOST./", "https://app.localhost", "http://127.0.0.1:8000", "http://127.9.8.7", "http://[::1]:8000/app", "http://0.0.0.0:8000",
		"http://[::ffff:127.0.0.1]", "http://127.1", "http://localhost.localdomain"} {
		for _, command := range [][]string{{"tick"}, {"serve"}, {"resend", "--digest", "1"}, {"send-test", "--user", "1", "--to", "me@rfc.example"}} {
			s.run(append(command, "--mail", elsewhere, "--app-url", appURL)...).fails(exitUsage, "--app-url "+appURL, "DIGEST_APP_URL", "--redirect-all-to").silent()
		}
	}
	s.run("tick", "--mail", elsewhere).fails(exitUsage, "--app-url http://localhost:8000")
	// Other addresses are not refused, nor is mail that goes nowhere or is redirected.
	for _, args := range []string{"--app-url https://rfc.example", "--app-url http://127.rfc.example", "--redirect-all-to me@rfc.example"} {
		r := s.run(append([]string{"tick", "--now", noon, "--mail", elsewhere}, strings.Fields(args)...)...)
		assert.Equal(t, exitFailed, r.code, "%s: %s", args, r.err)
		assert.Contains(t, r.err, "mail.invalid", args)
	}
	for _, args := range []string{"--no-enabled --mail " + elsewhere, "--mail discard://", "--dry-run --mail " + elsewhere} {
		assert.Equal(t, exitDone, s.run(append([]string{"tick"}, strings.Fields(args)...)...).code, args)
	}
}

func TestAnAddressToRedirectToIsOne(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1))
	for _, to := range []string{"staging", "a@b.example, c@d.example", "a@b.example;c@d.example", "Ada <a@b.example>", "a@b@c.example"} {
		s.run("tick", "--redirect-all-to", to).fails(exitUsage, "--redirect-all-to", "want one address").silent()
	}
	s.run("tick", "--redirect-all-to", " me@rfc.example\n").done()
}
