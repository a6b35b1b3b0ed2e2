package smtp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

// maybe reports whether a server may have a message with that outcome.
func maybe(o ports.Outcome) bool { return o == 0 || o == ports.Doubtful }

// checkTornAhead breaks the connection of two messages after every step bytes, and holds that what is said of each message
// is true, and that all of must was said of both.
func checkTornAhead(t *testing.T, config Config, setup fakeSetup, step int, reach func(n int) (out, in int), must ...[2]ports.Outcome) {
	seen := map[[2]ports.Outcome]bool{}
	for n := 0; !seen[[2]ports.Outcome{}]; n += step {
		server := startFake(t, nil, setup)
		config.Port = server.port
		out, in := reach(n)
		_, err, err2 := converseAbout(t, config, out, in, second())
		said := [2]ports.Outcome{outcomeOf(err), outcomeOf(err2)}
		seen[said] = true
		want := 0
		for _, o := range said {
			if maybe(o) {
				want++
			}
		}
		settled(t, server, want)
		mails := strings.Join(server.messages(), "")
		assert.Equal(t, strings.Contains(mails, "<id@rfc.example>"), maybe(said[0]), "after %d bytes: %v", n, err)
		assert.Equal(t, strings.Contains(mails, "<second@rfc.example>"), maybe(said[1]), "after %d bytes: %v", n, err2)
	}
	for _, both := range must {
		assert.True(t, seen[both], "%v: %v", both, seen)
	}
}

func onTheWayOut(n int) (out, in int)  { return n, plenty }
func onTheWayBack(n int) (out, in int) { return plenty, n }

// The first message is in doubt from its end on, also if what breaks off are the commands behind it.
func TestSendAheadTornOnTheWayOut(t *testing.T) {
	t.Parallel()
	checkTornAhead(t, Config{}, fakeSetup{pipelining: true}, 1, onTheWayOut, [][2]ports.Outcome{
		{ports.TemporaryRefusal, ports.ConnectionSpent}, {ports.Doubtful, ports.ConnectionSpent}, {0, ports.TemporaryRefusal},
	}...)
}

func TestSendAheadTornOnTheWayBack(t *testing.T) {
	t.Parallel()
	checkTornAhead(t, Config{}, fakeSetup{pipelining: true}, 1, onTheWayBack, [][2]ports.Outcome{
		{ports.TemporaryRefusal, ports.ConnectionSpent}, {ports.Doubtful, ports.ConnectionSpent}, {0, ports.ConnectionSpent}, {0, ports.TemporaryRefusal}, {0, ports.Doubtful},
	}...)
}

// A record of TLS has 16 KiB. The commands may be in the one with the end of the message, or in the next, which alone breaks off.
func TestSendAheadTornUnderTLS(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	setup := fakeSetup{pipelining: true, implicit: true, certificate: certificate}
	seen := map[ports.Outcome]bool{}
	for size := 14_800; size < 15_000; size += 30 {
		server := startFake(t, nil, setup)
		config := Config{Host: "127.0.0.1", Port: server.port, TLS: ImplicitTLS, TLSConfig: trust}
		m := letter()
		m.Text = strings.Repeat("x", size) + "\n"
		conn, torn, err := dialTorn(t, config, plenty, plenty)
		require.NoError(t, err)
		before := torn.out
		require.NoError(t, conn.Send(t.Context(), m, second()))
		all := before - torn.out
		require.NoError(t, conn.Close())
		for _, missing := range []int{1, 50} {
			had := settled(t, server, 1)
			conn, torn, err := dialTorn(t, config, plenty, plenty)
			require.NoError(t, err)
			torn.out = all - missing
			o := outcomeOf(conn.Send(t.Context(), m, second()))
			seen[o] = true
			want := map[ports.Outcome]int{ports.Doubtful: 1}[o]
			assert.Equal(t, had+want, settled(t, server, had+want), "%d bytes of text, %d missing: %s", size, missing, o)
			require.NoError(t, conn.Close())
		}
	}
	assert.Equal(t, map[ports.Outcome]bool{ports.Doubtful: true, ports.TemporaryRefusal: true}, seen)
}
