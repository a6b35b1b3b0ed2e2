package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/core/page"
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

// planWithoutHTML is [PlanDigest] less the HTML.
func planWithoutHTML(s Snapshot, style *Style) Plan {
	plan, included := decide(s, style)
	plan.Digest = group(included, s.Recipient.Rhythm().span(), style)
	plan.Message = style.word(s.Recipient, plan.Claim, plan.Digest, page.Extras{})
	return plan
}

// A tick plans for thousands of people a second, and what it allocates is what slows it down in the end.
func TestAPlanAllocatesLittle(t *testing.T) {
	style, s := testStyle(t), tenEvents(t)
	assert.Less(t, testing.AllocsPerRun(100, func() { planWithoutHTML(s, style) }), 60.0)
	assert.Less(t, testing.AllocsPerRun(100, func() { PlanDigest(s, style) }), 75.0)

	plan, words := PlanDigest(s, style), planWithoutHTML(s, style)
	assert.NotEmpty(t, plan.Message.HTML)
	plan.Message.HTML = ""
	assert.Equal(t, plan, words, "the rest is all there")
}

// BenchmarkPlan times a plan of ten notifications without its HTML: judged, grouped and worded.
func BenchmarkPlan(b *testing.B) {
	style, s := testStyle(b), tenEvents(b)
	b.ReportAllocs()
	for b.Loop() {
		planWithoutHTML(s, style)
	}
}

// BenchmarkPlanDigest times the same with its HTML.
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
