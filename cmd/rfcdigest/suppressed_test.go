package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/core"
)

// refusedOnBoth runs a test on both databases, with the same people: 1 to 5 have each something else held against
// their address, 6 had, and 7 never.
func refusedOnBoth(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, noon)
	require.NoError(t, err)
	w := core.World{RFCs: []core.RFC{{Slug: "rfc-0001", Title: "Trust & Safety"}}}
	for id := int64(1); id <= 7; id++ {
		address := string('a'+rune(id)) + "@rfc.example"
		w.Users = append(w.Users, core.Recipient{ID: id, Address: address, Name: "Ada", Cadence: core.Daily,
			Preferences: core.Preferences{SuppressedAddress: address, SuppressedReason: "RCPT: 550 5.1.1", Failures: 3, TimeZone: "Asia/Tokyo"}})
		w.Notifications = append(w.Notifications, core.Notification{ID: id, Recipient: id, Kind: "pr_opened", Slug: "rfc-0001", PR: id, CreatedAt: at.Add(-time.Hour)})
	}
	p := func(id int) *core.Preferences { return &w.Users[id-1].Preferences }
	p(1).RetryAt = time.Date(2999, 1, 2, 3, 4, 5, 0, time.UTC)
	p(2).Failures, p(2).SuppressedReason = 0, "complaint\x1b[31m\n\u202e"
	p(3).Failures, p(3).RetryAt = 2, time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
	p(4).RetryAt = at
	w.Users[4].Cadence = core.Off
	p(6).SuppressedAddress = "old@rfc.example"
	*p(7) = core.Preferences{}
	onBoth(t, w, test)
}

func TestPeopleWhoseAddressIsSuppressedAreListedAndLifted(t *testing.T) {
	refusedOnBoth(t, func(t *testing.T, s *site) {
		out := s.run("suppressed").done().out
		assert.Regexp(t, `^At \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC; all times are UTC\.
suppressed  Ada \(user 1\), <b@rfc\.example>: The address was refused for good on 3 days in a row, the last time with: RCPT: 550 5\.1\.1\. One mail is tried from 2999-01-02 03:04:05 on\.
entered     Ada \(user 2\), <c@rfc\.example>: The address was entered as suppressed: complaint.*\. That stays until somebody lifts it\.
refused     Ada \(user 3\), <d@rfc\.example>: The address was refused for good on 2 days in a row, the last time with: RCPT: 550 5\.1\.1\. It is tried again from 2999-01-01 00:00:00 on\.
on trial    Ada \(user 4\), <e@rfc\.example>: The address was refused for good on 3 days in a row, the last time with: RCPT: 550 5\.1\.1\. Its time is over: the next mail is tried, and decides\.
suppressed  Ada \(user 5\), <f@rfc\.example>: The address was refused for good on 3 days in a row, the last time with: RCPT: 550 5\.1\.1\. That stays until somebody lifts it\.
2 suppressed; 1 entered as suppressed by somebody else; 1 refused lately, and suppressed after 3 days in a row; 1 tried once more, since their time is over\.
Correct a wrong address in the app: a new one starts clean\. If one works again, say so: rfcdigest suppressed --lift 1 \(or --lift-all\)\.
$`, out)
		assert.NotContains(t, out, "\x1b")
		assert.NotContains(t, out, "\u202e")

		for id, says := range map[string]string{"404": "no user has the ID 404", "-1": "no user has the ID -1", "6": "nothing is held against the address of user 6", "7": "of user 7"} {
			s.run("suppressed", "--lift", "1", "--lift="+id).fails(exitFailed, says, "nothing was lifted").silent()
		}
		assert.Equal(t, "Lifted for Ada (user 1), <b@rfc.example>.\nLifted for Ada (user 2), <c@rfc.example>.\nThe next tick sends there what is due.\n",
			s.run("suppressed", "--lift", "2", "--lift", "1").done().out)
		s.run("suppressed", "--lift", "1").fails(exitFailed, "nothing is held against the address of user 1").silent()
		s.run("tick", "--now", noon).done()
		assert.Equal(t, map[string]int{"b@rfc.example": 1, "c@rfc.example": 1, "e@rfc.example": 1, "g@rfc.example": 1, "h@rfc.example": 1}, recipients(s.letters("outbox")))

		assert.Equal(t, "Lifted for 2 addresses. The next tick sends there what is due.\n", s.run("suppressed", "--lift-all").done().out, "one took mail since")
		assert.Equal(t, show.NothingHeld+"\n", s.run("suppressed").done().out)
		assert.Equal(t, show.NothingHeld+"\n", s.run("suppressed", "--lift-all").done().out)
		s.run("tick", "--now", noon).done()
		assert.Equal(t, 1, recipients(s.letters("outbox"))["d@rfc.example"])
	})
}

func TestSuppressedAsJSON(t *testing.T) {
	refusedOnBoth(t, func(t *testing.T, s *site) {
		var list struct {
			Now       time.Time
			Addresses []map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(s.run("suppressed", "--json").done().out), &list))
		assert.WithinDuration(t, time.Now(), list.Now, time.Hour)
		require.Len(t, list.Addresses, 5)
		assert.Equal(t, map[string]any{"user": 3.0, "name": "Ada", "address": "d@rfc.example", "standing": "refused", "days": 2.0, "entered": false, "reason": "RCPT: 550 5.1.1",
			"until": "2999-01-01T00:00:00Z", "why": "The address was refused for good on 2 days in a row, the last time with: RCPT: 550 5.1.1. It is tried again from 2999-01-01 00:00:00 on."}, list.Addresses[2])
		for i, want := range []struct {
			standing string
			days     float64
			until    any
		}{{"suppressed", 3, "2999-01-02T03:04:05Z"}, {"entered", 0, nil}, {"refused", 2, "2999-01-01T00:00:00Z"}, {"on trial", 3, nil}, {"suppressed", 3, nil}} {
			one := list.Addresses[i]
			assert.Equal(t, []any{want.standing, want.days, want.until, want.days == 0}, []any{one["standing"], one["days"], one["until"], one["entered"]})
		}
		assert.Equal(t, `{"lifted":1}`+"\n", s.run("suppressed", "--json", "--lift", "5").done().out)
		assert.Equal(t, `{"lifted":4}`+"\n", s.run("suppressed", "--json", "--lift-all").done().out)
		assert.Regexp(t, `^\{"now":"[^"]+","addresses":\[\]\}\n$`, s.run("suppressed", "--json").done().out)
	})
}

func TestSuppressedListsWithoutWriting(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3), "INSERT INTO digest_preferences (user_id, suppressed_address) SELECT id, email FROM users WHERE id = 3")
	before := s.read("rfcdigest.db")
	assert.Contains(t, s.run("suppressed").done().out, "rfcdigest suppressed --lift 3 ")
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
	s.run("suppressed", "--lift", "3", "--lift-all").fails(exitUsage, "--lift-all").silent()
	s.run("suppressed", "--lift", "Ada").fails(exitUsage, "--lift").silent()
	s.run("suppressed", "--lift", "").fails(exitUsage, "--lift").silent()
	newSite(t).run("suppressed", "--lift", "1").fails(exitFailed, "no database at rfcdigest.db").silent()
}
