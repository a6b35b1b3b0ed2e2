package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

// windowsOf adds a window a day for each of n people, the newest of them days ago.
func windowsOf(n, days, newest int) string {
	var b strings.Builder
	for day := days; day >= newest; day-- {
		for person := 1; person <= n; person++ {
			fmt.Fprintf(&b, "INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status) VALUES (%d, datetime('now', '-%d days'), datetime('now', '-%d days'), datetime('now', '-%d days', '1 hours'), '[]', 'sent');",
				person, day, day+1, day)
		}
	}
	return b.String()
}

const countWindows = "SELECT count(*) FROM notification_digests"

func TestPruneDeletesWhatIsOld(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3), windowsOf(3, 430, 398))
	plan := s.run("plan", "--now", "2026-12-01T12:00:00Z").done().out
	assert.Contains(t, s.run("prune", "--older-than", "400d").done().out, "Deleted 90 windows and 0 held e-mails, older than 400 days.")
	assert.Equal(t, []string{"9"}, s.query("rfcdigest.db", countWindows))
	assert.Equal(t, plan, s.run("plan", "--now", "2026-12-01T12:00:00Z").done().out)
	assert.Equal(t, `{"windows":6,"held_emails":0}`, strings.TrimSpace(s.run("prune", "--older-than", "60d", "--json").done().out), "the newest of each stays")
	for _, wrong := range []string{"59d", "1y", "", "-400d", "400h"} {
		s.run("prune", "--older-than="+wrong).fails(exitUsage, "--older-than").silent()
	}
	s.run("tick", "--prune-days", "7").fails(exitUsage, "--prune-days 7")
}

func TestServeDeletesWhatIsOldAndTickDoesNot(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(2), windowsOf(2, 420, 0))
	s.run("tick", "--mail", "discard://").done()
	assert.Equal(t, []string{"842"}, s.query("rfcdigest.db", countWindows))
	serve := func(until string, args ...string) {
		p := s.start(append([]string{"serve", "--mail", "discard://"}, args...)...)
		p.await(until, 1)
		p.signal(syscall.SIGTERM)
		p.wait()
	}
	serve("tick done", "--prune-days", "0")
	assert.Equal(t, []string{"842"}, s.query("rfcdigest.db", countWindows))
	serve("deleted what is old")
	assert.Equal(t, []string{"802"}, s.query("rfcdigest.db", countWindows))
}
