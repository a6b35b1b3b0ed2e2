package links

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
		for _, mark := range []int64{0, 1, 1 << 40, math.MaxInt64} {
			token := r.Token(recipient, mark)
			got, person, ok := r.Verify(token)
			assert.True(t, ok)
			assert.Equal(t, recipient, got)
			assert.Equal(t, mark, person)
			assert.Regexp(t, `^[A-Za-z0-9_-]{59}([A-Za-z0-9_-]{11})?$`, token)
			assert.Equal(t, token, r.Token(recipient, mark))
		}
	}
	assert.NotEqual(t, r.Token(1, 0), r.Token(2, 0))
	assert.NotEqual(t, r.Token(1, 5), r.Token(1, 6))
}

func TestATokenThatWasTouchedIsNone(t *testing.T) {
	t.Parallel()
	for _, mark := range []int64{0, 5} {
		touch(t, ring(t, "a", "b"), mark)
	}
}

func touch(t *testing.T, r Keyring, mark int64) {
	t.Helper()
	token := r.Token(7, mark)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	for bit := range len(raw) * 8 {
		touched := bytes.Clone(raw)
		touched[bit/8] ^= 1 << (bit % 8)
		_, _, ok := r.Verify(base64.RawURLEncoding.EncodeToString(touched))
		assert.False(t, ok, "bit %d", bit)
	}
	for _, other := range []string{"", "x", token + "A", token[1:], token[:len(token)-1], token + "=", token + "\n", strings.ToUpper(token), token + token,
		strings.Repeat("A", 1<<20)} {
		_, _, ok := r.Verify(other)
		assert.False(t, ok)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		_, _, ok := r.Verify(text)
		assert.Equal(t, text == token, ok)
	})
}

func TestSecretsAreRotated(t *testing.T) {
	t.Parallel()
	before, during, after := ring(t, "a"), ring(t, "b", "a"), ring(t, "b")
	old, fresh := before.Token(7, 0), during.Token(7, 0)
	assert.NotEqual(t, old, fresh)
	assert.Equal(t, fresh, after.Token(7, 0), "the first signs")
	for _, c := range []struct {
		ring  Keyring
		token string
		want  bool
	}{{before, old, true}, {during, old, true}, {during, fresh, true}, {after, fresh, true}, {after, old, false}, {before, fresh, false}} {
		_, _, ok := c.ring.Verify(c.token)
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
	assert.Empty(t, r.Token(7, 0))
	_, _, ok := r.Verify(ring(t, "a").Token(7, 0))
	assert.False(t, ok)
	assert.True(t, ring(t, "a").CanSign())
}

// TestTokensThatWereSentGoOnWorking has tokens as mails have them. A change of how tokens are made would void
// every link that was ever sent.
func TestTokensThatWereSentGoOnWorking(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	for _, c := range []struct {
		recipient, mark int64
		token           string
	}{
		{7, 0, "_De9UQAAAAAAAAAHhOUDTMYLOfL_sk-RaKROcHVtHOsHP7zxvvU1XapUJrs"},
		{1 << 40, 0, "_De9UQAAAQAAAAAALYS9E0vlFJUqwywAxwZ3yHfa0raODgbYg49j0sYoWAo"},
		{7, 5, "_De9UQAAAAAAAAAHAAAAAAAAAAW3YynMk4kkfliCl11xgYoVKIYf5pqJFJHehjPehD-GvA"},
		{2, math.MaxInt64, "_De9UQAAAAAAAAACf_________88wtVrA3tUb_kCJ8tYbZTJrelSy7JVU-vekfvD7XgR1A"},
	} {
		recipient, mark, ok := r.Verify(c.token)
		assert.True(t, ok)
		assert.Equal(t, c.recipient, recipient)
		assert.Equal(t, c.mark, mark)
		assert.Equal(t, c.token, r.Token(c.recipient, c.mark))
	}
}

func ringOf(t *testing.T, secrets ...string) Keyring {
	t.Helper()
	var all [][]byte
	for _, s := range secrets {
		all = append(all, []byte(s))
	}
	ring, err := NewKeyring(all...)
	require.NoError(t, err)
	return ring
}

func TestSecretsAreToldApartByIDsThatSayNothingOfThem(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("0123456789abcdef", 3)
	a := ringOf(t, secret)
	assert.Regexp(t, `^[0-9a-f]{8}$`, a.ID())
	assert.Equal(t, a.ID(), ringOf(t, secret).ID())
	seen := map[string]string{a.ID(): secret}
	for _, other := range []string{`"` + secret + `"`, "'" + secret + "'", secret + "\n", " " + secret, strings.ToUpper(secret)} {
		ring := ringOf(t, other, secret)
		assert.Empty(t, seen[ring.ID()], other)
		seen[ring.ID()] = other
		assert.Equal(t, []string{ring.ID(), a.ID()}, ring.IDs())
		assert.True(t, ring.Has(a.ID()))
		assert.False(t, a.Has(ring.ID()))
	}
	assert.Empty(t, Keyring{}.ID())
	assert.Empty(t, Keyring{}.IDs())
	assert.False(t, a.Has(""))
}

func TestWhatIsWrongWithAToken(t *testing.T) {
	t.Parallel()
	mine, other := ringOf(t, strings.Repeat("m", MinSecret)), ringOf(t, strings.Repeat("o", MinSecret))
	token := mine.Token(7, 0)
	last := "A"
	if strings.HasSuffix(token[:8], "A") {
		last = "B"
	}
	for _, c := range []struct {
		token string
		fault TokenFault
		id    string
	}{
		{"", Malformed, ""}, {"nonsense", Malformed, ""}, {token[:len(token)-4], Malformed, ""}, {token + "AAAA", BadSignature, mine.ID()}, {token + "=", Malformed, ""},
		{other.Token(7, 0), UnknownSecret, other.ID()},
		{token[:7] + last + token[8:], BadSignature, mine.ID()}, // another person's number
	} {
		fault, id := mine.Fault(c.token)
		assert.Equal(t, c.fault, fault, c.token)
		assert.Equal(t, c.id, id, c.token)
	}
	fault, id := Keyring{}.Fault(token)
	assert.Equal(t, UnknownSecret, fault)
	assert.Equal(t, mine.ID(), id)
}

func BenchmarkToken(b *testing.B) {
	ring, err := NewKeyring(make([]byte, MinSecret))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		ring.Token(4711, 0)
	}
}

func TestLinksAreToAPageThatCanBeReached(t *testing.T) {
	t.Parallel()
	for _, bad := range [][2]string{{"http://digest.rfc.example"}, {"digest.rfc.example"}, {"https://x?y"}, {"", "nobody"}} {
		_, err := New(bad[0], Keyring{}, bad[1])
		assert.Error(t, err, bad)
	}
}
