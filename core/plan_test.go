package core

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/links"
)

func TestLook(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	due := Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily, Latest: Entry{ID: 3, End: now.Add(-24 * time.Hour), Status: Sent}}
	for _, c := range []struct {
		name   string
		change func(*Recipient)
		action Action
		reason Reason
	}{
		{"due", func(r *Recipient) {}, Send, Activity},
		{"cadence off", func(r *Recipient) { r.Cadence = "off" }, Skip, NoCadence},
		{"no address", func(r *Recipient) { r.Address = "" }, Skip, NoAddress},
		{"in doubt", func(r *Recipient) { r.Latest.Status = Sending }, Skip, InDoubt},
		{"not due", func(r *Recipient) { r.Latest.End = now.Add(-24*time.Hour + time.Second) }, Skip, NotDue},
		{"window in the future", func(r *Recipient) { r.Latest.End = now.Add(time.Hour) }, Skip, NotDue},
		{"line break in the address", func(r *Recipient) { r.Address = "ada@x\nBcc: eve@x" }, Refuse, BadAddress},
		{"suppressed", func(r *Recipient) { r.Preferences.SuppressedAddress = r.Address }, Defer, Suppressed},
		{"quiet", func(r *Recipient) { r.Preferences.QuietStart, r.Preferences.QuietEnd = "12:00", "13:00" }, Defer, QuietHours},
		{"not due comes before a bad address", func(r *Recipient) { r.Address = "x"; r.Latest.End = now }, Skip, NotDue},
		{"suppressed comes before quiet", func(r *Recipient) {
			r.Preferences = Preferences{QuietStart: "12:00", QuietEnd: "13:00", SuppressedAddress: r.Address}
		}, Defer, Suppressed},
	} {
		r := due
		c.change(&r)
		got := Schedule{}.Look(r, nil, now)
		assert.Equal(t, c.action, got.Action, c.name)
		assert.Equal(t, c.reason, got.Reason, c.name)
		assert.False(t, got.Window.End.Before(now), c.name)
	}
}

func TestMessageIDIsTheDigests(t *testing.T) {
	t.Parallel()
	s := testStyle(t)
	at := time.Unix(1000, 0)
	ids := []string{
		s.digestMessageID(1, at, []int64{1, 2}), s.digestMessageID(2, at, []int64{1, 2}), s.digestMessageID(1, at.Add(time.Second), []int64{1, 2}),
		s.digestMessageID(1, at, []int64{1}), s.digestMessageID(1, at, []int64{12}), s.digestMessageID(1, at, nil),
		s.heldMessageID(HeldMail{ID: 1}), s.heldMessageID(HeldMail{ID: 2}), s.heldMessageID(HeldMail{ID: 1, Recipient: 1}),
		s.heldMessageID(HeldMail{ID: 1, Text: "a", HTML: "b"}), s.heldMessageID(HeldMail{ID: 1, Text: "a", HTML: "c"}), s.heldMessageID(HeldMail{ID: 1, Text: "ab"}), s.heldMessageID(HeldMail{ID: 1, Subject: "a", Text: "b"}),
	}
	seen := map[string]bool{}
	for _, id := range ids {
		assert.Regexp(t, `^[0-9a-f]{32}@rfc\.example$`, id)
		assert.False(t, seen[id], id)
		seen[id] = true
	}
	assert.Equal(t, ids[0], s.digestMessageID(1, at.UTC(), []int64{1, 2}))
}

// held returns what is known of a mail that goes out.
func held(t *testing.T) HeldSnapshot {
	now := instant(t, "2026-03-29T12:00:00Z")
	read, unread := Notification{ID: 1, ReadAt: At(now)}, Notification{ID: 2}
	return HeldSnapshot{Now: now, Mail: HeldMail{ID: 4, Recipient: 7, Subject: "Re:\r\nBcc: eve@x", Text: "Hi", Notifications: []int64{1, 2}},
		Recipient: Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada\n"}, Notifications: []Notification{read, unread}}
}

func TestPlanRelease(t *testing.T) {
	t.Parallel()
	style := testStyle(t)
	for _, c := range []struct {
		name   string
		change func(*HeldSnapshot)
		action ReleaseAction
		reason Reason
	}{
		{"some unread", func(s *HeldSnapshot) {}, Release, QuietOver},
		{"all read", func(s *HeldSnapshot) { s.Mail.Notifications = []int64{1} }, Drop, AllRead},
		{"about nothing", func(s *HeldSnapshot) { s.Mail.Notifications = nil }, Release, QuietOver},
		{"about something that is gone", func(s *HeldSnapshot) { s.Mail.Notifications = []int64{1, 9} }, Release, QuietOver},
		{"recipient gone", func(s *HeldSnapshot) { s.Recipient = Recipient{} }, GiveUp, NoRecipient},
		{"no address", func(s *HeldSnapshot) { s.Recipient.Address = "" }, GiveUp, NoAddress},
		{"bad address", func(s *HeldSnapshot) { s.Recipient.Address = "ada" }, GiveUp, BadAddress},
		{"no body", func(s *HeldSnapshot) { s.Mail.Text = "" }, GiveUp, NoContent},
		{"HTML only", func(s *HeldSnapshot) { s.Mail.Text, s.Mail.HTML = "", "<p>" }, Release, QuietOver},
		{"suppressed", func(s *HeldSnapshot) { s.Recipient.Preferences.SuppressedAddress = "ada@rfc.example" }, Keep, Suppressed},
		{"quiet", func(s *HeldSnapshot) { s.Recipient.Preferences = Preferences{QuietStart: "11:00", QuietEnd: "13:00"} }, Keep, QuietHours},
		{"quiet, all read", func(s *HeldSnapshot) {
			s.Recipient.Preferences = Preferences{QuietStart: "11:00", QuietEnd: "13:00"}
			s.Mail.Notifications = []int64{1}
		}, Drop, AllRead},
		{"no body, all read", func(s *HeldSnapshot) { s.Mail.Text, s.Mail.Notifications = "", []int64{1} }, Drop, AllRead},
		{"recipient gone, all read", func(s *HeldSnapshot) {
			s.Recipient, s.Mail.Notifications = Recipient{}, []int64{1}
		}, GiveUp, NoRecipient},
		{"no body, no address", func(s *HeldSnapshot) { s.Mail.Text, s.Recipient.Address = "", "" }, GiveUp, NoContent},
		{"cadence does not matter", func(s *HeldSnapshot) { s.Recipient.Cadence = "off" }, Release, QuietOver},
	} {
		s := held(t)
		c.change(&s)
		got := PlanRelease(s, style)
		assert.Equal(t, c.action, got.Action, c.name)
		assert.Equal(t, c.reason, got.Reason, c.name)
		assert.Equal(t, c.action == Release, got.Message.ID != "", c.name)
	}
}

func TestAMailThatIsReleased(t *testing.T) {
	t.Parallel()
	style, base := testStyle(t), held(t)
	m := PlanRelease(base, style).Message
	assert.Equal(t, "Re: Bcc: eve@x", m.Subject)
	assert.Equal(t, PersonalMail, m.Kind)
	assert.Equal(t, Address{Name: "Ada", Mailbox: "ada@rfc.example"}, m.To)
	base.Mail.Subject = "R\xe9: \t"
	assert.Equal(t, "R\uFFFD:", PlanRelease(base, style).Message.Subject)
	failing := base
	failing.Recipient.Preferences = Preferences{SuppressedAddress: "ada@rfc.example", Failures: 1, RetryAt: base.Now}
	failing.Recipient.Person.Mark = 5
	plan := PlanRelease(failing, style)
	assert.True(t, plan.Failing)
	assert.Equal(t, int64(5), plan.Mark)
	assert.False(t, PlanRelease(base, style).Failing)
	assert.Equal(t, base.Now, PlanRelease(base, style).Message.Date)
	base.Mail.Status, base.Mail.Dated = Sending, base.Now.Add(-time.Hour)
	assert.Equal(t, base.Mail.Dated, PlanRelease(base, style).Message.Date, "every copy has the same")
	base.Mail.MessageID = "before@rfc.example"
	assert.Equal(t, "before@rfc.example", PlanRelease(base, style).Message.ID, "the one that it left under the last time")
}

func TestPlanRecovery(t *testing.T) {
	t.Parallel()
	style := testStyle(t)
	now := instant(t, "2026-03-29T12:00:00Z")
	r := Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada", Cadence: Daily, Latest: Entry{ID: 3, End: now.Add(-24 * time.Hour), Status: Sent}}
	ns := []Notification{
		{ID: 1, Recipient: 7, Kind: "pr_opened", CreatedAt: now}, {ID: 2, Recipient: 7, Kind: "x", Slug: "a", CreatedAt: now},
		{ID: 3, Recipient: 7, Kind: "x", CreatedAt: now, ReadAt: At(now)},
	}
	first := PlanDigest(Snapshot{Now: now, Recipient: r, Notifications: ns}, style)
	later := ns
	later[0].ReadAt = At(now)
	later = append(later, Notification{ID: 9, Recipient: 7, Kind: "new", CreatedAt: now}, Notification{ID: 2, Recipient: 8, Kind: "not hers"})
	base := RecoverySnapshot{Now: now.Add(time.Hour), Claim: first.Claim, Recipient: r, Notifications: later[:4]}
	for _, c := range []struct {
		name   string
		change func(*RecoverySnapshot)
		action RecoveryAction
		reason Reason
	}{
		{"again", func(s *RecoverySnapshot) {}, Resend, NoAnswer},
		{"recipient gone", func(s *RecoverySnapshot) { s.Recipient = Recipient{} }, Abandon, NoRecipient},
		{"the number is another's now", func(s *RecoverySnapshot) { s.Claim.ID, s.Recipient.Person.FirstDigest = 5, 6 }, Abandon, NoRecipient},
		{"notifications gone", func(s *RecoverySnapshot) { s.Notifications = later[2:] }, Abandon, NothingLeft},
		{"notifications of the one before", func(s *RecoverySnapshot) { s.Recipient.Person.FirstNotification = 3 }, Abandon, NothingLeft},
		{"cadence off", func(s *RecoverySnapshot) { s.Recipient.Cadence = "off" }, Wait, NoCadence},
		{"no address", func(s *RecoverySnapshot) { s.Recipient.Address = "" }, Wait, NoAddress},
		{"bad address", func(s *RecoverySnapshot) { s.Recipient.Address = "ada" }, Wait, BadAddress},
		{"suppressed", func(s *RecoverySnapshot) { s.Recipient.Preferences.SuppressedAddress = "ada@rfc.example" }, Wait, Suppressed},
		{"quiet", func(s *RecoverySnapshot) {
			s.Recipient.Preferences = Preferences{QuietStart: "11:00", QuietEnd: "14:00"}
		}, Wait, QuietHours},
	} {
		s := base
		c.change(&s)
		got := PlanRecovery(s, style)
		assert.Equal(t, s.Recipient.Person, got.Claim.Person)
		assert.Equal(t, c.action, got.Action, c.name)
		assert.Equal(t, c.reason, got.Reason, c.name)
	}
	assert.Equal(t, first.Message, PlanRecovery(base, style).Message, "the same mail to the byte, whatever was read since")

	base.Claim.Dated, base.Claim.Language = now.Add(time.Minute), "de"
	dated := PlanRecovery(base, style)
	assert.Equal(t, base.Claim.Dated, dated.Message.Date)
	assert.Equal(t, "de", dated.Claim.Language)

	assert.False(t, PlanRecovery(base, style).Failing)
	base.Recipient.Person.Mark = 5
	base.Recipient.Preferences = Preferences{SuppressedAddress: "ada@rfc.example", Failures: 1, RetryAt: now}
	unsubscribe, err := links.New("https://digest.rfc.example", testRing(t), "")
	require.NoError(t, err)
	style, err = NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Links: unsubscribe})
	require.NoError(t, err)
	again := PlanRecovery(base, style)
	assert.True(t, again.Failing)
	assert.Equal(t, int64(5), again.Mark)
	assert.Equal(t, unsubscribe.URL(7, 5), again.Message.UnsubscribeURL)
	assert.NotEmpty(t, again.Message.UnsubscribeURL)
}

// An account was merged into another while a digest of the first was in doubt.
func TestADigestInDoubtGoesToWhoHasItsNotifications(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	r, heir := Recipient{ID: 7, Address: "ada@old.example", Cadence: Daily}, Recipient{ID: 8, Address: "ada@rfc.example", Cadence: Weekly, Person: Person{Mark: 5, FirstDigest: 50}}
	s := RecoverySnapshot{Now: now, Claim: Claim{ID: 5, Recipient: 7, Window: Window{now.Add(-24 * time.Hour), now}, MessageID: "m@rfc.example", Notifications: []int64{1, 2, 3}},
		Notifications: []Notification{{ID: 1, Recipient: 8, Kind: "x", CreatedAt: now, Moved: &Moved{From: []int64{7}}}, {ID: 2, Recipient: 8, Kind: "x", CreatedAt: now},
			{ID: 3, Recipient: 8, Kind: "x", CreatedAt: now, Moved: &Moved{From: []int64{9, 7}}}}}
	for name, c := range map[string]struct {
		change func(r, heir *Recipient)
		want   string
		events int
	}{
		"as before, if they want it": {func(r, heir *Recipient) {}, "ada@old.example", 2},
		"gone":                       {func(r, heir *Recipient) { *r = Recipient{} }, "ada@rfc.example", 3},
		"another's number now":       {func(r, heir *Recipient) { r.Person.FirstDigest = 6 }, "ada@rfc.example", 3},
		"off":                        {func(r, heir *Recipient) { r.Cadence = Off }, "ada@rfc.example", 3},
		"without an address":         {func(r, heir *Recipient) { r.Address = "" }, "ada@rfc.example", 3},
		"gone, and so is the heir":   {func(r, heir *Recipient) { *r, *heir = Recipient{}, Recipient{} }, "", 0},
	} {
		before, after := r, heir
		c.change(&before, &after)
		s.Recipient = Addressee(s.Claim, before, after)
		plan := PlanRecovery(s, testStyle(t))
		assert.Equal(t, c.want, plan.Message.To.Mailbox, name)
		if c.want == "" {
			assert.Equal(t, []any{Abandon, NoRecipient}, []any{plan.Action, plan.Reason})
			continue
		}
		require.Equal(t, Resend, plan.Action, name)
		assert.Equal(t, "m@rfc.example", plan.Message.ID)
		assert.Contains(t, plan.Message.Subject, fmt.Sprint(c.events, " events"), name)
		assert.Equal(t, c.want == heir.Address, plan.Claim.Heir == 8, name)
		assert.Equal(t, s.Recipient.Person, plan.Claim.Person)
	}
	s.Recipient = Recipient{ID: 8, Address: "ada@rfc.example", Cadence: Off}
	assert.Equal(t, Wait, PlanRecovery(s, testStyle(t)).Action, "the heir wants none either")
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	r := Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada", Cadence: Daily, Latest: Entry{ID: 3, End: now.Add(-25 * time.Hour), Status: Sent}}
	ns := []Notification{{ID: 12, Recipient: 7, Kind: "x", CreatedAt: now}, {ID: 1000000007, Recipient: 7, CreatedAt: now, ReadAt: At(now)}}
	got := Describe(PlanDigest(Snapshot{Now: now, Recipient: r, Notifications: ns}, testStyle(t)), nil)
	want := `recipient 7: send, activity to report: 1 event across 0 RFCs
  window   2026-03-28 11:00:00 to 2026-03-29 12:00:00, late arrivals from 2026-03-28 10:45:00
  to       Ada <ada@rfc.example>
  subject  Wiggleverse: 1 update (Sun 29 Mar)
  id       <ID>
  12       included
  1000000007 already_read
`
	i := strings.Index(got, "<") // of the address
	j := strings.LastIndex(got, "<")
	assert.Less(t, i, j)
	assert.Equal(t, want, got[:j]+"<ID>"+got[j+strings.Index(got[j:], ">")+1:])
	assert.Equal(t, "recipient 7: skip, cadence has no digest\n", Describe(PlanDigest(Snapshot{Now: now, Recipient: Recipient{ID: 7}}, testStyle(t)), nil))
}

// A second copy has the words of the first one, whatever the installation has been set to since.
func TestACopyHasTheWordsOfItsClaim(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	s := RecoverySnapshot{Now: now, Recipient: Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily, Preferences: Preferences{Language: "fr"}},
		Claim:         Claim{ID: 5, Recipient: 7, Window: Window{now.Add(-24 * time.Hour), now}, MessageID: "m@rfc.example", Notifications: []int64{1}},
		Notifications: []Notification{{ID: 1, Recipient: 7, Kind: "pr_opened", Actor: "Ada", PR: 3, CreatedAt: now}}}
	classic, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Classic: true})
	require.NoError(t, err)
	const words = "[Wiggleverse] Daily digest — 1 event across 0 RFCs"
	for language, want := range map[string]string{"": words, classicTag: words, "de": "Wiggleverse: 1 Update (So., 29. März)", "en": "Wiggleverse: 1 update (Sun 29 Mar)"} {
		s.Claim.Language = language
		for _, style := range []*Style{testStyle(t), classic} {
			plan := PlanRecovery(s, style)
			require.Equal(t, Resend, plan.Action)
			assert.Equal(t, want, plan.Message.Subject, language)
			assert.Equal(t, language, plan.Claim.Language)
		}
	}
	snapshot := Snapshot{Now: now, Recipient: s.Recipient, Notifications: s.Notifications}
	assert.Equal(t, "fr", PlanDigest(snapshot, testStyle(t)).Claim.Language)
	assert.Equal(t, classicTag, PlanDigest(snapshot, classic).Claim.Language)
	assert.Equal(t, words, PlanDigest(snapshot, classic).Message.Subject)
}
