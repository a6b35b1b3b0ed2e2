package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/demo"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// count returns the number that stands before words in what a command printed, 0 if they are not there.
func (r result) count(words string) (n int) {
	r.site.Helper()
	found := regexp.MustCompile(`(\d+) +` + words).FindStringSubmatch(r.out)
	if found != nil {
		_, err := fmt.Sscan(found[1], &n)
		require.NoError(r.site, err)
	}
	return n
}

// number is the answer to a query for one number.
func (s *site) number(database, query string) (n int) {
	s.Helper()
	_, err := fmt.Sscan(s.query(database, query)[0], &n)
	require.NoError(s, err)
	return n
}

func TestDemoInAnEmptyFolderSendsCompleteMails(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.run("demo").done()
	letters := s.letters("rfcdigest-demo/outbox")
	require.NotEmpty(t, letters)
	ticked, ok := texts.ParseTimestamp(regexp.MustCompile(`Tick at (\S+ \S+) UTC`).FindStringSubmatch(r.out)[1])
	require.True(t, ok)
	ids := map[string]bool{}
	digests, held := 0, 0
	for _, l := range letters {
		h := l.header
		assert.Equal(t, `"Wiggleverse" <digest@localhost>`, h.Get("From"))
		assert.Regexp(t, `^person\d\d@wiggleverse\.example$`, l.to)
		assert.NotEmpty(t, l.name)
		assert.NotEmpty(t, l.subject)
		date, err := h.Date()
		require.NoError(t, err)
		assert.WithinDuration(t, ticked, date, time.Minute)
		assert.Regexp(t, `^<[0-9a-f]{32}@localhost>$`, h.Get("Message-ID"))
		assert.False(t, ids[h.Get("Message-ID")], "no two mails are the same")
		ids[h.Get("Message-ID")] = true
		assert.Equal(t, "auto-generated", h.Get("Auto-Submitted"))
		if regexp.MustCompile(` \(\w+ \d+ \w+\)$`).MatchString(l.subject) {
			digests++
			assert.Equal(t, "bulk", h.Get("Precedence"))
			assert.Equal(t, "Wiggleverse digests <digest.localhost>", h.Get("List-Id"))
			assert.Regexp(t, "^digest:(daily|weekly):[0-9a-f]{12}$", h.Get("Feedback-ID"))
		} else {
			held++
			assert.Empty(t, h.Get("Precedence")+h.Get("List-Id")+h.Get("Feedback-ID"), "held e-mail is personal")
		}
		assert.Equal(t, "1.0", h.Get("MIME-Version"))
		assert.NotEmpty(t, strings.TrimSpace(l.text))
		assert.Contains(t, l.html, "<p")
	}
	assert.NotZero(t, digests)
	assert.NotZero(t, held)
	assert.Contains(t, s.read("rfcdigest-demo/digest.html"), "<html")
	assert.Equal(t, []string{"rfcdigest-demo"}, s.files(), "nothing lies about outside of the demo's folder")
}

func TestDemoReportsWhatIsInTheFolderAndTheDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.run("demo").done()
	const db = "rfcdigest-demo/rfcdigest.db"
	at := regexp.MustCompile(`Tick at (\S+ \S+) UTC`).FindStringSubmatch(r.out)[1]
	for words, query := range map[string]string{
		"people, ":                        "SELECT count(*) FROM users",
		"RFCs, ":                          "SELECT count(*) FROM cached_rfcs",
		"notifications of five weeks":     "SELECT count(*) FROM notifications",
		"held e-mails, ":                  "SELECT count(*) FROM held_emails",
		"watches.":                        "SELECT count(*) FROM watches",
		"held e-mails? released":          "SELECT count(*) FROM held_emails WHERE status = 'sent' AND sent_at = '" + at + "'",
		"held e-mails? dropped":           "SELECT count(*) FROM held_emails WHERE status = 'dropped'",
		"watches lapsed":                  "SELECT count(*) FROM watches WHERE state = 'dormant'",
		"got their digest":                "SELECT count(*) FROM notification_digests WHERE status = 'sent' AND period_end = '" + at + "'",
		"had nothing new":                 "SELECT count(*) FROM notification_digests WHERE status = 'empty' AND period_end = '" + at + "'",
		"in doubt, no answer":             "SELECT count(*) FROM notification_digests WHERE status = 'sending'",
		"with a suppressed address":       "SELECT count(*) FROM digest_preferences WHERE suppressed_address IS NOT NULL",
		"people due, of whom":             fmt.Sprint("SELECT ", r.sum("got their digest", "had nothing new", "in quiet hours", "with a suppressed", "left to", "failed")),
		"nothing is printed of this line": "SELECT 0",
	} {
		assert.Equal(t, s.number(db, query), r.count(words), words)
	}
	assert.Len(t, s.letters("rfcdigest-demo/outbox"), r.sum("got their digest", "held e-mails? released"))
	for _, words := range []string{"held e-mails? released", "held e-mails? dropped", "watches lapsed", "got their digest", "had nothing new",
		"in quiet hours", "with a suppressed address", "failed"} {
		assert.Positive(t, r.count(words), "%s: there is one of everything to see", words)
	}
	included := s.query(db, `SELECT value FROM notification_digests, json_each(signal_ids_included) WHERE period_end = ? ORDER BY 1`, at)
	assert.Equal(t, included, s.query(db, "SELECT id FROM notifications WHERE digest_included_at = ? ORDER BY 1", at))
}

func (r result) sum(words ...string) (n int) {
	r.site.Helper()
	for _, w := range words {
		n += r.count(w)
	}
	return n
}

// At any time of day, the demo has one of everything.
func TestTheDemosWorldHasEveryActionAndEveryVerdict(t *testing.T) {
	t.Parallel()
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	for hour := range 24 {
		now := time.Date(2026, 3, 28, hour, 59, 59, 0, time.UTC)
		world := demo.World(now)
		store := memory.New(world)
		ticker, err := app.New(app.Config{Style: style}, store, new(memory.Mailer), memory.NewClock(now))
		require.NoError(t, err)
		actions, verdicts := map[core.Action]int{}, map[core.Verdict]int{}
		for p, err := range ticker.Planner().Plans(t.Context(), now) {
			require.NoError(t, err)
			actions[p.Plan.Action]++
			s := core.Snapshot{Now: now, Recipient: p.Recipient, Zone: time.UTC}
			for _, n := range world.Notifications {
				if n.Recipient == p.Recipient.ID && now.Sub(n.CreatedAt) < 30*24*time.Hour {
					s.Notifications = append(s.Notifications, n)
				}
			}
			for _, j := range core.PlanDigest(s, style).Judgements {
				verdicts[j.Verdict]++
			}
		}
		for _, a := range []core.Action{core.Skip, core.Defer, core.Refuse, core.Roll, core.Send} {
			assert.Positive(t, actions[a], "%s at %s", a, now)
		}
		for _, v := range []core.Verdict{core.BeforeWindow, core.AfterWindow, core.AlreadyShipped, core.AlreadyEmailed, core.AlreadyRead,
			core.PersonalDirect, core.Included} {
			assert.Positive(t, verdicts[v], "%s at %s", v, now)
		}
	}
}

// nextCommands are the lines that a demo prints to be pasted.
func (r result) nextCommands(program string) (lines []string) {
	for line := range strings.Lines(r.out) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, program+" ") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestDemoPrintsCommandsThatWorkWhenPasted(t *testing.T) {
	t.Parallel()
	const dir = "Ada's demo (new)"
	s := newSite(t, "DIGEST_DATABASE_URL=sqlite://elsewhere.db", "DIGEST_MAIL_URL=discard://", "DIGEST_ENABLED=true")
	s.name = s.path("rfcdigest")
	require.NoError(t, os.Symlink(program, s.name))
	r := s.run("demo", "--dir", dir).done()
	before := len(s.letters(dir + "/outbox"))
	lines := r.nextCommands(s.name)
	require.Len(t, lines, 4)
	outputs := make([]string, 3)
	for i, line := range lines[:3] {
		outputs[i] = s.startOther("sh", "-c", line).wait().done().out
	}
	assert.Contains(t, outputs[0], "RECIPIENT")
	assert.Contains(t, outputs[1], "There is something to tell")
	assert.Contains(t, outputs[1], "a digest told of it", "which the demo sent")
	assert.Contains(t, outputs[2], "got their digest")
	assert.Greater(t, len(s.letters(dir+"/outbox")), before)
	assert.ElementsMatch(t, []string{"rfcdigest", dir}, s.files())
	preview := s.startOther("sh", "-c", "exec "+lines[3]+" --port 0")
	preview.address()
	preview.signal(syscall.SIGTERM)
	preview.wait().done()
}

func TestDemoMakesADemoAnew(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.run("demo").done()
	second := s.run("demo").done()
	clock := regexp.MustCompile(`\d\d:\d\d:\d\dZ?|\d{4}-\d\d-\d\d|\d+ ms`)
	assert.Equal(t, clock.ReplaceAllString(first.out, "…"), clock.ReplaceAllString(second.out, "…"))
	assert.Len(t, s.letters("rfcdigest-demo/outbox"), second.sum("got their digest", "held e-mails? released"))
}

func TestDemoLeavesForeignFilesAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("notes.txt", "mine")
	s.run("demo", "--dir", ".").fails(exitUsage, "notes.txt", "--dir").silent()
	assert.Equal(t, []string{"notes.txt"}, s.files())
	s.run("demo", "--dir", "notes.txt").fails(exitFailed, "notes.txt", "--dir").silent()
	assert.Equal(t, "mine", s.read("notes.txt"))
}

// An operator's own database and outbox may have the same names as a demo's.
func TestDemoLeavesADatabaseInUseAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1))
	s.run("tick", "--now", noon).done()
	before := s.tree()
	s.run("demo", "--dir", ".").fails(exitUsage, "is no demo", "--dir").silent()
	assert.Equal(t, before, s.tree())
}
