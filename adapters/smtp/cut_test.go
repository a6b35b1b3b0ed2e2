package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

// cable is a connection that is torn after a number of bytes in one of the directions.
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
func converse(t *testing.T, server *fakeServer, out, in int) (*cable, error) {
	t.Helper()
	var torn *cable
	m := testMailer(t, Config{Port: server.port})
	m.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		torn = &cable{Conn: c, out: out, in: in}
		return torn, err
	}
	conn, err := m.Dial(t.Context())
	if err != nil {
		return torn, err
	}
	defer func() { assert.NoError(t, conn.Close()) }()
	err = conn.Send(t.Context(), letter())
	left := *torn
	return &left, err
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

// Wherever the line breaks on the way out, the server has no message, and we know it has none.
func TestSendTornOnTheWayOut(t *testing.T) {
	t.Parallel()
	whole := startFake(t, nil, fakeSetup{})
	left, err := converse(t, whole, plenty, plenty)
	require.NoError(t, err)
	total := plenty - left.out
	require.Equal(t, 1, settled(t, whole, 1))

	server := startFake(t, nil, fakeSetup{})
	for n := 0; n < total; n++ {
		if n > 30 && n < total-30 && n%11 != 0 {
			continue
		}
		_, err := converse(t, server, n, plenty)
		require.Error(t, err)
		e := ports.OutcomeOf(err)
		assert.Contains(t, []ports.Outcome{ports.ServerRefusal, ports.TemporaryRefusal}, e.Outcome, "after %d bytes: %v", n, err)
		assert.True(t, e.Broken)
	}
	assert.Zero(t, settled(t, server, 0))
	_, err = converse(t, server, total, plenty)
	require.NoError(t, err)
	assert.Equal(t, 1, settled(t, server, 1))
}

// Wherever it breaks on the way back, it is in doubt from the moment that the server has the message.
func TestSendTornOnTheWayBack(t *testing.T) {
	t.Parallel()
	left, err := converse(t, startFake(t, nil, fakeSetup{}), plenty, plenty)
	require.NoError(t, err)
	total := plenty - left.in
	accepted, empty := 0, []*fakeServer{}
	for n := range total {
		server := startFake(t, nil, fakeSetup{})
		_, err := converse(t, server, plenty, n)
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
}
