package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

func testStyle(t testing.TB) *Style {
	t.Helper()
	s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	return s
}

// summary returns the words for a single event.
func summary(s *Style, n *Notification, p texts.Payload) string {
	return string(s.appendSummary(nil, &judged{n, p}))
}

func TestSummary(t *testing.T) {
	t.Parallel()
	s := testStyle(t)
	ada := Notification{Actor: "Ada Lovelace", PR: 12, Branch: "feat/x"}
	for kind, want := range map[string][2]string{ // with everything, with nothing
		"pr_opened":      {"Ada Lovelace opened PR #12", "Someone opened a PR"},
		"pr_merged":      {"Ada Lovelace merged PR #12", "Someone merged a PR"},
		"pr_closed":      {"Ada Lovelace closed PR #12", "Someone closed a PR"},
		"pr_reopened":    {"Ada Lovelace reopened PR #12", "Someone reopened a PR"},
		"pr_commented":   {"Ada Lovelace commented on PR #12", "Someone commented on a PR"},
		"pr_reviewed":    {"Ada Lovelace reviewed PR #12", "Someone reviewed a PR"},
		"branch_created": {"Ada Lovelace created branch feat/x", "Someone created a branch"},
		"branch_updated": {"Ada Lovelace pushed to feat/x", "Someone pushed to a branch"},
		"branch_deleted": {"Ada Lovelace deleted branch feat/x", "Someone deleted a branch"},
		"rfc_proposed":   {"Ada Lovelace proposed this RFC", "Someone proposed this RFC"},
		"rfc_graduated":  {"Ada Lovelace graduated this RFC", "Someone graduated this RFC"},
		"rfc_withdrawn":  {"Ada Lovelace withdrew this RFC", "Someone withdrew this RFC"},
		"two_words":      {"Ada Lovelace: two words", "Someone: two words"},
		"x":              {"Ada Lovelace: x", "Someone: x"},
		"":               {"Ada Lovelace: activity", "Someone: activity"},
		"_":              {"Ada Lovelace: activity", "Someone: activity"},
		"a\nb_c":         {"Ada Lovelace: a b c", "Someone: a b c"},
	} {
		n := ada
		n.Kind = kind
		assert.Equal(t, want[0], summary(s, &n, texts.Payload{}), kind)
		assert.Equal(t, want[1], summary(s, &Notification{Kind: kind, Actor: " \n", PR: -3, Branch: "\u200b"}, texts.Payload{}), kind)
		assert.Equal(t, "It happened", summary(s, &n, texts.Payload{Summary: " It\nhappened "}), kind)
		assert.Equal(t, want[0], summary(s, &n, texts.Payload{Summary: " \t\u00a0"}), kind)
	}
	forged := Notification{Kind: "branch_updated", Actor: "{ref}", Branch: "{actor}"}
	assert.Equal(t, "{ref} pushed to {actor}", summary(s, &forged, texts.Payload{}), "what people write is no placeholder")
}

func TestEveryKnownKindIsWordedAndChecked(t *testing.T) {
	t.Parallel()
	_, err := KnownKinds().read()
	require.NoError(t, err)
	kinds := KnownKinds()
	kinds["vote_cast"] = "{actor} voted"
	s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "x", Kinds: kinds})
	require.NoError(t, err)
	assert.Equal(t, "Ada voted", summary(s, &Notification{Kind: "vote_cast", Actor: "Ada"}, texts.Payload{}))
	assert.NotContains(t, KnownKinds(), "vote_cast")
	for _, sentence := range []string{"{who} voted", "{actor voted", "{}"} {
		_, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "x", Kinds: Kinds{"vote_cast": sentence}})
		assert.ErrorContains(t, err, "vote_cast", sentence)
	}
}

func TestNewStyle(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "rfc.example", "ftp://rfc.example", "//rfc.example", "https://", "https://rfc.example?x=1", "https://rfc.example/?", "https://rfc.example#x",
		"https://user:secret@rfc.example", "https://rfc.example\n", "javascript:alert(1)", "http://[::1"} {
		_, err := NewStyle(Brand{AppURL: bad, Domain: "rfc.example"})
		assert.Error(t, err, bad)
	}
	_, err := NewStyle(Brand{AppURL: "https://rfc.example"})
	assert.ErrorContains(t, err, "domain")
	_, err = NewStyle(Brand{AppURL: "https://rfc.example", Domain: "x", MaxRFCs: -1})
	assert.ErrorContains(t, err, "-1")
	s, err := NewStyle(Brand{AppURL: "http://localhost:8000/base//", Domain: "x"})
	require.NoError(t, err)
	assert.Equal(t, "http://localhost:8000/base/inbox", s.InboxURL())
	assert.Equal(t, "http://localhost:8000/base/settings/notifications", s.PreferencesURL())
}
