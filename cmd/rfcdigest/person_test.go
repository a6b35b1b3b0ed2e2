package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// known is SQL for what is kept about the person with the ID 2.
const known = `
INSERT INTO digest_preferences (user_id, time_zone, send_hour, suppressed_address, suppressed_reason, failures) VALUES (2, 'Europe/Berlin', 9, 'p2@rfc.example', 'no such user p2@rfc.example', 3);
INSERT INTO held_emails (recipient_user_id, subject, body_text, notification_ids, created_at, status) VALUES (2, 'Kim asked you', 'Please look', '[200]', '2026-03-29 02:00:00', 'held');
INSERT INTO held_emails (recipient_user_id, subject, body_text, notification_ids, created_at, status, lease_until) VALUES (2, 'On its way', 'Text', '[]', '2026-03-29 02:00:00', 'sending', '2026-03-29 02:10:00');
INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, error, returned, returned_why)
VALUES (2, '2026-03-28 12:00:00', '2026-03-27 12:00:00', '2026-03-28 12:00:00', '[7]', 'sent', 'p2@rfc.example is slow', 'full', 'p2@rfc.example is full');
INSERT INTO digest_moved (user_id, notification_id, from_id, moved_at) VALUES (2, 5, 9, '2026-03-28 12:00:00'), (3, 6, 2, '2026-03-28 12:00:00');`

// exports returns what export prints of a person.
func (s *site) exports(user string) (tables map[string][]map[string]any) {
	s.Helper()
	var e struct {
		UserID int64 `json:"user_id"`
		Tables map[string][]map[string]any
	}
	require.NoError(s, json.Unmarshal([]byte(s.run("export", "--user", user).done().out), &e))
	assert.Equal(s, int64(2), e.UserID)
	return e.Tables
}

// forgets exports, forgets and exports again.
func (s *site) forgets() {
	s.Helper()
	before := s.exports("p2@rfc.example")
	assert.Equal(s, map[string]any{"user_id": 2.0, "time_zone": "Europe/Berlin", "send_hour": 9.0, "suppressed_address": "p2@rfc.example",
		"suppressed_reason": "no such user p2@rfc.example", "failures": 3.0}, before["digest_preferences"][0])
	assert.Equal(s, "Please look", before["held_emails"][0]["body_text"])
	assert.Equal(s, "2026-03-28T12:00:00Z", before["notification_digests"][0]["period_end"])
	assert.Equal(s, []any{7.0}, before["notification_digests"][0]["signal_ids_included"])
	assert.Len(s, before["digest_due"], 1)
	assert.Equal(s, []map[string]any{{"id": 1.0, "user_id": 2.0, "notification_id": 5.0, "from_id": 9.0, "moved_at": "2026-03-28T12:00:00Z"}}, before["digest_moved"])

	said := s.run("forget", "--user", "p2@rfc.example").done().out
	assert.Equal(s, "Forgot user 2: preferences 1, held e-mails 1, answers of mail servers 1. Links in their mails have ended.\n"+
		"Mail is on its way to them just now (1); run this again when that is done.\n"+
		"They still get daily digests: the row in users is the app's. Delete it, or set digest_cadence to off.\n", said)
	after := s.exports("2")
	assert.Empty(s, after["digest_preferences"])
	assert.Empty(s, after["digest_moved"])
	assert.Len(s, after["held_emails"], 1)
	require.Len(s, after["notification_digests"], 1)
	assert.NotContains(s, fmt.Sprint(after["notification_digests"]), "p2@")
	assert.Equal(s, before["notification_digests"][0]["period_end"], after["notification_digests"][0]["period_end"])
	s.run("export", "--user", "nobody@rfc.example").fails(exitFailed, "nobody@rfc.example").silent()
}

func TestAPersonIsExportedAndForgotten(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3), known)
	mark := s.query("rfcdigest.db", "SELECT person FROM digest_people WHERE user_id = 2")
	s.forgets()
	assert.NotEqual(t, mark, s.query("rfcdigest.db", "SELECT person FROM digest_people WHERE user_id = 2"), "links have the mark")
	s.sql("rfcdigest.db", "DELETE FROM notifications WHERE recipient_user_id = 2; DELETE FROM users WHERE id = 2")
	assert.Empty(t, s.exports("2")["held_emails"])
	assert.Contains(t, s.run("forget", "--user", "2").done().out, "Forgot user 2: preferences 0")
}

func TestAPersonIsExportedAndForgottenOnPostgreSQL(t *testing.T) {
	t.Parallel()
	s, db := onPostgres(t)
	s.run("migrate", "--create").done()
	_, err := db.Exec(t.Context(), `INSERT INTO users (id, email, display_name, digest_cadence) VALUES (2, 'p2@rfc.example', 'Person 2', 'daily');`+known, pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err)
	s.forgets()
}
