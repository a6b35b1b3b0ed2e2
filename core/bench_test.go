package core

import (
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// tenEvents is a person's day as the app records it: ten events on five RFCs.
func tenEvents(t testing.TB) Snapshot {
	now := instant(t, "2026-03-29T12:00:00Z")
	s := Snapshot{Now: now, Recipient: Recipient{
		ID: 4711, Address: "ada.lovelace@rfc.example", Name: "Ada Lovelace", Cadence: Daily,
		Latest: Entry{ID: 3, End: now.Add(-24 * time.Hour), Status: Sent},
	}}
	for i, e := range []struct{ kind, actor, slug, title, payload string }{
		{"pr_opened", "Grace Hopper", "rfc-0001", "Trust & Safety", `{"category": "watched"}`},
		{"pr_opened", "Barbara Liskov", "rfc-0001", "Trust & Safety", `{"category": "watched"}`},
		{"vote_cast", "Grace Hopper", "rfc-0001", "Trust & Safety", `{"category": "watched", "choice": {"for": 1}}`},
		{"branch_updated", "Zoë Kœnig", "rfc-0001", "Trust & Safety", `{"category": "watched"}`},
		{"pr_commented", "Barbara Liskov", "rfc-0002", "Layered Consent", `{"category": "watched"}`},
		{"pr_commented", "Grace Hopper", "rfc-0002", "Layered Consent", `{"category": "watched"}`},
		{"pr_merged", "Barbara Liskov", "rfc-0002", "Layered Consent", `{}`},
		{"branch_created", "ليلى", "rfc-0003", "الموافقة متعددة الطبقات", `{"category": "watched"}`},
		{"rfc_proposed", "Grace Hopper", "rfc-0004", "A Federated Identity Model for Small Communities", `{"category": "watched"}`},
		{"announcement", "", "", "", `{"category": "watched", "summary": "The app is read-only on Sunday"}`},
	} {
		s.Notifications = append(s.Notifications, Notification{
			ID: int64(90_000 + i), Recipient: s.Recipient.ID, Kind: e.kind, Actor: e.actor, Slug: e.slug, Title: e.title,
			Branch: "feat/x", PR: int64(40 + i), Payload: e.payload, CreatedAt: now.Add(time.Duration(i-12) * time.Hour),
		})
	}
	return s
}

// A tick plans for thousands of people a second, and the garbage of each costs time in all of them.
func TestAPlanLeavesLittleBehind(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector allocates, too")
	}
	style, s := testStyle(t), tenEvents(t)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { PlanDigest(s, style) }), 33.0)
}

// BenchmarkPlanDigest times a plan with its mail.
func BenchmarkPlanDigest(b *testing.B) {
	style, s := testStyle(b), tenEvents(b)
	b.ReportAllocs()
	for b.Loop() {
		PlanDigest(s, style)
	}
}

func BenchmarkNewStyle(b *testing.B) {
	for b.Loop() {
		testStyle(b)
	}
}
