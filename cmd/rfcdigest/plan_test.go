package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
)

const dayAfter = "2026-03-30T12:00:00Z"

func TestThePlanCountsEverybodyOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(7), "UPDATE users SET email = 'nobody' WHERE id = 2", "UPDATE notifications SET read_at = created_at WHERE id = 300",
		"INSERT INTO digest_preferences (user_id, time_zone, quiet_start, quiet_end) VALUES (4, 'UTC', '11:00', '13:00')", "UPDATE users SET digest_cadence = 'off' WHERE id = 5")
	out := s.run("plan", "--now", noon).done().out
	assert.True(t, strings.HasSuffix(out, `3 to send, 1 with nothing new, 1 deferred, 1 refused, 0 unreadable, 0 not due

6 recipients looked at, 3 digests with 3 events in all
     3  send    activity to report
     1  roll    nothing to report
     1  defer   quiet hours
     1  refuse  address is not one that mail can be sent to
`), out)
	var o show.Outlook
	require.NoError(t, json.Unmarshal([]byte(s.run("plan", "--now", noon, "--json").done().out), &o))
	sum := 0
	for _, c := range o.ByReason {
		sum += c.Count
	}
	assert.Equal(t, []int{o.LookedAt, o.LookedAt}, []int{sum, o.Send + o.Roll + o.Defer + o.Refuse + o.Skip + o.Unreadable})
	assert.NotContains(t, s.run("plan", "--now", noon, "--no-enabled").done().out, "looked at")
}

func TestTheDifferenceOfTwoPlans(t *testing.T) {
	s := newSite(t).inside().withDatabase(people(4), "INSERT INTO watches VALUES (1, 'rfc-0001', 'watching', '2025-12-30 00:00:00')",
		"INSERT INTO digest_preferences (user_id, time_zone, quiet_start, quiet_end) VALUES (1, 'UTC', '11:00', '13:00')",
		"INSERT INTO held_emails (recipient_user_id, subject, body_text, notification_ids, status) VALUES (1, 'Hello', 'Hello', '[]', 'held')",
		`INSERT INTO notifications (id, recipient_user_id, event_kind, created_at, payload) VALUES (7, 2, 'pr_opened', '2026-03-29 15:00:00', '{}')`,
		"UPDATE users SET email = 'nobody' WHERE id = 3")
	before := s.read("rfcdigest.db")
	out := s.run("plan", "--now", noon, "--diff", "2026-03-29T16:00:00Z").done().out
	assert.Equal(t, `From a tick at 2026-03-29 12:00:00 UTC
  to a tick at 2026-03-29 16:00:00 UTC, both with the database as it is
held e-mail 1 to recipient 1: keep, quiet hours → release, outside quiet hours
RECIPIENT  BEFORE                        AFTER
1          defer, quiet hours          → send, 1 event across 1 RFC
2          send, 1 event across 1 RFC  → send, 2 events across 1 RFC
Another plan for 2 of 4 people, with 2 → 4 events in all
before: 2 to send, 0 with nothing new, 1 deferred, 1 refused, 0 unreadable, 0 not due
after:  3 to send, 0 with nothing new, 0 deferred, 1 refused, 0 unreadable, 0 not due
`, out)
	assert.Contains(t, s.run("plan", "--now", "2026-03-29T00:00:00Z", "--diff", dayAfter).done().out, "stale watches: 0 → 1\n")
	var d show.Difference
	require.NoError(t, json.Unmarshal([]byte(s.run("plan", "--now", noon, "--diff", "2026-03-29T16:00:00Z", "--json").done().out), &d))
	require.Len(t, d.Changes, 2)
	assert.Equal(t, []int{1, 2}, []int{d.Changes[1].Before.Events, d.Changes[1].After.Events})
	assert.Len(t, d.Releases, 1)
	assert.Empty(t, d.Recoveries)

	same := s.run("plan", "--now", noon, "--diff", noon).done().out
	assert.Contains(t, same, "\nAnother plan for 0 of 4 people, with 2 → 2 events in all\n")
	assert.NotContains(t, same, "RECIPIENT")
	s.run("plan", "--diff", "tomorrow").fails(exitUsage, "--diff", "2026-").silent()
	s.run("plan", "--diff", noon, "--user", "1").fails(exitUsage, "--diff", "--user").silent()
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}
