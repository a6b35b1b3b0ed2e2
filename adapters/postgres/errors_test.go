package postgres_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

const password = "Tr0ub4dor-and-3"

func TestADatabaseThatCannotBeUsedIsSaidSo(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url := h.url
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for name, c := range map[string]struct {
		url   string
		words []string
	}{
		"nobody listens":   {"postgres://digest:" + password + "@" + closed.Addr().String() + "/rfc", []string{"rfc on " + closed.Addr().String(), "cannot be reached", "refused"}},
		"no such database": {strings.Replace(server, "5432/postgres", "5432/rfcdigest_nowhere", 1), []string{"rfcdigest_nowhere on 127.0.0.1:5432", "does not exist", "createdb"}},
		"no such user":     {strings.Replace(server, "postgres@", "rfcdigest_nobody:"+password+"@", 1), []string{`"rfcdigest_nobody"`}},
		"a pooler":         {"postgres://digest:" + password + "@" + pooler(t) + "/rfc?sslmode=disable", []string{"pooler", "lock_timeout", "the server itself"}},
		"only for reading": {url + "&default_transaction_read_only=on", []string{"read-only", "primary"}},
	} {
		_, err := postgres.Open(t.Context(), c.url, postgres.Options{})
		require.ErrorIs(t, err, ports.ErrUnavailable, name)
		for _, word := range c.words {
			assert.ErrorContains(t, err, word, name)
		}
		assert.NotContains(t, err.Error(), password, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
	for _, odd := range []string{"postgres://digest:" + password + "/@127.0.0.1/rfc", "postgres://digest:%zz" + password + "@h/rfc", "postgres://digest:" + password + "@h:x/rfc"} {
		_, err := postgres.Name(odd)
		require.ErrorIs(t, err, postgres.ErrURL)
		assert.NotContains(t, err.Error(), password)
	}
	name, err := postgres.Name("postgres://digest:" + password + "@db.example/rfc?search_path=app")
	require.NoError(t, err)
	assert.Equal(t, "rfc on db.example:5432 (schema app)", name)
}

// pooler returns the address of what answers as PgBouncer does, where it was not told to pass settings on.
func pooler(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			server := pgproto3.NewBackend(conn, conn)
			_, _ = server.ReceiveStartupMessage()
			server.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "08P01", Message: "unsupported startup parameter: lock_timeout"})
			_, _ = server.Flush(), conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestWhatMayNotBeWrittenIsUnavailable(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url := h.url
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(1)}))
	_, err := porttest.On(opened(t, url, postgres.Options{ReadOnly: true})).Claim(t.Context(), claimOf(1))
	require.ErrorIs(t, err, ports.ErrUnavailable)
	condition, err := postgres.Inspect(t.Context(), url)
	require.NoError(t, err)
	assert.Empty(t, condition.Unwritable)
	assert.Empty(t, condition.Missing)
	assert.Positive(t, condition.Size)
	assert.NotEmpty(t, condition.Version)

	_, name, _ := strings.Cut(url, "search_path=")
	execute(t, url, "CREATE ROLE "+name+" LOGIN", "GRANT USAGE ON SCHEMA "+name+" TO "+name, "GRANT SELECT ON ALL TABLES IN SCHEMA "+name+" TO "+name, "GRANT UPDATE ON users TO "+name)
	t.Cleanup(func() { execute(t, url, "DROP OWNED BY "+name, "DROP ROLE "+name) })
	reader := strings.Replace(url, "postgres@", name+"@", 1)
	condition, err = postgres.Inspect(t.Context(), reader)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(condition.Unwritable, "notifications (UPDATE), watches (INSERT), watches (UPDATE), watches (DELETE), notification_digests (INSERT)"), condition.Unwritable)
	_, err = porttest.On(opened(t, reader, postgres.Options{})).Claim(t.Context(), claimOf(1))
	require.ErrorIs(t, err, ports.ErrUnavailable)
	assert.ErrorContains(t, err, "grant")
}

func TestALockThatStaysIsNotWaitedForWithoutEnd(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url := h.url
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(2), Watches: []core.Watch{{User: 1, State: core.Watching, Participation: core.At(noon)}}}))
	s := opened(t, url+"&lock_timeout=30ms", postgres.Options{})
	_, err := h.app.Exec(t.Context(), "BEGIN; UPDATE users SET digest_cadence = 'weekly' WHERE id = 1; UPDATE watches SET state = state")
	require.NoError(t, err)
	_, err = porttest.On(s).Claim(t.Context(), claimOf(1))
	require.ErrorIs(t, err, ports.ErrBusy)
	require.NotErrorIs(t, err, ports.ErrUnavailable)
	_, err = porttest.On(s).Claim(t.Context(), claimOf(2))
	require.NoError(t, err, "nobody is in the way of others")
	held, err := porttest.On(s).Roll(t.Context(), []core.Claim{claimOf(1)})
	require.NoError(t, err, "who is locked is left out")
	assert.Zero(t, held)
	decayed, err := s.Lapse(t.Context(), noon.Add(time.Hour))
	require.NoError(t, err)
	assert.Zero(t, decayed)
	_, err = h.app.Exec(t.Context(), "COMMIT")
	require.NoError(t, err)
	_, err = porttest.On(s).Claim(t.Context(), claimOf(1))
	require.NoError(t, err)
	decayed, err = s.Lapse(t.Context(), noon.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, decayed)
}

func TestAStoreOutlivesItsConnections(t *testing.T) {
	t.Parallel()
	h := moved(t)
	url := h.url
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(3)}))
	s := opened(t, url+"&application_name=rfcdigest_cut", postgres.Options{})
	for id := int64(1); id <= 3; id++ {
		_, err := porttest.On(s).Claim(t.Context(), claimOf(id))
		require.NoError(t, err)
		execute(t, url, "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = 'rfcdigest_cut'")
		for range 10 { // each of its connections may find out by itself
			if _, err = s.Lookup(t.Context(), []int64{1}); err != nil {
				require.ErrorIs(t, err, ports.ErrUnavailable)
			}
			if err = s.Unsubscribe(t.Context(), 404, 0); err != nil {
				require.ErrorIs(t, err, ports.ErrUnavailable)
			}
		}
		require.NoError(t, err)
	}
}

func TestTextThatPostgreSQLCannotHoldIsMadeFit(t *testing.T) {
	t.Parallel()
	h := moved(t)
	const odd = "a\x00b\xffc"
	require.NoError(t, h.fill(t.Context(), core.World{Users: []core.Recipient{{ID: 1, Address: odd, Name: odd, Cadence: core.Daily}}, RFCs: []core.RFC{{Slug: odd, Title: odd}}}))
	s := h.store
	c := claimOf(1)
	c.MessageID = odd
	id, err := porttest.On(s).Claim(t.Context(), c)
	require.NoError(t, err)
	c.ID = id
	require.NoError(t, porttest.On(s).Release(t.Context(), c))
	require.NoError(t, s.CountRefusals(t.Context(), []core.Refusal{{Recipient: 1, Address: odd, Reason: odd, At: noon}}))
	found, err := porttest.On(s).Find(t.Context(), odd, 0, 10)
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "ab\uFFFDc", found[0].Preferences.SuppressedAddress)
	m := core.HeldMail{Recipient: 1, Subject: odd, Text: odd, HTML: odd}
	m.ID, err = s.Hold(t.Context(), m)
	require.NoError(t, err)
	m.Status, m.MessageID = core.Held, odd
	require.NoError(t, porttest.On(s).ClaimHeld(t.Context(), m, noon))
	m.Status, m.Lease = core.Sending, noon
	require.NoError(t, porttest.On(s).SettleHeld(t.Context(), m, noon))
	require.NoError(t, s.Ticked(t.Context(), core.TickMark{Instant: noon, EndedAt: noon, Trouble: odd}))
	d, err := s.Dump(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "ab\uFFFDc", d.Held[0].Text)
}
