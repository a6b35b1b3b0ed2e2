package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// setClock shows the instant that it was set to.
type setClock struct{ now time.Time }

func (c *setClock) Now() time.Time { return c.now }

// works is a scheduler over a database, with all that it says to the database.
type works struct {
	testing.TB
	path          string
	clock         setClock
	ticker        *app.Ticker
	reads, writes recorder
}

// newWorks returns a scheduler over a fresh database, which has made its first tick: in that it looks
// at the schema.
func newWorks(t testing.TB, path string, mailer ports.Mailer) *works {
	t.Helper()
	w := &works{TB: t, path: path, clock: setClock{noon}}
	o := hasty()
	hurried := o.wrapWriter
	o.wrapReader = func(c driver.Connector) driver.Connector { return &watched{c, &w.reads} }
	o.wrapWriter = func(c driver.Connector) driver.Connector { return &watched{hurried(c), &w.writes} }
	s, err := Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	w.ticker, err = app.New(app.Config{Style: style}, s, mailer, &w.clock)
	require.NoError(t, err)
	w.tick()
	return w
}

// discarding returns a mailer that makes every mail, and keeps none.
func discarding(t testing.TB) ports.Mailer {
	t.Helper()
	format, err := mailfmt.New(mailfmt.Config{From: "digest@rfc.example", BoundaryKey: []byte("key")})
	require.NoError(t, err)
	return discard.Mailer{Format: format}
}

// tick makes a tick and returns its report, and what was read and written in it.
func (w *works) tick() (report app.Report, reads, writes []string) {
	w.Helper()
	w.reads.taken()
	w.writes.taken()
	report, err := w.ticker.Tick(w.Context())
	require.NoError(w, err)
	report.DurationMS = 0
	return report, w.reads.taken(), w.writes.taken()
}

// isMark reports whether a statement is of Mark, which is called at the end, and every few seconds of a long tick.
func isMark(statement string) bool {
	return strings.Contains(statement, "rfcdigest_unmarked") && strings.Contains(statement, "LIMIT") ||
		strings.HasPrefix(statement, "UPDATE notifications SET digest_included_at") || strings.HasPrefix(statement, "UPDATE notification_digests SET lease_until = NULL")
}

// crowded fills the database with n people from the ID first on, who have ten notifications each.
func (w *works) crowded(t *testing.T, first, n int) {
	w.Helper()
	those := fmt.Sprintf("WITH RECURSIVE those (id) AS (SELECT %d UNION ALL SELECT id + 1 FROM those WHERE id + 1 < %d) ", first, first+n)
	execute(t, w.path, "PRAGMA synchronous = OFF; BEGIN",
		"INSERT INTO users "+those+"SELECT id, 'someone@rfc.example', 'Someone', 'daily' FROM those",
		`INSERT INTO notifications (recipient_user_id, event_kind, actor_user_id, rfc_slug, created_at) `+those+
			"SELECT those.id, 'vote_cast', those.id + 1, 'rfc-' || value, '2026-03-29 11:00:00' FROM those, json_each('[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]')",
		"COMMIT")
}

// TestATickCostsStatementsByThePage has ever more people become due, and counts.
func TestATickCostsStatementsByThePage(t *testing.T) {
	t.Parallel()
	const (
		page = 500
		// What is known of the installation; who is in doubt, and what waits; and who is due, after the last page once
		// more, and whether the database is still as it was.
		always = 1 + 2 + 2
		// Who is due, and whether the database is still as it was; what they are to be told, whether they were
		// told already, and what came from others; and which person and what that is about.
		perPage = 2 + 3 + 2
		// The claim; and that it is sent.
		perDigest = 1 + 1
		// When those who were claimed are due next; and that there are no refusals to forget of those who were served.
		perCommit = 1 + 1
	)
	path := migrated(t)
	execute(t, path, "INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (0, 'vote_cast', '2020-01-01 00:00:00')") // so it is known how times are written
	w := newWorks(t, path, discarding(t))
	first, naming := 1, 2 // the first tick that sends notes who does, and that the server takes mail
	for _, due := range []int{page, 2 * page} {
		w.crowded(t, first, due)
		first += due
		report, reads, writes := w.tick()
		assert.Equal(t, app.Report{Considered: due, DigestsSent: due}, report)
		marks := len(reads) + len(writes)
		reads, writes = slices.DeleteFunc(reads, isMark), slices.DeleteFunc(writes, isMark)
		marks -= len(reads) + len(writes)
		assert.LessOrEqual(t, marks, 10+due/50, "many are marked together")
		assert.Len(t, reads, always+perPage*due/page)
		assert.LessOrEqual(t, commits(writes), due/4, "several digests share a commit")
		others := len(writes) - 3*commits(writes) - perDigest*due
		assert.LessOrEqual(t, others, 2+naming+perCommit*commits(writes), "one is for watches, one marks the end")
		assert.Greater(t, others, 2+naming)
		naming = 0

		report, reads, writes = w.tick()
		assert.Equal(t, app.Report{}, report)
		assert.Len(t, slices.DeleteFunc(reads, isMark), always, "nobody is looked at who is not due")
		assert.Len(t, writes, 8, "for watches, and to mark the end")
	}
	assert.Equal(t, []string{fmt.Sprint(first-1, "|sent")}, query(t, w.path, "SELECT count(*), status FROM notification_digests GROUP BY status"))
	assert.Equal(t, []string{fmt.Sprint(10 * (first - 1))}, query(t, w.path, "SELECT count(*) FROM notifications WHERE digest_included_at = '2026-03-29 12:00:00'"))
}

// TestADigestCostsOneCommitAtMost has mail take its time, so that there is always a next digest.
func TestADigestCostsOneCommitAtMost(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	const due, connections = 200, 4
	synctest.Test(t, func(t *testing.T) {
		w := newWorks(t, path, leisurely{discarding(t)})
		w.crowded(t, 1, due)
		report, _, writes := w.tick()
		assert.Equal(t, app.Report{Considered: due, DigestsSent: due}, report)
		assert.LessOrEqual(t, commits(writes), due+2*connections+3,
			"on each connection a claim comes before the first, and before the first of those that were put off to the end; watches are looked at, the server takes mail, and the end is marked")
	})
}

// leisurely is a mailer that takes a second for each message.
type leisurely struct{ ports.Mailer }

func (l leisurely) Dial(ctx context.Context) (ports.MailConn, error) {
	conn, err := l.Mailer.Dial(ctx)
	return leisurelyConn{conn}, err
}

type leisurelyConn struct{ ports.MailConn }

func (l leisurelyConn) Send(ctx context.Context, m core.Message, next *core.Message) error {
	time.Sleep(time.Second)
	return l.MailConn.Send(ctx, m, next)
}
