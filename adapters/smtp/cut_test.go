package smtp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// cable is a connection that breaks after a number of bytes in one of the directions.
type cable struct {
	net.Conn
	out, in int // how many bytes still pass
}

func (c *cable) Write(p []byte) (int, error) {
	if len(p) <= c.out {
		c.out -= len(p)
		return c.Conn.Write(p)
	}
	n, _ := c.Conn.Write(p[:c.out])
	c.out = 0
	_ = c.Close()
	return n, errors.New("torn")
}

func (c *cable) Read(p []byte) (int, error) {
	if c.in == 0 {
		_ = c.Close()
		return 0, io.EOF
	}
	n, err := c.Conn.Read(p[:min(len(p), c.in)])
	c.in -= n
	return n, err
}

const plenty = 1 << 30

// converse sends one message over a cable, and returns it with what became of the message.
func converse(t *testing.T, config Config, out, in int) (left *cable, err error) {
	t.Helper()
	left, err, _ = converseAbout(t, config, out, in, nil)
	return left, err
}

// dialTorn opens a connection over a cable.
func dialTorn(t *testing.T, config Config, out, in int) (conn ports.MailConn, torn *cable, err error) {
	t.Helper()
	m := testMailer(t, config)
	m.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		torn = &cable{Conn: c, out: out, in: in}
		return torn, err
	}
	conn, err = m.Dial(t.Context())
	return conn, torn, err
}

// converseAbout sends a message over a cable, and one that is announced with it.
func converseAbout(t *testing.T, config Config, out, in int, next *core.Message) (left *cable, err, err2 error) {
	t.Helper()
	conn, torn, err := dialTorn(t, config, out, in)
	if err != nil {
		return torn, err, err
	}
	defer func() { assert.NoError(t, conn.Close()) }()
	err = conn.Send(t.Context(), letter(), next)
	if next != nil {
		err2 = conn.Send(t.Context(), *next, nil)
	}
	copied := *torn
	return &copied, err, err2
}

// settled waits until the server has want messages whole, for a second at the most, and returns how many it has.
func settled(t *testing.T, server *fakeServer, want int) int {
	t.Helper()
	for range 1000 {
		if len(server.messages()) >= want {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return len(server.messages())
}

// If the connection breaks on the way out, at any byte, the server has no message, and we know that.
func TestSendTornOnTheWayOut(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) { checkTornOnTheWayOut(t, Config{}, setup, 30) })
}

// Under TLS the server cannot decrypt the last record unless it is complete, so it never sees the end of the message.
func TestSendTornOnTheWayOutUnderTLS(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	checkTornOnTheWayOut(t, Config{Host: "127.0.0.1", TLS: ImplicitTLS, TLSConfig: trust},
		fakeSetup{pipelining: true, implicit: true, certificate: certificate}, 10)
}

// checkTornOnTheWayOut breaks the connection after each of the first and last bytes that go out, and
// after some between.
func checkTornOnTheWayOut(t *testing.T, config Config, setup fakeSetup, near int) {
	whole := startFake(t, nil, setup)
	config.Port = whole.port
	left, err := converse(t, config, plenty, plenty)
	require.NoError(t, err)
	total := plenty - left.out
	require.Equal(t, 1, settled(t, whole, 1))

	server := startFake(t, nil, setup)
	config.Port = server.port
	for n := 0; n < total; n++ {
		if n > near && n < total-near && n%11 != 0 {
			continue
		}
		_, err := converse(t, config, n, plenty)
		require.Error(t, err)
		e := ports.OutcomeOf(err)
		assert.Contains(t, []ports.Outcome{ports.ServerRefusal, ports.ConnectionSpent, ports.TemporaryRefusal}, e.Outcome, "after %d bytes: %v", n, err)
		assert.True(t, e.Broken)
	}
	assert.Zero(t, settled(t, server, 0))
	_, err = converse(t, config, total, plenty)
	require.NoError(t, err)
	assert.Equal(t, 1, settled(t, server, 1))
}

// unsure is a connection whose last write leaves in full, but returns an error.
type unsure struct{ net.Conn }

func (u unsure) Write(p []byte) (int, error) {
	n, err := u.Conn.Write(p)
	if bytes.HasSuffix(p, []byte("\r\n.\r\n")) {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// If the end of a message may have left, the message is in doubt after any error.
func TestSendWhenTheEndMayHaveLeft(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		server := startFake(t, nil, setup)
		m := testMailer(t, Config{Port: server.port})
		m.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, address)
			return unsure{c}, err
		}
		conn, err := m.Dial(t.Context())
		require.NoError(t, err)
		e := ports.OutcomeOf(conn.Send(t.Context(), letter(), nil))
		assert.Equal(t, ports.Doubtful, e.Outcome)
		assert.True(t, e.Broken)
		assert.Contains(t, e.Error(), "message: no answer in time")
		assert.Equal(t, 1, settled(t, server, 1))
	})
}

// A server that does not read blocks the write. A message that it has not read in full, it does not have.
func TestSendToOneWhoDoesNotRead(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		setup.deaf = true
		server := startFake(t, nil, setup)
		conn, err := testMailer(t, Config{Port: server.port, CommandTimeout: 100 * time.Millisecond}).Dial(t.Context())
		require.NoError(t, err)
		large := letter()
		large.Text = strings.Repeat(strings.Repeat("x", 70)+"\n", 200_000)
		e := ports.OutcomeOf(conn.Send(t.Context(), large, nil))
		assert.Equal(t, ports.TemporaryRefusal, e.Outcome)
		assert.True(t, e.Broken)
		assert.Contains(t, e.Error(), "message: no answer in time")
	})
}

// If the connection breaks on the way back, the message is in doubt from the moment that the server has it.
func TestSendTornOnTheWayBack(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		left, err := converse(t, Config{Port: startFake(t, nil, setup).port}, plenty, plenty)
		require.NoError(t, err)
		total := plenty - left.in
		accepted, empty := 0, []*fakeServer{}
		for n := range total {
			server := startFake(t, nil, setup)
			_, err := converse(t, Config{Port: server.port}, plenty, n)
			outcome := ports.Outcome(0)
			if err != nil {
				outcome = ports.OutcomeOf(err).Outcome
				assert.True(t, ports.OutcomeOf(err).Broken)
			}
			switch outcome {
			case 0, ports.Doubtful:
				assert.Equal(t, 1, settled(t, server, 1), "after %d bytes: %v", n, err)
				accepted++
			default:
				empty = append(empty, server)
			}
		}
		assert.NotZero(t, accepted)
		assert.NotEmpty(t, empty)
		for _, server := range empty {
			assert.Empty(t, server.messages())
		}
	})
}
