package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// faults are what may go wrong where a store writes.
type faults struct {
	driver.Connector
	// onCommit says what becomes of the next commit: whether it happens, and what is said of it.
	onCommit func() (apply bool, err error)
	// setting is run on every connection.
	setting string
}

func (f *faults) wrap(c driver.Connector) driver.Connector {
	f.Connector = c
	return f
}

// everything is what a connection of the driver can do.
type everything interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

func (f *faults) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := f.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &faultyConn{conn.(everything), f}
	if f.setting != "" {
		_, err = c.ExecContext(ctx, f.setting, nil)
	}
	return c, err
}

type faultyConn struct {
	everything
	faults *faults
}

func (c *faultyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.everything.BeginTx(ctx, o)
	return &faultyTx{tx, c.faults}, err
}

type faultyTx struct {
	driver.Tx
	faults *faults
}

func (x *faultyTx) Commit() error {
	if x.faults.onCommit == nil {
		return x.Tx.Commit()
	}
	apply, err := x.faults.onCommit()
	if !apply {
		return errors.Join(err, x.Tx.Rollback())
	}
	return errors.Join(x.Tx.Commit(), err)
}

func commits(statements []string) (n int) {
	for _, s := range statements {
		if s == "COMMIT" {
			n++
		}
	}
	return n
}

func TestWorkersShareCommits(t *testing.T) {
	t.Parallel()
	const workers = 100
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(workers)}))
	statements := &recorder{}
	s := opened(t, path, statements.watched())
	app := connected(t, path)
	_, err := app.ExecContext(t.Context(), "BEGIN IMMEDIATE") // all of them have to wait
	require.NoError(t, err)
	statements.taken()
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			_, err := porttest.On(s).Claim(t.Context(), claimOf(int64(i+1)))
			assert.NoError(t, err)
		})
	}
	time.Sleep(50 * time.Millisecond)
	_, err = app.ExecContext(t.Context(), "COMMIT")
	require.NoError(t, err)
	wg.Wait()
	assert.Less(t, commits(statements.taken()), workers/4)
	assert.Equal(t, []string{"100"}, query(t, path, "SELECT count(*) FROM notification_digests WHERE status = 'sending'"))
}

func TestTwoSchedulersAtTheSameInstant(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(20), Held: []core.HeldRow{{HeldMail: core.HeldMail{Recipient: 1, Text: "x", Status: core.Held}}}}))
	a, b := opened(t, path, Options{}), opened(t, path, Options{})
	var wg sync.WaitGroup
	var won, lost atomic.Int32
	count := func(err error) {
		if err == nil {
			won.Add(1)
		} else if assert.ErrorIs(t, err, ports.ErrConflict) {
			lost.Add(1)
		}
	}
	for id := range int64(20) {
		for _, s := range []ports.Store{a, b} {
			wg.Go(func() {
				_, err := porttest.On(s).Claim(t.Context(), claimOf(id+1)) // to the last byte the same
				count(err)
			})
		}
	}
	wg.Wait()
	assert.Equal(t, int32(20), won.Load())
	assert.Equal(t, int32(20), lost.Load())

	m := core.HeldMail{ID: 1, Recipient: 1, Status: core.Held, MessageID: "held@rfc.example"}
	require.NoError(t, porttest.On(a).ClaimHeld(t.Context(), m, noon))
	require.ErrorIs(t, porttest.On(b).ClaimHeld(t.Context(), m, noon), ports.ErrConflict)
	doubts, err := a.InDoubt(t.Context(), noon.Add(time.Hour), 0, 1)
	require.NoError(t, err)
	require.NoError(t, porttest.On(b).Reclaim(t.Context(), doubts[0], noon.Add(2*time.Hour)))
	require.ErrorIs(t, porttest.On(a).Reclaim(t.Context(), doubts[0], noon.Add(2*time.Hour)), ports.ErrConflict)
}

func TestACommitMayHaveHappenedWhateverItSays(t *testing.T) {
	t.Parallel()
	for name, happened := range map[string]bool{"it happened": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := migrated(t)
			require.NoError(t, Fill(t.Context(), path, core.World{
				Users:         people(2),
				Notifications: []core.Notification{{ID: 1, Recipient: 1, CreatedAt: noon}},
				Held:          []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "x", Notifications: []int64{1}, Status: core.Held}}},
			}))
			var failing atomic.Bool
			f := &faults{onCommit: func() (bool, error) {
				if failing.Swap(false) {
					return happened, errors.New("disk I/O error")
				}
				return true, nil
			}}
			s := opened(t, path, Options{wrapWriter: f.wrap})
			ctx := t.Context()
			// A claim is somebody's: it cannot be asked for again where it was made, and can where it was not.
			claims := func(what string, call func() error) {
				failing.Store(true)
				require.ErrorIs(t, call(), ports.ErrUnknown, what)
				if err := call(); happened {
					require.ErrorIs(t, err, ports.ErrConflict, what)
				} else {
					require.NoError(t, err, what)
				}
			}
			twice := func(what string, call func() error) {
				failing.Store(true)
				require.ErrorIs(t, call(), ports.ErrUnknown, what)
				require.NoError(t, call(), what)
			}
			c := claimOf(1, 1)
			claims("claim", func() error { _, err := porttest.On(s).Claim(ctx, c); return err })
			doubts, err := s.InDoubt(ctx, noon.Add(time.Hour), 0, 10)
			require.NoError(t, err)
			require.Len(t, doubts, 1)
			c.ID = doubts[0].ID
			claims("reclaim", func() error { return porttest.On(s).Reclaim(ctx, c, noon.Add(time.Hour)) })
			twice("settle", func() error { return porttest.On(s).Settle(ctx, c, noon) })
			refused := claimOf(2)
			id, err := porttest.On(s).Claim(ctx, refused)
			require.NoError(t, err)
			refused.ID = id
			twice("release", func() error { return porttest.On(s).Release(ctx, refused) })
			twice("count a refusal", func() error {
				return s.CountRefusals(ctx, []core.Refusal{{Recipient: 2, Address: "someone@rfc.example", At: noon}})
			})
			twice("roll", func() error { _, err := porttest.On(s).Roll(ctx, []core.Claim{claimOf(2)}); return err })
			m := core.HeldMail{ID: 1, Recipient: 1, Notifications: []int64{1}, Status: core.Held, MessageID: "held@rfc.example"}
			claims("claim held", func() error { return porttest.On(s).ClaimHeld(ctx, m, noon) })
			m.Status, m.Lease = core.Sending, noon
			twice("settle held", func() error { return porttest.On(s).SettleHeld(ctx, m, noon) })

			w, err := s.Dump(ctx)
			require.NoError(t, err)
			require.Len(t, w.Ledger, 2)
			assert.Equal(t, core.Sent, w.Ledger[0].Status)
			assert.Equal(t, 2, w.Ledger[0].Attempts)
			assert.Equal(t, core.Empty, w.Ledger[1].Status)
			assert.Equal(t, 1, w.Users[1].Preferences.Failures)
			assert.Equal(t, core.Sent, w.Held[0].Status)
			assert.Equal(t, core.At(noon), w.Notifications[0].EmailedAt)
			assert.Equal(t, core.At(noon), w.Notifications[0].IncludedAt)
		})
	}
}

func TestAFullDiskIsSaidToBe(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(1)}))
	s := opened(t, path, Options{wrapWriter: (&faults{setting: "PRAGMA max_page_count = 1"}).wrap}) // what is there may stay
	_, err := s.Hold(t.Context(), core.HeldMail{Recipient: 1, Text: strings.Repeat("long ", 100_000)})
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.ErrorContains(t, err, "the disk is full")
	_, err = porttest.On(s).Claim(t.Context(), claimOf(1))
	require.NoError(t, err, "what fits is still written")
}

func TestACallThatGivesUpWhileItWaitsChangesNothing(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	require.NoError(t, Fill(t.Context(), path, core.World{Users: people(1)}))
	s := opened(t, path, Options{})
	app := connected(t, path)
	_, err := app.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = porttest.On(s).Claim(ctx, claimOf(1))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = app.ExecContext(t.Context(), "COMMIT")
	require.NoError(t, err)
	_, err = s.Lapse(t.Context(), noon) // has its turn after the other would have had
	require.NoError(t, err)
	assert.Equal(t, []string{"0"}, query(t, path, "SELECT count(*) FROM notification_digests"))
}

func TestCloseFinishesAndThenRefuses(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	s, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = s.Lapse(t.Context(), noon)
	require.ErrorIs(t, err, ports.ErrUnavailable)
}

func TestAHeldMailBeginsAnew(t *testing.T) {
	t.Parallel()
	path := made(t, "")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	s := opened(t, path, Options{})
	id, err := s.Hold(t.Context(), core.HeldMail{ID: 99, Recipient: 1, Text: "x", Status: core.Sent, MessageID: "m@rfc.example", Attempts: 3, Lease: noon})
	require.NoError(t, err)
	w, err := s.Dump(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []core.HeldRow{{HeldMail: core.HeldMail{ID: id, Recipient: 1, Text: "x", Status: core.Held}}}, w.Held)
	assert.NotEqual(t, int64(99), id)
}
