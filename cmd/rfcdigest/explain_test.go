package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/demo"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
)

// looked is the part of explain --json that tests look at.
type looked struct {
	Past   bool `json:"as_things_stood"`
	User   struct{ ID int64 }
	Action string
	Counts map[string]int
	Total  int

	Notifications []struct {
		ID      int64
		Verdict string
		Why     string
	}
	Notification struct {
		ID      int64
		Verdict string
	}
	Windows []struct{ Digest int64 }
}

func (r result) looked() (l looked) {
	r.site.Helper()
	require.NoError(r.site, json.Unmarshal([]byte(r.out), &l), r.out)
	assert.Equal(r.site, 1, strings.Count(r.out, "\n"))
	return l
}

// many are all of everybody, or a few under the race detector, which makes each process slow.
func many(n int) int {
	if raced() {
		return min(n, 5)
	}
	return n
}

func TestExplainCountsAddUpInTheDemo(t *testing.T) {
	s := newSite(t).inside()
	s.run("demo").done()
	s.env = append(s.env, "DIGEST_DATABASE_URL=sqlite://rfcdigest-demo/rfcdigest.db")
	before, all := s.tree(), 0
	for id := 1; id <= many(len(demo.Names)); id += 4 {
		l := s.run("explain", "--user", fmt.Sprint(id), "--json").done().looked()
		verdicts, sum := map[string]int{}, 0
		for _, n := range l.Notifications {
			verdicts[n.Verdict]++
			assert.NotEmpty(t, n.Why)
		}
		for verdict, count := range l.Counts {
			sum += count
			assert.Equal(t, verdicts[verdict], count, "%d: %s", id, verdict)
		}
		assert.Len(t, l.Counts, 8)
		assert.Equal(t, []int{l.Total, l.Total}, []int{sum, len(l.Notifications)}, id)
		all += sum
	}
	assert.Positive(t, all)
	text := s.run("explain", "--user", "PERSON01@Wiggleverse.EXAMPLE").done().out
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), term.PageWidth+1, line)
	}
	assert.Contains(t, text, "Ada Lovelace (user 1), <person01@wiggleverse.example>, cadence daily\n")
	assert.Contains(t, text, "\nNext due  ")
	for path, content := range s.tree() {
		if was, there := before[path]; there {
			assert.Equal(t, was, content, path)
		}
	}
}

func TestExplainSaysWhatBecameOfEachNotification(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(3), "UPDATE notifications SET read_at = '2026-03-29 11:30:00' WHERE id = 200",
		"INSERT INTO notifications (id, recipient_user_id, event_kind, created_at, payload) VALUES (7, 1, 'pr_opened', '2026-01-01 00:00:00', '{}')")
	before := s.read("rfcdigest.db")
	text := s.run("explain", "--user", "2", "--now", noon).done().out
	assert.Contains(t, text, "As things stood at 2026-03-29 12:00:00 UTC")
	assert.Contains(t, text, "\nroll: Due: ")
	assert.Contains(t, text, "200  2026-03-29 11:00:00  already_read      Someone opened PR #2 on Trust & Safety\n     Read in the app on 2026-03-29 11:30:00.\n")
	assert.Contains(t, text, "     1  already_read     already read in the app\n")
	assert.True(t, strings.HasSuffix(text, "     1  in all\n"))

	assert.Equal(t, "Notification 200, “Someone opened PR #2” on Trust & Safety: already_read — already read in the app. Read in the app on 2026-03-29 11:30:00.\n",
		s.run("explain", "--notification", "200", "--now", noon).done().out)
	assert.Contains(t, s.run("explain", "--notification", "7", "--user", "1", "--now", noon).done().out, ": before_window — created before the window. ")
	one := s.run("explain", "--notification", "200", "--json", "--now", noon).done().looked()
	assert.Equal(t, int64(200), one.Notification.ID)
	assert.Equal(t, int64(2), one.User.ID)
	assert.True(t, one.Past)
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")

	s.run("tick", "--now", noon).done()
	again := s.run("explain", "--user", "1", "--json", "--now", noon).done().looked()
	assert.Equal(t, "send", again.Action, "as things stood, the tick had not been")
	assert.Len(t, again.Windows, 1)
	ahead := s.run("explain", "--user", "1", "--json", "--now", "2999-01-01T00:00:00Z").done().looked()
	assert.False(t, ahead.Past)
	assert.Equal(t, "roll", ahead.Action)
}

func TestExplainSaysWhatCameFromAnotherAccount(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(3), "INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status) SELECT id, '2026-03-28 11:00:00', '2026-03-27 11:00:00', '2026-03-28 11:00:00', '[]', 'empty' FROM users",
		"INSERT INTO notifications (id, recipient_user_id, event_kind, actor_user_id, created_at, payload) VALUES (7, 3, 'pr_opened', 2, '2026-03-20 00:00:00', '{}'), (8, 3, 'pr_opened', 2, '2026-02-20 00:00:00', '{}')",
		"UPDATE notifications SET recipient_user_id = 1 WHERE id < 100; UPDATE digest_moved SET moved_at = '2026-03-29 10:00:00'")
	const came = " It came from user 3 on 2026-03-29 10:00:00.\n"
	one := func(id string) string { return s.run("explain", "--notification", id, "--now", noon).done().out }
	assert.Contains(t, one("7"), ": included — in the digest. Created 2026-03-20 00:00:00, before the window starts, 2026-03-28 11:00:00, but no digest told of it."+came)
	assert.Contains(t, one("8"), ": before_window — created before the window. ")
	s.run("tick", "--now", noon).done()
	assert.Contains(t, one("7"), ": included — in the digest. ", "as things stood")
	now := s.run("explain", "--user", "1", "--now", "2026-03-29T13:00:00Z").done().out
	assert.Contains(t, strings.Join(strings.Fields(now), " "), " told of it on 2026-03-29 12:00:00."+strings.TrimSuffix(came, "\n"))
	s.run("tick", "--now", "2026-03-31T12:00:00Z").done()
	assert.Equal(t, []string{"1"}, s.query("rfcdigest.db", "SELECT count(*) FROM notification_digests WHERE signal_ids_included LIKE '%7%'"))
}

func TestExplainNamesTheDigestThatTold(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(1),
		// three a day, so that the one that told is not among the newest forty
		`WITH RECURSIVE digest(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM digest WHERE n < 80)
INSERT INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status)
SELECT n, 1, ends, datetime(ends, '-8 hours'), ends, CASE n WHEN 2 THEN '[50]' ELSE '[]' END, 'sent' FROM (SELECT n, datetime('2026-03-02 12:00:00', (n * 8) || ' hours') AS ends FROM digest)`,
		"INSERT INTO notifications (id, recipient_user_id, event_kind, created_at, digest_included_at) VALUES (50, 1, 'pr_opened', '2026-03-02 22:00:00', '2026-03-03 04:00:00')")
	const brief = "Before the window starts; digest 2 told of it on 2026-03-03 04:00:00."
	assert.Contains(t, s.run("explain", "--user", "1", "--now", "2026-03-30T12:00:00Z").done().out, " 50  2026-03-02 22:00:00  before_window     Someone opened a PR\n     "+brief+"\n")
	assert.Contains(t, s.run("explain", "--notification", "50").done().out, "; digest 2 told of it on 2026-03-03 04:00:00.\n")
}

func TestExplainSaysThatNoDigestGoesOutWithoutAnAddress(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(2), "UPDATE users SET email = NULL WHERE id = 1", "INSERT INTO digest_preferences (user_id, links_since) VALUES (1, 'today')")
	text := s.run("explain", "--user", "1", "--now", noon).done().out
	for _, line := range []string{"\nskip: No digest can go out: there is no e-mail address to send to.\n", "It would be in a digest, but none can go out: there is no e-mail address.\n",
		"     1  included         in the digest, if there were one\n", "\nignored: links_since, which cannot be read, "} {
		assert.Contains(t, text, line)
	}
	assert.NotContains(t, text, "Due since")
	assert.Contains(t, s.run("plan", "--user", "1", "--now", noon).done().out, "recipient 1: skip, no address: no digest can go out\n")
	assert.Contains(t, s.run("explain", "--notification", "100", "--now", noon).done().out, ": included — in the digest, if there were one. It would be in a digest, but none can go out")
	assert.Contains(t, s.run("explain", "--notification", "200", "--now", noon, "--json").done().out, `"verdict":"included","rule":"in the digest","why":"Created `)
}

func TestWhatIsEnteredWronglyIsToldWithHeldMail(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(3), "INSERT INTO digest_preferences (user_id, time_zone, send_hour, quiet_start, quiet_end) VALUES (1, 'Europe/Berlin', 'nine', '12:00', '15:00'), (2, NULL, '24', '22', NULL)",
		`INSERT INTO held_emails (id, recipient_user_id, subject, body_text, notification_ids, created_at, status, sent_at) VALUES
(5, 1, 'A review', 'Hello', '[100]', '2026-03-29 11:30:00', 'held', NULL), (6, 1, 'Another', 'Hello', 'none', '2026-03-29 11:40:00', 'sent', '2026-03-29 11:50:00'),
(7, 1, 'A third' || char(27), 'Hello', NULL, '2026-03-29 11:45:00', 'pending', NULL)`)
	text := s.run("explain", "--user", "P1@rfc.example", "--now", noon).done().out
	for _, line := range []string{
		"\nignored: send hour 'nine'; 0 to 23 can be.\n", " 5  2026-03-29 11:30:00  held        A review\n", " 6  2026-03-29 11:40:00  sent        Another\n",
		"   (13:30 Europe/Berlin) Waits for the end of quiet hours at 15:00 (Europe/Berlin), 2026-03-29\n    13:00:00 UTC.\n", "\nWindow    2026-02-27 12:00:00 (13:00 Europe/Berlin) to",
		"Went out on 2026-03-29 11:50:00 (13:50 Europe/Berlin).", "ignored:\n    notification IDs 'none'; a list like [1, 2] can be.",
		" 7  2026-03-29 11:45:00  pending     A third\n", "Waits for ever. ignored: status 'pending'; held can be.\n", "     (13:00 Europe/Berlin) ",
	} {
		assert.Contains(t, text, line)
	}
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), term.PageWidth+1, line)
	}
	l := s.run("explain", "--user", "1", "--json", "--now", noon).done()
	assert.Contains(t, l.out, `"held_emails":[{"id":7,"subject":"A third","created_at":"2026-03-29T11:45:00Z","status":"pending","sent_at":null,"why":"Waits for ever. `)
	assert.Contains(t, s.run("explain", "--user", "2", "--now", noon).done().out, "\nignored: quiet hours '22, without an end'; a start and an end like 22:00 and 7:00 can be.\nignored: send hour '24'; 0 to 23 can be.\n")
	assert.Contains(t, s.run("explain", "--user", "3", "--json", "--now", noon).done().out, `"held_emails":[]`)

	planned := s.run("plan", "--user", "p1@RFC.example", "--now", noon).done().out
	assert.Equal(t, s.run("plan", "--user", "1", "--now", noon).done().out, planned)
	assert.Contains(t, planned, " to 2026-03-29 12:00:00 (14:00 Europe/Berlin)\n")
	assert.Contains(t, planned, "\nignored: send hour 'nine'; 0 to 23 can be.\n")
	s.run("plan", "--user", "nobody@rfc.example").fails(exitFailed, `no user has the e-mail address "nobody@rfc.example"`).silent()
}

func TestExplainShowsHostileTextHarmlessly(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1), "UPDATE users SET display_name = 'A' || char(27) || '[31mB' || char(10) || 'C', email = 'x' || char(0x202E) || '@y' || char(10)",
		"UPDATE cached_rfcs SET title = char(27) || ']0;title' || char(7)")
	for _, line := range [][]string{{"--user", "1"}, {"--user", "1", "--json"}, {"--notification", "100"}} {
		out := s.run(append([]string{"explain", "--now", noon}, line...)...).done().out
		assert.NotRegexp(t, "[\x00-\x09\x0b-\x1f\u202e]", out)
	}
}

func TestWhoCannotBeExplainedIsOneLine(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(3), "UPDATE users SET email = 'same@rfc.example' WHERE id > 1")
	before := s.tree()
	for _, c := range []struct {
		args  string
		code  int
		words []string
	}{
		{"explain", exitUsage, []string{"--user", "--notification"}},
		{"explain --user=", exitUsage, []string{"--user"}},
		{"explain --user 1 --now soon", exitUsage, []string{"--now"}},
		{"explain --notification first", exitUsage, []string{"--notification"}},
		{"explain --user 9", exitFailed, []string{"no user has the ID 9"}},
		{"explain --user nobody@rfc.example", exitFailed, []string{`no user has the e-mail address "nobody@rfc.example"`}},
		{"explain --user Person", exitFailed, []string{"whole address"}},
		{"explain --user SAME@rfc.example", exitFailed, []string{`2 users have the e-mail address "SAME@rfc.example": 2, 3`}},
		{"explain --notification 9", exitFailed, []string{"no notification has the ID 9"}},
		{"explain --notification 200 --user 1", exitFailed, []string{"notification 200 is for user 2, not for user 1"}},
		{"explain --notification 200 --now 2026-03-01T00:00:00Z", exitFailed, []string{"had not been created at 2026-03-01"}},
	} {
		s.run(strings.Fields(c.args)...).fails(c.code, c.words...).silent()
	}
	for path, was := range before {
		assert.Equal(t, was, s.tree()[path])
	}
}
