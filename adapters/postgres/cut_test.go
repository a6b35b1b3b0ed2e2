package postgres_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// cutter is between a store and its server, and cuts the connection at a commit. It counts how often the
// server was asked for something and answered.
type cutter struct {
	net.Listener
	answers atomic.Int32
	// next says what happens at the next commit: nothing, or it is cut before or after the server has made it.
	next atomic.Int32
}

const (
	cutBefore int32 = iota + 1
	cutAfter
)

func newCutter(t *testing.T) *cutter {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cutter{Listener: listener}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		for {
			client, err := c.Accept()
			if err != nil {
				return
			}
			go c.serve(client)
		}
	}()
	return c
}

func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", "127.0.0.1:5432")
	if err != nil {
		return
	}
	defer server.Close()
	var deaf atomic.Bool
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || deaf.Load() {
				_ = client.Close()
				return
			}
			c.answers.Add(int32(bytes.Count(buffer[:n], []byte("Z\x00\x00\x00\x05")))) // ReadyForQuery
			_, _ = client.Write(buffer[:n])
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if at := bytes.Index(buffer[:n], []byte("commit\x00")); at > 0 && buffer[at-1] < ' ' {
			switch c.next.Swap(0) {
			case cutBefore:
				return
			case cutAfter:
				deaf.Store(true)
			}
		}
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
	}
}

func TestACommitMayHaveHappenedWhateverItSays(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url := h.url
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(2), Notifications: []core.Notification{{ID: 1, Recipient: 1, CreatedAt: noon}}}))
	c := newCutter(t)
	s := opened(t, strings.Replace(url, "127.0.0.1:5432", c.Addr().String(), 1), postgres.Options{})
	ctx, done := context.WithTimeout(t.Context(), time.Minute)
	defer done()
	claim := claimOf(1, 1)
	for _, cut := range []int32{cutBefore, cutAfter} {
		c.next.Store(cut)
		_, err := porttest.On(s).Claim(ctx, claim)
		require.ErrorIs(t, err, ports.ErrUnknown)
	}
	_, err := porttest.On(s).Claim(ctx, claim)
	require.ErrorIs(t, err, ports.ErrConflict, "the second has happened")
	doubts, err := s.InDoubt(ctx, noon.Add(time.Hour), 0, 10)
	require.NoError(t, err)
	require.Len(t, doubts, 1)
	for _, cut := range []int32{cutBefore, cutAfter, 0} { // what settles can be asked for again
		c.next.Store(cut)
		if err := porttest.On(s).Settle(ctx, doubts[0], noon); cut != 0 {
			require.ErrorIs(t, err, ports.ErrUnknown)
		} else {
			require.NoError(t, err)
		}
	}
	d, err := s.Dump(ctx)
	require.NoError(t, err)
	require.Len(t, d.Ledger, 1)
	assert.Equal(t, core.Sent, d.Ledger[0].Status)
	assert.Equal(t, core.At(noon), d.Notifications[0].IncludedAt)
}

// A set costs two journeys to the server: one with all statements, and the commit. What is not as ever is left out, and
// made alone.
func TestATurnoverIsTwoJourneys(t *testing.T) {
	t.Parallel()
	h := moved(t)
	refused := people(6)
	refused[4].Preferences.Failures = 2
	require.NoError(t, h.fill(t.Context(), core.World{Users: refused, Notifications: []core.Notification{{ID: 1, Recipient: 1, CreatedAt: noon}}}))
	c := newCutter(t)
	s := opened(t, strings.Replace(h.url, "127.0.0.1:5432", c.Addr().String(), 1), postgres.Options{})
	done := claimOf(1, 1)
	var err error
	done.ID, err = porttest.On(s).Claim(t.Context(), done)
	require.NoError(t, err)
	for _, tt := range []struct {
		name             string
		next             int64
		journeys         int32
		settled, claimed error
	}{
		{"the first time statements are prepared", 2, 0, nil, nil},
		{"as ever", 3, 2, nil, nil},
		{"and as ever", 5, 2, nil, nil},
		{"somebody has a run of refusals to end", 6, 2, ports.ErrBusy, nil},
		{"the claim does not hold", 6, 2, nil, ports.ErrConflict},
	} {
		before := c.answers.Load()
		next := claimOf(tt.next)
		results, err := s.Record(t.Context(), ports.Settle(done, noon), ports.Claim(next))
		require.NoError(t, err, tt.name)
		if tt.journeys > 0 {
			assert.Equal(t, tt.journeys, c.answers.Load()-before, tt.name)
		}
		require.ErrorIs(t, results[0].Err, tt.settled, tt.name)
		require.ErrorIs(t, results[1].Err, tt.claimed, tt.name)
		if tt.settled != nil {
			require.NoError(t, porttest.On(s).Settle(t.Context(), done, noon), tt.name)
		}
		done, done.ID = next, results[1].ID
	}
	d, err := s.Dump(t.Context())
	require.NoError(t, err)
	assert.Zero(t, d.Users[4].Preferences.Failures)
}
