package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// refusal returns one of recipient's address, days after noon.
func refusal(recipient int64, address string, days int) core.Refusal {
	return core.Refusal{Recipient: recipient, Address: address, Reason: "RCPT: 550 5.1.1", At: noon.AddDate(0, 0, days)}
}

var refusalCases = []storeCase{
	{"refusals are counted for the address, each day, until a mail is accepted", func(s *storeTest) {
		s.fill(pair())
		s.refuse(refusal(1, "a@x", 0), refusal(1, "a@x", 0))
		assert.Equal(s, core.Preferences{SuppressedAddress: "a@x", SuppressedReason: "RCPT: 550 5.1.1", Failures: 1,
			RetryAt: noon.Add(24*time.Hour - 15*time.Minute)}, s.user(1).Preferences)
		s.refuse(refusal(1, "a@x", 1), refusal(1, "a@x", 2))
		assert.Equal(s, core.Preferences{SuppressedAddress: "a@x", SuppressedReason: "RCPT: 550 5.1.1", Failures: 3,
			RetryAt: noon.AddDate(0, 0, 32)}, s.user(1).Preferences)
		s.refuse(refusal(1, "b@x", 2))
		assert.Equal(s, 1, s.user(1).Preferences.Failures, "of another address")
		require.NoError(s, s.Settle(s.ctx, s.made(claim(1, 1)), noon))
		assert.Equal(s, core.Preferences{}, s.user(1).Preferences)
	}},

	{"refusals of many people are counted together, in any order, and those of somebody who is gone are left out", func(s *storeTest) {
		w := pair()
		w.Users[1].Preferences = core.Preferences{TimeZone: "Europe/Berlin"}
		s.fill(w)
		s.refuse(refusal(404, "gone@x", 0), refusal(2, "b@x", 0), refusal(1, "a@x", 0))
		assert.Equal(s, "a@x", s.user(1).Preferences.SuppressedAddress)
		assert.Equal(s, "b@x", s.user(2).Preferences.SuppressedAddress)
		assert.Equal(s, "Europe/Berlin", s.user(2).Preferences.TimeZone)
		found, err := s.Refused(s.ctx, 0, 10)
		require.NoError(s, err)
		assert.Len(s, found, 2)
		require.NoError(s, s.CountRefusals(s.ctx, nil))
	}},

	{"a suppression that an installation wants shorter is shorter", func(s *storeTest) {
		s.fill(pair())
		for day := range 3 {
			r := refusal(1, "a@x", day)
			r.SuppressFor = 48 * time.Hour
			s.refuse(r)
		}
		assert.Equal(s, noon.AddDate(0, 0, 4), s.user(1).Preferences.RetryAt)
	}},

	{"refused addresses are listed by ascending ID, whatever the cadence, and lifted", func(s *storeTest) {
		w := core.World{Users: []core.Recipient{someone(3), someone(1), someone(2), someone(4)}}
		for i := range w.Users {
			w.Users[i].Preferences = core.Preferences{TimeZone: "Asia/Tokyo", SuppressedAddress: "x@y", SuppressedReason: "complaint"}
		}
		w.Users[0].Cadence = core.Off
		w.Users[3].Preferences = core.Preferences{TimeZone: "Asia/Tokyo"}
		s.fill(w)
		page, err := s.Refused(s.ctx, 0, 2)
		require.NoError(s, err)
		require.Len(s, page, 2)
		assert.Equal(s, []int64{1, 2}, []int64{page[0].ID, page[1].ID})
		page, err = s.Refused(s.ctx, 2, 2)
		require.NoError(s, err)
		require.Len(s, page, 1)
		assert.Equal(s, int64(3), page[0].ID)
		lifted, err := s.Lift(s.ctx, []int64{3, 1, 4, 404})
		require.NoError(s, err)
		assert.Equal(s, 2, lifted)
		assert.Equal(s, core.Preferences{TimeZone: "Asia/Tokyo"}, s.user(1).Preferences)
		page, err = s.Refused(s.ctx, 0, 10)
		require.NoError(s, err)
		require.Len(s, page, 1)
		assert.Equal(s, int64(2), page[0].ID)
		page, err = s.Refused(s.ctx, 0, 0)
		require.NoError(s, err)
		assert.Empty(s, page)
	}},
}

func (s *storeTest) refuse(rs ...core.Refusal) {
	s.Helper()
	require.NoError(s, s.CountRefusals(s.ctx, rs))
}
