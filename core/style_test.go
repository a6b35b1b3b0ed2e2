package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/links"
)

func testRing(t testing.TB) links.Keyring {
	t.Helper()
	ring, err := links.NewKeyring([]byte(strings.Repeat("a", links.MinSecret)))
	require.NoError(t, err)
	return ring
}

func TestDigestsCarryTheUnsubscribeLinkIfThereIsASecretAndAPublicURL(t *testing.T) {
	t.Parallel()
	ring, now := testRing(t), instant(t, "2026-03-29T12:00:00Z")
	message := func(publicURL string, ring links.Keyring, mailbox string) Message {
		to, err := links.New(publicURL, ring, mailbox)
		require.NoError(t, err)
		s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Links: to})
		require.NoError(t, err)
		return PlanDigest(Snapshot{Now: now, Recipient: Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily},
			Notifications: []Notification{{ID: 1, CreatedAt: now}}}, s).Message
	}
	with := message("https://digest.rfc.example/base/", ring, "leave@rfc.example")
	assert.Equal(t, "https://digest.rfc.example/base/unsubscribe/"+ring.Token(7, 0), with.UnsubscribeURL)
	assert.Equal(t, "leave@rfc.example", with.UnsubscribeMailbox)
	assert.Contains(t, with.HTML, `<a href="`+with.UnsubscribeURL+`"`)
	for _, without := range []Message{message("", links.Keyring{}, ""), message("https://digest.rfc.example", links.Keyring{}, ""), message("", ring, "")} {
		assert.Empty(t, without.UnsubscribeURL)
		assert.NotContains(t, without.HTML, "nsubscribe")
	}
}

func testStyle(t testing.TB) *Style {
	t.Helper()
	s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	return s
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
	for _, bad := range []Brand{{Language: "xx"}, {Language: "de-"}, {Kinds: letter.Kinds{"vote_cast": {One: "{who} voted"}}}, {Paths: letter.Paths{RFC: "/r"}}} {
		bad.AppURL, bad.Domain = "https://rfc.example", "x"
		_, err := NewStyle(bad)
		assert.Error(t, err, "%+v", bad)
	}
}
