package core

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// Keyring signs and verifies the tokens in unsubscribe links. It does not change, and may be used
// from any number of goroutines.
type Keyring struct{ keys []tokenKey }

// tokenKey is a secret with what names it in a token.
type tokenKey struct {
	id     [4]byte
	secret []byte
}

// MinSecret is the shortest secret that a [Keyring] takes, in bytes: as long as the hash that it
// keys (RFC 2104 §3).
const MinSecret = 32

// tokenPurpose is signed with every token, so that nothing else that is ever signed under the same
// secret can pass for one.
const tokenPurpose = "rfcdigest unsubscribe v1\x00"

// NewKeyring returns a ring of secrets: the first signs, all verify. So a secret is rotated by
// putting a new one in front, and dropping the old one when its links have aged. An error names the
// secret that is too short by its place.
func NewKeyring(secrets ...[]byte) (Keyring, error) {
	var ring Keyring
	for i, secret := range secrets {
		if len(secret) < MinSecret {
			return Keyring{}, fmt.Errorf("secret number %d has %d bytes, want at least %d", i+1, len(secret), MinSecret)
		}
		key := tokenKey{secret: append([]byte(nil), secret...)}
		name := hmac.New(sha256.New, key.secret)
		name.Write([]byte("rfcdigest key id"))
		copy(key.id[:], name.Sum(nil))
		ring.keys = append(ring.keys, key)
	}
	return ring, nil
}

// CanSign reports whether the ring has a secret to sign with.
func (r Keyring) CanSign() bool { return len(r.keys) > 0 }

// tokenSize is the length of a token in bytes before it is written as text: the key's ID, the
// recipient's, and the signature.
const tokenSize = 4 + 8 + sha256.Size

// Token returns the token by which recipient unsubscribes, in the alphabet of URLs (RFC 4648 §5),
// without padding; empty where the ring cannot sign. It has no address in it, and does not expire.
func (r Keyring) Token(recipient int64) string {
	if len(r.keys) == 0 {
		return ""
	}
	key := r.keys[0]
	token := make([]byte, 0, tokenSize)
	token = append(token, key.id[:]...)
	token = binary.BigEndian.AppendUint64(token, uint64(recipient))
	return base64.RawURLEncoding.EncodeToString(key.sign(token))
}

// Verify returns whom token unsubscribes; ok is false where no secret of the ring has signed it.
func (r Keyring) Verify(token string) (recipient int64, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenSize) { // the decoder passes over line breaks
		return 0, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != tokenSize {
		return 0, false
	}
	for _, key := range r.keys {
		if [4]byte(raw[:4]) == key.id && hmac.Equal(raw, key.sign(raw[:12:12])) {
			return int64(binary.BigEndian.Uint64(raw[4:12])), true
		}
	}
	return 0, false
}

// sign returns content with its signature behind it.
func (k tokenKey) sign(content []byte) []byte {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(tokenPurpose))
	mac.Write(content)
	return mac.Sum(content)
}
