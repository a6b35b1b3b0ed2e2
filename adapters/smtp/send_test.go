package smtp

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

func testMailer(t *testing.T, c Config) *Mailer {
	t.Helper()
	format, err := mailfmt.New(mailfmt.Config{From: "digest@rfc.example", BoundaryKey: []byte("k")})
	require.NoError(t, err)
	if c.Host == "" {
		c.Host, c.TLS = "127.0.0.1", NoTLS
	}
	m, err := New(c, format)
	require.NoError(t, err)
	return m
}

func letter() core.Message {
	return core.Message{
		ID: "id@rfc.example", To: core.Address{Name: "Ada", Mailbox: "secret@people.example"},
		Date: time.Unix(0, 0), Subject: "s", Text: "t\n.\n", HTML: "<p>h</p>\n",
	}
}

// sendWays are ways for a server to speak that must not change the outcome.
var sendWays = map[string]struct {
	setup fakeSetup
	tls   bool
}{
	"one by one":           {fakeSetup{}, false},
	"together":             {fakeSetup{pipelining: true}, false},
	"together, under TLS":  {fakeSetup{pipelining: true}, true},
	"replies in one piece": {fakeSetup{pipelining: true, manner: inOnePacket}, false},
	"replies in bytes":     {fakeSetup{pipelining: true, manner: byteByByte}, false},
}

func TestSend(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	for way, w := range sendWays {
		for _, c := range sendCases {
			if w.setup.manner == byteByByte && c.ahead() {
				continue // whether the reply comes before our next command depends on timing
			}
			if w.setup.manner != eachReply && strings.Contains(c.text, "in time") {
				continue // silence is the same in all ways, and each costs a timeout
			}
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				setup, config := w.setup, Config{}
				if w.tls {
					setup.certificate, setup.implicit = certificate, true
					config = Config{Host: "127.0.0.1", TLS: ImplicitTLS, TLSConfig: trust}
				}
				c.check(t, config, setup)
			})
		}
	}
}

// ahead reports whether the server says more than one reply at once.
func (c sendCase) ahead() bool {
	for _, replies := range c.script {
		lines := strings.Split(replies[0], "\r\n")
		for _, line := range lines[:len(lines)-1] {
			if !strings.HasPrefix(line[3:], "-") {
				return true
			}
		}
	}
	return false
}

// check sends a message to such a server, and then another.
func (c sendCase) check(t *testing.T, config Config, setup fakeSetup) {
	server := startFake(t, c.script, setup)
	config.Port, config.ReplyTimeout = server.port, 5*time.Second
	if strings.Contains(c.text, "in time") {
		config.ReplyTimeout = 100 * time.Millisecond
		if c.outcome != ports.Doubtful {
			config.CommandTimeout = 100 * time.Millisecond
		}
	}
	conn, err := testMailer(t, config).Dial(t.Context())
	require.NoError(t, err)
	err = conn.Send(t.Context(), letter(), nil)
	if c.outcome == 0 {
		require.NoError(t, err)
	} else {
		require.Error(t, err)
		e := ports.OutcomeOf(err)
		assert.Equal(t, c.outcome, e.Outcome, "%v", err)
		assert.Equal(t, c.code, e.Code)
		assert.Equal(t, c.broken, e.Broken)
		assert.Regexp(t, c.text, err.Error())
		assert.NotContains(t, err.Error(), "secret")
		assert.NotContains(t, err.Error(), "\n")
	}
	assert.Len(t, server.messages(), map[bool]int{true: 1}[c.whole])
	checkNext(t, conn, c.broken, server)
	for _, void := range server.voids() {
		assert.Empty(t, void, "no message goes to nobody")
	}
	require.NoError(t, conn.Close())
	require.NoError(t, conn.Close())
}

// checkNext sends one more message. It must arrive, unless the connection is broken.
func checkNext(t *testing.T, conn ports.MailConn, broken bool, server *fakeServer) {
	t.Helper()
	before := len(server.messages())
	next := letter()
	next.To.Mailbox = "next@people.example"
	err := conn.Send(t.Context(), next, nil)
	if broken {
		require.Error(t, err)
		assert.Equal(t, ports.ConnectionSpent, ports.OutcomeOf(err).Outcome)
		assert.True(t, ports.OutcomeOf(err).Broken)
		assert.Len(t, server.messages(), before)
		return
	}
	require.NoError(t, err)
	messages := server.messages()
	require.Len(t, messages, before+1)
	assert.Contains(t, messages[before], "<next@people.example>")
}

func TestSendResetsBetween(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		server := startFake(t, script{"RCPT": {"550 no"}, "DATA": {"451 later"}, dot: {"554 no"}}, setup)
		conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
		require.NoError(t, err)
		for _, want := range []ports.Outcome{ports.RecipientRefusal, ports.TemporaryRefusal, ports.SenderRefusal} {
			assert.Equal(t, want, ports.OutcomeOf(conn.Send(t.Context(), letter(), nil)).Outcome)
		}
		require.NoError(t, conn.Send(t.Context(), letter(), nil))
		require.NoError(t, conn.Close())
		want := "EHLO MAIL RCPT RSET MAIL RCPT DATA RSET MAIL RCPT DATA MAIL RCPT DATA QUIT"
		if setup.pipelining {
			want = "EHLO MAIL RCPT DATA RSET MAIL RCPT DATA RSET MAIL RCPT DATA MAIL RCPT DATA QUIT"
		}
		assert.Equal(t, want, strings.Join(server.commands(), " "))
	})
}

func TestSendAfterRefusedReset(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		for _, reply := range []string{"500 no", "554 Too many nonmail commands", "451 no", "421 bye", hangUp} {
			server := startFake(t, script{"RCPT": {"550 no"}, "RSET": {reply}}, setup)
			conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
			require.NoError(t, err)
			require.Error(t, conn.Send(t.Context(), letter(), nil))
			e := ports.OutcomeOf(conn.Send(t.Context(), letter(), nil))
			assert.Equal(t, ports.ConnectionSpent, e.Outcome, reply)
			assert.True(t, e.Broken)
			assert.Empty(t, server.messages())
		}
	})
}

func TestSendWhenTheContextEnds(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		for verb, want := range map[string]ports.Outcome{
			"MAIL": ports.ConnectionSpent, "RCPT": ports.TemporaryRefusal, "DATA": ports.TemporaryRefusal, dot: ports.Doubtful,
		} {
			t.Run(verb, func(t *testing.T) {
				t.Parallel()
				server := startFake(t, script{verb: {silence}}, setup)
				conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
				require.NoError(t, err)
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					for t.Context().Err() == nil && len(server.messages()) == 0 && (verb == dot || !strings.Contains(strings.Join(server.commands(), " "), verb)) {
						time.Sleep(time.Millisecond)
					}
					time.Sleep(20 * time.Millisecond) // in which the client reads what was answered before
					cancel()
				}()
				err = conn.Send(ctx, letter(), nil)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, want, ports.OutcomeOf(err).Outcome)
				assert.True(t, ports.OutcomeOf(err).Broken)
			})
		}
	})
}

func TestCloseDoesNotWaitForManners(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{silence, hangUp, endlessList, "500 no"} {
		server := startFake(t, script{"QUIT": {answer}}, fakeSetup{})
		conn, err := testMailer(t, Config{Port: server.port, CommandTimeout: 100 * time.Millisecond}).Dial(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
}
