package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// merge gives what one user has to another.
func (s *storeTest) merge(from, to int64) {
	s.Helper()
	require.NoError(s, s.world.Merge(s.ctx, from, to))
}

// read returns what a digest of the user at noon is planned from, by ID.
func (s *storeTest) read(user int64) map[int64]core.Notification {
	s.Helper()
	found, err := s.Since(s.ctx, []core.Span{{Recipient: user, Person: s.user(user).Person, Since: noon.Add(-time.Hour)}})
	require.NoError(s, err)
	read := make(map[int64]core.Notification)
	var ids []int64
	for _, n := range found {
		assert.NotContains(s, read, n.ID, "each comes once")
		read[n.ID], ids = n, append(ids, n.ID)
	}
	again, err := s.ByID(s.ctx, ids)
	require.NoError(s, err)
	for _, n := range again {
		assert.Equal(s, read[n.ID], n)
	}
	return read
}

// from returns the accounts that n came from.
func from(n core.Notification) []int64 {
	if n.Moved == nil {
		return nil
	}
	return n.Moved.From
}

// trio is a world of three people. The first has a notification of this hour and one from three weeks ago.
func trio() core.World {
	return core.World{Users: []core.Recipient{someone(1), someone(2), someone(3)}, Notifications: []core.Notification{event(1, 1, 500*time.Hour), event(2, 1, 0), event(3, 2, 0)}}
}

// underWay is about a digest that is being sent while what it has goes on to a second account, and to a third.
func underWay(name string, gone, told bool, answer func(*storeTest, core.Claim)) storeCase {
	return storeCase{"a digest that was on its way when accounts were merged is " + name, func(s *storeTest) {
		s.fill(trio())
		sending := s.made(next(s.user(1), 1, 2))
		s.merge(1, 2)
		assert.Equal(s, sending.ID, s.read(2)[1].Moved.Digest)
		s.merge(2, 3)
		if gone {
			require.NoError(s, s.world.Remove(s.ctx, 1))
		}
		read := s.read(3)
		assert.Equal(s, []int64{sending.ID, sending.ID, 0}, []int64{read[1].Moved.Digest, read[2].Moved.Digest, read[3].Moved.Digest})
		answer(s, sending)
		for range 2 {
			read = s.read(3)
			has := func(id int64) bool { return read[id].IncludedAt.Set || read[id].Moved.Digest != 0 }
			assert.Equal(s, []bool{told, told, false}, []bool{has(1), has(2), has(3)})
			require.NoError(s, s.Mark(s.ctx))
		}
		assert.Zero(s, read[1].Moved.Digest)
		for _, n := range s.dump().Notifications {
			assert.Equal(s, read[n.ID].IncludedAt, n.IncludedAt)
		}
	}}
}

// settles leaves the marks to be made later, if the store does so.
func settles(s *storeTest, c core.Claim) {
	results, err := s.Record(s.ctx, ports.Settle(c, noon))
	require.NoError(s, err)
	require.NoError(s, results[0].Err)
}

var mergeCases = []storeCase{
	underWay("told once if it arrives", false, true, settles),
	underWay("told once if it arrives and its recipient is gone", true, true, settles),
	underWay("told again if it does not arrive", false, false, func(s *storeTest, c core.Claim) { require.NoError(s, s.Release(s.ctx, c)) }),

	{"what came from another account is read however old it is", func(s *storeTest) {
		w := trio()
		for i, told := range []func(*core.Notification){
			func(n *core.Notification) { n.ReadAt = core.At(noon) }, func(n *core.Notification) { n.EmailedAt = core.At(noon) },
			func(n *core.Notification) { n.IncludedAt = core.At(noon) },
		} {
			n := event(int64(11+i), 1, 500*time.Hour)
			told(&n)
			w.Notifications = append(w.Notifications, n)
		}
		s.fill(w)
		before := time.Now().Add(-time.Minute)
		s.merge(1, 2)
		read := s.read(2)
		require.Contains(s, read, int64(1))
		assert.Equal(s, &core.Moved{From: []int64{1}, At: read[1].Moved.At}, read[1].Moved)
		assert.WithinRange(s, read[1].Moved.At, before, time.Now().Add(time.Minute))
		assert.Equal(s, []int64{1}, from(read[2]))
		assert.Nil(s, read[3].Moved)
		for id := int64(11); id < 14; id++ {
			assert.NotContains(s, read, id, "told or read before")
		}
		assert.Empty(s, s.read(1))
		assert.Empty(s, s.read(3))
	}},

	{"what goes on to a third account is read there, and what comes back where it was", func(s *storeTest) {
		s.fill(trio())
		s.merge(1, 2)
		s.merge(2, 3)
		assert.Empty(s, s.read(2))
		assert.Equal(s, [][]int64{{2, 1}, {2}}, [][]int64{from(s.read(3)[1]), from(s.read(3)[3])})
		s.merge(3, 1)
		assert.Empty(s, s.read(3))
		assert.Equal(s, [][]int64{{3, 2}, {3, 2}}, [][]int64{from(s.read(1)[1]), from(s.read(1)[3])})
		s.made(claim(1, 1, 2, 3))
	}},

	{"a claim on what was given away does not hold", func(s *storeTest) {
		s.fill(trio())
		s.merge(1, 2)
		results, err := s.Record(s.ctx, ports.Claim(claim(1, 1, 2)), ports.Claim(claim(3)))
		require.NoError(s, err)
		require.ErrorIs(s, results[0].Err, ports.ErrConflict)
		require.NoError(s, results[1].Err)
		_, err = s.Claim(s.ctx, claim(1, 2))
		require.ErrorIs(s, err, ports.ErrConflict)
		taken := s.made(claim(2, 1, 3))
		require.NoError(s, s.Release(s.ctx, taken))
		s.merge(2, 1)
		_, err = s.Claim(s.ctx, claim(2, 3))
		require.ErrorIs(s, err, ports.ErrConflict)
		s.made(claim(1, 1, 2))
	}},

	{"what the other account's held e-mail tells of is marked", func(s *storeTest) {
		w := trio()
		w.Held = []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "about 1", Notifications: []int64{1, 3}, CreatedAt: noon, Status: core.Held}}}
		s.fill(w)
		m := s.sending(w.Held[0].HeldMail, noon.Add(time.Minute))
		s.merge(1, 2)
		require.NoError(s, s.SettleHeld(s.ctx, m, noon))
		read := s.read(2)
		assert.Equal(s, core.At(noon), read[1].EmailedAt)
		assert.False(s, read[3].EmailedAt.Set, "it was never theirs")
	}},

	{"a digest in doubt is taken over for who has its notifications now", func(s *storeTest) {
		s.fill(trio())
		doubt := s.made(next(s.user(1), 1))
		s.merge(1, 2)
		require.NoError(s, s.world.Remove(s.ctx, 1))
		doubt.Person, doubt.Heir = s.user(2).Person, 2
		require.NoError(s, s.Reclaim(s.ctx, doubt, doubt.Lease.Add(time.Hour)))
		doubt.Lease = doubt.Lease.Add(time.Hour)
		require.NoError(s, s.world.Remove(s.ctx, 2))
		require.ErrorIs(s, s.Reclaim(s.ctx, doubt, doubt.Lease.Add(time.Hour)), ports.ErrConflict)
	}},

	{"a newcomer to a number has what is moved to them, and not what was moved there before", func(s *storeTest) {
		w := trio()
		w.Notifications = append(w.Notifications, event(100, 3, 500*time.Hour), event(500, 2, 0))
		s.fill(w)
		s.merge(1, 2)
		require.NoError(s, s.world.Remove(s.ctx, 2))
		require.NoError(s, s.world.Add(s.ctx, newcomer(2)))
		assert.Empty(s, s.read(2))
		s.merge(3, 2)
		read := s.read(2)
		require.Len(s, read, 1)
		assert.Equal(s, []int64{3}, from(read[100]), "its ID is lower than those of the one before")
		s.made(next(s.user(2), 100))
	}},

	{"what was moved long ago is forgotten", func(s *storeTest) {
		w := trio()
		w.Ledger = []core.LedgerRow{window(1, 1, 900, core.Sent), window(2, 1, 3, core.Sent)}
		s.fill(w)
		s.merge(1, 2)
		s.pruned(core.OldWindows, noon.AddDate(0, 0, -400))
		assert.Contains(s, s.read(2), int64(1))
		s.fill(core.World{Ledger: []core.LedgerRow{window(3, 1, 2, core.Sent)}})
		s.pruned(core.OldWindows, time.Now().AddDate(0, 0, 1))
		assert.NotContains(s, s.read(2), int64(1))
	}},
}
