package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADigestIsSentOnceMoreUnderItsOwnName(t *testing.T) {
	t.Parallel()
	m := serveMail(t, &mailServer{}, nil)
	s := newSite(t, "DIGEST_MAIL_URL="+m.url(), "DIGEST_SECRET="+secret).withDatabase(people(1)) // so that both are the same to the byte
	s.run("tick", "--now", noon).done()
	before := s.read("rfcdigest.db")
	out := s.run("resend", "--digest", "1").done().out
	letters := m.letters()
	require.Len(t, letters, 2)
	assert.Equal(t, letters[0], letters[1])
	assert.Equal(t, "Sent digest 1 once more to user 1, <p1@rfc.example>; the ledger is as it was.\nSubject: "+letters[0].subject+
		"\nMessage-ID: "+letters[0].header.Get("Message-ID")+"\nThe mail server "+m.address+" has it.\n", out)
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")

	m.answers(func(string) error { return fmt.Errorf("no") })
	s.run("resend", "--digest", "1").fails(exitFailed, "digest 1 was not sent").silent()
}

func TestADigestIsSentOnceMoreUnderANewName(t *testing.T) {
	t.Parallel()
	m := serveMail(t, &mailServer{}, nil)
	s := newSite(t, "DIGEST_MAIL_URL="+m.url(), "DIGEST_SECRET="+secret).withDatabase(people(1))
	s.run("tick", "--now", noon).done()
	before := s.read("rfcdigest.db")
	began := time.Now().Truncate(time.Second)
	for range 2 {
		out := s.run("resend", "--digest", "1", "--fresh").done().out
		letters := m.letters()
		last := letters[len(letters)-1]
		assert.Equal(t, "Sent digest 1 once more to user 1, <p1@rfc.example>, under a new Message-ID; the ledger is as it was.\nSubject: "+last.subject+
			"\nMessage-ID: "+last.header.Get("Message-ID")+"\nThe mail server "+m.address+" has it.\n", out)
		date, err := last.header.Date()
		require.NoError(t, err)
		assert.False(t, date.Before(began), "%v is the date of the first", date)
		assert.Equal(t, letters[0].text, last.text)
		assert.Equal(t, letters[0].html, last.html)
	}
	ids := map[string]bool{}
	for _, letter := range m.letters() {
		ids[letter.header.Get("Message-ID")] = true
	}
	assert.Len(t, ids, 3, "each has its own")
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}

func TestADigestThatCannotBeSentAgainIsOneLine(t *testing.T) {
	m := serveMail(t, &mailServer{}, nil)
	s := newSite(t, "DIGEST_MAIL_URL="+m.url()).inside().withDatabase(people(6), "UPDATE notifications SET read_at = created_at WHERE id = 600")
	s.run("tick", "--now", noon).done()
	digest := func(user int) string {
		return s.query("rfcdigest.db", "SELECT id FROM notification_digests WHERE recipient_user_id = $1", user)[0]
	}
	s.sql("rfcdigest.db", `UPDATE users SET digest_cadence = 'off' WHERE id = 1; UPDATE users SET email = '' WHERE id = 2; UPDATE users SET email = 'nobody' WHERE id = 3;
DELETE FROM notifications WHERE id = 400; UPDATE notification_digests SET status = 'sending' WHERE recipient_user_id = 5`)
	before, sent := s.read("rfcdigest.db"), len(m.letters())
	for user, words := range map[int][]string{
		1: {"cadence has no digest", "turn them on again"}, 2: {"no address", "enter an address"}, 3: {"not one that mail can be sent to", "enter an address"},
		4: {"do not exist any more", "nothing left"}, 5: {"still being sent", "wait for the next tick"}, 6: {"nothing to tell", "nothing left"},
	} {
		s.run("resend", "--digest", digest(user)).fails(exitFailed, append(words, "digest "+digest(user)+" is not sent again")...).silent()
	}
	s.run("resend", "--digest", "999").fails(exitFailed, "no digest has the ID 999").silent()
	s.run("resend").fails(exitUsage, "--digest").silent()
	s.run("resend", "--digest", "first").fails(exitUsage, "--digest").silent()
	assert.Len(t, m.letters(), sent)
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}
