package core

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
		got := Look(r, nil, now)
		assert.Equal(t, c.action, got.Action, c.name)
		assert.Equal(t, c.reason, got.Reason, c.name)
		assert.False(t, got.Window.End.Before(now), c.name)
	}
}

func TestIsSuppressed(t *testing.T) {
	t.Parallel()
	r := func(address string, failures int) Recipient {
		return Recipient{Address: "ada@rfc.example", Preferences: Preferences{SuppressedAddress: address, Failures: failures}}
	}
	assert.False(t, IsSuppressed(r("ada@rfc.example", 1)))
	assert.False(t, IsSuppressed(r("ada@rfc.example", 2)))
	assert.True(t, IsSuppressed(r("ada@rfc.example", 3)))
	assert.True(t, IsSuppressed(r("ada@rfc.example", 9)))
	assert.True(t, IsSuppressed(r("ada@rfc.example", 0)), "by somebody else's hand")
	assert.False(t, IsSuppressed(r("old@rfc.example", 3)), "a new address starts clean")
	assert.False(t, IsSuppressed(r("", 3)))
}

func TestThreeRefusalsInARowSuppressAnAddress(t *testing.T) {
	t.Parallel()
	r := Recipient{Address: "ada@rfc.example"}
	refuse := func(address string) {
		r.Preferences = CountRefusal(r.Preferences, Refusal{Address: address, Reason: "RCPT: 550"})
	}
	refuse(r.Address)
	refuse(r.Address)
	r.Preferences = CountAcceptance(r.Preferences)
	assert.Zero(t, r.Preferences)
	refuse(r.Address)
	refuse(r.Address)
	assert.False(t, IsSuppressed(r))
	refuse(r.Address)
	assert.True(t, IsSuppressed(r))
	assert.Equal(t, "RCPT: 550", r.Preferences.SuppressedReason)
	r.Address = "ada@new.example"
	assert.False(t, IsSuppressed(r))
	refuse(r.Address)
	assert.Equal(t, 1, r.Preferences.Failures)
	before := r.Preferences
	assert.Equal(t, before, CountRefusal(before, Refusal{}), "nobody is charged")
}

func TestMessageIDIsTheDigests(t *testing.T) {
	t.Parallel()
	s := testStyle(t)
	at := time.Unix(1000, 0)
	ids := []string{
		s.digestMessageID(1, at, []int64{1, 2}), s.digestMessageID(2, at, []int64{1, 2}), s.digestMessageID(1, at.Add(time.Second), []int64{1, 2}),
		s.digestMessageID(1, at, []int64{1}), s.digestMessageID(1, at, []int64{12}), s.digestMessageID(1, at, nil),
		s.heldMessageID(HeldMail{ID: 1}), s.heldMessageID(HeldMail{ID: 2}), s.heldMessageID(HeldMail{ID: 1, Recipient: 1}),
		s.heldMessageID(HeldMail{ID: 1, Text: "a", HTML: "b"}), s.heldMessageID(HeldMail{ID: 1, Text: "ab"}), s.heldMessageID(HeldMail{ID: 1, Subject: "a", Text: "b"}),
	}
	seen := map[string]bool{}
	for _, id := range ids {
		assert.Regexp(t, `^[0-9a-f]{32}@rfc\.example$`, id)
		assert.False(t, seen[id], id)
		seen[id] = true
	}
	assert.Equal(t, ids[0], s.digestMessageID(1, at.UTC(), []int64{1, 2}))
}

func TestPlanRelease(t *testing.T) {
	t.Parallel()
	style := testStyle(t)
	now := instant(t, "2026-03-29T12:00:00Z")
	read, unread := Notification{ID: 1, ReadAt: At(now)}, Notification{ID: 2}
	base := HeldSnapshot{Now: now, Mail: HeldMail{ID: 4, Recipient: 7, Subject: "Re:\r\nBcc: eve@x", Text: "Hi", Notifications: []int64{1, 2}},
		Recipient: Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada\n"}, Notifications: []Notification{read, unread}}
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
		{"cadence does not matter", func(s *HeldSnapshot) { s.Recipient.Cadence = "off" }, Release, QuietOver},
	} {
		s := base
		c.change(&s)
		got := PlanRelease(s, style)
		assert.Equal(t, c.action, got.Action, c.name)
		assert.Equal(t, c.reason, got.Reason, c.name)
		assert.Equal(t, c.action == Release, got.Message.ID != "", c.name)
		assert.Equal(t, "held e-mail 4 to recipient 7: "+string(c.action)+", "+string(c.reason), DescribeRelease(got))
	}
	m := PlanRelease(base, style).Message
	assert.Equal(t, "Re: Bcc: eve@x", m.Subject)
	assert.Equal(t, Address{Name: "Ada", Mailbox: "ada@rfc.example"}, m.To)
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
		{"notifications gone", func(s *RecoverySnapshot) { s.Notifications = later[2:] }, Abandon, NothingLeft},
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
		assert.Equal(t, "digest 0 to recipient 7: "+string(c.action)+", "+string(c.reason), DescribeRecovery(got))
		assert.Equal(t, c.action, got.Action, c.name)
		assert.Equal(t, c.reason, got.Reason, c.name)
	}
	assert.Equal(t, first.Message, PlanRecovery(base, style).Message, "the same mail to the byte, whatever was read since")
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	r := Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada", Cadence: Daily, Latest: Entry{ID: 3, End: now.Add(-25 * time.Hour), Status: Sent}}
	ns := []Notification{{ID: 12, Recipient: 7, Kind: "x", CreatedAt: now}, {ID: 1000000007, Recipient: 7, CreatedAt: now, ReadAt: At(now)}}
	got := Describe(PlanDigest(Snapshot{Now: now, Recipient: r, Notifications: ns}, testStyle(t)))
	want := `recipient 7: send, activity to report: 1 event across 0 RFCs
  window   2026-03-28 11:00:00 to 2026-03-29 12:00:00, late arrivals from 2026-03-28 10:45:00
  to       Ada <ada@rfc.example>
  subject  [Wiggleverse] Daily digest — 1 event across 0 RFCs
  id       <ID>
  12       included
  1000000007 already_read
`
	i := strings.Index(got, "<") // of the address
	j := strings.LastIndex(got, "<")
	assert.Less(t, i, j)
	assert.Equal(t, want, got[:j]+"<ID>"+got[j+strings.Index(got[j:], ">")+1:])
	assert.Equal(t, "recipient 7: skip, cadence has no digest\n", Describe(PlanDigest(Snapshot{Now: now, Recipient: Recipient{ID: 7}}, testStyle(t))))
}
