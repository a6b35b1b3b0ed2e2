package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// newcomer returns a person who gets the ID of a deleted one, with the same address: still another
// person.
func newcomer(id int64) core.Recipient {
	r := someone(id)
	r.Name = "Newcomer"
	return r
}

// succeeded deletes person 1, who has rows of every kind, and gives the ID to a newcomer. It returns both.
func (s *storeTest) succeeded() (before, after core.Recipient) {
	s.Helper()
	before = s.user(1)
	require.NoError(s, s.world.Remove(s.ctx, 1))
	require.NoError(s, s.world.Add(s.ctx, newcomer(1)))
	after = s.user(1)
	require.NotEqual(s, before.Person.Mark, after.Person.Mark)
	return before, after
}

// inhabited is a world in which persons 1 and 2 have rows of every kind.
func inhabited() core.World {
	w := pair()
	for i := range w.Users {
		hour := 8
		w.Users[i].Preferences = core.Preferences{TimeZone: "Asia/Tokyo", SendHour: &hour, QuietStart: "22:00", QuietEnd: "06:00",
			SuppressedAddress: someone(1).Address, SuppressedReason: "RCPT: 550", Failures: core.MaxFailures}
		id := w.Users[i].ID
		w.Ledger = append(w.Ledger, closed(id, time.Hour))
		w.Held = append(w.Held, core.HeldRow{HeldMail: core.HeldMail{Recipient: id, Subject: "Private: your contract", Text: "Dear Ada", CreatedAt: noon, Status: core.Held}})
	}
	return w
}

// next returns the claim on r's next window, as of noon, that ships ids.
func next(r core.Recipient, ids ...int64) core.Claim {
	c := claim(r.ID, ids...)
	c.Person, c.Previous = r.Person, r.Latest.ID
	return c
}

// since returns the notifications of r that could be in a digest.
func (s *storeTest) since(r core.Recipient) []int64 {
	s.Helper()
	found, err := s.Since(s.ctx, []core.Span{{Recipient: r.ID, Person: r.Person, Since: noon.Add(-30 * 24 * time.Hour)}})
	require.NoError(s, err)
	return notificationIDs(found)
}

var personCases = []storeCase{
	{"who is deleted takes along what is kept for them, and nobody else's", func(s *storeTest) {
		s.fill(inhabited())
		before := s.dump()
		require.NoError(s, s.world.Remove(s.ctx, 1))
		d := s.dump()
		assert.Equal(s, before.Users[1:], d.Users)
		assert.Equal(s, before.Held[1:], d.Held)
		assert.Equal(s, before.Ledger, d.Ledger, "the app's own is the app's to delete")
		assert.Equal(s, before.Notifications, d.Notifications)
	}},

	{"a newcomer to a number begins with nothing of whom it was before", func(s *storeTest) {
		s.fill(inhabited())
		_, after := s.succeeded()
		assert.Zero(s, after.Preferences)
		assert.Zero(s, after.Latest)
		assert.False(s, core.IsSuppressed(after, noon))
		assert.Empty(s, s.since(after))
		windows, err := s.Windows(s.ctx, 1, 0, 10)
		require.NoError(s, err)
		assert.Empty(s, windows)
		waiting, err := s.Waiting(s.ctx, noon.Add(time.Hour), 0, 10)
		require.NoError(s, err)
		require.Len(s, waiting, 1)
		assert.Equal(s, int64(2), waiting[0].Recipient)
	}},

	{"everybody who comes has a mark of their own, and who was there has none", func(s *storeTest) {
		s.fill(pair())
		marks := map[int64]bool{0: true}
		assert.Zero(s, s.user(1).Person)
		for range 4 {
			_, after := s.succeeded()
			assert.Positive(s, after.Person.Mark)
			assert.False(s, marks[after.Person.Mark])
			marks[after.Person.Mark] = true
		}
		require.NoError(s, s.world.Add(s.ctx, newcomer(9)))
		fresh := s.user(9).Person
		assert.Positive(s, fresh.Mark)
		assert.Equal(s, core.Person{Mark: fresh.Mark}, fresh, "nobody had that number, so all that names it is theirs")
		assert.Zero(s, s.user(2).Person)
	}},

	{"a newcomer has the digests and notifications that come after them", func(s *storeTest) {
		w := inhabited()
		w.Notifications[0].CreatedAt = time.Time{} // such are found by another query
		s.fill(w)
		s.succeeded()
		s.fill(core.World{Notifications: []core.Notification{event(901, 1, time.Hour), {ID: 902, Recipient: 1, Kind: "odd"}}})
		after := s.user(1)
		assert.Equal(s, []int64{901, 902}, s.since(after))

		first := s.made(next(after, 901))
		assert.Equal(s, core.Entry{ID: first.ID, End: noon, Status: core.Sending}, s.user(1).Latest)
		_, err := s.Claim(s.ctx, next(after, 901))
		require.ErrorIs(s, err, ports.ErrConflict, "it is being sent")
		require.NoError(s, s.Settle(s.ctx, first, noon))
		_, err = s.Claim(s.ctx, next(after, 901))
		require.ErrorIs(s, err, ports.ErrConflict, "it is not planned from the newest row any more")
		second := s.made(next(s.user(1), 902))
		assert.Greater(s, second.ID, first.ID)
		windows, err := s.Windows(s.ctx, 1, 0, 10)
		require.NoError(s, err)
		require.Len(s, windows, 2)
		assert.Equal(s, []int64{901, 902}, s.since(s.user(1)))
	}},

	{"an empty window is a newcomer's, too", func(s *storeTest) {
		s.fill(inhabited())
		_, after := s.succeeded()
		n, err := s.Roll(s.ctx, []core.Claim{next(after)})
		require.NoError(s, err)
		assert.Equal(s, 1, n)
		latest := s.user(1).Latest
		assert.Equal(s, core.Empty, latest.Status)
		n, err = s.Roll(s.ctx, []core.Claim{next(after)})
		require.NoError(s, err)
		assert.Zero(s, n)
	}},

	{"a claim that was planned for somebody who is gone does not hold", func(s *storeTest) {
		s.fill(pair())
		planned := next(s.user(1), 1)
		require.NoError(s, s.world.Remove(s.ctx, 1))
		refused := func() {
			_, err := s.Claim(s.ctx, planned)
			require.ErrorIs(s, err, ports.ErrConflict)
			n, err := s.Roll(s.ctx, []core.Claim{planned})
			require.NoError(s, err)
			assert.Zero(s, n)
			_, _, claimed := s.SettleAndClaim(s.ctx, core.Claim{ID: big}, noon, planned)
			require.ErrorIs(s, claimed, ports.ErrConflict)
			assert.Empty(s, s.ledger())
		}
		refused()
		require.NoError(s, s.world.Add(s.ctx, newcomer(1)))
		refused()
		s.made(next(s.user(1)))
	}},

	{"a digest in doubt of somebody who is gone is neither sent again nor in the way", func(s *storeTest) {
		s.fill(pair())
		doubt := s.made(next(s.user(1), 1, 2))
		_, after := s.succeeded()
		later := doubt.Lease.Add(time.Second)
		claims, err := s.InDoubt(s.ctx, later, 0, 10)
		require.NoError(s, err)
		for _, c := range claims {
			plan := core.PlanRecovery(core.RecoverySnapshot{Now: later, Claim: c, Recipient: after, Notifications: pair().Notifications}, nil)
			assert.Equal(s, core.Abandon, plan.Action)
			require.ErrorIs(s, s.Reclaim(s.ctx, doubt, later.Add(time.Minute)), ports.ErrConflict)
		}
		made := s.made(next(after))
		require.NoError(s, s.Release(s.ctx, doubt))
		rows := s.ledger()
		require.Len(s, rows, 1)
		assert.Equal(s, made.ID, rows[0].ID)
	}},

	{"a claim in doubt is taken over only while its recipient is there", func(s *storeTest) {
		s.fill(pair())
		doubt := s.made(next(s.user(1), 1))
		stale := doubt
		stale.Lease = doubt.Lease
		require.NoError(s, s.Reclaim(s.ctx, doubt, doubt.Lease.Add(time.Hour)))
		doubt.Lease = doubt.Lease.Add(time.Hour)
		require.NoError(s, s.world.Remove(s.ctx, 1))
		require.ErrorIs(s, s.Reclaim(s.ctx, doubt, doubt.Lease.Add(time.Hour)), ports.ErrConflict)
		require.NoError(s, s.world.Add(s.ctx, newcomer(1)))
		require.ErrorIs(s, s.Reclaim(s.ctx, doubt, doubt.Lease.Add(time.Hour)), ports.ErrConflict)
	}},

	{"what the server says to somebody who is gone is nobody else's", func(s *storeTest) {
		for _, answer := range []func(core.Claim){
			func(c core.Claim) {
				require.NoError(s, s.Release(s.ctx, c))
				r := refusal(c.Recipient, "gone@rfc.example", 0)
				r.Mark = c.Person.Mark
				s.refuse(r)
			},
			func(c core.Claim) { require.NoError(s, s.Settle(s.ctx, c, noon)) },
		} {
			s.fill(core.World{Users: []core.Recipient{someone(1)}})
			sent := s.made(next(s.user(1)))
			require.NoError(s, s.world.Remove(s.ctx, 1))
			require.NoError(s, s.world.Add(s.ctx, newcomer(1)))
			r := refusal(1, someone(1).Address, 0)
			r.Mark = s.user(1).Person.Mark
			s.refuse(r)
			own := s.user(1).Preferences
			require.Equal(s, 1, own.Failures)
			answer(sent)
			assert.Equal(s, own, s.user(1).Preferences)
			require.NoError(s, s.world.Remove(s.ctx, 1))
		}
	}},

	{"held mail in hand goes with its recipient", func(s *storeTest) {
		s.fill(pair())
		planned, sending := s.hold(), s.sending(s.hold(), noon.Add(time.Minute))
		s.succeeded()
		assert.ErrorIs(s, s.ClaimHeld(s.ctx, planned, noon.Add(time.Minute)), ports.ErrConflict)
		assert.ErrorIs(s, s.SettleHeld(s.ctx, sending, noon), ports.ErrConflict)
		require.NoError(s, s.ReturnHeld(s.ctx, sending, core.Held, ""))
		assert.Empty(s, s.dump().Held)
		assert.Zero(s, s.user(1).Preferences)
	}},

	{"what is kept for a number that nobody has is not for who comes", func(s *storeTest) {
		s.fill(pair())
		require.NoError(s, s.world.Remove(s.ctx, 1))
		for _, id := range []int64{1, 9} {
			_, err := s.Hold(s.ctx, core.HeldMail{Recipient: id, Text: "late", CreatedAt: noon})
			require.NoError(s, err)
			require.NoError(s, s.world.Add(s.ctx, newcomer(id)))
		}
		assert.Empty(s, s.dump().Held)
	}},

	{"a newcomer is due when they are, whatever windows are left", func(s *storeTest) {
		s.fill(inhabited())
		s.succeeded()
		s.nobodyIsLeftOut()
		made := s.made(next(s.user(1)))
		s.nobodyIsLeftOut()
		require.NoError(s, s.Release(s.ctx, made))
		s.nobodyIsLeftOut()
		listed := s.listed(noon, 10)
		require.NotEmpty(s, listed)
		assert.Equal(s, int64(1), listed[0].ID)
		assert.Zero(s, listed[0].Latest)
	}},

	{"an address is what is left without the blanks around it", func(s *storeTest) {
		for i, address := range []string{" ada@rfc.example", "ada@rfc.example\t", "ada@rfc.example\r\n", "\u00a0ada@rfc.example\u2003", "\ufeffada@rfc.example\u200b\n", "ada@rfc.example"} {
			r := someone(int64(i + 1))
			r.Address = address
			r.Preferences.SuppressedAddress = "\n" + address + " "
			s.fill(core.World{Users: []core.Recipient{r}})
			got := s.user(r.ID)
			assert.Equal(s, "ada@rfc.example", got.Address)
			assert.True(s, core.IsSuppressed(got, noon))
		}
		page, err := s.Recipients(s.ctx, 0, 10)
		require.NoError(s, err)
		require.Len(s, page, 6)
		for _, r := range page {
			assert.Equal(s, "ada@rfc.example", r.Address)
		}
		blank := someone(9)
		blank.Address = " \u00a0\n"
		s.fill(core.World{Users: []core.Recipient{blank}})
		assert.Equal(s, core.NoAddress, core.Schedule{}.Look(s.user(9), time.UTC, noon).Reason)
	}},
}
