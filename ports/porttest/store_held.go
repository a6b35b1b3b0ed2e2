package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// hold hands over a mail to recipient 1 about notifications 1 and 2 and returns it as it waits.
func (s *storeTest) hold() core.HeldMail {
	s.Helper()
	m := core.HeldMail{Recipient: 1, Subject: "Grüße", Text: "Hello,\n\nthere.\n", HTML: "<p>Hello</p>", Notifications: []int64{1, 2}, CreatedAt: noon}
	id, err := s.Hold(s.ctx, m)
	require.NoError(s, err)
	m.ID, m.Status = id, core.Held
	return m
}

// sending claims m under the Message-ID held@rfc.example.
func (s *storeTest) sending(m core.HeldMail, lease time.Time) core.HeldMail {
	s.Helper()
	m.MessageID, m.Dated = "held@rfc.example", lease.Add(-time.Minute)
	require.NoError(s, s.ClaimHeld(s.ctx, m, lease))
	m.Status, m.Lease = core.Sending, lease
	return m
}

func (s *storeTest) waiting(now time.Time) []core.HeldMail {
	s.Helper()
	mails, err := s.Waiting(s.ctx, now, 0, 10)
	require.NoError(s, err)
	return mails
}

var heldCases = []storeCase{
	{"held mail waits, by ascending ID, with all of its content", func(s *storeTest) {
		s.fill(pair())
		a, b := s.hold(), s.hold()
		assert.Equal(s, []core.HeldMail{a, b}, s.waiting(noon))
		page, err := s.Waiting(s.ctx, noon, 0, 1)
		require.NoError(s, err)
		assert.Equal(s, []core.HeldMail{a}, page)
		page, err = s.Waiting(s.ctx, noon, a.ID, 10)
		require.NoError(s, err)
		assert.Equal(s, []core.HeldMail{b}, page)
	}},

	{"held mail that is being sent waits again when its lease has ended", func(s *storeTest) {
		s.fill(pair())
		m := s.sending(s.hold(), noon.Add(time.Minute))
		assert.Empty(s, s.waiting(noon))
		assert.Equal(s, []core.HeldMail{m}, s.waiting(noon.Add(time.Minute)))
		again := s.sending(m, noon.Add(time.Hour))
		assert.Equal(s, []core.HeldMail{again}, s.waiting(noon.Add(time.Hour)))
	}},

	{"of two who claim a held mail one wins", func(s *storeTest) {
		s.fill(pair())
		m := s.hold()
		m.MessageID = "held@rfc.example"
		require.NoError(s, s.ClaimHeld(s.ctx, m, noon.Add(time.Minute)))
		assert.ErrorIs(s, s.ClaimHeld(s.ctx, m, noon.Add(time.Minute)), ports.ErrConflict, "at the very same instant, too")
		assert.ErrorIs(s, s.ClaimHeld(s.ctx, m, noon.Add(time.Hour)), ports.ErrConflict)
	}},

	{"settling held mail marks it and its notifications, together and once", func(s *storeTest) {
		w := pair()
		w.Notifications[1].EmailedAt = core.At(noon.Add(-time.Hour))
		s.fill(w)
		m := s.sending(s.hold(), noon.Add(time.Minute))
		m.Notifications = append(m.Notifications, 3)
		at := noon.Add(time.Second)
		require.NoError(s, s.SettleHeld(s.ctx, m, at))
		d := s.dump()
		assert.Equal(s, core.Sent, d.Held[0].Status)
		assert.Equal(s, core.At(at), d.Held[0].SentAt)
		assert.Equal(s, "held@rfc.example", d.Held[0].MessageID)
		assert.Equal(s, m.Dated, d.Held[0].Dated)
		assert.Equal(s, core.At(at), d.Notifications[0].EmailedAt)
		assert.Equal(s, core.At(noon.Add(-time.Hour)), d.Notifications[1].EmailedAt)
		assert.Equal(s, core.Stamp{}, d.Notifications[2].EmailedAt, "somebody else's")
		require.NoError(s, s.SettleHeld(s.ctx, m, at.Add(time.Hour)))
		require.NoError(s, s.ReturnHeld(s.ctx, m, core.Held, "late"))
		assert.Equal(s, d, s.dump())
		assert.Empty(s, s.waiting(noon.Add(time.Hour)))
	}},

	{"returned held mail waits again, with its attempts and the reason", func(s *storeTest) {
		s.fill(pair())
		m := s.sending(s.hold(), noon.Add(time.Minute))
		m.Attempts = 1
		require.NoError(s, s.ReturnHeld(s.ctx, m, core.Held, "DATA: 451"))
		require.NoError(s, s.ReturnHeld(s.ctx, m, core.Failed, "asked again, too late"))
		row := s.dump().Held[0]
		assert.Equal(s, "DATA: 451", row.Error)
		waiting := s.waiting(noon)
		require.Len(s, waiting, 1)
		assert.Equal(s, 1, waiting[0].Attempts)
		assert.Equal(s, "held@rfc.example", waiting[0].MessageID)
		assert.Equal(s, core.Held, waiting[0].Status)
		assert.Zero(s, waiting[0].Lease)
		assert.Zero(s, waiting[0].Dated, "another copy may have another date")
	}},

	{"the held mail of a person is listed whatever became of it, the newest first", func(s *storeTest) {
		w := pair()
		w.Held = []core.HeldRow{
			{HeldMail: core.HeldMail{ID: 5, Recipient: 1, Subject: "pending", Status: "pending", CreatedAt: noon}},
			{HeldMail: core.HeldMail{ID: 6, Recipient: 2, Subject: "theirs", Status: core.Held, CreatedAt: noon}},
			{HeldMail: core.HeldMail{ID: 7, Recipient: 1, Subject: "sent", Text: "Hello", Notifications: []int64{1, 2}, Status: core.Sent, MessageID: "m@rfc.example", CreatedAt: noon}, SentAt: core.At(noon)},
			{HeldMail: core.HeldMail{ID: 8, Recipient: 1, OddNotifications: "1, 2", Status: core.Failed, Attempts: 10}, Error: "RCPT: 450"},
		}
		s.fill(w)
		rows, err := s.HeldOf(s.ctx, 1, 10)
		require.NoError(s, err)
		assert.Equal(s, []core.HeldRow{w.Held[3], w.Held[2], w.Held[0]}, rows)
		rows, err = s.HeldOf(s.ctx, 1, 2)
		require.NoError(s, err)
		assert.Equal(s, []core.HeldRow{w.Held[3], w.Held[2]}, rows)
		rows, err = s.HeldOf(s.ctx, 3, 10)
		require.NoError(s, err)
		assert.Empty(s, rows)
	}},

	{"dropped and failed held mail waits no more", func(s *storeTest) {
		s.fill(pair())
		dropped, failed := s.hold(), s.hold()
		require.NoError(s, s.ReturnHeld(s.ctx, dropped, core.Dropped, ""))
		failed = s.sending(failed, noon.Add(time.Minute))
		require.NoError(s, s.ReturnHeld(s.ctx, failed, core.Failed, "RCPT: 550"))
		assert.Empty(s, s.waiting(noon.Add(time.Hour)))
		rows := s.dump().Held
		assert.Equal(s, core.Dropped, rows[0].Status)
		assert.Equal(s, core.Failed, rows[1].Status)
	}},
}
