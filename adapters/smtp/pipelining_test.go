package smtp

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

// noOne answers RCPT by no and DATA by yes all the same, and then the dot.
func noOne(answer string) script {
	return script{"RCPT": {"550 5.1.1 no secret"}, earlyDATA: {"354 go on"}, dot: {answer}}
}

// groupCases has a row for each thing that can come after the first no, if all commands went out together.
var groupCases = []sendCase{
	{"nobody, and the dot is refused", noOne("554 no valid recipients"), ports.RecipientRefusal, 550, false, false, "RCPT: 550 5.1.1"},
	{"nobody, and the dot is refused for now", noOne("451 no"), ports.RecipientRefusal, 550, false, false, "RCPT: 550 5.1.1"},
	{"nobody, and the dot is accepted", noOne("250 nothing for nobody"), ports.RecipientRefusal, 550, false, false, "RCPT: 550 5.1.1"},
	{"nobody, and the dot is answered 421", noOne("421 closing"), ports.RecipientRefusal, 550, true, false, "RCPT: 550 5.1.1"},
	{"nobody, and hangs up after the dot", noOne(hangUp), ports.RecipientRefusal, 550, true, false, "RCPT: 550 5.1.1"},
	{"nobody, and nonsense after the dot", noOne("secret"), ports.TemporaryRefusal, 0, true, false, "not SMTP"},
	{"nobody for now, DATA yes", script{"RCPT": {"450 later"}, earlyDATA: {"354 go on"}, dot: {"503 no"}}, ports.TemporaryRefusal, 450, false, false, "RCPT: 450"},
	{"nobody, DATA yes and the dot's answer before it", script{"RCPT": {"550 no"}, earlyDATA: {"354 go on\r\n250 taken"}}, ports.TemporaryRefusal, 0, true, false, "nothing was asked for"},
	{"nobody, DATA refused otherwise", script{"RCPT": {"550 no"}, earlyDATA: {"554 no valid recipients"}}, ports.RecipientRefusal, 550, false, false, "RCPT: 550"},

	{"MAIL refused, all else yes", script{"MAIL": {"550 no"}, earlyRCPT: {"250 ok"}}, ports.SenderRefusal, 550, true, false, "MAIL: 550"},
	{"MAIL refused, RCPT as well, DATA yes", script{"MAIL": {"550 no"}, earlyRCPT: {"501 no"}, earlyDATA: {"354 go on"}, dot: {"503 no"}}, ports.SenderRefusal, 550, false, false, "MAIL: 550"},
	{"MAIL for now, RCPT for good", script{"MAIL": {"451 no"}, earlyRCPT: {"550 no"}}, ports.RateRefusal, 451, false, false, "MAIL: 451"},

	// If the server hangs up after a no to one person, the no still holds. Else an address at which
	// the server always hangs up would stop all others, and never be counted.
	{"MAIL refused, then 421", script{"MAIL": {"550 no"}, earlyRCPT: {"421 closing"}}, ports.SenderRefusal, 550, true, false, "MAIL: 550"},
	{"RCPT refused, then 421", script{"RCPT": {"550 no"}, earlyDATA: {"421 closing"}}, ports.RecipientRefusal, 550, true, false, "RCPT: 550"},
	{"RCPT refused, then 421 behind the last", script{"RCPT": {"550 no"}, earlyDATA: {"503 no\r\n421 closing"}}, ports.RecipientRefusal, 550, true, false, "RCPT: 550"},
	{"MAIL refused, hangs up", script{"MAIL": {"451 no"}, earlyRCPT: {hangUp}}, ports.RateRefusal, 451, true, false, "MAIL: 451"},
	{"RCPT refused, hangs up", script{"RCPT": {"550 no"}, earlyDATA: {hangUp}}, ports.RecipientRefusal, 550, true, false, "RCPT: 550"},
	{"RCPT refused, endless", script{"RCPT": {"550 no"}, earlyDATA: {endlessList}}, ports.RecipientRefusal, 550, true, false, "RCPT: 550"},

	// These cannot be the replies to these commands, so the no may not have been to RCPT.
	{"MAIL answered twice, RCPT refused", script{"MAIL": {"250 ok\r\n250 ok"}, "RCPT": {"550 no"}}, ports.TemporaryRefusal, 0, true, false, "DATA: a reply that nothing was asked for"},
	{"RCPT refused, DATA answered by 250", script{"RCPT": {"550 no"}, earlyDATA: {"250 ok"}}, ports.TemporaryRefusal, 0, true, false, "DATA: unexpected reply 250"},
	{"RCPT refused, then nonsense", script{"RCPT": {"550 no"}, earlyDATA: {"secret"}}, ports.TemporaryRefusal, 0, true, false, "not SMTP"},
	{"RCPT refused twice", script{"RCPT": {"550 no\r\n550 no"}}, ports.TemporaryRefusal, 0, true, false, "nothing was asked for"},
}

func TestSendTogether(t *testing.T) {
	t.Parallel()
	for _, c := range groupCases {
		for name, how := range map[string]manner{"one reply a packet": eachReply, "one packet": inOnePacket, "bytes": byteByByte} {
			if how != inOnePacket && c.ahead() {
				continue
			}
			t.Run(c.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				c.check(t, Config{}, fakeSetup{pipelining: true, manner: how})
			})
		}
	}
}

// Replies from before the server fell silent still hold.
func TestSendTogetherInTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script  script
		manner  manner
		outcome ports.Outcome
		text    string
	}{
		"RCPT refused, then silence":          {script{"RCPT": {"550 no"}, earlyDATA: {silence}}, eachReply, ports.RecipientRefusal, "RCPT: 550"},
		"nobody, and silence after the dot":   {noOne(silence), eachReply, ports.RecipientRefusal, "RCPT: 550"},
		"reads only one command of a packet":  {nil, forgetful, ports.TemporaryRefusal, "RCPT: no answer in time"},
		"refuses the only one that it reads":  {script{"MAIL": {"550 no"}}, forgetful, ports.SenderRefusal, "MAIL: 550"},
		"half a list at RCPT and the rest on": {script{"RCPT": {"250-ok\r\n550 no"}}, eachReply, ports.TemporaryRefusal, "RCPT: no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startFake(t, c.script, fakeSetup{pipelining: true, manner: c.manner})
			conn, err := testMailer(t, Config{Port: server.port, CommandTimeout: 100 * time.Millisecond}).Dial(t.Context())
			require.NoError(t, err)
			e := ports.OutcomeOf(conn.Send(t.Context(), letter(), nil))
			assert.Equal(t, c.outcome, e.Outcome)
			assert.True(t, e.Broken)
			assert.Contains(t, e.Error(), c.text)
			assert.Empty(t, server.messages())
			require.NoError(t, conn.Close())
		})
	}
}

// A server may take as long for each command as if they came one by one.
func TestSendTogetherWaitsForEachReply(t *testing.T) {
	t.Parallel()
	server := startFake(t, nil, fakeSetup{pipelining: true, pause: 100 * time.Millisecond})
	conn, err := testMailer(t, Config{Port: server.port, CommandTimeout: 250 * time.Millisecond}).Dial(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Send(t.Context(), letter(), nil))
	require.NoError(t, conn.Close())
}

// noted is a connection on which each write is noted.
type noted struct {
	net.Conn
	mu     sync.Mutex
	writes []string
}

func (n *noted) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.writes = append(n.writes, string(p))
	return n.Conn.Write(p)
}

// dial opens the connection.
func (n *noted) dial(ctx context.Context, network, address string) (c net.Conn, err error) {
	n.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
	return n, err
}

func (n *noted) taken() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	taken := n.writes
	n.writes = nil
	return taken
}

// dialNoted opens a connection that notes what is written to it.
func dialNoted(t *testing.T, config Config) (ports.MailConn, *noted) {
	t.Helper()
	m, wire := testMailer(t, config), new(noted)
	m.dial = wire.dial
	conn, err := m.Dial(t.Context())
	require.NoError(t, err)
	wire.taken()
	return conn, wire
}

func TestSendWritesTwice(t *testing.T) {
	t.Parallel()
	server := startFake(t, script{"RCPT": {"250 ok", "550 no"}}, fakeSetup{pipelining: true})
	conn, wire := dialNoted(t, Config{Port: server.port})
	envelope := "MAIL FROM:<digest@rfc.example> BODY=8BITMIME\r\nRCPT TO:<secret@people.example>\r\nDATA\r\n"

	require.NoError(t, conn.Send(t.Context(), letter(), nil))
	writes := wire.taken()
	require.Len(t, writes, 2)
	assert.Equal(t, envelope, writes[0])
	assert.Equal(t, server.messages()[0]+".\r\n", writes[1])

	assert.Equal(t, ports.RecipientRefusal, ports.OutcomeOf(conn.Send(t.Context(), letter(), nil)).Outcome)
	assert.Equal(t, []string{envelope}, wire.taken())
	large := letter()
	large.Text = strings.Repeat(strings.Repeat("x", 70)+"\n", 2000)
	require.NoError(t, conn.Send(t.Context(), large, nil))
	writes = wire.taken()
	assert.Equal(t, "RSET\r\n"+envelope, writes[0])
	for i, w := range writes[1:] {
		assert.LessOrEqual(t, len(w), 64<<10)
		assert.Equal(t, i == len(writes)-2, strings.HasSuffix(w, "\r\n.\r\n"))
	}
	assert.Len(t, writes, 4)
	require.NoError(t, conn.Close())
}

// Under TLS a write is a record, if it has room in one.
func TestSendWritesTwiceUnderTLS(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	server := startFake(t, nil, fakeSetup{pipelining: true, implicit: true, certificate: certificate})
	conn, wire := dialNoted(t, Config{Host: "127.0.0.1", Port: server.port, TLS: ImplicitTLS, TLSConfig: trust})
	m := letter()
	m.Text = strings.Repeat(strings.Repeat("x", 70)+"\n", 150)
	require.NoError(t, conn.Send(t.Context(), m, nil))
	assert.Len(t, wire.taken(), 2)
	assert.Greater(t, len(server.messages()[0]), 10<<10)
	require.NoError(t, conn.Close())
}
