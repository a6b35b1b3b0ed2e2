package memory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestMailerContract(t *testing.T) {
	t.Parallel()
	porttest.MailerContract(t, func(*testing.T) porttest.MailWorld {
		m := new(memory.Mailer)
		return porttest.MailWorld{Mailer: m, Accepted: func(*testing.T) []core.Message { return m.Sent() }}
	})
}

func mailTo(name string) core.Message {
	return core.Message{
		ID: name + "@rfc.example", To: core.Address{Mailbox: name + "@people.example"},
		Date: time.Unix(0, 0).UTC(), Subject: "s", Text: "t\n",
	}
}

func TestMailerFaults(t *testing.T) {
	t.Parallel()
	lost := errors.New("the line went dead")
	refused := &ports.SendError{Outcome: ports.RecipientRefusal, Code: 550, Err: errors.New("RCPT: 550")}
	m := &memory.Mailer{Fault: func(n int, _ core.Message) (bool, error) {
		switch n {
		case 1:
			return false, refused
		case 2:
			return false, nil
		case 3:
			return true, lost
		}
		return true, nil
	}}
	c, err := m.Dial(t.Context())
	require.NoError(t, err)

	assert.Equal(t, refused, c.Send(t.Context(), mailTo("refused"), nil))
	require.NoError(t, c.Send(t.Context(), mailTo("swallowed"), nil))
	assert.Empty(t, m.Sent())

	err = c.Send(t.Context(), mailTo("kept"), nil)
	require.ErrorIs(t, err, lost)
	assert.Equal(t, ports.Doubtful, ports.OutcomeOf(err).Outcome)
	assert.True(t, ports.OutcomeOf(err).Broken)
	assert.Equal(t, []core.Message{mailTo("kept")}, m.Sent())

	assert.Equal(t, ports.ConnectionSpent, ports.OutcomeOf(c.Send(t.Context(), mailTo("late"), nil)).Outcome)
	assert.Len(t, m.Sent(), 1)
}

func TestMailerDialFaults(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	m := &memory.Mailer{DialFault: func(n int) error {
		if n == 1 {
			return down
		}
		return nil
	}}
	_, err := m.Dial(t.Context())
	require.ErrorIs(t, err, down)
	assert.Equal(t, ports.ServerRefusal, ports.OutcomeOf(err).Outcome)
	_, err = m.Dial(t.Context())
	require.NoError(t, err)
}

func TestMailerIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	m := &memory.Mailer{}
	m.Fault = func(int, core.Message) (bool, error) { return len(m.Sent()) >= 0, nil }
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			c, err := m.Dial(context.Background())
			if !assert.NoError(t, err) {
				return
			}
			for i := range 50 {
				assert.NoError(t, c.Send(context.Background(), mailTo(fmt.Sprintf("p%d-%d", worker, i)), nil))
			}
			assert.NoError(t, c.Close())
		})
	}
	wg.Wait()
	sent := m.Sent()
	assert.Len(t, sent, 400)
	sent[0] = core.Message{}
	assert.NotEqual(t, sent[0], m.Sent()[0])
}
