package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answering is the address of a server on loopback that greets everybody with a line and hangs up.
func answering(t testing.TB, line string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, line)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-ended
	})
	return listener.Addr().String()
}

// closedPort is an address on loopback where nothing listens.
func closedPort(t testing.TB) string {
	t.Helper()
	// As long as it is bound, no other program gets it; and none listens.
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(socket) })
	require.NoError(t, syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	bound, err := syscall.Getsockname(socket)
	require.NoError(t, err)
	return fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
}

func TestAMailServerThatCannotBeUsedIsOneLineAndLeavesAllAsItIs(t *testing.T) {
	t.Parallel()
	login := "digest:" + password + "@"
	for name, c := range map[string]struct {
		url   func(t *testing.T, s *site) string
		words []string
	}{
		"unreachable": {func(t *testing.T, _ *site) string { return "smtp://" + login + closedPort(t) + "?tls=none" },
			[]string{"connection refused", "127.0.0.1:"}},
		"refusing": {func(t *testing.T, _ *site) string {
			return "smtp://" + login + answering(t, "554 go away\r\n") + "?tls=none"
		},
			[]string{"554", "127.0.0.1:"}},
		"hanging up": {func(t *testing.T, _ *site) string { return "smtp://" + answering(t, "") + "?tls=none" },
			[]string{"closed the connection", "127.0.0.1:"}},
		"no mail server": {func(t *testing.T, _ *site) string {
			return "smtp://" + answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n") + "?tls=none"
		},
			[]string{"not SMTP", "port"}},
		"wrong password": {func(t *testing.T, s *site) string {
			m := serveMail(t, &mailServer{password: "another"}, nil)
			return "smtp://" + login + m.address + "?tls=none"
		}, []string{"refused the login", "535", "user name and password"}},
		"no login": {func(t *testing.T, s *site) string {
			return "smtp://" + login + serveMail(t, &mailServer{}, nil).address + "?tls=none"
		},
			[]string{"no login", "leave user and password out"}},
		"no STARTTLS": {func(t *testing.T, s *site) string {
			return "smtp://" + login + serveMail(t, &mailServer{}, nil).address
		},
			[]string{"does not offer STARTTLS", "smtps://", "tls=none"}},
		"no TLS": {func(t *testing.T, s *site) string {
			return "smtps://" + login + serveMail(t, &mailServer{}, nil).address
		},
			[]string{"no TLS there", "smtp://"}},
		"a certificate of nobody": {func(t *testing.T, s *site) string {
			certificate, _ := s.newCertificate()
			return "smtp://" + login + serveMail(t, &mailServer{password: password}, certificate).address
		}, []string{"certificate not accepted"}},
		"an outbox that is a file": {func(t *testing.T, s *site) string { s.write("taken", ""); return "maildir://taken" },
			[]string{"taken", "not a folder"}},
		"an outbox in a file": {func(t *testing.T, s *site) string { s.write("taken", ""); return "maildir://taken/outbox" },
			[]string{"taken/outbox", "not a folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t).withDatabase(people(9), `INSERT INTO held_emails (recipient_user_id, subject, body_text, notification_ids, status)
SELECT id, 'Hello', 'Hello', '[100]', 'held' FROM users`)
			before := s.unmarked("rfcdigest.db")
			url := c.url(t, s)
			r := s.run("tick", "--now", noon, "--json", "--mail", url).fails(exitFailed, c.words...)
			assert.Equal(t, before, s.unmarked("rfcdigest.db"))
			report := r.report()
			assert.NotEmpty(t, report.Stopped)
			trouble := s.query("rfcdigest.db", "SELECT trouble FROM digest_ticks")[0]
			assert.Contains(t, trouble, report.Stopped[:20])
			assert.NotContains(t, trouble, password)
			assert.Zero(t, report.DigestsSent+report.Failed+report.InDoubt+report.Flushed)
			assert.Equal(t, 1, strings.Count(r.out, "\n"))
			assert.Equal(t, []int{1, 1}, []int{strings.Count(r.err, `"level":"ERROR"`), strings.Count(r.err, `"level":"WARN"`)},
				"one line for all nine, and that there is no secret: %s", r.err)
			// Without --json it fails in the same way.
			assert.Contains(t, s.with("DIGEST_MAIL_URL="+url).run("tick", "--now", noon).fails(exitFailed, c.words...).out, "Sending stopped: ")
		})
	}
}

// A refusal for one person is about that person. The tick does not fail.
func TestARefusedRecipientIsNamedAndTheOthersGetTheirs(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(4))
	m := serveMail(t, &mailServer{answer: func(recipient string) error {
		switch recipient {
		case "p2@rfc.example":
			return &smtp.SMTPError{Code: 554, Message: "no, p2@rfc.example"}
		case "p3@rfc.example":
			return &smtp.SMTPError{Code: 451, Message: "later"}
		}
		return nil
	}}, nil)
	r := s.run("tick", "--now", noon, "--json", "--mail", m.url()).fails(exitFailed, "1 message to be tried again", "--wait 40m")
	report := r.report()
	assert.Equal(t, 2, report.DigestsSent)
	assert.Equal(t, 1, report.Left)
	require.Len(t, report.Failures, 1)
	assert.EqualValues(t, 2, report.Failures[0].Recipient)
	assert.Contains(t, report.Failures[0].Reason, "554")
	assert.NotContains(t, r.out+r.err, "p2@", "logs are no list of addresses")
	assert.Equal(t, []string{"sent|2"}, s.ledger())
	m.answers(nil)
	assert.Equal(t, 2, s.run("tick", "--now", noon, "--json", "--mail", m.url()).done().report().DigestsSent)
	assert.Equal(t, each(4), recipients(m.letters()))
}

func TestAnAddressRefusedOnThreeDaysIsSuppressedUntilItChanges(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(2))
	m := serveMail(t, &mailServer{refuse: "p2@rfc.example"}, nil)
	tick := func(at string) report {
		s.sql("rfcdigest.db", "INSERT INTO notifications (recipient_user_id, event_kind, created_at, payload) VALUES (1, 'pr_opened', '', '{}')")
		return s.run("tick", "--now", at, "--json", "--mail", m.url()).done().report()
	}
	for _, day := range []string{"2026-03-29", "2026-03-30", "2026-03-31"} {
		assert.Equal(t, 1, tick(day+"T12:00:00Z").Failed)
		assert.Equal(t, 1, tick(day+"T13:00:00Z").Suppressed, "it is tried again a day later")
	}
	assert.Equal(t, []string{"2|p2@rfc.example|3|2026-04-30 12:00:00"}, s.query("rfcdigest.db", "SELECT user_id, suppressed_address, failures, retry_at FROM digest_preferences"))
	assert.Equal(t, 1, tick("2026-04-25T12:00:00Z").Suppressed)
	s.sql("rfcdigest.db", "UPDATE users SET email = 'ada@rfc.example' WHERE id = 2")
	tick("2026-04-25T13:00:00Z")
	assert.Equal(t, 1, recipients(m.letters())["ada@rfc.example"])
}

// A server that refuses every message has something against the sender: no address is charged for it.
func TestTwentyRefusedMessagesInARowEndTheTick(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(30))
	m := serveMail(t, &mailServer{answer: func(string) error { return &smtp.SMTPError{Code: 550, Message: "spam"} }}, nil)
	r := s.run("tick", "--now", noon, "--json", "--connections", "1", "--mail", m.url()).fails(exitFailed, "20 messages in a row were refused")
	assert.Equal(t, 20, r.report().Failed)
	assert.Equal(t, r.report().Considered-20, r.report().Left)
	assert.Empty(t, s.ledger())
	assert.Empty(t, s.query("rfcdigest.db", "SELECT * FROM digest_preferences"))
}

func TestNoAnswerLeavesADigestInDoubtAndRecoversItAfterItsLease(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3))
	broken := errors.New("hang up")
	m := serveMail(t, &mailServer{hangUpOn: broken, answer: func(recipient string) error {
		if recipient == "p2@rfc.example" {
			return broken
		}
		return nil
	}}, nil)
	first := s.run("tick", "--now", noon, "--json", "--mail", m.url()).done().report()
	assert.Equal(t, 2, first.DigestsSent)
	assert.Equal(t, 1, first.InDoubt)
	assert.Equal(t, []string{"sending|1", "sent|2"}, s.ledger())
	m.answers(nil)
	// The second tick is within the lease, and leaves it alone; the third is after it.
	assert.Zero(t, s.run("tick", "--now", "2026-03-29T12:05:00Z", "--json", "--mail", m.url()).done().report().Recovered)
	assert.Equal(t, 1, s.run("tick", "--now", "2026-03-29T12:11:00Z", "--json", "--mail", m.url()).done().report().Recovered)
	assert.Equal(t, []string{"sent|3"}, s.ledger())
	ids := map[string]int{}
	for _, l := range m.letters() {
		ids[fmt.Sprint(l.to, l.header.Get("Message-ID"))]++
	}
	assert.Len(t, ids, 3, "the second copy has the Message-ID of the first")
	assert.Equal(t, 2, recipients(m.letters())["p2@rfc.example"])
}
