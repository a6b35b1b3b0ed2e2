package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func testStyle(t testing.TB) *Style {
	t.Helper()
	s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	return s
}

// summary returns the words for a single event.
func summary(s *Style, n *Notification, p payload) string {
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
		assert.Equal(t, want[0], summary(s, &n, payload{}), kind)
		assert.Equal(t, want[1], summary(s, &Notification{Kind: kind, Actor: " \n", PR: -3, Branch: "\u200b"}, payload{}), kind)
		assert.Equal(t, "It happened", summary(s, &n, payload{summary: " It\nhappened "}), kind)
		assert.Equal(t, want[0], summary(s, &n, payload{summary: " \t\u00a0"}), kind)
	}
	forged := Notification{Kind: "branch_updated", Actor: "{ref}", Branch: "{actor}"}
	assert.Equal(t, "{ref} pushed to {actor}", summary(s, &forged, payload{}), "what people write is no placeholder")
}

func TestEveryKnownKindIsWordedAndChecked(t *testing.T) {
	t.Parallel()
	_, err := KnownKinds().read()
	require.NoError(t, err)
	kinds := KnownKinds()
	kinds["vote_cast"] = "{actor} voted"
	s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "x", Kinds: kinds})
	require.NoError(t, err)
	assert.Equal(t, "Ada voted", summary(s, &Notification{Kind: "vote_cast", Actor: "Ada"}, payload{}))
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

func TestSubject(t *testing.T) {
	t.Parallel()
	s := testStyle(t)
	assert.Equal(t, "[Wiggleverse] Daily digest — 5 events across 2 RFCs", s.Subject(Digest{Cadence: Daily, Events: 5, RFCs: 2}))
	assert.Equal(t, "[Wiggleverse] Weekly digest — 1 event across 1 RFC", s.Subject(Digest{Cadence: Weekly, Events: 1, RFCs: 1}))
	assert.Equal(t, "[Wiggleverse] Daily digest — 1 event across 0 RFCs", s.Subject(Digest{Cadence: Daily, Events: 1}))
	s, err := NewStyle(Brand{Name: "Our\nRFCs ", AppURL: "https://rfc.example", Domain: "x"})
	require.NoError(t, err)
	assert.Equal(t, "[Our RFCs] Daily digest — 0 events across 0 RFCs", s.Subject(Digest{Cadence: Daily}))
}

func TestText(t *testing.T) {
	t.Parallel()
	got := testStyle(t).Text(Digest{Cadence: Weekly, Events: 60, RFCs: 54, More: 51, Groups: []Group{
		{Slug: "a", Title: "Trust & Safety", Link: "https://rfc.example/rfc/a", Lines: []string{"one" + unreadRemark, "two" + unreadRemark}, More: 4},
		{Title: "(no RFC)", Lines: []string{"three" + unreadRemark}},
	}})
	assert.Equal(t, strings.TrimPrefix(`
Activity on RFCs you watch, from the past week.


Trust & Safety
 https://rfc.example/rfc/a
 · one (still unread in your inbox)
 · two (still unread in your inbox)
 · … and 4 more

(no RFC)
 · three (still unread in your inbox)

 … and 51 more RFCs

Open your inbox: https://rfc.example/inbox
Manage digest preferences: https://rfc.example/settings/notifications
`, "\n"), got)
	assert.Equal(t, "… and 1 more RFC", Digest{More: 1}.moreRFCs())
}

func TestLink(t *testing.T) {
	t.Parallel()
	s := testStyle(t)
	for slug, want := range map[string]string{
		"":                        "",
		".":                       "",
		"..":                      "",
		"...":                     "https://rfc.example/rfc/...",
		"rfc-0001":                "https://rfc.example/rfc/rfc-0001",
		"a b/c?d#e%f":             "https://rfc.example/rfc/a%20b%2Fc%3Fd%23e%25f",
		"一致性":                     "https://rfc.example/rfc/%E4%B8%80%E8%87%B4%E6%80%A7",
		`"><script>`:              "https://rfc.example/rfc/%22%3E%3Cscript%3E",
		"javascript:alert(1)":     "https://rfc.example/rfc/javascript:alert%281%29",
		"\r\n":                    "https://rfc.example/rfc/%0D%0A",
		strings.Repeat("x", 1000): "https://rfc.example/rfc/" + strings.Repeat("x", 1000),
		strings.Repeat("x", 1001): "",
	} {
		assert.Equal(t, want, s.link(slug), slug)
	}
}

func TestUsableAddress(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"ada@rfc.example", "a@b", "o'brien+x@mail.example", "ü@例え.example", "a@[127.0.0.1]", `"a@b"@c.example`} {
		assert.True(t, UsableAddress(good), good)
	}
	for _, bad := range []string{"", "@", "ada", "@rfc.example", "ada@", "ada@x\r\nBcc: eve@x", "ada lovelace@x", "<ada@x>", "ada@x\x00", "ada@x\u202e",
		"ada@x\xff", strings.Repeat("a", 250) + "@b.example", "ada@x "} {
		assert.False(t, UsableAddress(bad), "%q", bad)
	}
}
