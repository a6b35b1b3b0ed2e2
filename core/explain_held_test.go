package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestHeldMailIsExplained(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-30T03:00:00Z") // 05:00 in Berlin
	berlin := zone(t, "Europe/Berlin")
	quiet := Preferences{QuietStart: "22:00", QuietEnd: "07:00"}
	waiting := HeldMail{ID: 5, Recipient: 1, Text: "Hello", Notifications: []int64{8}, Status: Held}
	for name, c := range map[string]struct {
		change func(*HeldSnapshot, *HeldRow)
		want   string
	}{
		"quiet":        {func(s *HeldSnapshot, _ *HeldRow) { s.Recipient.Preferences = quiet }, "Waits for the end of quiet hours at 07:00 (Europe/Berlin), 2026-03-30 05:00:00 UTC."},
		"quiet in UTC": {func(s *HeldSnapshot, _ *HeldRow) { s.Recipient.Preferences, s.Zone = quiet, nil }, "Waits for the end of quiet hours at 2026-03-30 07:00:00 UTC."},
		"free":         {func(*HeldSnapshot, *HeldRow) {}, "Goes out with the next tick."},
		"tried":        {func(_ *HeldSnapshot, r *HeldRow) { r.Attempts = 2 }, "Goes out with the next tick, after 2 temporary refusals."},
		"read":         {func(s *HeldSnapshot, _ *HeldRow) { s.Notifications = []Notification{{ID: 8, ReadAt: At(now)}} }, "The next tick does not send it (drop): everything in it was read."},
		"empty":        {func(_ *HeldSnapshot, r *HeldRow) { r.Text = "" }, "The next tick does not send it (give up): neither text nor HTML body."},
		"suppressed": {func(s *HeldSnapshot, _ *HeldRow) { s.Recipient.Preferences.SuppressedAddress = "ada@rfc.example" },
			"Waits. The address was entered as suppressed. That stays until somebody lifts it."},
		"on its way": {func(_ *HeldSnapshot, r *HeldRow) { r.Status, r.Lease = Sending, now.Add(time.Minute) },
			"Is being sent, or waits for its answer; if none is on record when its lease ends, the next tick sends it again."},
		"in doubt":     {func(_ *HeldSnapshot, r *HeldRow) { r.Status, r.Lease = Sending, now }, "Goes out with the next tick."},
		"sent":         {func(_ *HeldSnapshot, r *HeldRow) { r.Status, r.SentAt = Sent, At(now.Add(-5*time.Hour)) }, "Went out on 2026-03-29 22:00:00 (2026-03-30 00:00 Europe/Berlin)."},
		"dropped":      {func(_ *HeldSnapshot, r *HeldRow) { r.Status, r.Error = Dropped, string(AllRead) }, "Dropped: everything in it was read."},
		"failed":       {func(_ *HeldSnapshot, r *HeldRow) { r.Status, r.Error = Failed, "RCPT: 450 no\x1b." }, "Given up: RCPT: 450 no."},
		"redirected":   {func(_ *HeldSnapshot, r *HeldRow) { r.Status = Redirected }, "Went to another mailbox than theirs, so they were not told."},
		"pending":      {func(_ *HeldSnapshot, r *HeldRow) { r.Status = "pending" }, "Waits for ever. ignored: status 'pending'; held can be."},
		"upper case":   {func(_ *HeldSnapshot, r *HeldRow) { r.Status = "HELD" }, "Waits for ever. ignored: status 'HELD'; held can be."},
		"no status":    {func(_ *HeldSnapshot, r *HeldRow) { r.Status = "" }, "Waits for ever. ignored: status ''; held can be."},
		"no ID list":   {func(_ *HeldSnapshot, r *HeldRow) { r.Notifications, r.OddNotifications = nil, "1, 2" }, "Goes out with the next tick. ignored: notification IDs '1, 2'; a list like [1, 2] can be. So digests may tell the same."},
		"no recipient": {func(s *HeldSnapshot, _ *HeldRow) { s.Recipient = Recipient{} }, "The next tick does not send it (give up): recipient does not exist."},
	} {
		s := HeldSnapshot{Now: now, Recipient: Recipient{ID: 1, Address: "ada@rfc.example"}, Zone: berlin}
		row := HeldRow{HeldMail: waiting}
		c.change(&s, &row)
		s.Mail = row.HeldMail
		assert.Equal(t, ExplainedHeld{row, c.want}, ExplainHeld(s, row, testStyle(t)), name)
	}
}

func TestHeldMailAsItStood(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-30T03:00:00Z")
	was := HeldRow{HeldMail: HeldMail{ID: 1, CreatedAt: now, Status: Sent}, SentAt: At(now.Add(time.Second))}
	before := HeldRow{HeldMail: HeldMail{ID: 2, CreatedAt: now, Status: Sent}, SentAt: At(now)}
	later := HeldRow{HeldMail: HeldMail{ID: 3, CreatedAt: now.Add(time.Second), Status: Held}}
	assert.Equal(t, []HeldRow{{HeldMail: HeldMail{ID: 1, CreatedAt: now, Status: Held}}, before}, RewindHeld([]HeldRow{was, before, later}, now))
}
