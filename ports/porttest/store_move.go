package porttest

import (
	"context"
	"math"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// belongings are what can be moved from one store to another, by table.
type belongings struct {
	preferences []core.PreferencesRow
	ledger      []core.LedgerRow
	held        []core.HeldRow
	odd         []core.Oddity
}

// moved is a life's worth of rows, of people 1 and 2 who exist and 404 who does not.
func moved() belongings {
	hour := 7
	sent := closed(1, 48*time.Hour)
	sent.ID, sent.Status, sent.MessageID, sent.Notifications, sent.Attempts = 3, core.Sent, "sent@rfc.example", []int64{9, 2, 5}, 2
	empty := core.LedgerRow{Claim: core.Claim{ID: 5, Recipient: 2, Window: sent.Window}, SentAt: noon, Status: core.Empty}
	doubt := core.LedgerRow{Claim: claim(1, 1, 2), SentAt: noon, Status: core.Sending, Error: "no answer"}
	doubt.ID = 8
	python := closed(2, 72*time.Hour)
	python.ID, python.Status = big, ""
	waits := core.HeldMail{ID: 4, Recipient: 1, Subject: "Grüße", Text: "Hello,\n\nthere.\n", HTML: "<p>Hello</p>", Notifications: []int64{2, 1}, CreatedAt: noon, Status: core.Held}
	gone := core.HeldMail{ID: 7, Recipient: 404, Text: "Hello", Status: core.Sent, MessageID: "held@rfc.example", Attempts: 3}
	odd := core.HeldMail{ID: big, Text: "Hello", Status: core.Sending, MessageID: "held@rfc.example", Lease: noon}
	return belongings{
		preferences: []core.PreferencesRow{
			{User: 1, Preferences: core.Preferences{TimeZone: "Europe/Berlin", SendHour: &hour, SendWeekday: "friday", QuietStart: "22:00", QuietEnd: "06:00"}},
			{User: 404, Preferences: core.Preferences{SuppressedAddress: "a@x", SuppressedReason: "RCPT: 550", Failures: 2}},
		},
		ledger: []core.LedgerRow{sent, empty, doubt, python},
		held:   []core.HeldRow{{HeldMail: waits}, {HeldMail: gone, SentAt: core.At(noon), Error: "RCPT: 450"}, {HeldMail: odd}},
	}
}

// put adds rows to the store.
func (s *storeTest) put(b belongings) {
	s.Helper()
	require.NoError(s, s.PutPreferences(s.ctx, b.preferences))
	require.NoError(s, s.PutLedger(s.ctx, b.ledger))
	require.NoError(s, s.PutHeld(s.ctx, b.held))
}

// belongings reads all that is there, limit rows at a time.
func (s *storeTest) belongings(limit int) (b belongings) {
	s.Helper()
	b.preferences = paged(s, limit, &b.odd, s.PreferencesAfter, func(r core.PreferencesRow) int64 { return r.User })
	b.ledger = paged(s, limit, &b.odd, s.LedgerAfter, func(r core.LedgerRow) int64 { return r.ID })
	b.held = paged(s, limit, &b.odd, s.HeldAfter, func(r core.HeldRow) int64 { return r.ID })
	return b
}

func paged[R any](s *storeTest, limit int, odd *[]core.Oddity, read func(context.Context, int64, int) ([]R, []core.Oddity, error), id func(R) int64) (all []R) {
	s.Helper()
	for after := int64(math.MinInt64); ; {
		page, strange, err := read(s.ctx, after, limit)
		require.NoError(s, err)
		require.LessOrEqual(s, len(page), limit)
		all, *odd = append(all, page...), append(*odd, strange...)
		if len(page) < limit {
			return all
		}
		after = id(page[len(page)-1])
	}
}

var moveCases = []storeCase{
	{"what is put is read again as it was, in pages of any size", func(s *storeTest) {
		s.fill(pair())
		assert.Zero(s, s.belongings(10))
		s.put(moved())
		for _, limit := range []int{1, 2, 3, 4, 100} {
			assert.Equal(s, moved(), s.belongings(limit), limit)
		}
		page, _, err := s.LedgerAfter(s.ctx, 0, 0)
		require.NoError(s, err)
		assert.Empty(s, page)
		owned, err := s.Owned(s.ctx)
		require.NoError(s, err)
		assert.Equal(s, core.Owned{Preferences: 2, Ledger: 4, Held: 3}, owned)
	}},

	{"rows that are there stay as they are when they are put again", func(s *storeTest) {
		s.fill(pair())
		s.put(moved())
		require.NoError(s, s.Settle(s.ctx, moved().ledger[2].Claim, noon))
		before := s.belongings(100)
		s.put(moved())
		assert.Equal(s, before, s.belongings(100))
		more := moved()
		more.ledger[0].ID, more.ledger[0].Recipient = 9, 2
		more.held[0].ID = 9
		more.preferences[0].User = 2
		s.put(more)
		owned, err := s.Owned(s.ctx)
		require.NoError(s, err)
		assert.Equal(s, core.Owned{Preferences: 3, Ledger: 5, Held: 4}, owned, "those beside them are added all the same")
		s.put(belongings{})
	}},

	{"very many rows are put, and IDs that are chosen later are greater", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{someone(1), someone(2)}})
		var many belongings
		for id := int64(1001); id <= 1260; id++ {
			row, mail := closed(1, time.Duration(3000-id)*time.Hour), core.HeldRow{HeldMail: moved().held[0].HeldMail}
			row.ID, mail.ID = id, id
			many.ledger, many.held = append(many.ledger, row), append(many.held, mail)
			many.preferences = append(many.preferences, core.PreferencesRow{User: id, Preferences: core.Preferences{Failures: 1, SuppressedAddress: "a@x"}})
		}
		s.put(many)
		assert.Equal(s, many, s.belongings(100))
		assert.Greater(s, s.made(claim(2)).ID, int64(1260))
		assert.Greater(s, s.hold().ID, int64(1260))
	}},

	{"whoever is due by what was put is listed", func(s *storeTest) {
		w := core.World{Users: []core.Recipient{someone(1), someone(2), someone(3), clockwork(4), someone(5)}}
		w.Users[3].Preferences = core.Preferences{}
		s.fill(w)
		s.rest(noon)
		b := moved()
		for recipient, ago := range map[int64]time.Duration{3: 60 * time.Hour, 4: 2 * time.Hour, 5: 23 * time.Hour} {
			row := closed(recipient, ago)
			row.ID = 100 + recipient
			b.ledger = append(b.ledger, row)
		}
		b.preferences = append(b.preferences, core.PreferencesRow{User: 4, Preferences: clockwork(4).Preferences})
		s.put(b)
		s.nobodyIsLeftOut()
		s.rest(noon)
		s.put(b)
		s.nobodyIsLeftOut()
	}},

	{"preferences that were put wait for their person", func(s *storeTest) {
		s.put(belongings{preferences: moved().preferences})
		s.fill(core.World{Users: []core.Recipient{someone(1)}})
		assert.Equal(s, moved().preferences[0].Preferences, s.user(1).Preferences)
		assert.Equal(s, moved().preferences, s.belongings(10).preferences)
	}},

	{"what cannot be read is named, and missing", func(s *storeTest) {
		s.fill(core.World{Held: []core.HeldRow{{HeldMail: core.HeldMail{ID: 3, Status: core.Sent}, SentAt: core.Stamp{Set: true}}}})
		b := s.belongings(10)
		assert.Equal(s, []core.Oddity{{ID: 3, Column: "sent_at", Reason: core.Unreadable}}, b.odd)
		assert.Equal(s, []core.HeldRow{{HeldMail: core.HeldMail{ID: 3, Status: core.Sent}}}, b.held)
	}},

	{"a row without times has none", func(s *storeTest) {
		s.fill(pair())
		timeless := belongings{ledger: []core.LedgerRow{{Claim: core.Claim{ID: 1, Recipient: 1}, Status: core.Sent}}, held: []core.HeldRow{{HeldMail: core.HeldMail{ID: 1}}}}
		s.put(timeless)
		assert.Equal(s, timeless, s.belongings(10))
		s.nobodyIsLeftOut()
	}},

	{"the mark of a copy is set in an empty store only, until the copy ends", func(s *storeTest) {
		s.fill(pair())
		m, other := core.CopyMark{Source: "sqlite:///old.db", Begun: noon}, core.CopyMark{Source: "sqlite:///other.db", Begun: noon}
		s.marked(core.CopyMark{})
		require.NoError(s, s.EndCopy(s.ctx, m))
		require.NoError(s, s.BeginCopy(s.ctx, m))
		s.marked(m)
		s.put(moved())
		later := m
		later.Begun = noon.Add(time.Hour)
		require.NoError(s, s.BeginCopy(s.ctx, later), "it is gone on with")
		s.marked(m)
		require.ErrorIs(s, s.BeginCopy(s.ctx, other), ports.ErrConflict)
		require.NoError(s, s.EndCopy(s.ctx, other))
		s.marked(m)
		require.NoError(s, s.EndCopy(s.ctx, m))
		require.NoError(s, s.EndCopy(s.ctx, m))
		s.marked(core.CopyMark{})
		require.ErrorIs(s, s.BeginCopy(s.ctx, m), ports.ErrConflict, "it is not empty")
		s.marked(core.CopyMark{})
	}},

	{"nothing but its end takes the mark of a copy away", func(s *storeTest) {
		m := core.CopyMark{Source: "sqlite:///old.db", Begun: noon}
		require.NoError(s, s.BeginCopy(s.ctx, m))
		s.fill(pair())
		s.marked(m)
		b := moved()
		for _, part := range []belongings{{preferences: b.preferences}, {ledger: b.ledger}, {held: b.held}} {
			s.put(part)
			s.marked(m)
		}
		require.NoError(s, s.Ticked(s.ctx, core.TickMark{Instant: noon, EndedAt: noon}))
		require.NoError(s, s.Open(s.ctx, noon, 1))
		_, err := s.Leave(s.ctx, core.Pace{PerMinute: 60}, noon)
		require.NoError(s, err)
		_, err = s.Decay(s.ctx, noon)
		require.NoError(s, err)
		require.NoError(s, s.Settle(s.ctx, b.ledger[2].Claim, noon))
		require.NoError(s, s.Unsubscribe(s.ctx, 2))
		s.hold()
		s.marked(m)
		require.NoError(s, s.EndCopy(s.ctx, m))
		s.marked(core.CopyMark{})
	}},

	{"a store with anything of its own in it is not empty", func(s *storeTest) {
		w := pair()
		w.Users[0].Preferences.TimeZone = "Europe/Berlin"
		s.fill(w)
		require.ErrorIs(s, s.BeginCopy(s.ctx, core.CopyMark{Source: "old", Begun: noon}), ports.ErrConflict)
	}},

	{"a store that holds nothing but a mail is not empty", func(s *storeTest) {
		s.hold()
		require.ErrorIs(s, s.BeginCopy(s.ctx, core.CopyMark{Source: "old", Begun: noon}), ports.ErrConflict)
	}},

	{"a cancelled context moves nothing", func(s *storeTest) {
		s.fill(pair())
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		m := core.CopyMark{Source: "old", Begun: noon}
		for _, err := range []error{s.BeginCopy(ctx, m), s.EndCopy(ctx, m), s.PutPreferences(ctx, moved().preferences), s.PutLedger(ctx, moved().ledger), s.PutHeld(ctx, moved().held)} {
			require.ErrorIs(s, err, context.Canceled)
		}
		_, _, reading := s.LedgerAfter(ctx, 0, 10)
		require.ErrorIs(s, reading, context.Canceled)
		assert.Zero(s, s.belongings(10))
		s.marked(core.CopyMark{})
	}},
}

// marked requires that the store has the mark m.
func (s *storeTest) marked(m core.CopyMark) {
	s.Helper()
	there, err := s.CopyMark(s.ctx)
	require.NoError(s, err)
	assert.Equal(s, m, there)
}
