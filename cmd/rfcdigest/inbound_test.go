package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// bounce is what a relay writes of mail that it could not deliver.
func bounce(to, recipient string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
Delivered-To: %[1]s
From: MAILER-DAEMON@relay.example
To: %[1]s
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; %[2]s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <%[2]s>: Recipient address rejected: User unknown

--b--
`, to, recipient), "\n", "\r\n")
}

func TestMailThatCameBackCountsAgainstItsAddress(t *testing.T) {
	at, err := time.Parse(time.RFC3339, noon)
	require.NoError(t, err)
	w := core.World{}
	for id := int64(1); id <= 2; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: fmt.Sprintf("p%d@rfc.example", id), Name: "Ada", Cadence: core.Daily})
		w.Notifications = append(w.Notifications, core.Notification{ID: id, Recipient: id, Kind: "pr_opened", Slug: "rfc-0001", PR: id, CreatedAt: at.Add(-time.Hour)})
	}
	onBoth(t, w, func(t *testing.T, s *site) {
		m := serveMail(t, &mailServer{TB: t}, nil)
		s = s.with("DIGEST_SECRET="+secret, "DIGEST_RETURN_PATH=digest+{token}@back.example")
		s.run("tick", "--now", noon, "--mail", m.url(), "--app-url", "https://rfc.example").done()
		senders := map[string]string{}
		for _, e := range m.taken {
			senders[e.recipient] = e.sender
			assert.Regexp(t, `^digest\+[a-z2-7]{48}@back\.example$`, e.sender)
			assert.Contains(t, e.raw, "List-Unsubscribe: <mailto:digest+")
		}
		require.Len(t, senders, 2)

		pipe := func(mail string) result {
			s.write("report", mail)
			return s.startOther("sh", "-c", program+" inbound < report").wait()
		}
		// A relay folds case, and may tell more than once.
		for range 2 {
			r := pipe(bounce(strings.ToUpper(senders["p1@rfc.example"]), "p1@rfc.example"))
			assert.Equal(t, exitDone, r.code, r.err)
		}
		out := s.run("suppressed").done().out
		assert.Contains(t, out, "(user 1), <p1@rfc.example>: The address was refused for good, with: came back: the address does not exist")
		assert.NotContains(t, out, "(user 2)")

		assert.Contains(t, s.run("explain", "--user", "1").done().out, ": the address does not exist.\n")
		assert.Contains(t, s.run("explain", "--user", "1", "--json").done().out, `"came_back":"Came back on `)

		// One who guesses changes nothing, and is not told so.
		forged := strings.Replace(senders["p2@rfc.example"], "a", "b", 1)
		if forged == senders["p2@rfc.example"] {
			forged = strings.Replace(forged, "c", "d", 1)
		}
		assert.Equal(t, exitDone, pipe(bounce(forged, "p2@rfc.example")).code)
		assert.NotContains(t, s.run("suppressed").done().out, "(user 2)")

		// After any error, the server is to try again.
		broken := s.with("DIGEST_DATABASE_URL=sqlite://nowhere/app.db")
		broken.write("report", bounce(senders["p2@rfc.example"], "p2@rfc.example"))
		assert.Equal(t, 75, broken.startOther("sh", "-c", program+" inbound < report").wait().code)
		assert.Equal(t, 75, s.with("DIGEST_SECRET=short").startOther("sh", "-c", program+" inbound < report").wait().code)
		assert.Equal(t, 75, s.startOther("sh", "-c", program+" inbound --wrong < report").wait().code)
		assert.Equal(t, 75, s.run("--wrong", "inbound").code)
		assert.Equal(t, exitFailed, s.run("explain", "--user", "inbound").code)
		assert.Equal(t, exitUsage, s.run("explain", "--wrong", "inbound").code)
		assert.Equal(t, exitUsage, s.run("--wrong", "explain", "--user", "inbound").code)
		assert.Equal(t, exitFailed, s.run("--name", "inbound", "explain", "--user", "nobody").code)
	})
}

func TestServeTakesMailThatCameBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_RETURN_PATH=digest+{token}@back.example", "DIGEST_APP_URL=https://rfc.example")
	s.run("migrate", "--create").done()
	for _, wrong := range []string{"ftp://x", "lmtp://", "lmtp://127.0.0.1", "lmtp://:2424", "lmtp://127.0.0.1:2424/x", "maildir://", "imaps://", "imaps://mail.example/INBOX",
		"imap://ada:" + password + "@mail.example/INBOX", "imaps://ada:" + password + "%zz@mail.example/", "INBOX"} {
		s.run("serve", "--inbound", wrong).fails(exitUsage, "--inbound", "want lmtp://127.0.0.1:2424, maildir://DIR or imaps://USER:PASS@HOST/INBOX").silent()
	}
	s.with("DIGEST_SECRET=").run("tick").fails(exitUsage, "--return-path needs a --secret")
	s.with("DIGEST_SECRET=", "DIGEST_RETURN_PATH=").run("serve", "--inbound", "maildir://back").fails(exitUsage, "--inbound needs the --secret")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for inbound, says := range map[string]string{"lmtp://" + taken.Addr().String(): "address already in use", "lmtp://127.0.0.1:99999": "invalid port", "maildir://rfcdigest.db": "not a directory"} {
		r := s.run("serve", "--inbound", inbound, "--mail", "discard://")
		assert.Equal(t, exitFailed, r.code, "%s", r.err)
		assert.Contains(t, r.err, says)
		assert.NotContains(t, r.err, "tick done", "nothing is sent before")
	}
	s.run("serve", "--inbound-secret", "short").fails(exitUsage, "--inbound-secret", "want 32 or more").silent()
	s.with("DIGEST_SECRET=", "DIGEST_RETURN_PATH=").run("serve", "--inbound-secret", secret).fails(exitUsage, "--inbound-secret needs the --secret")
	s.run("serve", "--inbound-secret", secret).fails(exitUsage, "nothing can be posted without --listen").silent()
	s.run("tick", "--return-path", "digest@back.example").fails(exitUsage, "want one {token} before the @")
	require.NoError(t, os.MkdirAll(s.path("back", "new"), 0o755))
	s.write("back/new/1", "Subject: hello\r\n\r\nThis is nobody's report.\r\n")
	p := s.start("serve", "--inbound", "maildir://back", "--mail", "discard://")
	require.Eventually(t, func() bool {
		_, err := os.Stat(s.path("back", "cur", "1:2,S"))
		return err == nil
	}, patience, 50*time.Millisecond)
	p.signal(syscall.SIGTERM)
	p.wait().done()
}

func TestServeTakesMailThatIsPosted(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_RETURN_PATH=digest+{token}@back.example", "DIGEST_APP_URL=https://rfc.example").withDatabase(people(1), recent)
	m := serveMail(t, &mailServer{TB: t}, nil)
	p := s.start("serve", "--mail", m.url(), "--listen", "127.0.0.1:0", "--inbound-secret", "the key of the hook, of 32 bytes")
	p.await(tickDone, 1)
	require.Len(t, m.taken, 1)
	post := func(secret string) int {
		address := regexp.MustCompile(answersHTTP + `,"address":"([^"]+)"`).FindStringSubmatch(p.err.String())
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address[1]+"/inbound", strings.NewReader(bounce(m.taken[0].sender, m.taken[0].recipient)))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("Content-Type", "message/rfc822")
		answer, err := (&http.Client{Timeout: patience}).Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	assert.Equal(t, http.StatusUnauthorized, post(secret), "the secret of links is another")
	assert.NotContains(t, s.run("suppressed").done().out, "(user 1)")
	assert.Equal(t, http.StatusNoContent, post("the key of the hook, of 32 bytes"))
	assert.Contains(t, s.run("suppressed").done().out, "(user 1)")
	_, _, text := p.ask(http.MethodGet, "/metrics")
	assert.Contains(t, text, `rfcdigest_returned_mails_total{kind="dead"} 1`)
	assert.NotContains(t, p.err.String(), "the key of the hook")
	p.signal(syscall.SIGTERM)
	p.wait().done()

	p = s.start("serve", "--mail", "discard://", "--listen", "127.0.0.1:0", "--no-enabled")
	status, _, _ := p.ask(http.MethodPost, "/inbound")
	assert.Equal(t, http.StatusNotFound, status)
	p.signal(syscall.SIGTERM)
	p.wait().done()
}
