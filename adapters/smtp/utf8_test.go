package smtp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

func TestAddressesOutsideASCII(t *testing.T) {
	t.Parallel()
	for _, w := range []struct{ offered, pipelining bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		b, offered := new(inbox), w.offered
		config := smtp.Config{Host: "127.0.0.1", Port: b.serve(t, offered, w.pipelining), TLS: smtp.NoTLS}
		mailer, err := smtp.New(config, newFormat(t))
		require.NoError(t, err)
		conn, err := mailer.Dial(t.Context())
		require.NoError(t, err)
		m := core.Message{ID: "id@rfc.example", Date: time.Unix(0, 0), Subject: "s", Text: "t\n"}

		m.To.Mailbox = "ada@bücher.example" // every server takes the domain's name in ASCII
		require.NoError(t, conn.Send(t.Context(), m, nil))
		m.To.Mailbox = "ädä@people.example"
		err = conn.Send(t.Context(), m, nil)
		if offered {
			require.NoError(t, err)
			require.Len(t, b.received(), 2)
			assert.Equal(t, "ädä@people.example", b.received()[1].to)
			assert.True(t, b.received()[1].utf8)
		} else {
			assert.Equal(t, ports.MessageRefusal, ports.OutcomeOf(err).Outcome)
			assert.False(t, ports.OutcomeOf(err).Broken)
			require.Len(t, b.received(), 1)
		}
		assert.Equal(t, "ada@xn--bcher-kva.example", b.received()[0].to)
		assert.False(t, b.received()[0].utf8)
		require.NoError(t, conn.Close())
	}
}

func TestSenderOutsideASCII(t *testing.T) {
	t.Parallel()
	format, err := mailfmt.New(mailfmt.Config{From: "größe@rfc.example", BoundaryKey: []byte("k")})
	require.NoError(t, err)
	mailer, err := smtp.New(smtp.Config{Host: "127.0.0.1", Port: new(inbox).serve(t, false, true), TLS: smtp.NoTLS}, format)
	require.NoError(t, err)
	conn, err := mailer.Dial(t.Context())
	require.NoError(t, err)
	err = conn.Send(t.Context(), core.Message{
		ID: "id@rfc.example", To: core.Address{Mailbox: "ada@people.example"}, Date: time.Unix(0, 0), Text: "t\n",
	}, nil)
	assert.Equal(t, ports.MessageRefusal, ports.OutcomeOf(err).Outcome)
	require.NoError(t, conn.Close())
}
