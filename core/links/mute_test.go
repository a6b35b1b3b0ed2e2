package links

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// made is when the tokens of these tests were made.
var made = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)

const site = "https://digest.rfc.example"

func linksOf(t testing.TB, r Keyring) Links {
	t.Helper()
	l, err := New(site, r, "")
	require.NoError(t, err)
	return l
}

// muteToken returns the token in a link.
func muteToken(t testing.TB, r Keyring, reader Reader, slug string) string {
	t.Helper()
	token, ok := strings.CutPrefix(linksOf(t, r).Mute(reader, slug), site+MutePath)
	require.True(t, ok)
	return token
}

// slugs are of all kinds that have links.
var slugs = []string{"x", "rfc-0042", "../../etc", "a/b?c#d&e=f", "%00%2F", "Ünïcödé", "日本語", "\u202eevil", "a\nb\tc", " ", "<script>", "🤷🏽‍♀️", strings.Repeat("y", MaxSlug), strings.Repeat("é", MaxSlug/2)}

func TestALinkMutesOneRFCForOnePerson(t *testing.T) {
	t.Parallel()
	r := ring(t, "a", "b")
	muter := linksOf(t, r).Muter(Reader{7, 5, made})
	for _, slug := range slugs {
		for _, reader := range []Reader{{7, 5, made}, {0, 0, time.Unix(0, 0).UTC()}, {-1, math.MinInt64, made}, {math.MaxInt64, math.MaxInt64, made}} {
			token := muteToken(t, r, reader, slug)
			assert.Regexp(t, `^[A-Za-z0-9_-]+$`, token)
			got, of, ok := r.VerifyMute(token)
			assert.True(t, ok)
			assert.Equal(t, reader, got)
			assert.Equal(t, slug, of)
		}
		assert.Equal(t, linksOf(t, r).Mute(Reader{7, 5, made}, slug), muter(slug), "one after another")
	}
}

func TestWhatHasNoLinkToMute(t *testing.T) {
	t.Parallel()
	l := linksOf(t, ring(t, "a"))
	for _, slug := range []string{"", strings.Repeat("y", MaxSlug+1), "a\x00b", "\xff", strings.Repeat("é", 101)} {
		assert.Empty(t, l.Mute(Reader{7, 5, made}, slug), "%q", slug)
	}
	assert.Empty(t, Links{}.Mute(Reader{7, 5, made}, "rfc-1"))
	assert.Empty(t, linksOf(t, Keyring{}).Mute(Reader{7, 5, made}, "rfc-1"), "no secret")
	secret, err := New("", ring(t, "a"), "")
	require.NoError(t, err)
	assert.Empty(t, secret.Mute(Reader{7, 5, made}, "rfc-1"), "no public URL")
}

func TestAnUndoGivesBackWhatItSays(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	for _, slug := range slugs {
		for _, state := range []string{"", "watching", "dormant", "a\x00b", "\xff", strings.Repeat("s", MaxSlug)} {
			reader, of, got, ok := r.VerifyUnmute(r.UnmuteToken(Reader{7, 5, made}, slug, state))
			assert.True(t, ok)
			assert.Equal(t, Reader{7, 5, made}, reader)
			assert.Equal(t, slug, of)
			assert.Equal(t, state, got)
		}
	}
	assert.Empty(t, r.UnmuteToken(Reader{7, 5, made}, "rfc-1", strings.Repeat("s", MaxSlug+1)))
	assert.Empty(t, Keyring{}.UnmuteToken(Reader{7, 5, made}, "rfc-1", "watching"))
}

// No token of one kind passes for one of another.
func TestTokensAreGoodForOnePurpose(t *testing.T) {
	t.Parallel()
	r, reader := ring(t, "a"), Reader{7, 5, made}
	verify := map[string]func(string) bool{
		"unsubscribe": func(token string) bool { _, _, ok := r.Verify(token); return ok },
		"preferences": func(token string) bool { _, ok := r.VerifyReader(token); return ok },
		"undo":        func(token string) bool { _, ok := r.VerifyUndo(token); return ok },
		"return":      func(token string) bool { _, ok := r.VerifyReturn(token); return ok },
		"mute":        func(token string) bool { _, _, ok := r.VerifyMute(token); return ok },
		"unmute":      func(token string) bool { _, _, _, ok := r.VerifyUnmute(token); return ok },
	}
	tokens := map[string][]string{
		"unsubscribe": {r.Token(7, 5), r.Token(7, 0)}, "preferences": {r.ReaderToken(reader)}, "undo": {r.UndoToken(reader)},
		"return": {r.ReturnToken(Return{Kind: ReturnDigest, ID: 7, Mark: 5})},
	}
	for n := 1; n <= MaxSlug; n++ { // of every length that others have
		tokens["mute"] = append(tokens["mute"], muteToken(t, r, reader, strings.Repeat("x", n)))
		tokens["unmute"] = append(tokens["unmute"], r.UnmuteToken(reader, strings.Repeat("x", n), ""))
	}
	for kind, all := range tokens {
		for _, token := range all {
			for purpose, ok := range verify {
				assert.Equal(t, kind == purpose, ok(token), "%s for %s", kind, purpose)
			}
		}
	}
}

func TestATokenToMuteThatWasTouchedIsNone(t *testing.T) {
	t.Parallel()
	r := ring(t, "a", "b")
	token := muteToken(t, r, Reader{7, 5, made}, "rfc-42")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	require.NoError(t, err)
	none := func(token string) {
		t.Helper()
		reader, slug, ok := r.VerifyMute(token)
		assert.False(t, ok)
		assert.Zero(t, reader)
		assert.Empty(t, slug)
	}
	for bit := range len(raw) * 8 {
		touched := bytes.Clone(raw)
		touched[bit/8] ^= 1 << (bit % 8)
		none(base64.RawURLEncoding.EncodeToString(touched))
	}
	for n := range raw { // cut anywhere, also so that a slug would be shorter
		none(base64.RawURLEncoding.EncodeToString(raw[:n]))
		none(base64.RawURLEncoding.EncodeToString(append(bytes.Clone(raw[:n]), raw[min(n+1, len(raw)):]...)))
	}
	for _, other := range []string{"", "x", token + "A", token[1:], token + "=", token + "\n", token[:9] + "\r\n" + token[9:], strings.ToUpper(token), token + token, strings.Repeat("A", 1<<20),
		muteToken(t, ring(t, "c"), Reader{7, 5, made}, "rfc-42")} {
		none(other)
	}
	reader, slug, ok := ring(t, "c", "a").VerifyMute(token)
	assert.True(t, ok, "old secrets verify")
	assert.Equal(t, Reader{7, 5, made}, reader)
	assert.Equal(t, "rfc-42", slug)
	_, _, ok = Keyring{}.VerifyMute(token)
	assert.False(t, ok)
}

// Of two tokens none is like the other if they are about different things, and any text is none.
func TestNoTextIsATokenToMuteByAccident(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (Reader, string, string) {
			reader := Reader{rapid.Int64().Draw(t, name), rapid.Int64().Draw(t, name), time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, name), 0).UTC()}
			slug := rapid.StringOfN(rapid.RuneFrom([]rune("ab\n/é日\x7f")), 1, 60, MaxSlug).Draw(t, name)
			return reader, slug, rapid.StringOfN(rapid.Rune(), 0, 20, MaxSlug).Draw(t, name)
		}
		one, slug, state := draw("one")
		other, otherSlug, otherState := draw("other")
		token := r.UnmuteToken(one, slug, state)
		same := fmt.Sprint(one, slug, "\x00", state) == fmt.Sprint(other, otherSlug, "\x00", otherState)
		assert.Equal(t, same, token == r.UnmuteToken(other, otherSlug, otherState))
		text := rapid.String().Draw(t, "text")
		for _, any := range []string{text, base64.RawURLEncoding.EncodeToString([]byte(text))} {
			_, _, ok := r.VerifyMute(any)
			assert.False(t, ok)
			_, _, _, ok = r.VerifyUnmute(any)
			assert.False(t, ok)
		}
	})
}

// A change of how tokens are made would void the links in the mails of 60 days.
func TestLinksToMuteThatWereSentGoOnWorking(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	for _, c := range []struct{ slug, token string }{
		{"rfc-0042", "_De9UQAAAAAAAAAHAAAAAAAAAAUAAAAAawv3oHJmYy0wMDQynNI2O7aU9wL0VSB53MW2ZQ"},
		{"日本語", "_De9UQAAAAAAAAAHAAAAAAAAAAUAAAAAawv3oOaXpeacrOiqnin6PdC4l36FRMLsEW_eeeo"},
	} {
		assert.Equal(t, c.token, muteToken(t, r, Reader{7, 5, made}, c.slug))
	}
}

// BenchmarkMute makes the links of a mail about 50 RFCs.
func BenchmarkMute(b *testing.B) {
	l, reader := linksOf(b, ring(b, "a")), Reader{4711, 1 << 60, made}
	const slug = "rfc-0042-payments-for-hosts"
	b.Run("each by itself", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for range 50 {
				l.Mute(reader, slug)
			}
		}
	})
	b.Run("together", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			mute := l.Muter(reader)
			for range 50 {
				mute(slug)
			}
		}
	})
}
