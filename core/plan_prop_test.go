package core

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// epoch is where generated stories begin.
var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// drawNotification makes up a notification of recipient 7, created within days after epoch.
func drawNotification(t *rapid.T, id int64, days int) Notification {
	n := Notification{
		ID:        id,
		Recipient: 7,
		Kind:      rapid.SampledFrom([]string{"pr_opened", "branch_updated", "vote_cast", "x", ""}).Draw(t, "kind"),
		Actor:     rapid.SampledFrom([]string{"", "Ada", "李雷", "<b>\n"}).Draw(t, "actor"),
		Slug:      rapid.SampledFrom([]string{"", "a", "b", "c/d", "\u202e"}).Draw(t, "slug"),
		PR:        rapid.Int64Range(0, 3).Draw(t, "pr"),
		CreatedAt: epoch.Add(time.Duration(rapid.IntRange(0, days*24*3600).Draw(t, "second")) * time.Second),
		Payload:   rapid.SampledFrom([]string{"", "{}", "[", `{"summary": "s"}`, `{"category": "personal-direct"}`}).Draw(t, "payload"),
	}
	stampOf := func(name string) Stamp {
		if rapid.IntRange(0, 5).Draw(t, name) == 0 {
			return Stamp{Set: true}
		}
		return Stamp{}
	}
	n.ReadAt, n.EmailedAt, n.IncludedAt = stampOf("read"), stampOf("emailed"), stampOf("included")
	if rapid.IntRange(0, 20).Draw(t, "unreadable") == 0 {
		n.CreatedAt = time.Time{}
	}
	return n
}

func drawNotifications(t *rapid.T, most, days int) []Notification {
	ns := make([]Notification, rapid.IntRange(0, most).Draw(t, "notifications"))
	for i := range ns {
		ns[i] = drawNotification(t, int64(i+1), days)
	}
	return ns
}

func drawRecipient(t *rapid.T) Recipient {
	r := Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada", Cadence: rapid.SampledFrom([]Cadence{Daily, Weekly}).Draw(t, "cadence")}
	if rapid.Bool().Draw(t, "has send hour") {
		hour := rapid.IntRange(0, 23).Draw(t, "hour")
		r.Preferences.SendHour = &hour
		r.Preferences.SendWeekday = rapid.SampledFrom([]string{"", "friday"}).Draw(t, "weekday")
	}
	return r
}

var zoneNames = []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"}

func drawZone(t *rapid.T) *time.Location {
	z, err := time.LoadLocation(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestPlanDigestIsAFunctionOfItsFacts(t *testing.T) {
	t.Parallel()
	style := testStyle(t)
	rapid.Check(t, func(t *rapid.T) {
		s := Snapshot{Now: epoch.Add(10 * 24 * time.Hour), Recipient: drawRecipient(t), Zone: drawZone(t), Notifications: drawNotifications(t, 30, 12)}
		before := slices.Clone(s.Notifications)
		plan := PlanDigest(s, style)
		assert.Equal(t, before, s.Notifications, "the input is left as it was")

		other := s
		other.Notifications = rapid.Permutation(s.Notifications).Draw(t, "order")
		assert.Equal(t, plan, PlanDigest(other, style), "order does not matter")
		other.Notifications = append(slices.Clone(s.Notifications), s.Notifications...)
		assert.Equal(t, plan, PlanDigest(other, style), "a row that is read twice is one row")

		var judged, included []int64
		for _, j := range plan.Judgements {
			judged = append(judged, j.ID)
			if j.Verdict == Included {
				included = append(included, j.ID)
			}
		}
		var ids []int64
		for _, n := range s.Notifications {
			ids = append(ids, n.ID)
		}
		assert.Equal(t, ids, judged, "each notification has one verdict")
		switch plan.Action {
		case Send:
			assert.Equal(t, included, plan.Claim.Notifications, "what is in is claimed")
			assert.NotEmpty(t, included)
		case Roll:
			assert.Empty(t, included)
		}
	})
}

// ledger is what a store keeps for one recipient, as far as plans go.
type ledger struct {
	recipient     Recipient
	zone          *time.Location
	notifications []Notification
	windows       []Window
	shipped       map[int64]int
}

// tick plans at now with the notifications that exist by then, and does what the plan says.
func (l *ledger) tick(style *Style, now time.Time) Plan {
	var visible []Notification
	for _, n := range l.notifications {
		if !n.CreatedAt.After(now) {
			visible = append(visible, n)
		}
	}
	plan := PlanDigest(Snapshot{Now: now, Recipient: l.recipient, Zone: l.zone, Notifications: visible}, style)
	if plan.Action != Send && plan.Action != Roll {
		return plan
	}
	l.windows = append(l.windows, plan.Window)
	l.recipient.Latest = Entry{ID: l.recipient.Latest.ID + 1, End: plan.Window.End, Status: Sent}
	for _, id := range plan.Claim.Notifications {
		l.shipped[id]++
		for i := range l.notifications {
			if l.notifications[i].ID == id {
				l.notifications[i].IncludedAt = At(now)
			}
		}
	}
	return plan
}

func TestTicksShipEachNotificationOnceHoweverManyAreDroppedOrRepeated(t *testing.T) {
	t.Parallel()
	style := testStyle(t)
	rapid.Check(t, func(t *rapid.T) {
		const days, every = 12, 3
		recipient, zone, ns := drawRecipient(t), drawZone(t), drawNotifications(t, 40, days)
		run := func(name string) *ledger {
			l := &ledger{recipient: recipient, zone: zone, notifications: slices.Clone(ns), shipped: map[int64]int{}}
			for hour := 0; hour < days*24; hour += every {
				for range rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, fmt.Sprintf("%s hour %d", name, hour)) {
					now := epoch.Add(time.Duration(hour) * time.Hour)
					l.tick(style, now)
					again := l.tick(style, now)
					assert.Equal(t, Skip, again.Action, "planned and done, and planned again: nothing")
				}
			}
			// In the end, ticks that nobody can miss: the first may leave it to a boundary that is near.
			l.tick(style, epoch.Add((days+8)*24*time.Hour))
			l.tick(style, epoch.Add((days+8)*24*time.Hour+togetherWithin))
			return l
		}
		once, other := run("one"), run("other")
		assert.Equal(t, once.shipped, other.shipped, "whichever ticks there were")
		for id, times := range once.shipped {
			assert.Equal(t, 1, times, id)
		}
		for _, l := range []*ledger{once, other} {
			for i := 1; i < len(l.windows); i++ {
				assert.Equal(t, l.windows[i-1].End, l.windows[i].Start, "windows tile")
				assert.True(t, l.windows[i].End.After(l.windows[i].Start))
			}
		}
		for _, n := range ns {
			p := texts.ReadPayload(n.Payload)
			wanted := !n.IncludedAt.Set && !n.EmailedAt.Set && !n.ReadAt.Set && p.Category != "personal-direct" && (n.ActorID == 0 || n.ActorID != n.Recipient)
			assert.Equal(t, wanted, once.shipped[n.ID] == 1, "%+v", n)
		}
	})
}
