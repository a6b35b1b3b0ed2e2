package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestRewindRecipient(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	row := func(id int64, end time.Duration, status Status, sent time.Duration) LedgerRow {
		return LedgerRow{Claim: Claim{ID: id, Window: Window{End: now.Add(end)}}, Status: status, SentAt: now.Add(sent)}
	}
	old := row(1, -24*time.Hour, Sent, -24*time.Hour)
	for name, c := range map[string]struct {
		rows []LedgerRow
		want Entry
	}{
		"no rows":                       {nil, Entry{}},
		"the tick's own row":            {[]LedgerRow{row(2, 0, Sent, 0), old}, Entry{1, old.Window.End, Sent}},
		"later rows":                    {[]LedgerRow{old, row(2, time.Hour, Empty, time.Hour)}, Entry{1, old.Window.End, Sent}},
		"the newest of those before":    {[]LedgerRow{old, row(2, -time.Hour, Empty, -time.Hour)}, Entry{2, now.Add(-time.Hour), Empty}},
		"sent again later: in doubt":    {[]LedgerRow{row(2, -time.Hour, Sent, time.Minute)}, Entry{2, now.Add(-time.Hour), Sending}},
		"sent again in the same tick":   {[]LedgerRow{row(2, -time.Hour, Sent, 0)}, Entry{2, now.Add(-time.Hour), Sent}},
		"a row of the Python scheduler": {[]LedgerRow{row(2, -time.Hour, "", time.Minute)}, Entry{2, now.Add(-time.Hour), ""}},
		"only later rows":               {[]LedgerRow{row(2, time.Hour, Sent, time.Hour)}, Entry{}},
	} {
		r := Recipient{ID: 7, Name: "Ada", Latest: Entry{ID: 99, End: now}}
		got := RewindRecipient(r, c.rows, now)
		assert.Equal(t, c.want, got.Latest, name)
		assert.Equal(t, "Ada", got.Name)
		assert.Equal(t, c.want != Entry{}, ReachesBack(c.rows, now), name)
	}
}

func TestRewindNotifications(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	before, after := At(now.Add(-time.Second)), At(now.Add(time.Second))
	again := LedgerRow{Claim: Claim{ID: 1, Notifications: []int64{7}, Window: Window{End: now.Add(-time.Hour)}}, Status: Sent, SentAt: now}
	own := LedgerRow{Claim: Claim{ID: 2, Notifications: []int64{1}, Window: Window{End: now}}, Status: Sent, SentAt: now}
	for name, c := range map[string]struct{ is, was Notification }{
		"in the tick's own digest":       {Notification{IncludedAt: At(now)}, Notification{}},
		"in a digest sent again by then": {Notification{ID: 7, IncludedAt: At(now)}, Notification{ID: 7, IncludedAt: At(now)}},
		"in a later digest":              {Notification{IncludedAt: after}, Notification{}},
		"in a digest before":             {Notification{IncludedAt: before}, Notification{IncludedAt: before}},
		"released by the tick":           {Notification{EmailedAt: At(now)}, Notification{EmailedAt: At(now)}},
		"mailed later":                   {Notification{EmailedAt: after}, Notification{}},
		"read in that second":            {Notification{ReadAt: At(now)}, Notification{}},
		"moved before":                   {Notification{IncludedAt: At(now), Moved: &Moved{At: now}}, Notification{Moved: &Moved{At: now}}},
		"read before":                    {Notification{ReadAt: before}, Notification{ReadAt: before}},
		"marked at a time nobody can read": {Notification{ReadAt: Stamp{Set: true}, IncludedAt: Stamp{Set: true}},
			Notification{ReadAt: Stamp{Set: true}, IncludedAt: Stamp{Set: true}}},
	} {
		assert.Equal(t, []Notification{c.was}, RewindNotifications([]Notification{c.is}, []LedgerRow{own, again}, now), name)
	}
	assert.Empty(t, RewindNotifications([]Notification{{CreatedAt: now.Add(time.Second)}, {Moved: &Moved{At: now.Add(time.Second)}}}, nil, now), "they were not there yet")
}

func TestPlanResend(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	style := testStyle(t)
	row := LedgerRow{Status: Sent, Claim: Claim{ID: 3, Recipient: 7, MessageID: "abc@rfc.example", Notifications: []int64{1}, Window: Window{Start: now.Add(-48 * time.Hour), End: now.Add(-24 * time.Hour)}}}
	s := RecoverySnapshot{Now: now, Recipient: Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily}, Notifications: []Notification{{ID: 1, Recipient: 7, ReadAt: At(now)}}}
	for name, c := range map[string]struct {
		change func(*LedgerRow, *RecoverySnapshot)
		action RecoveryAction
		reason Reason
	}{
		"sent":         {func(*LedgerRow, *RecoverySnapshot) {}, Resend, AskedFor},
		"being sent":   {func(r *LedgerRow, _ *RecoverySnapshot) { r.Status = Sending }, Wait, StillSending},
		"empty":        {func(r *LedgerRow, _ *RecoverySnapshot) { r.Status, r.Notifications = Empty, nil }, Abandon, NothingShipped},
		"unsubscribed": {func(_ *LedgerRow, s *RecoverySnapshot) { s.Recipient.Cadence = Off }, Wait, NoCadence},
		"quiet hours": {func(_ *LedgerRow, s *RecoverySnapshot) {
			s.Recipient.Preferences = Preferences{QuietStart: "11:00", QuietEnd: "13:00"}
		}, Wait, QuietHours},
		"gone":            {func(_ *LedgerRow, s *RecoverySnapshot) { s.Recipient = Recipient{} }, Abandon, NoRecipient},
		"nothing is left": {func(_ *LedgerRow, s *RecoverySnapshot) { s.Notifications = nil }, Abandon, NothingLeft},
	} {
		row, s := row, s
		c.change(&row, &s)
		s.Claim = row.Claim
		plan := PlanResend(row, s, style)
		assert.Equal(t, c.action, plan.Action, name)
		assert.Equal(t, c.reason, plan.Reason, name)
		if c.action == Resend {
			assert.Equal(t, "abc@rfc.example", plan.Message.ID)
			assert.Equal(t, row.Window.End, plan.Message.Date, "the same mail")
		}
	}
	row.Dated, row.Language = now.Add(-23*time.Hour), "de"
	s.Claim = row.Claim
	plan := PlanResend(row, s, style)
	assert.Equal(t, row.Dated, plan.Message.Date, "as it was sent, if that is known")
	assert.Equal(t, "de", plan.Claim.Language)
	row.Status, row.MessageID = "", ""
	s.Claim = row.Claim
	assert.Equal(t, style.digestMessageID(7, row.Window.Start, []int64{1}), PlanResend(row, s, style).Message.ID, "the Python scheduler kept none")
}
