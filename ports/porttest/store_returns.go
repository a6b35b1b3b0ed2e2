package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
)

// shipped is a world in which person 1 got a digest on each of so many days, the last at noon, and a held e-mail.
func shipped(days int) core.World {
	w := pair()
	for i := range days {
		end := noon.AddDate(0, 0, i+1-days)
		w.Ledger = append(w.Ledger, core.LedgerRow{Status: core.Sent, SentAt: end,
			Claim: core.Claim{ID: int64(i + 1), Recipient: 1, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}, Notifications: []int64{int64(i + 1)}}})
	}
	w.Held = []core.HeldRow{{HeldMail: core.HeldMail{ID: 1, Recipient: 1, Text: "x", Status: core.Sent, CreatedAt: noon}, SentAt: core.At(noon)},
		{HeldMail: core.HeldMail{ID: 2, Recipient: 1, Text: "y", Status: core.Held, CreatedAt: noon}}}
	return w
}

// sentTo is the mark of person 1's address.
var sentTo = links.AddressMark(someone(1).Address)

// came notes that a mail of person 1's came back.
func (s *storeTest) came(kind links.ReturnKind, id int64, what returned.Kind, why returned.Cause) (news bool) {
	s.Helper()
	at := noon.Add(time.Hour)
	news, err := s.NoteReturn(s.ctx, links.Return{Kind: kind, ID: id}, core.Return{Kind: what, Why: string(why), At: at, To: sentTo}, 0)
	require.NoError(s, err)
	return news
}

var returnCases = []storeCase{
	{"what came back of a digest is kept, once, and more if it says more", func(s *storeTest) {
		s.fill(shipped(1))
		assert.True(s, s.came(links.ReturnDigest, 1, returned.Delayed, returned.NotNow))
		assert.False(s, s.came(links.ReturnDigest, 1, returned.Delayed, returned.NotNow))
		assert.True(s, s.came(links.ReturnDigest, 1, returned.Unable, returned.Full))
		assert.False(s, s.came(links.ReturnDigest, 1, returned.Delivered, returned.Arrived))
		row, found, err := s.Window(s.ctx, 1)
		require.NoError(s, err)
		require.True(s, found)
		assert.Equal(s, core.Return{Kind: returned.Unable, Why: string(returned.Full), At: noon.Add(time.Hour), To: sentTo}, row.Return)
		assert.Zero(s, s.user(1).Preferences)
		assert.True(s, s.came(links.ReturnHeld, 1, returned.Unable, returned.Full))
		assert.Equal(s, returned.Unable, s.dump().Held[0].Return.Kind)
	}},

	{"an address that is dead counts, on each day once, and three days in a row suppress it", func(s *storeTest) {
		s.fill(shipped(3))
		for i, want := range []int{1, 2, 3} {
			assert.True(s, s.came(links.ReturnDigest, int64(i+1), returned.Dead, returned.NoAddress))
			assert.False(s, s.came(links.ReturnDigest, int64(i+1), returned.Dead, returned.NoAddress))
			p := s.user(1).Preferences
			assert.Equal(s, want, p.Failures)
			assert.Equal(s, "came back: "+string(returned.NoAddress), p.SuppressedReason)
		}
		assert.True(s, core.IsSuppressed(s.user(1), noon.AddDate(0, 0, 29)))
		assert.False(s, core.IsSuppressed(s.user(1), noon.AddDate(0, 0, 31)))
		assert.Zero(s, s.user(2).Preferences)
	}},

	{"a relay that takes every mail does not end the count, and an address that lives does", func(s *storeTest) {
		s.fill(shipped(3))
		s.came(links.ReturnDigest, 1, returned.Dead, returned.NoAddress)
		s.came(links.ReturnDigest, 3, returned.Dead, returned.NoAddress)
		assert.Equal(s, 1, s.user(1).Preferences.Failures, "the second arrived")
		s.came(links.ReturnDigest, 2, returned.Dead, returned.NoAddress)
		s.came(links.ReturnHeld, 1, returned.Dead, returned.NoAddress)
		assert.LessOrEqual(s, s.user(1).Preferences.Failures, 3)
	}},

	{"what came back from an address of before counts for nothing more", func(s *storeTest) {
		w := shipped(4)
		w.Users[0].Address = "new@rfc.example"
		s.fill(w)
		for id := range int64(3) {
			assert.True(s, s.came(links.ReturnDigest, id+1, returned.Dead, returned.NoAddress))
		}
		assert.Zero(s, s.user(1).Preferences)
		at := core.Return{Kind: returned.Dead, Why: string(returned.NoAddress), At: noon.Add(time.Hour), To: links.AddressMark("new@rfc.example")}
		news, err := s.NoteReturn(s.ctx, links.Return{Kind: links.ReturnDigest, ID: 4}, at, 0)
		require.NoError(s, err)
		assert.True(s, news)
		assert.Equal(s, 1, s.user(1).Preferences.Failures, "those of before are of another address")
		assert.True(s, s.came(links.ReturnDigest, 3, returned.Complaint, returned.Spam))
		assert.Equal(s, core.Daily, s.user(1).Cadence)
	}},

	{"a complaint ends digests", func(s *storeTest) {
		s.fill(shipped(1))
		assert.True(s, s.came(links.ReturnDigest, 1, returned.Complaint, returned.Spam))
		assert.Equal(s, core.Off, s.user(1).Cadence)
		assert.Equal(s, core.Daily, s.user(2).Cadence)
		assert.Zero(s, s.user(1).Preferences)
	}},

	{"what was not sent, or not to them, does not come back", func(s *storeTest) {
		w := shipped(1)
		w.Ledger = append(w.Ledger, core.LedgerRow{Status: core.Empty, Claim: core.Claim{ID: 2, Recipient: 1, Window: core.Window{Start: noon, End: noon.Add(time.Hour)}}})
		s.fill(w)
		before := s.dump()
		assert.False(s, s.came(links.ReturnDigest, 2, returned.Dead, returned.NoAddress))
		assert.False(s, s.came(links.ReturnDigest, 99, returned.Dead, returned.NoAddress))
		assert.False(s, s.came(links.ReturnHeld, 2, returned.Dead, returned.NoAddress))
		assert.False(s, s.came(links.ReturnHeld, 99, returned.Dead, returned.NoAddress))
		assert.False(s, s.came(links.ReturnUnsubscribe, 1, returned.Dead, returned.NoAddress))
		assert.False(s, s.came(links.ReturnDigest, 1, returned.Nothing, returned.NotAReport))
		news, err := s.NoteReturn(s.ctx, links.Return{Kind: links.ReturnDigest, ID: 1, Mark: 5}, core.Return{Kind: returned.Complaint, At: noon}, 0)
		require.NoError(s, err)
		assert.False(s, news)
		assert.Equal(s, before, s.dump())
		s.succeeded()
		assert.False(s, s.came(links.ReturnDigest, 1, returned.Complaint, returned.Spam))
		assert.Equal(s, core.Daily, s.user(1).Cadence)
	}},
}
