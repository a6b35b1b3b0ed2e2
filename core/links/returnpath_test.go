package links

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAReturnTokenComesBackAsItLeft(t *testing.T) {
	t.Parallel()
	path, err := ParseReturnPath("digest+{token}@mail.example")
	require.NoError(t, err)
	r := ring(t, "a", "b")
	for _, id := range []int64{1, 7, 1 << 40, math.MaxInt64, 0, -1} {
		for _, mark := range []int64{0, 1, math.MaxInt64} {
			for _, kind := range []ReturnKind{ReturnDigest, ReturnHeld, ReturnUnsubscribe} {
				want := Return{Kind: kind, ID: id, Mark: mark}
				token := r.ReturnToken(want)
				assert.Regexp(t, `^[a-z2-7]{48}$`, token)
				address := path.Address(token)
				assert.LessOrEqual(t, strings.IndexByte(address, '@'), 64)
				for _, form := range []string{
					address, strings.ToUpper(address), "DIGEST+" + token + "@Mail.Example", "digest-" + token + "@other.example",
					"someone=" + token + "=x@gateway.example", "SRS0=ab=cd=mail.example=digest+" + token + "@relay.example",
				} {
					got, ok := r.FindReturn("nobody@mail.example", "", "@", form)
					assert.True(t, ok, form)
					assert.Equal(t, want, got)
				}
			}
		}
	}
}

func TestNothingElsePassesForAReturnToken(t *testing.T) {
	t.Parallel()
	r, about := ring(t, "a"), Return{Kind: ReturnDigest, ID: 7, Mark: 9}
	token := r.ReturnToken(about)
	for name, wrong := range map[string]string{
		"nothing": "", "cut": token[1:], "longer": token + "a", "of an unsubscribe link": r.Token(7, 9), "of another secret": ring(t, "b").ReturnToken(about),
		"with a line break": token[:20] + "\n" + token[20:], "with a break for a letter": token[:20] + "\n" + token[21:], "not in the alphabet": token[:47] + "1", "padded": token[:47] + "=",
	} {
		_, ok := r.VerifyReturn(wrong)
		assert.False(t, ok, name)
	}
	for i := range token { // every letter counts
		for _, c := range "a7" {
			if changed := token[:i] + string(c) + token[i+1:]; changed != token {
				_, ok := r.VerifyReturn(changed)
				assert.False(t, ok, i)
			}
		}
	}
	_, _, ok := r.Verify(token)
	assert.False(t, ok, "a link does not take it")
	assert.Empty(t, Keyring{}.ReturnToken(about))
	_, ok = Keyring{}.VerifyReturn(token)
	assert.False(t, ok)
	_, ok = r.FindReturn(token, "digest@"+token, "x"+token+"@mail.example", token[:24]+"."+token[24:]+"@mail.example")
	assert.False(t, ok, "a token stands by itself, before the @")
	got, ok := ring(t, "c", "a").FindReturn(token + "@mail.example")
	assert.True(t, ok, "old secrets verify")
	assert.Equal(t, about, got)
}

// A token cannot be made up, and no report counts for another mail: of any bytes in an address, only what was signed is found.
func TestNoBytesAreATokenByAccident(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	rapid.Check(t, func(t *rapid.T) {
		about := Return{Kind: ReturnKind(rapid.Byte().Draw(t, "kind")), ID: rapid.Int64().Draw(t, "id"), Mark: rapid.Int64().Draw(t, "mark")}
		token := []byte(r.ReturnToken(about))
		got, ok := r.VerifyReturn(string(token))
		assert.True(t, ok)
		assert.Equal(t, about, got)
		at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		letter := rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567")).Draw(t, "letter")
		changed := token[at] != letter
		token[at] = letter
		_, ok = r.FindReturn(string(token) + "@mail.example")
		assert.Equal(t, !changed, ok)
		_, ok = r.FindReturn(rapid.String().Draw(t, "anything"))
		assert.False(t, ok)
	})
}

func TestReturnPathsAreRead(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"digest+{token}@mail.example", "{token}@bounces.mail.example", "bounce-{token}-x@mail.example", "a2345678901234+{token}@m.example", "x9{token}@mail.example"} {
		path, err := ParseReturnPath(good)
		require.NoError(t, err, good)
		assert.True(t, path.IsSet())
		assert.Equal(t, good, path.String())
	}
	for _, bad := range []string{
		"", "digest@mail.example", "{token}", "digest@{token}.example", "{token}+{token}@mail.example", "digest{token}@mail.example", "{token}digest@mail.example",
		"digest+{token}@", "digest..{token}@mail.example", "di gest+{token}@mail.example", "digest+{token}@mail@example", "\"digest\"+{token}@mail.example", "dïgest+{token}@mail.example",
		"<digest+{token}@mail.example>", "digest+{token}@mail.example\r\nRCPT TO:<x@y.example>", "abcdefghijklmnop+{token}@mail.example",
	} {
		path, err := ParseReturnPath(bad)
		assert.Error(t, err, bad)
		assert.False(t, path.IsSet())
		assert.Empty(t, path.String())
	}
}
