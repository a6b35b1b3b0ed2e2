package porttest

import (
	"context"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

const big = int64(1) << 40 // an ID that needs more than 32 bits

var readCases = []storeCase{
	{"an empty store has nobody and nothing", func(s *storeTest) {
		page, err := s.Recipients(s.ctx, 0, 10)
		require.NoError(s, err)
		assert.Empty(s, page)
		found, err := s.Since(s.ctx, []core.Span{{Recipient: 1, Since: noon}})
		require.NoError(s, err)
		assert.Empty(s, found)
		doubts, err := s.InDoubt(s.ctx, noon, 0, 10)
		require.NoError(s, err)
		assert.Empty(s, doubts)
		waiting, err := s.Waiting(s.ctx, noon, 0, 10)
		require.NoError(s, err)
		assert.Empty(s, waiting)
		decayed, err := s.Lapse(s.ctx, noon)
		require.NoError(s, err)
		assert.Zero(s, decayed)
	}},

	{"a recipient comes back with every preference", func(s *storeTest) {
		hour := 8
		ada := core.Recipient{ID: big, Address: "ada@rfc.example", Name: "Ada „Ünïcode“ 李雷", Cadence: core.Weekly,
			Preferences: core.Preferences{TimeZone: "Asia/Kathmandu", SendHour: &hour, SendWeekday: "friday", Rhythm: "workdays at 7", PausedUntil: "2026-04-01", LinksSince: core.At(noon.Add(-time.Hour)), Language: "zh-Hans", QuietStart: "22:00",
				QuietEnd: "07:30", SuppressedAddress: "old@rfc.example", SuppressedReason: "RCPT: 550", Failures: 2}}
		s.fill(core.World{Users: []core.Recipient{ada}})
		page, err := s.Recipients(s.ctx, 0, 10)
		require.NoError(s, err)
		assert.Equal(s, []core.Recipient{ada}, page)
		assert.Equal(s, ada, s.user(big))
	}},

	{"the roster is paged by ascending ID and leaves out only those who can have no digest", func(s *storeTest) {
		var w core.World
		for _, id := range []int64{5, 3, big, 1, 4, 2} {
			w.Users = append(w.Users, someone(id))
		}
		w.Users[1].Cadence = core.Weekly
		w.Users = append(w.Users,
			core.Recipient{ID: 6, Address: "a@rfc.example", Cadence: "monthly"}, core.Recipient{ID: 7, Address: "", Cadence: core.Daily})
		s.fill(w)
		var seen []int64
		for after := int64(0); ; {
			page, err := s.Recipients(s.ctx, after, 2)
			require.NoError(s, err)
			if len(page) == 0 {
				break
			}
			assert.LessOrEqual(s, len(page), 2)
			for _, r := range page {
				assert.Greater(s, r.ID, after)
				after = r.ID
				if r.ID < 6 || r.ID == big {
					seen = append(seen, r.ID)
				}
			}
		}
		assert.Equal(s, []int64{1, 2, 3, 4, 5, big}, seen)
	}},

	{"a lookup finds anybody, and cadence text of any kind is left to core", func(s *storeTest) {
		odd := core.Recipient{ID: 9, Name: "Nobody", Cadence: "every blue moon"}
		s.fill(core.World{Users: []core.Recipient{someone(1), odd}})
		found, err := s.Lookup(s.ctx, []int64{9, 1, 77})
		require.NoError(s, err)
		assert.Equal(s, []core.Recipient{someone(1), odd}, byRecipientID(found))
		found, err = s.Lookup(s.ctx, nil)
		require.NoError(s, err)
		assert.Empty(s, found)
	}},

	{"a recipient's latest entry is the ledger row with the highest ID", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{someone(1), someone(2), someone(3)}, Ledger: []core.LedgerRow{
			{Claim: core.Claim{ID: 4, Recipient: 1, Window: core.Window{Start: noon.Add(-time.Hour), End: noon}}},
			{Claim: core.Claim{ID: 7, Recipient: 1, Window: core.Window{Start: noon.Add(-9 * time.Hour), End: noon.Add(-8 * time.Hour)}}, Status: core.Empty},
			{Claim: core.Claim{ID: 5, Recipient: 2, Window: core.Window{Start: noon.Add(-time.Hour)}}},
		}})
		page, err := s.Recipients(s.ctx, 0, 10)
		require.NoError(s, err)
		require.Len(s, page, 3)
		assert.Equal(s, core.Entry{ID: 7, End: noon.Add(-8 * time.Hour), Status: core.Empty}, page[0].Latest)
		assert.Equal(s, core.Entry{ID: 5}, page[1].Latest, "an end that cannot be read is none")
		assert.Equal(s, core.Entry{}, page[2].Latest)
	}},

	{"a notification comes back with every field and the names it refers to", func(s *storeTest) {
		n := core.Notification{ID: big, Recipient: 1, Kind: "pr_opened", ActorID: 2, Slug: "rfc-0001", Branch: "feat/ü", PR: big,
			CreatedAt: noon.Add(-time.Hour), Payload: `{"summary": "Grüße, \u00e9"}`,
			ReadAt: core.At(noon.Add(-3 * time.Minute)), EmailedAt: core.At(noon.Add(-2 * time.Minute)), IncludedAt: core.At(noon.Add(-time.Minute))}
		s.fill(core.World{Users: []core.Recipient{someone(1), {ID: 2, Name: "Grace Hopper"}},
			RFCs: []core.RFC{{Slug: "rfc-0001", Title: "Trust & Safety"}}, Notifications: []core.Notification{n}})
		n.Actor, n.Title = "Grace Hopper", "Trust & Safety"
		found, err := s.Since(s.ctx, []core.Span{{Recipient: 1, Since: noon.Add(-2 * time.Hour)}})
		require.NoError(s, err)
		assert.Equal(s, []core.Notification{n}, found)
		found, err = s.ByID(s.ctx, []int64{big, 12})
		require.NoError(s, err)
		assert.Equal(s, []core.Notification{n}, found)
	}},

	{"a notification without anything, of a person or an RFC that is gone, comes back all the same", func(s *storeTest) {
		bare := core.Notification{ID: 1, Recipient: 1, CreatedAt: noon}
		gone := core.Notification{ID: 2, Recipient: 1, CreatedAt: noon, ActorID: 404, Slug: "rfc-gone"}
		s.fill(core.World{Users: []core.Recipient{someone(1)}, Notifications: []core.Notification{bare, gone}})
		found, err := s.Since(s.ctx, []core.Span{{Recipient: 1, Since: noon}})
		require.NoError(s, err)
		assert.ElementsMatch(s, []core.Notification{bare, gone}, found)
	}},

	{"activity reaches back to each span's start, to the second, and keeps people apart", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{someone(1), someone(2), someone(3)}, Notifications: []core.Notification{
			event(10, 1, time.Hour), event(11, 1, -time.Hour), event(20, 2, time.Minute), event(30, 3, 0),
		}})
		found, err := s.Since(s.ctx, []core.Span{{Recipient: 1, Since: noon.Add(-time.Hour)}, {Recipient: 2, Since: noon.Add(-time.Minute)}})
		require.NoError(s, err)
		assert.Subset(s, notificationIDs(found), []int64{10, 11, 20})
		assert.NotContains(s, notificationIDs(found), int64(30))
		found, err = s.Since(s.ctx, nil)
		require.NoError(s, err)
		assert.Empty(s, found)
	}},

	{"a created_at that cannot be read is returned until a digest has included it", func(s *storeTest) {
		lost := core.Notification{ID: 1, Recipient: 1}
		told := core.Notification{ID: 2, Recipient: 1, IncludedAt: core.At(noon)}
		s.fill(core.World{Users: []core.Recipient{someone(1)}, Notifications: []core.Notification{lost, told}})
		found, err := s.Since(s.ctx, []core.Span{{Recipient: 1, Since: noon}})
		require.NoError(s, err)
		assert.Contains(s, found, lost)
	}},

	{"something in read_at that is no time counts as read", func(s *storeTest) {
		n := event(1, 1, 0)
		n.ReadAt = core.Stamp{Set: true}
		s.fill(core.World{Users: []core.Recipient{someone(1)}, Notifications: []core.Notification{n}})
		found, err := s.ByID(s.ctx, []int64{1})
		require.NoError(s, err)
		assert.Equal(s, []core.Notification{n}, found)
	}},

	{"lapse takes the watches that are old enough, and no others", func(s *storeTest) {
		watch := func(user int64, state string, p core.Stamp) core.Watch {
			return core.Watch{User: user, Slug: "rfc-0001", State: state, Participation: p}
		}
		s.fill(core.World{Watches: []core.Watch{
			watch(1, core.Watching, core.At(noon.Add(-time.Second))),
			watch(2, core.Watching, core.At(noon)),
			watch(3, core.Watching, core.Stamp{}),
			watch(4, core.Muted, core.At(noon.Add(-time.Hour))),
			watch(5, core.Watching, core.Stamp{Set: true}),
		}})
		stale, err := s.Stale(s.ctx, noon)
		require.NoError(s, err)
		assert.Equal(s, 1, stale)
		decayed, err := s.Lapse(s.ctx, noon)
		require.NoError(s, err)
		assert.Equal(s, 1, decayed)
		var states []string
		for _, w := range s.dump().Watches {
			states = append(states, w.State)
		}
		assert.Equal(s, []string{core.Dormant, core.Watching, core.Watching, core.Muted, core.Watching}, states)
		decayed, err = s.Lapse(s.ctx, noon)
		require.NoError(s, err)
		assert.Zero(s, decayed)
	}},

	{"unsubscribing turns one person's cadence off, once and for all", func(s *storeTest) {
		w := pair()
		w.Users[1].Cadence = "monthly"
		s.fill(w)
		for _, id := range []int64{1, 1, 2, 404} {
			require.NoError(s, s.Unsubscribe(s.ctx, id, 0))
		}
		w.Users[0].Cadence, w.Users[1].Cadence = core.Off, core.Off
		assert.Equal(s, w.Users, s.dump().Users)
		page, err := s.Recipients(s.ctx, 0, 10)
		require.NoError(s, err)
		for _, r := range page {
			assert.Zero(s, r.Cadence.Period())
		}
	}},

	{"a cancelled context changes nothing", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{someone(1)}, Notifications: []core.Notification{event(1, 1, 0)},
			Watches: []core.Watch{{User: 1, Slug: "x", State: core.Watching, Participation: core.At(noon.Add(-time.Hour))}}})
		before := s.dump()
		ctx, cancel := context.WithCancel(s.ctx)
		cancel()
		_, err := s.Claim(ctx, claim(1, 1))
		assert.Error(s, err)
		_, err = s.Roll(ctx, []core.Claim{claim(1)})
		assert.Error(s, err)
		_, err = s.Lapse(ctx, noon)
		assert.Error(s, err)
		_, err = s.Hold(ctx, core.HeldMail{Recipient: 1, Text: "x"})
		assert.Error(s, err)
		_, err = s.Recipients(ctx, 0, 1)
		assert.Error(s, err)
		assert.Error(s, s.Unsubscribe(ctx, 1, 0))
		_, err = s.Mute(ctx, 1, 0, "x")
		assert.Error(s, err)
		_, err = s.Unmute(ctx, 1, 0, "x", core.Watching)
		assert.Error(s, err)
		_, err = s.Title(ctx, "x")
		assert.Error(s, err)
		assert.Equal(s, before, s.dump())
	}},
}
