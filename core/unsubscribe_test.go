package core

import (
	"bytes"
	"encoding/base64"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func ring(t testing.TB, secrets ...string) Keyring {
	t.Helper()
	raw := make([][]byte, len(secrets))
	for i, s := range secrets {
		raw[i] = []byte(strings.Repeat(s, MinSecret))
	}
	r, err := NewKeyring(raw...)
	require.NoError(t, err)
	return r
}

func TestATokenNamesItsRecipientAndNobodyElse(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	for _, recipient := range []int64{1, 7, 0, -1, 1 << 40, math.MaxInt64, math.MinInt64} {
		token := r.Token(recipient)
		got, ok := r.Verify(token)
		assert.True(t, ok)
		assert.Equal(t, recipient, got)
		assert.Regexp(t, `^[A-Za-z0-9_-]{59}$`, token)
		assert.Equal(t, token, r.Token(recipient))
	}
	assert.NotEqual(t, r.Token(1), r.Token(2))
}

func TestATokenThatWasTouchedIsNone(t *testing.T) {
	t.Parallel()
	r := ring(t, "a", "b")
	token := r.Token(7)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	for bit := range len(raw) * 8 {
		touched := bytes.Clone(raw)
		touched[bit/8] ^= 1 << (bit % 8)
		_, ok := r.Verify(base64.RawURLEncoding.EncodeToString(touched))
		assert.False(t, ok, "bit %d", bit)
	}
	for _, other := range []string{"", "x", token + "A", token[1:], token[:len(token)-1], token + "=", token + "\n", strings.ToUpper(token), token + token,
		strings.Repeat("A", 1<<20)} {
		_, ok := r.Verify(other)
		assert.False(t, ok)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		_, ok := r.Verify(text)
		assert.Equal(t, text == token, ok)
	})
}

func TestSecretsAreRotated(t *testing.T) {
	t.Parallel()
	before, during, after := ring(t, "a"), ring(t, "b", "a"), ring(t, "b")
	old, fresh := before.Token(7), during.Token(7)
	assert.NotEqual(t, old, fresh)
	assert.Equal(t, fresh, after.Token(7), "the first signs")
	for _, c := range []struct {
		ring  Keyring
		token string
		want  bool
	}{{before, old, true}, {during, old, true}, {during, fresh, true}, {after, fresh, true}, {after, old, false}, {before, fresh, false}} {
		_, ok := c.ring.Verify(c.token)
		assert.Equal(t, c.want, ok)
	}
}

func TestAShortSecretIsRefusedAndNoneSignsNothing(t *testing.T) {
	t.Parallel()
	_, err := NewKeyring(bytes.Repeat([]byte("a"), 32), bytes.Repeat([]byte("b"), 31))
	assert.EqualError(t, err, "secret number 2 has 31 bytes, want at least 32")
	r, err := NewKeyring()
	require.NoError(t, err)
	assert.False(t, r.CanSign())
	assert.Empty(t, r.Token(7))
	_, ok := r.Verify(ring(t, "a").Token(7))
	assert.False(t, ok)
	assert.True(t, ring(t, "a").CanSign())
}

func TestDigestsCarryTheUnsubscribeLinkWhereThereIsASecretAndAPublicURL(t *testing.T) {
	t.Parallel()
	keyring := ring(t, "a")
	now := instant(t, "2026-03-29T12:00:00Z")
	message := func(b Brand) Message {
		b.AppURL, b.Domain = "https://rfc.example", "rfc.example"
		s, err := NewStyle(b)
		require.NoError(t, err)
		return PlanDigest(Snapshot{Now: now, Recipient: Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily},
			Notifications: []Notification{{ID: 1, CreatedAt: now}}}, s).Message
	}
	with := message(Brand{PublicURL: "https://digest.rfc.example/base/", Unsubscribe: keyring, UnsubscribeMailbox: "leave@rfc.example"})
	assert.Equal(t, "https://digest.rfc.example/base/unsubscribe/"+keyring.Token(7), with.UnsubscribeURL)
	assert.Equal(t, "leave@rfc.example", with.UnsubscribeMailbox)
	assert.Contains(t, with.HTML, `<a href="`+with.UnsubscribeURL+`"`)
	for _, b := range []Brand{{}, {PublicURL: "https://digest.rfc.example"}, {Unsubscribe: keyring}} {
		without := message(b)
		assert.Empty(t, without.UnsubscribeURL)
		assert.NotContains(t, without.HTML, "nsubscribe")
	}
	for _, bad := range []Brand{{PublicURL: "http://digest.rfc.example"}, {PublicURL: "digest.rfc.example"}, {PublicURL: "https://x?y"}, {UnsubscribeMailbox: "nobody"}} {
		bad.AppURL, bad.Domain = "https://rfc.example", "x"
		_, err := NewStyle(bad)
		assert.Error(t, err, "%+v", bad)
	}
}
