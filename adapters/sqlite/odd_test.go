package sqlite

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestNoNotificationIsLostForItsTimestamp(t *testing.T) {
	t.Parallel()
	path := made(t, "loose.sql")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	since := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	in := time.Date(2026, 3, 28, 18, 0, 0, 0, time.UTC)
	// What is stored, as SQL, and what is read: in the window, or unreadable.
	stored := []struct {
		created string
		at      time.Time
	}{
		{`'2026-03-28 18:00:00'`, in}, {`'2026-03-28T18:00:00Z'`, in}, {`'2026-03-28t18:00:00.000z'`, in}, {`'2026-03-28 18:00:00+00:00'`, in},
		{`'2026-03-28 05:00:00-13:00'`, in}, {`'2026-03-29T07:00:00+13:00'`, in}, {`'2026-03-28 18:00:00,000'`, in}, {`X'323032362d30332d32382031383a30303a3030'`, in},
		{`NULL`, time.Time{}}, {`''`, time.Time{}}, {`'03/28/2026'`, time.Time{}}, {`'2026-13-45 99:99:99'`, time.Time{}}, {`'2026-02-30 12:00:00'`, time.Time{}},
		{`0`, time.Time{}}, {`1774720800`, in}, {`1774720800000`, in}, {`'1774720800000000'`, in}, {`1774720800000000000`, in}, {`2461128.25`, in}, {`'2461128.25'`, in},
		{`'Sat, 28 Mar 2026 18:00:00 GMT'`, in}, {`'2026-03-28 20:00:00+0200'`, in}, {`'2026-03-29 05:00:00 +11'`, in}, {`'2026-03-28 18:00'`, in}, {`'20260328T180000Z'`, in},
		{`'2026-03-28 18:00:00 +0000 UTC m=+0.1'`, in}, {`46109.75`, time.Time{}}, {`639102960000000000`, time.Time{}}, {`X'00FF'`, time.Time{}}, {`'2026-03-28 18:00:00' || char(0)`, time.Time{}},
		{`'yesterday'`, time.Time{}}, {`'1999-12-31 24:00:00'`, time.Time{}}, {`'2026-03-29'`, in.Add(6 * time.Hour)}, {`'2025-01-01 00:00:00 and more'`, time.Time{}},
		{`CAST(X'FF' AS TEXT)`, time.Time{}}, {`'0001-01-01 00:00:00'`, time.Time{}},
		{`'2026-03-28 09:00:00 '`, time.Time{}}, {`'2026-03-28 09:00:00' || char(0)`, time.Time{}}, {`'2026-03-27 24:00:00'`, time.Time{}}, {`'2026-03-28 02:00:00-09:00'`, in.Add(-7 * time.Hour)},
	}
	statements := []string{"INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada', 'daily'), (2, 'x@rfc.example', 'X', 'daily')"}
	var want []core.Notification
	for i, s := range stored {
		id := int64(i + 1)
		want = append(want, core.Notification{ID: id, Recipient: 1, Kind: "vote_cast", CreatedAt: s.at})
		statements = append(statements,
			fmt.Sprintf("INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) VALUES (%d, 1, 'vote_cast', %s)", id, s.created),
			// The same, told before: it may stay away; and the same of somebody else: it must.
			fmt.Sprintf("INSERT INTO notifications (id, recipient_user_id, event_kind, created_at, digest_included_at) VALUES (%d, 1, 'told', %s, '2026-03-01 00:00:00')", id+100, s.created),
			fmt.Sprintf("INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) VALUES (%d, 2, 'x', %s)", id+200, s.created))
	}
	statements = append(statements, "INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) VALUES (300, 1, 'old', '2026-03-28 11:59:59')",
		// Most can be read.
		"INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) SELECT id + 1000, 2, 'x', '2026-03-28 18:00:00' FROM notifications")
	execute(t, path, statements...)
	s := opened(t, path, Options{})
	spans := []core.Span{{Recipient: 1, Since: since}, {Recipient: 1, Since: since.Add(time.Hour)}}
	found, err := s.Since(t.Context(), spans)
	require.NoError(t, err)
	var fresh []core.Notification
	for _, n := range found {
		assert.Equal(t, int64(1), n.Recipient)
		if n.Kind != "told" {
			fresh = append(fresh, n)
		}
	}
	assert.ElementsMatch(t, want, fresh)

	var ids []int64
	for _, n := range want {
		ids = append(ids, n.ID)
	}
	found, err = s.ByID(t.Context(), ids)
	require.NoError(t, err)
	assert.ElementsMatch(t, want, found)
}

func TestATimeWithABlankBehindItIsNoneEvenIfTheColumnTakesThemForOne(t *testing.T) {
	t.Parallel()
	path := made(t, "")
	execute(t, path, "CREATE TABLE notifications (id INTEGER PRIMARY KEY, recipient_user_id INTEGER, event_kind TEXT, actor_user_id INTEGER, rfc_slug TEXT, branch_name TEXT, pr_number INTEGER, "+
		"created_at TEXT COLLATE RTRIM, payload TEXT, read_at TEXT, email_sent_at TEXT, digest_included_at TEXT)")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	execute(t, path, "INSERT INTO notifications (id, recipient_user_id, created_at) VALUES (1, 1, '2026-03-28 09:00:00 '), (2, 1, '2026-03-28 09:00:00'), (3, 1, '2026-03-28 12:00:00')")
	found, err := opened(t, path, Options{}).Since(t.Context(), []core.Span{{Recipient: 1, Since: time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)}})
	require.NoError(t, err)
	var ids []int64
	for _, n := range found {
		ids = append(ids, n.ID)
	}
	assert.ElementsMatch(t, []int64{1, 3}, ids)
}

func TestUsualRowsAreNotInTheIndexOfOddOnes(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	w := core.World{Users: people(1)}
	for i := range 300 {
		w.Notifications = append(w.Notifications, core.Notification{ID: int64(i + 1), Recipient: 1, CreatedAt: noon.Add(time.Duration(-i) * 77 * time.Hour)})
	}
	w.Notifications[5].CreatedAt = time.Time{}
	require.NoError(t, Fill(t.Context(), path, w))
	assert.Equal(t, []string{"6|unreadable"}, query(t, path, "SELECT id, created_at FROM notifications WHERE "+dialect(nil, nil).Unreadable("")))
}

// anyValue draws what an SQLite column can hold, as SQL.
func anyValue(t *rapid.T) string {
	return rapid.SampledFrom([]string{"NULL", "0", "7", "-1", "9223372036854775807", "1.5", "1e300", "''", "'x'", "'7'", "'daily'", "'sending'", "'held'",
		"'2026-03-28 12:00:00'", "'[1, 2]'", "'[1, ]'", "'{}'", "X''", "X'00FF80'", "char(0)", "'a' || char(0) || 'b'", "CAST(X'C328' AS TEXT)", "'watching'"}).Draw(t, "value")
}

// legible adds rows whose times can be read, or nothing would be sent at all.
const legible = `WITH RECURSIVE n (id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM n WHERE id < 110)
INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) SELECT id, 99, 'vote_cast', '2026-03-28 12:00:00' FROM n;
WITH RECURSIVE n (id) AS (SELECT 100 UNION ALL SELECT id + 1 FROM n WHERE id < 110)
INSERT INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included) SELECT id, 99, '2026-03-28 12:00:00', '2026-03-27 12:00:00', '2026-03-28 12:00:00', '[]' FROM n`

func TestNoValueInAnyColumnFailsAnybody(t *testing.T) {
	t.Parallel()
	path := made(t, "loose.sql")
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	s := opened(t, path, Options{})
	db := connected(t, path)
	_, err = db.ExecContext(t.Context(), "PRAGMA synchronous = OFF")
	require.NoError(t, err)
	rapid.Check(t, func(r *rapid.T) {
		fillWithAnything(r, db)
		_, err := db.Exec("UPDATE users SET digest_cadence = 'daily', email = 'x' WHERE id < 3; UPDATE notifications SET recipient_user_id = id % 2 WHERE id > 1;" + legible)
		require.NoError(r, err)
		useEverything(t, r, s)
	})
}

// fillWithAnything makes rows as they may have been there before migrate.
func fillWithAnything(r *rapid.T, db *sql.DB) {
	defer checktest.Lift(r, db)()
	for _, table := range wanted.Tables {
		switch table.Name {
		case "digest_due", "digest_people", "digest_ticks", "digest_pace", "digest_facts", "digest_schema", "digest_unreadable", "digest_moved":
			continue // nobody else writes there
		}
		var names, rows []string
		for _, definition := range table.Columns {
			names = append(names, schema.ColumnName(definition))
		}
		for id := 1; id <= 3; id++ {
			values := make([]string, len(names))
			for i := range values {
				values[i] = anyValue(r)
			}
			if table.Name != "watches" && table.Name != "cached_rfcs" {
				values[0] = fmt.Sprint(id)
			}
			rows = append(rows, "("+strings.Join(values, ", ")+")")
		}
		_, err := db.Exec("DELETE FROM " + table.Name + "; INSERT INTO " + table.Name + " (" + strings.Join(names, ", ") + ") VALUES " + strings.Join(rows, ", "))
		require.NoError(r, err, rows)
	}
}

// useEverything calls what reads, and what writes on what was read.
func useEverything(t *testing.T, r *rapid.T, s everyPort) {
	ctx := t.Context()
	page, err := porttest.On(s).Recipients(ctx, 0, 10)
	require.NoError(r, err)
	require.GreaterOrEqual(r, len(page), 2)
	due, err := porttest.On(s).Due(ctx, noon, 0, 10)
	require.NoError(r, err)
	for _, one := range page {
		if (core.Schedule{}).Look(one, nil, noon).Reason != core.NotDue {
			require.True(r, slices.ContainsFunc(due, func(d core.Recipient) bool { return d.ID == one.ID }), "%+v is not among %+v", one, due)
		}
	}
	for _, one := range page {
		require.NoError(r, s.Choose(ctx, one.ID, one.Person.Mark, core.ChoiceOf(one)))
	}
	found, err := s.Since(ctx, []core.Span{{Recipient: 7, Since: noon}, {Recipient: 1, Since: noon}})
	require.NoError(r, err)
	for _, n := range found {
		require.Contains(r, []int64{1, 7}, n.Recipient)
	}
	found, err = s.ByID(ctx, []int64{1, 2, 3})
	require.NoError(r, err)
	require.Len(r, found, 3)
	doubts, err := s.InDoubt(ctx, noon, 0, 10)
	require.NoError(r, err)
	backlog, err := s.Backlog(ctx, noon)
	require.NoError(r, err)
	require.GreaterOrEqual(r, backlog.Due, len(due))
	require.GreaterOrEqual(r, len(doubts), backlog.InDoubt) // of people who can have digests
	for _, c := range doubts {
		known, err := s.Lookup(ctx, []int64{c.Recipient})
		require.NoError(r, err)
		if len(known) == 0 {
			require.ErrorIs(r, porttest.On(s).Reclaim(ctx, c, noon.Add(time.Hour)), ports.ErrConflict)
		} else {
			c.Person = known[0].Person
			require.NoError(r, porttest.On(s).Reclaim(ctx, c, noon.Add(time.Hour)))
			c.Lease = noon.Add(time.Hour)
			require.NoError(r, s.CountRefusals(ctx, []core.Refusal{{Recipient: c.Recipient, Mark: c.Person.Mark, Address: "x\x00", Reason: "no\x00", At: noon}}))
		}
		require.NoError(r, porttest.On(s).Release(ctx, c))
	}
	mails, err := s.Waiting(ctx, noon, 0, 10)
	require.NoError(r, err)
	for _, m := range mails {
		require.NoError(r, porttest.On(s).ClaimHeld(ctx, m, noon.Add(time.Hour)))
		require.NoError(r, porttest.On(s).SettleHeld(ctx, m, noon))
	}
	_, err = s.Lapse(ctx, noon)
	require.NoError(r, err)
	w, err := s.Dump(ctx)
	require.NoError(r, err)
	require.Len(r, w.Users, 3)
	require.Len(r, w.Notifications, 3+11)
}
