package porttest

import (
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

var choiceCases = []storeCase{
	{"a link unsubscribes the person whom it was sent to", func(s *storeTest) {
		s.fill(pair())
		before, second := s.succeeded()
		_, third := s.succeeded()
		for _, dead := range []int64{before.Person.Mark, second.Person.Mark, third.Person.Mark + 1} {
			require.NoError(s, s.Unsubscribe(s.ctx, 1, dead))
			assert.Equal(s, core.Daily, s.user(1).Cadence)
		}
		require.NoError(s, s.Unsubscribe(s.ctx, 1, third.Person.Mark))
		assert.Equal(s, core.Off, s.user(1).Cadence)
		require.NoError(s, s.Unsubscribe(s.ctx, 2, third.Person.Mark))
		assert.Equal(s, core.Daily, s.user(2).Cadence)
		require.NoError(s, s.Unsubscribe(s.ctx, 2, 0))
		assert.Equal(s, core.Off, s.user(2).Cadence, "who was there has the links that they had")
	}},

	{"a reader chooses for themselves alone", func(s *storeTest) {
		s.fill(pair())
		before, second := s.succeeded()
		choice := core.Choice{Cadence: core.Daily, TimeZone: "Asia/Kathmandu", Rhythm: "workdays at 7", PausedUntil: "2026-04-06", QuietStart: "22:00", QuietEnd: "6:00", Language: "pt-BR"}
		for _, dead := range []int64{before.Person.Mark, second.Person.Mark + 1} {
			require.ErrorIs(s, s.Choose(s.ctx, 1, dead, choice), ports.ErrConflict)
		}
		require.ErrorIs(s, s.Choose(s.ctx, 99, 0, choice), ports.ErrConflict)
		assert.Zero(s, s.user(1).Preferences)
		require.NoError(s, s.Choose(s.ctx, 1, second.Person.Mark, choice))
		assert.Equal(s, core.Choose(second, choice).Preferences, s.user(1).Preferences)
		assert.Equal(s, core.Daily, s.user(1).Cadence)
		require.NoError(s, s.Choose(s.ctx, 1, second.Person.Mark, core.Choice{Rhythm: "daily at 9"}))
		assert.Equal(s, core.Preferences{Rhythm: "daily at 9"}, s.user(1).Preferences)
		assert.Equal(s, core.Off, s.user(1).Cadence)
		require.NoError(s, s.Choose(s.ctx, 1, second.Person.Mark, core.Choice{Cadence: core.Weekly}))
		assert.Equal(s, core.Weekly, s.user(1).Cadence)
		require.NoError(s, s.Choose(s.ctx, 1, second.Person.Mark, core.Choice{Cadence: core.Daily}))
		assert.Equal(s, core.Weekly, s.user(1).Cadence, "which of the two it is, is for the app to say")
		assert.Zero(s, s.user(2).Preferences)
	}},

	{"a reader ends the links that were made before, for good", func(s *storeTest) {
		s.fill(pair())
		require.NoError(s, s.Choose(s.ctx, 1, 0, core.Choice{Cadence: core.Daily, LinksSince: noon}))
		require.NoError(s, s.Choose(s.ctx, 1, 0, core.Choice{Cadence: core.Daily, TimeZone: "Asia/Tokyo"}))
		require.NoError(s, s.Choose(s.ctx, 1, 0, core.Choice{Cadence: core.Daily, LinksSince: noon.Add(-time.Hour)}))
		assert.Equal(s, core.At(noon), s.user(1).Preferences.LinksSince)
		assert.Zero(s, s.user(2).Preferences)
	}},

	{"an end of links that cannot be read is told, and goes when the reader chooses", func(s *storeTest) {
		w := pair()
		w.Users[0].Preferences.LinksSince = core.Stamp{Set: true}
		s.fill(w)
		assert.Equal(s, core.Stamp{Set: true}, s.user(1).Preferences.LinksSince)
		require.NoError(s, s.Choose(s.ctx, 1, 0, core.Choice{Cadence: core.Daily, TimeZone: "Asia/Tokyo"}))
		assert.Equal(s, core.Preferences{TimeZone: "Asia/Tokyo"}, s.user(1).Preferences)
	}},

	{"what a reader chooses leaves their refusals and the app's settings", func(s *storeTest) {
		w, hour := pair(), 12
		w.Users[0].Preferences = core.Preferences{SendHour: &hour, SendWeekday: "friday", Language: "de", SuppressedAddress: "x@y", SuppressedReason: "complaint", Failures: 2}
		w.Users[0].Cadence = core.Weekly
		s.fill(w)
		require.NoError(s, s.Choose(s.ctx, 1, 0, core.Choice{Cadence: core.Daily, TimeZone: "Asia/Tokyo", Language: "fr"}))
		want := w.Users[0].Preferences
		want.TimeZone, want.Language = "Asia/Tokyo", "fr"
		assert.Equal(s, want, s.user(1).Preferences)
		assert.Equal(s, core.Weekly, s.user(1).Cadence)
	}},

	{"a reader chooses, and is refused by servers, whatever was entered wrongly before", func(s *storeTest) {
		w, hour := pair(), 24
		w.Users[0].Preferences = core.Preferences{SendHour: &hour, SendWeekday: "someday", QuietStart: " 22 ", PausedUntil: " soon "}
		s.fill(w)
		require.NoError(s, s.CountRefusals(s.ctx, []core.Refusal{{Recipient: 1, Address: "x@y", Reason: "RCPT: 550", At: noon}}))
		assert.Equal(s, " 22 ", s.user(1).Preferences.QuietStart)
		require.NoError(s, s.Choose(s.ctx, 1, 0, core.ChoiceOf(s.user(1))))
		after := s.user(1).Preferences
		assert.Equal(s, core.Preferences{SendHour: &hour, SendWeekday: "someday", SuppressedAddress: "x@y", SuppressedReason: "RCPT: 550", Failures: 1, RetryAt: after.RetryAt}, after)
	}},
}
