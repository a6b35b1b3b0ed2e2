package smtp

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// second is the message after letter().
func second() *core.Message {
	m := letter()
	m.ID, m.To.Mailbox = "second@rfc.example", "secret2@people.example"
	return &m
}

// script returns what the server says of both messages.
func (c aheadCase) script() script {
	switch c.step {
	case firstDot:
		return script{dot: {c.event}}
	case dot:
		return script{dot: {"250 taken", c.event}}
	}
	return script{c.step: {usual[c.step], c.event}}
}

// silent reports whether a reply is missing.
func (s script) silent() bool {
	for _, replies := range s {
		if slices.Contains(replies, silence) || slices.Contains(replies, lost) {
			return true
		}
	}
	return false
}

// outcomeOf returns what became of a message, 0 if it was accepted.
func outcomeOf(err error) ports.Outcome {
	if err == nil {
		return 0
	}
	return ports.OutcomeOf(err).Outcome
}

// checkBoth sends two messages to such a server, the second announced, and then another.
func checkBoth(t *testing.T, s script, config Config, setup fakeSetup, first, next ports.Outcome, broken bool) *fakeServer {
	t.Helper()
	setup.pipelining = true
	server := startFake(t, s, setup)
	config.Port = server.port
	if s.silent() {
		config.ReplyTimeout, config.CommandTimeout = 200*time.Millisecond, 200*time.Millisecond
	}
	conn, err := testMailer(t, config).Dial(t.Context())
	require.NoError(t, err)
	err = conn.Send(t.Context(), letter(), second())
	assert.Equal(t, first, outcomeOf(err), "first: %v", err)
	err2 := conn.Send(t.Context(), *second(), nil)
	assert.Equal(t, next, outcomeOf(err2), "next: %v", err2)
	for _, err := range []error{err, err2} {
		if err != nil {
			assert.NotContains(t, err.Error(), "secret")
		}
	}
	if err2 != nil {
		assert.Equal(t, broken, ports.OutcomeOf(err2).Broken)
	}
	checkNext(t, conn, broken, server)
	for _, void := range server.voids() {
		assert.Empty(t, void, "no message goes to nobody")
	}
	require.NoError(t, conn.Close())
	return server
}

func TestSendAhead(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	for way, w := range sendWays {
		for _, c := range aheadCases {
			together := c.event == tooMany || strings.Contains(c.event, "\r\n")
			if !w.setup.pipelining || w.setup.manner != inOnePacket && together {
				continue // whether such a reply comes before our next command depends on timing
			}
			if w.setup.manner == byteByByte && c.script().silent() {
				continue // silence is the same in all ways, and each costs a timeout
			}
			t.Run(c.step+"/"+c.event+"/"+way, func(t *testing.T) {
				t.Parallel()
				setup, config := w.setup, Config{}
				if w.tls {
					setup.certificate, setup.implicit = certificate, true
					config = Config{Host: "127.0.0.1", TLS: ImplicitTLS, TLSConfig: trust}
				}
				server := checkBoth(t, c.script(), config, setup, c.first, c.next, c.broken)
				assert.Len(t, server.messages(), c.whole+map[bool]int{false: 1}[c.broken])
			})
		}
	}
}

func TestSendAheadOfSeveralEvents(t *testing.T) {
	t.Parallel()
	for name, c := range aheadScripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkBoth(t, c.script, Config{}, fakeSetup{manner: inOnePacket}, c.first, c.next, c.broken)
		})
	}
}

// The commands for the next message are in the write that ends the last one, and come alone if it is not known.
func TestSendAheadWritesOnce(t *testing.T) {
	t.Parallel()
	server := startFake(t, nil, fakeSetup{pipelining: true})
	conn, wire := dialNoted(t, Config{Port: server.port})
	envelope := "MAIL FROM:<digest@rfc.example> BODY=8BITMIME\r\nRCPT TO:<secret@people.example>\r\nDATA\r\n"
	envelope2 := strings.Replace(envelope, "secret", "secret2", 1)
	require.NoError(t, conn.Send(t.Context(), letter(), second()))
	require.NoError(t, conn.Send(t.Context(), *second(), nil))
	m := server.messages()
	assert.Equal(t, []string{envelope, m[0] + ".\r\n" + envelope2, m[1] + ".\r\n"}, wire.taken())

	// A large one, whose end is anywhere in a piece.
	for size := pieceSize - 300; size < pieceSize+300; size += 47 {
		large := letter()
		large.HTML, large.Text = "", strings.Repeat("x\n", size/3)
		require.NoError(t, conn.Send(t.Context(), large, second()))
		writes := wire.taken()
		assert.True(t, strings.HasSuffix(writes[len(writes)-1], "\r\n.\r\n"+envelope2), "of %d writes", len(writes))
		require.NoError(t, conn.Send(t.Context(), *second(), nil))
		assert.Len(t, wire.taken(), 1)
	}
	require.NoError(t, conn.Close())
}

func TestSendAheadNeedsPipelining(t *testing.T) {
	t.Parallel()
	server := startFake(t, nil, fakeSetup{})
	conn, wire := dialNoted(t, Config{Port: server.port})
	require.NoError(t, conn.Send(t.Context(), letter(), second()))
	writes := wire.taken()
	assert.Len(t, writes, 4)
	assert.True(t, strings.HasSuffix(writes[3], "\r\n.\r\n"))
	require.NoError(t, conn.Send(t.Context(), *second(), nil))
	require.NoError(t, conn.Close())
	assert.Equal(t, "EHLO MAIL RCPT DATA MAIL RCPT DATA QUIT", strings.Join(server.commands(), " "))
}

// Haraka says 503 to all that comes behind the end of a message, and others may say nothing. They are not asked again.
func TestSendAheadIsLeftOffIfTheServerDoesNotTakeIt(t *testing.T) {
	t.Parallel()
	for event, commands := range map[string]string{
		"503 5.5.1 no": "EHLO MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA MAIL RCPT DATA",
		silence:        "EHLO MAIL RCPT DATA MAIL EHLO MAIL RCPT DATA MAIL RCPT DATA",
	} {
		server := startFake(t, script{"MAIL": {"250 ok", event}}, fakeSetup{pipelining: true})
		mailer, wire := testMailer(t, Config{Port: server.port, CommandTimeout: 200 * time.Millisecond}), new(noted)
		mailer.dial = wire.dial
		conn, err := mailer.Dial(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.Send(t.Context(), letter(), second()))
		if event == silence {
			assert.Equal(t, ports.ConnectionSpent, outcomeOf(conn.Send(t.Context(), *second(), nil)))
			conn, err = mailer.Dial(t.Context())
			require.NoError(t, err)
		}
		wire.taken()
		third := letter()
		third.ID = "third@rfc.example"
		require.NoError(t, conn.Send(t.Context(), *second(), &third))
		for _, text := range wire.taken() {
			assert.NotContains(t, text, "\r\n.\r\nMAIL")
		}
		require.NoError(t, conn.Send(t.Context(), third, nil))
		assert.Equal(t, commands, strings.Join(server.commands(), " "))
		assert.Len(t, server.messages(), 3)
		require.NoError(t, conn.Close())
	}
}

// A message whose commands went out is not accepted without its text, and nothing goes out in its place.
func TestSendAheadOfAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script   script
		outcome  ports.Outcome // of a third message
		commands string
	}{
		"the server waits for it": {nil, ports.ConnectionSpent, "EHLO MAIL RCPT DATA MAIL RCPT DATA"},
		"it was refused":          {script{"RCPT": {"250 ok", "550 no"}}, 0, "EHLO MAIL RCPT DATA MAIL RCPT DATA RSET MAIL RCPT DATA QUIT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startFake(t, c.script, fakeSetup{pipelining: true})
			conn, wire := dialNoted(t, Config{Port: server.port})
			require.NoError(t, conn.Send(t.Context(), letter(), second()))
			wire.taken()
			third := letter()
			third.ID = "third@rfc.example"
			assert.Equal(t, c.outcome, outcomeOf(conn.Send(t.Context(), third, nil)))
			assert.Equal(t, c.outcome != 0, len(wire.taken()) == 0, "nothing is said to who waits for a message")
			require.NoError(t, conn.Close())
			assert.Equal(t, c.commands, strings.Join(server.commands(), " "))
			for _, m := range server.messages() {
				assert.NotContains(t, m, "second@rfc.example")
			}
			assert.Empty(t, server.voids())
		})
	}
}

func TestCloseAfterSendAhead(t *testing.T) {
	t.Parallel()
	for commands, s := range map[string]script{
		"EHLO MAIL RCPT DATA MAIL RCPT DATA":      nil, // QUIT would be a part of the message
		"EHLO MAIL RCPT DATA MAIL RCPT DATA QUIT": {"RCPT": {"250 ok", "550 no"}},
	} {
		server := startFake(t, s, fakeSetup{pipelining: true})
		conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.Send(t.Context(), letter(), second()))
		require.NoError(t, conn.Close())
		assert.Equal(t, ports.ConnectionSpent, outcomeOf(conn.Send(t.Context(), *second(), nil)))
		assert.Equal(t, commands, strings.Join(server.commands(), " "))
		assert.Len(t, server.messages(), 1)
	}
}

// A message that cannot be sent is not announced, and costs only itself.
func TestSendAheadOfOneThatCannotBeSent(t *testing.T) {
	t.Parallel()
	server := startFake(t, nil, fakeSetup{pipelining: true})
	conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
	require.NoError(t, err)
	for _, mailbox := range []string{"nobody", "grüße@people.example"} {
		bad := letter()
		bad.To.Mailbox = mailbox
		require.NoError(t, conn.Send(t.Context(), letter(), &bad))
		assert.Equal(t, ports.MessageRefusal, outcomeOf(conn.Send(t.Context(), bad, second())))
		require.NoError(t, conn.Send(t.Context(), *second(), nil))
	}
	require.NoError(t, conn.Close())
	assert.Len(t, server.messages(), 4)
}

// What was accepted stays so if the context ends while the replies for the next message are awaited.
func TestSendAheadWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]ports.Outcome{"MAIL": ports.ConnectionSpent, "RCPT": ports.TemporaryRefusal, "DATA": ports.TemporaryRefusal} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			server := startFake(t, script{verb: {usual[verb], silence}}, fakeSetup{pipelining: true})
			conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for t.Context().Err() == nil && strings.Count(strings.Join(server.commands(), " "), verb) < 2 {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(20 * time.Millisecond) // in which the client reads what was answered before
				cancel()
			}()
			require.NoError(t, conn.Send(ctx, letter(), second()))
			assert.Equal(t, want, outcomeOf(conn.Send(t.Context(), *second(), nil)))
			require.NoError(t, conn.Close())
			assert.Len(t, server.messages(), 1)
		})
	}
}
