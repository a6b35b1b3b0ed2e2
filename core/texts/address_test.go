package texts

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestAMailboxIsAnAddressWithoutWhatCannotBeSeenAroundIt(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"": "", " ": "", "\t\r\n\v\f": "", "\u00a0\u3000\u2028": "", "\ufeff\u200b\u2060": "", "\x00": "",
		"a@b": "a@b", " a@b": "a@b", "a@b\n": "a@b", "\u202aa@b\u202c": "a@b", "\u0085a@b\u2009": "a@b",
		"a b@c ": "a b@c", "a@b\nc": "a@b\nc", "\"a \"@b": "\"a \"@b", "ä@b\u00a0": "ä@b", "a@b\xff ": "a@b\xff",
	} {
		assert.Equal(t, want, Mailbox(address), "%q", address)
	}
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.String().Draw(t, "address")
		once := Mailbox(address)
		assert.Equal(t, once, Mailbox(once))
		assert.Contains(t, address, once)
	})
}

func TestNeedsUTF8(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"": false, "ada": false, "ada@rfc.example": false, "ada@例え.example": false, "ädä@rfc.example": true, "x@ä@b": true, "用户@例え.example": true, "ä d@b": false, "ä": false,
	} {
		assert.Equal(t, want, NeedsUTF8(address), address)
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
