package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Lines of serve's log, on which operators and these tests rely.
const (
	tickDone = `"msg":"tick done"`
	stopped  = `"msg":"stopped"`
)

// recent is SQL that moves people's events to the present, since serve uses the real clock.
const recent = "UPDATE notifications SET created_at = datetime('now', '-1 hour')"

func TestServeTicksAtItsStartAndEndsAtOnceWhileItWaits(t *testing.T) {
	t.Parallel()
	for _, end := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := newSite(t).withDatabase(people(3), recent)
		p := s.start("serve")
		p.await(tickDone, 1)
		assert.Equal(t, each(3), recipients(s.letters("outbox")))
		p.signal(end)
		r := p.wait().done().silent()
		assert.Contains(t, r.err, stopped)
		assert.Contains(t, r.err, `"digests_sent":3`)
	}
}

func TestServeListensWhereItIsToldToAndTheFlagWins(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	s := newSite(t, "DIGEST_LISTEN="+taken.Addr().String()).withDatabase(people(1), recent)
	s.run("serve").fails(exitFailed, "--listen", taken.Addr().String()).silent()
	assert.Empty(t, s.ledger())
	p := s.start("serve", "--listen", "127.0.0.1:0")
	p.await(tickDone, 1)
	p.signal(syscall.SIGTERM)
	p.wait().done()
	assert.Equal(t, []string{"sent|1"}, s.ledger())
}

func TestServeSendsNothingTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(5), recent)
	p := s.start("serve", "--tick-seconds", "1")
	p.await(tickDone, 3)
	p.signal(syscall.SIGTERM)
	p.wait().done()
	assert.Equal(t, each(5), recipients(s.letters("outbox")))
	assert.Equal(t, []string{"sent|5"}, s.ledger())
}

func TestServeGoesOnWithoutItsMailServer(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3), recent)
	p := s.start("serve", "--tick-seconds", "1", "--mail", "smtp://digest:"+password+"@"+closedPort(t)+"?tls=none")
	p.await("sending stopped for this tick", 2)
	p.signal(syscall.SIGTERM)
	p.wait().done()
	assert.Empty(t, s.ledger())
}

// slowly returns a mail server whose answers wait until release is called, and a channel that gets a value for each
// mail that has come in.
func slowly(t testing.TB) (m *mailServer, came chan string, release func()) {
	came, gate := make(chan string, 100), make(chan struct{})
	m = serveMail(t, &mailServer{answer: func(recipient string) error {
		came <- recipient
		<-gate
		return nil
	}}, nil)
	open := false
	release = func() {
		if !open {
			open = true
			close(gate)
		}
	}
	t.Cleanup(release)
	return m, came, release
}

func TestAStopLetsTheMessagesInHandFinish(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"serve", "tick"} {
		s := newSite(t).withDatabase(people(9), recent)
		m, came, release := slowly(t)
		p := s.start(command, "--mail", m.url(), "--connections", "2")
		<-came
		<-came
		p.signal(syscall.SIGTERM)
		time.Sleep(300 * time.Millisecond) // there is no other way to know that the signal has arrived
		release()
		r := p.wait()
		if command == "serve" {
			r.done()
		} else {
			r.fails(exitFailed, "tick: interrupted", "the next")
		}
		assert.Equal(t, []string{"sent|2"}, s.ledger(), "what was in hand is recorded, and nothing else was begun")
		assert.Len(t, m.letters(), 2)
		assert.Equal(t, 7, s.run("tick", "--json", "--mail", m.url()).done().report().DigestsSent)
		assert.Equal(t, each(9), recipients(m.letters()))
	}
}

// A process that is killed has no time to record anything. Only messages that were on their way, or accepted and not
// yet on record, go out again, under the same Message-ID.
func TestAKilledTickLosesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(9))
	m, came, release := slowly(t)
	p := s.start("tick", "--now", noon, "--mail", m.url(), "--connections", "2")
	<-came
	<-came
	p.signal(os.Kill)
	assert.Equal(t, -1, p.wait().code)
	release()
	assert.Equal(t, []string{"sending|2"}, s.ledger())
	first := s.run("tick", "--now", noon, "--json", "--mail", m.url()).done().report()
	assert.Equal(t, 7, first.DigestsSent)
	later := s.run("tick", "--now", "2026-03-29T12:11:00Z", "--json", "--mail", m.url()).done().report()
	assert.Equal(t, report{Recovered: 2}, later)
	assert.Equal(t, []string{"sent|9"}, s.ledger())
	ids := map[string]int{}
	for _, l := range m.letters() {
		ids[fmt.Sprint(l.to, " ", l.header.Get("Message-ID"))]++
	}
	assert.Len(t, ids, 9)
	assert.Len(t, recipients(m.letters()), 9)
}
