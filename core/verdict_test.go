package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	style, now := testStyle(t), instant(t, "2026-03-29T12:00:00Z")
	reach := now.Add(-24 * time.Hour)
	set := At(now)
	direct := `{"category": "personal-direct"}`
	for _, c := range []struct {
		name string
		n    Notification
		want Verdict
	}{
		{"a second too early", Notification{CreatedAt: reach.Add(-time.Second)}, BeforeWindow},
		{"as early as can be", Notification{CreatedAt: reach}, Included},
		{"as late as can be", Notification{CreatedAt: now}, Included},
		{"a moment too late", Notification{CreatedAt: now.Add(time.Millisecond)}, AfterWindow},
		{"at no time that can be read", Notification{}, Included},
		{"shipped", Notification{CreatedAt: now, IncludedAt: set}, AlreadyShipped},
		{"emailed", Notification{CreatedAt: now, EmailedAt: set}, AlreadyEmailed},
		{"read", Notification{CreatedAt: now, ReadAt: set}, AlreadyRead},
		{"read, at no time that can be read", Notification{CreatedAt: now, ReadAt: Stamp{Set: true}}, AlreadyRead},
		{"direct", Notification{CreatedAt: now, Payload: direct}, PersonalDirect},

		{"too early comes before shipped", Notification{CreatedAt: reach.Add(-1), IncludedAt: set}, BeforeWindow},
		{"too late comes before shipped", Notification{CreatedAt: now.Add(1), IncludedAt: set}, AfterWindow},
		{"shipped comes before emailed", Notification{IncludedAt: set, EmailedAt: set, ReadAt: set, Payload: direct}, AlreadyShipped},
		{"emailed comes before read", Notification{EmailedAt: set, ReadAt: set, Payload: direct}, AlreadyEmailed},
		{"done by its reader", Notification{CreatedAt: now, Recipient: 7, ActorID: 7}, OwnEvent},
		{"done by another", Notification{CreatedAt: now, Recipient: 7, ActorID: 8}, Included},
		{"done by none", Notification{CreatedAt: now}, Included},
		{"direct comes before done by its reader", Notification{Recipient: 7, ActorID: 7, Payload: direct}, PersonalDirect},
		{"moved, before the window", Notification{CreatedAt: reach.Add(-time.Second), Moved: &Moved{}}, Included},
		{"moved, as early as can be", Notification{CreatedAt: reach.Add(-Lookback), Moved: &Moved{}}, Included},
		{"moved, a second too early", Notification{CreatedAt: reach.Add(-Lookback - time.Second), Moved: &Moved{}}, BeforeWindow},
		{"moved, a moment too late", Notification{CreatedAt: now.Add(time.Millisecond), Moved: &Moved{}}, AfterWindow},
		{"moved, told since", Notification{CreatedAt: reach.Add(-time.Second), IncludedAt: set, Moved: &Moved{}}, AlreadyShipped},
		{"moved, read since", Notification{CreatedAt: reach.Add(-time.Second), ReadAt: set, Moved: &Moved{}}, AlreadyRead},
		{"moved, in the other account's digest", Notification{CreatedAt: now, ReadAt: set, Moved: &Moved{Digest: 5}}, AlreadyShipped},
		{"done by the account that it came from", Notification{CreatedAt: now, Recipient: 7, ActorID: 8, Moved: &Moved{From: []int64{9, 8}}}, OwnEvent},
		{"read comes before direct", Notification{ReadAt: set, Payload: direct}, AlreadyRead},
	} {
		assert.Equal(t, c.want, style.judge(&c.n, texts.ReadPayload(c.n.Payload).Category, reach, now), c.name)
	}
	own := Notification{CreatedAt: now, Recipient: 7, ActorID: 7}
	classic, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Classic: true})
	require.NoError(t, err)
	assert.Equal(t, Included, classic.judge(&own, "", reach, now), "the Python scheduler told people what they did")
}
