package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAFreshMailDiffersInWhatMailSystemsKnowItBy(t *testing.T) {
	t.Parallel()
	style := testStyle(t)
	first := Message{ID: "abc@rfc.example", To: Address{Mailbox: "ada@people.example"}, Date: instant(t, "2026-03-29T12:00:00Z"), Subject: "s", Text: "t", HTML: "h"}
	now := instant(t, "2026-04-02T09:00:00Z")
	one, two := Fresh(first, style, "1", now), Fresh(first, style, "2", now)
	assert.Regexp(t, `^[0-9a-f]{32}@rfc\.example$`, one.ID)
	assert.NotEqual(t, one.ID, two.ID, "another each time")
	assert.NotEqual(t, one.ID, Fresh(Message{ID: "def@rfc.example"}, style, "1", now).ID, "and for each digest")
	assert.Equal(t, now, one.Date)
	one.ID, one.Date = first.ID, first.Date
	assert.Equal(t, first, one, "all else stays")
}
