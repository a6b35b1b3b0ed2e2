package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/fixtures/thorough"
)

// crowded is an app's database in which filling takes several ranges.
const crowded = 900

// crowdedApp returns the path of a database of an app with [crowded] people, as it was before rfcdigest was heard of.
func crowdedApp(t *testing.T) string {
	t.Helper()
	path := made(t, "app.sql")
	execute(t, path, "DELETE FROM notification_digests", "DELETE FROM notifications", "DELETE FROM users",
		fmt.Sprintf(`INSERT INTO users (id, email, display_name, digest_cadence) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
 SELECT 2 * i, 'p' || i || '@rfc.example', '', CASE i %% 3 WHEN 0 THEN 'off' WHEN 1 THEN 'daily' ELSE 'weekly' END FROM n`, crowded),
		"INSERT INTO notifications (recipient_user_id, event_kind, created_at) SELECT id, 'vote_cast', '2026-03-29 09:00:00' FROM users",
		`INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
 SELECT id, '2026-03-28 09:00:00', '2026-03-27 09:00:00', '2026-03-28 09:00:00', '[]' FROM users WHERE id % 4 = 0`)
	return path
}

// stepped returns a migration of the database at path that waits to be told to go on.
func stepped(t testing.TB, path string) *migration {
	t.Helper()
	m, err := newMigration(path, func(schema.Progress) {})
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.db.Close() })
	_, err = m.prepare(t.Context())
	require.NoError(t, err)
	return m
}

// TestMigrateThatEndsAfterAnyStepCountsAsNotMigratedAndGoesOn ends a migration after each number of steps.
func TestMigrateThatEndsAfterAnyStepCountsAsNotMigratedAndGoesOn(t *testing.T) {
	t.Parallel()
	whole := crowdedApp(t)
	before := bytesOf(t, whole)
	_, err := Migrate(t.Context(), whole)
	require.NoError(t, err)
	const all = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
	const rows = `SELECT user_id, person <> 0, first_digest, first_notification, gone FROM digest_people UNION ALL
SELECT user_id, period, has_hour, due_at, revision <> 0 FROM digest_due ORDER BY 1, 2, 3`
	ended := false
	for steps := 0; !ended; steps++ {
		path := filepath.Join(t.TempDir(), "app.db")
		require.NoError(t, os.WriteFile(path, []byte(before), 0o600))
		m := stepped(t, path)
		for i := 0; i < steps && !ended; i++ {
			more, err := m.Step(t.Context())
			require.NoError(t, err)
			ended = !more
		}
		if _, err = Open(t.Context(), path, Options{ReadOnly: true}); err == nil {
			more, err := m.Step(t.Context())
			require.NoError(t, err)
			require.False(t, more, "after %d steps it counts as migrated, and is not", steps)
			ended = true
		} else {
			require.ErrorIs(t, err, schema.ErrUnmigrated)
		}
		require.NoError(t, m.db.Close())
		_, err = Migrate(t.Context(), path)
		require.NoError(t, err)
		assert.Equal(t, query(t, whole, all), query(t, path, all), "after %d steps", steps)
		assert.Equal(t, query(t, whole, rows), query(t, path, rows), "after %d steps", steps)
		if ended {
			assert.Greater(t, steps, 10)
		}
	}
}

// appsLife is an app that goes on while its database is migrated, and what it knows of its people.
type appsLife struct {
	*rapid.T
	db *sql.DB
	// people says of each number that somebody has which notifications are theirs: those from this ID on.
	people map[int64]int64
	highly int64 // the highest ID of a notification
}

func (a *appsLife) do(statement string, args ...any) (id int64) {
	result, err := a.db.Exec(statement, args...)
	require.NoError(a, err, statement)
	id, _ = result.LastInsertId()
	return id
}

// live does something to somebody.
func (a *appsLife) live() {
	id := int64(0)
	offset := rapid.SampledFrom([]int{0, 0, 1, 150, 450, crowded - 30}).Draw(a.T, "who")
	require.NoError(a, a.db.QueryRow("SELECT id FROM users ORDER BY id DESC LIMIT 1 OFFSET ?", offset).Scan(&id))
	switch rapid.SampledFrom([]string{"save", "saveAs", "join", "joinAt", "leave", "move", "notify", "close", "reopen"}).Draw(a.T, "what") {
	case "save":
		a.do("INSERT OR REPLACE INTO users (id, email, display_name, digest_cadence) VALUES (?, ?, 'saved', 'daily')", id, fmt.Sprint(id, "@saved.example"))
	case "saveAs":
		a.do("UPDATE users SET digest_cadence = 'weekly', email = 'other' || id WHERE id = ?", id)
	case "join":
		newcomer := a.do("INSERT INTO users (email, display_name, digest_cadence) VALUES ('new', 'new', 'daily')")
		a.people[newcomer] = a.highly + 1
	case "joinAt":
		if _, taken := a.people[id-1]; !taken {
			a.do("INSERT INTO users (id, email, display_name, digest_cadence) VALUES (?, 'new', 'new', 'weekly')", id-1)
			a.people[id-1] = a.highly + 1
		}
	case "leave":
		a.do("DELETE FROM users WHERE id = ?", id)
		delete(a.people, id)
	case "move":
		if _, taken := a.people[id+1]; !taken {
			a.do("UPDATE users SET id = ? WHERE id = ?", id+1, id)
			a.people[id+1] = a.people[id]
			if a.people[id] == 0 {
				a.people[id+1] = -1 // the same person; what they had stays with the number
			}
			delete(a.people, id)
		}
	case "notify":
		a.highly = a.do("INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (?, 'vote_cast', '2026-03-29 10:00:00')", id)
	case "close":
		a.do("INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included) VALUES (?, '', '', '2026-03-29 09:00:00', '[]')", id)
	case "reopen":
		a.do("DELETE FROM notification_digests WHERE recipient_user_id = ?", id)
	}
}

// TestTheAppGoesOnWhileItsDatabaseIsMigrated has an app change anything between any two steps: afterwards everybody is
// who they are, and due when they are due.
func TestTheAppGoesOnWhileItsDatabaseIsMigrated(t *testing.T) {
	thorough.Only(t)
	t.Parallel()
	before := bytesOf(t, crowdedApp(t))
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		require.NoError(rt, err)
		path := filepath.Join(folder, "app.db")
		require.NoError(rt, os.WriteFile(path, []byte(before), 0o600))
		m := stepped(t, path)
		defer m.db.Close()
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(off)")
		require.NoError(rt, err)
		defer db.Close()
		a := &appsLife{T: rt, db: db, people: map[int64]int64{}, highly: crowded}
		for i := range int64(crowded) {
			a.people[2*(i+1)] = 0
		}
		for more := true; more; {
			for range rapid.IntRange(0, 3).Draw(rt, "changes") {
				a.live()
			}
			a.begins()
			more, err = m.Step(t.Context())
			require.NoError(rt, err)
		}
		a.holds()
	})
}

// begins has everybody count as here from the beginning, until there are triggers.
func (a *appsLife) begins() {
	var kept bool
	require.NoError(a, a.db.QueryRow("SELECT count(*) > 0 FROM sqlite_master WHERE name = 'rfcdigest_person_added'").Scan(&kept))
	for id := range a.people {
		if !kept {
			a.people[id] = 0
		}
	}
}

// holds looks at what came of it.
func (a *appsLife) holds() {
	a.Helper()
	found := map[int64]core.Person{}
	rows, err := a.db.Query("SELECT user_id, person, first_notification FROM digest_people WHERE gone = 0")
	require.NoError(a, err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		var p core.Person
		require.NoError(a, rows.Scan(&id, &p.Mark, &p.FirstNotification))
		found[id] = p
	}
	require.Len(a, found, len(a.people))
	for id, first := range a.people {
		p, ok := found[id]
		require.True(a, ok, "nobody has %d", id)
		if first > 0 {
			require.NotZero(a, p.Mark, "%d is a newcomer", id)
		} else if first == 0 {
			require.Zero(a, p.Mark, "%d was here from the beginning", id)
		}
		var others int
		require.NoError(a, a.db.QueryRow("SELECT count(*) FROM notifications WHERE recipient_user_id = ? AND id >= ? AND id < ?", id, p.FirstNotification, first).Scan(&others))
		require.Zero(a, others, "to the newcomer %d goes what was for another", id)
	}
	got := a.due()
	a.do("DELETE FROM digest_due")
	for _, statement := range fillDue(func(string) string { return "1 = 1" }, false) {
		a.do(statement)
	}
	want := a.due()
	require.Len(a, got, len(want))
	for id, row := range want {
		if got[id] != row && got[id] != [3]int64{row[0], row[1], 0} {
			require.Equal(a, row, got[id], id)
		}
	}
}

// due returns period, has_hour and due_at of everybody who has them.
func (a *appsLife) due() map[int64][3]int64 {
	all := map[int64][3]int64{}
	rows, err := a.db.Query("SELECT user_id, period, has_hour, due_at FROM digest_due")
	require.NoError(a, err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		var row [3]int64
		require.NoError(a, rows.Scan(&id, &row[0], &row[1], &row[2]))
		all[id] = row
	}
	return all
}
