package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
)

// badRow is something unreadable around one person.
type badRow struct {
	what string
	// change is the SQL that does it; without args, its parameter is the person's ID.
	change string
	args   []any
	// gets says whether the person gets their mail all the same; failed that the report names them.
	gets, failed bool
	// says is text in the mail.
	says string
}

func badRows() []badRow {
	return []badRow{
		{what: "an address with a line break", change: "UPDATE users SET email = 'p@rfc.example' || char(13, 10) || 'Bcc: eve@rfc.example' WHERE id = $1", failed: true},
		{what: "an address without an @", change: "UPDATE users SET email = 'somebody' WHERE id = $1", failed: true},
		{what: "two addresses", change: "UPDATE users SET email = 'a@rfc.example, b@rfc.example' WHERE id = $1", failed: true},
		{what: "no address", change: "UPDATE users SET email = '' WHERE id = $1"},
		{what: "an unknown cadence", change: "UPDATE users SET digest_cadence = 'every blue moon' WHERE id = $1"},
		{what: "a payload that is not JSON", change: "UPDATE notifications SET payload = '{\"summary\": ' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a payload that is a list", change: "UPDATE notifications SET payload = '[1, 2]' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a payload of 5 MB", change: "UPDATE notifications SET payload = $2 WHERE recipient_user_id = $1", gets: true, says: "· wwww",
			args: []any{`{"summary": "` + strings.Repeat("w", 5<<20) + `"}`}},
		{what: "a payload of zero bytes", change: "UPDATE notifications SET payload = zeroblob(4096) WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a payload of any bytes", change: "UPDATE notifications SET payload = x'FF00FE7B0D0A22C3' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a payload that is a number", change: "UPDATE notifications SET payload = 1e308 WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a created_at of no time", change: "UPDATE notifications SET created_at = 'last Tuesday' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "an empty created_at", change: "UPDATE notifications SET created_at = '' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a created_at of bytes", change: "UPDATE notifications SET created_at = x'00FF' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "a title of 1 MB", change: "INSERT INTO cached_rfcs VALUES ('long', $2); UPDATE notifications SET rfc_slug = 'long' WHERE recipient_user_id = $1", gets: true,
			says: "TTTT…", args: []any{strings.Repeat("T", 1<<20)}},
		{what: "a title of bytes", change: "INSERT INTO cached_rfcs VALUES ('bytes', x'C328'); UPDATE notifications SET rfc_slug = 'bytes' WHERE recipient_user_id = $1",
			gets: true, says: "\uFFFD("},
		{what: "a newest window of no end", change: `INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
VALUES ($1, '', 'x', '2026-13-45 99:99:99', 'not json')`, gets: true, says: "opened PR"},
		{what: "an unknown time zone", change: "INSERT INTO digest_preferences (user_id, time_zone) VALUES ($1, 'Mars/Olympus_Mons')", gets: true, says: "opened PR"},
		{what: "preferences of nonsense", change: `INSERT INTO digest_preferences (user_id, time_zone, send_hour, send_weekday, quiet_start, quiet_end, failures)
VALUES ($1, x'FF', 'noon', 17, '25:61', 'dusk', 'many')`, gets: true, says: "opened PR"},
		{what: "an RFC that was deleted", change: "UPDATE notifications SET rfc_slug = 'gone' WHERE recipient_user_id = $1", gets: true, says: "\n# gone\n"},
		{what: "an actor who was deleted", change: "UPDATE notifications SET actor_user_id = 987654321 WHERE recipient_user_id = $1", gets: true, says: "Someone opened PR"},
		{what: "a name of bytes", change: "UPDATE users SET display_name = x'00FF0A41' WHERE id = $1", gets: true, says: "opened PR"},
		{what: "a name that forges a header", change: "UPDATE users SET display_name = 'Ada' || char(10) || 'Bcc: eve@rfc.example' WHERE id = $1", gets: true, says: "opened PR"},
		{what: "IDs beyond 2^31", change: "UPDATE notifications SET id = 9007199254740993, pr_number = 4294967297 WHERE recipient_user_id = $1", gets: true, says: "PR #4294967297"},
		{what: "a number that is a word", change: "UPDATE notifications SET pr_number = 'twelve', actor_user_id = 'Ada' WHERE recipient_user_id = $1", gets: true, says: "opened"},
		{what: "a read_at of nothing", change: "UPDATE notifications SET read_at = '', email_sent_at = '', digest_included_at = '' WHERE recipient_user_id = $1", gets: true, says: "opened PR"},
		{what: "an event of no kind", change: "UPDATE notifications SET event_kind = '' WHERE recipient_user_id = $1", gets: true, says: "Someone"},
	}
}

// One person in ten has a bad row, each of another kind, all at once.
func TestBadRowsCostOnlyThemselves(t *testing.T) {
	t.Parallel()
	bad := badRows()
	one := 10 // in so many
	if raced() {
		one = 3
	}
	total := one * len(bad)
	s := newSite(t).withDatabase(people(total))
	db := s.open("rfcdigest.db")
	_, err := db.Exec("PRAGMA synchronous = OFF")
	require.NoError(t, err)
	back := checktest.Lift(t, db)
	want, failed := each(total), []int64{}
	for i, row := range bad {
		id := int64(one*i + 1)
		_, err := db.Exec(row.change, append([]any{id}, row.args...)...)
		require.NoError(t, err, row.what)
		if !row.gets {
			delete(want, fmt.Sprintf("p%d@rfc.example", id))
		}
		if row.failed {
			failed = append(failed, id)
		}
	}
	back()
	// Rows of people who are gone, of no one, and of a person whose ID needs more than 32 bits.
	_, err = db.Exec(`INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (-7, 'x', 'x'), (999999, 'x', '2026-03-29 11:00:00');
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status) VALUES (888888, '', '', '', '', 'sending');
INSERT INTO held_emails (recipient_user_id, status) VALUES (777777, 'held'), (NULL, 'held'), (3, 'held');
INSERT INTO watches VALUES (666666, 'gone', 'watching', 'long ago'), (666666, 'old', 'watching', '2020-01-01 00:00:00');
INSERT INTO users VALUES (4294967301, 'big@rfc.example', 'Big', 'daily');
INSERT INTO notifications (recipient_user_id, event_kind, created_at) VALUES (4294967301, 'pr_opened', '2026-03-29 11:00:00')`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	want["big@rfc.example"] = 1

	m := serveMail(t, &mailServer{}, nil)
	r := s.run("tick", "--now", noon, "--json", "--mail", m.url()).done()
	letters := m.letters()
	assert.Equal(t, want, recipients(letters))
	report := r.report()
	assert.Equal(t, len(want), report.DigestsSent)
	assert.Equal(t, 1, report.Decayed)
	named := []int64{}
	for _, f := range report.Failures {
		if f.Recipient > 0 && f.Recipient <= int64(total) && !strings.HasPrefix(f.Reason, "held e-mail") {
			named = append(named, f.Recipient)
			assert.Contains(t, f.Reason, "address")
		}
	}
	assert.Equal(t, failed, named)
	assert.Equal(t, report.Failed, len(report.Failures))

	texts := map[string]string{}
	for _, l := range letters {
		texts[l.to] = l.text
		assert.Empty(t, l.header.Get("Bcc"))
		assert.Less(t, len(l.html), 100<<10, l.to)
	}
	for i, row := range bad {
		if row.gets {
			assert.Contains(t, texts[fmt.Sprintf("p%d@rfc.example", one*i+1)], row.says, row.what)
		}
	}
	assert.Empty(t, s.query("rfcdigest.db", "SELECT * FROM notification_digests WHERE status = 'sending' AND recipient_user_id < 800000"))
	again := s.run("tick", "--now", noon, "--json", "--mail", m.url()).done().report()
	assert.Zero(t, again.DigestsSent)
	assert.Equal(t, len(failed), again.Failed, "they stay, until somebody mends them")

	// Looking at it fails no more than the tick does.
	s.run("plan", "--now", "2026-03-30T12:00:00Z").done()
	for i := range bad {
		if i%9 == 0 {
			s.run("plan", "--now", "2026-03-30T12:00:00Z", "--user", fmt.Sprint(one*i+1)).done()
		}
	}
}
