package sqlite

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// crowd fills a database so that its statistics would tempt a planner: a few people, long histories.
func crowd(t *testing.T, path string) {
	t.Helper()
	w := core.World{Users: people(5)}
	for i := range 200 {
		who := int64(i%5 + 1)
		w.Notifications = append(w.Notifications, core.Notification{ID: int64(i + 1), Recipient: who, Kind: "vote_cast", CreatedAt: noon.Add(time.Duration(-i) * time.Hour)})
		w.Ledger = append(w.Ledger, core.LedgerRow{Claim: core.Claim{Recipient: who, Window: core.Window{End: noon}}, Status: core.Sent})
		w.Held = append(w.Held, core.HeldRow{HeldMail: core.HeldMail{Recipient: who, Text: "x", Status: core.Sent}})
		w.Watches = append(w.Watches, core.Watch{User: who, Slug: fmt.Sprint(i), State: core.Dormant, Participation: core.At(noon)})
	}
	require.NoError(t, Fill(t.Context(), path, w))
}

func TestStatementsUseIndexes(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"", "app.sql", "loose.sql"} {
		for _, statistics := range []string{"SELECT 'no statistics'", "ANALYZE"} {
			t.Run(script+" "+statistics, func(t *testing.T) {
				t.Parallel()
				path := made(t, script)
				_, err := Migrate(t.Context(), path)
				require.NoError(t, err)
				execute(t, path, "DELETE FROM notifications", "DELETE FROM notification_digests", "DELETE FROM users")
				crowd(t, path)
				execute(t, path, statistics)
				statements := &recorder{}
				s := opened(t, path, statements.watched())
				checkPlans(t, path, s, statements)
			})
		}
	}
}

// checkPlans runs each method and looks at how SQLite went about its statements.
func checkPlans(t *testing.T, path string, s *sqlstore.Store, statements *recorder) {
	ctx := t.Context()
	c := claimOf(1, 1, 6)
	page, err := porttest.On(s).Recipients(ctx, 0, 1)
	require.NoError(t, err)
	c.Previous = page[0].Latest.ID
	_, err = porttest.On(s).Due(ctx, noon, 0, 1) // the first looks at the schema
	require.NoError(t, err)
	// What the app made serves as well as what is made here.
	newest, created, titles := "rfcdigest_newest|digests_by_recipient", "(rfcdigest_created|idx_notifications_recipient|by_recipient)", "autoindex_cached_rfcs|rfcdigest_slugs"
	created += ` \(recipient_user_id=\? AND created_at(<|>\? AND created_at<)\?\)`
	sending := `rfcdigest_sending \(status=\? AND recipient_user_id=\? AND rowid>\?\)`
	watches := `autoindex_watches_1 \(user_id=\? AND rfc_slug=\?\)|rfcdigest_watches \(user_id=\?\)`
	unmarked := `rfcdigest_unmarked \(recipient_user_id=\?\)`
	moved, given, underWay := `rfcdigest_moved \(user_id=\?`, `rfcdigest_given_away \(from_id=\?\)`, `rfcdigest_sending \(status=\? AND recipient_user_id=\?\)|`+newest
	cases := []struct {
		name string
		call func() error
		// want are patterns, one of which each search in the plan has.
		want []string
	}{
		{"Recipients", func() error { _, err := porttest.On(s).Recipients(ctx, 2, 10); return err }, []string{"INTEGER PRIMARY KEY", newest}},
		{"Due", func() error { _, err := porttest.On(s).Due(ctx, noon, 2, 10); return err }, []string{"INTEGER PRIMARY KEY", newest}},
		{"Rest", func() error { return s.Rest(ctx, []core.Rest{{Recipient: 1, Until: noon}}) }, []string{"INTEGER PRIMARY KEY"}},
		{"Lookup", func() error { _, err := s.Lookup(ctx, []int64{1, 2}); return err }, []string{"INTEGER PRIMARY KEY", newest}},
		{"Since", func() error {
			_, err := s.Since(ctx, []core.Span{{Recipient: 1, Since: noon}, {Recipient: 2, Since: noon}})
			return err
		},
			[]string{created, unmarked, `SEARCH odd USING COVERING INDEX sqlite_autoindex_digest_unreadable_1 \(user_id=\?\)`, "INTEGER PRIMARY KEY", titles, moved, underWay}},
		{"ByID", func() error { _, err := s.ByID(ctx, []int64{1, 2}); return err }, []string{"INTEGER PRIMARY KEY", titles, unmarked, moved, underWay}},
		{"InDoubt", func() error { _, err := s.InDoubt(ctx, noon, 0, 10); return err }, []string{`rfcdigest_sending \(status=\?`}},
		{"Waiting", func() error { _, err := s.Waiting(ctx, noon, 0, 10); return err }, []string{`rfcdigest_waiting \(id>\?\)`}},
		{"Backlog", func() error { _, err := s.Backlog(ctx, noon); return err }, []string{`rfcdigest_sending \(status=\?`, "INTEGER PRIMARY KEY"}},
		{"LastTick", func() error { _, err := s.LastTick(ctx); return err }, []string{"INTEGER PRIMARY KEY"}},
		{"Stale", func() error { _, err := s.Stale(ctx, noon); return err }, []string{`rfcdigest_watching \(last_participation_at(<|>|>\? AND last_participation_at<)\?\)`}},
		{"Lapse", func() error { _, err := s.Lapse(ctx, noon); return err }, []string{`rfcdigest_watching \(last_participation_at(<|>|>\? AND last_participation_at<)\?\)`, `SEARCH watches USING INTEGER PRIMARY KEY \(rowid=\?\)`}},
		{"Mute", func() error { _, err := s.Mute(ctx, 1, 0, "5"); return err }, []string{"INTEGER PRIMARY KEY", watches}},
		{"Mute what is not watched", func() error { _, err := s.Mute(ctx, 1, 0, "none"); return err }, []string{"INTEGER PRIMARY KEY", watches}},
		{"Unmute", func() error { _, err := s.Unmute(ctx, 1, 0, "5", core.Dormant); return err }, []string{"INTEGER PRIMARY KEY", watches}},
		{"Unmute what was not watched", func() error { _, err := s.Unmute(ctx, 1, 0, "none", ""); return err }, []string{"INTEGER PRIMARY KEY", watches}},
		{"Claim", func() (err error) { c.ID, err = porttest.On(s).Claim(ctx, c); return err }, []string{"INTEGER PRIMARY KEY", newest, sending, given}},
		{"SettleAndClaim", func() error {
			_, settled, claimed := porttest.On(s).SettleAndClaim(ctx, core.Claim{ID: 404}, noon, claimOf(404))
			assert.ErrorIs(t, settled, ports.ErrConflict)
			assert.ErrorIs(t, claimed, ports.ErrConflict)
			return nil
		}, []string{"INTEGER PRIMARY KEY", newest, sending, given}},
		{"Settle", func() error { return porttest.On(s).Settle(ctx, c, noon) }, []string{"INTEGER PRIMARY KEY", moved}},
		{"Roll", func() error { _, err := porttest.On(s).Roll(ctx, []core.Claim{claimOf(2)}); return err },
			[]string{"INTEGER PRIMARY KEY", newest, sending}},
	}
	statements.taken()
	for _, c := range cases {
		require.NoError(t, c.call(), c.name)
		looked := 0
		for _, statement := range statements.taken() {
			if !strings.Contains(statement, " ") || strings.HasPrefix(statement, "PRAGMA") {
				continue // BEGIN, COMMIT
			}
			for _, step := range explain(t, path, statement) {
				if strings.HasPrefix(step[strings.LastIndex(step, "|")+1:], "SCAN d USING INDEX rfcdigest_unmarked") {
					continue // Mark reads all that there is in it
				}
				assert.NotRegexp(t, `SCAN (n|d|h|u|busy|newest|actor|rfc|notifications|watches|users)\b|AUTOMATIC`, step, c.name)
				// Those in doubt are few, and sorted, and so are a person's watches on one RFC; nothing else is.
				assert.False(t, strings.Contains(step, "TEMP B-TREE") && c.name != "InDoubt" && !strings.HasPrefix(c.name, "Mute"), "%s: %s", c.name, step)
				if strings.Contains(step, "SEARCH") {
					looked++
					assert.Regexp(t, strings.Join(c.want, "|"), step, c.name)
				}
			}
		}
		assert.NotZero(t, looked, c.name)
	}
}
