// Package links makes the links by which recipients unsubscribe, and verifies them.
package links

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Keyring signs and verifies the tokens in unsubscribe links. It does not change, and may be used
// from several goroutines. The zero value has no secret.
type Keyring struct{ keys []tokenKey }

// tokenKey is a secret with what names it in a token.
type tokenKey struct {
	id     [4]byte
	secret []byte
}

// MinSecret is the shortest secret that a [Keyring] takes, in bytes: as long as the hash that it
// keys (RFC 2104 §3).
const MinSecret = 32

// The purposes are signed with every token, so that nothing else that is signed with the same secret can pass for one.
// They and the form of tokens must never change: the links in old mails have to go on working.
const (
	// numberPurpose is that of tokens that name a recipient by number alone.
	numberPurpose = "rfcdigest unsubscribe v1\x00"
	// personPurpose is that of tokens that also have the person's mark.
	personPurpose = "rfcdigest unsubscribe v2\x00"
)

// NewKeyring returns a ring of secrets. The first signs, and all verify: to change a secret, put the new one in
// front, and drop the old one when its links have aged. An error says which secret is too short, by its place.
func NewKeyring(secrets ...[]byte) (Keyring, error) {
	var ring Keyring
	for i, secret := range secrets {
		if len(secret) < MinSecret {
			return Keyring{}, fmt.Errorf("secret number %d has %s, want at least %d", i+1, texts.Plural(len(secret), "byte"), MinSecret)
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

// The sizes of a token, in bytes before it becomes text: the key's ID, the recipient's ID, the person's mark if they
// have one, and the signature.
const (
	numberSize = 4 + 8 + sha256.Size
	personSize = numberSize + 8
)

// Token returns the token by which the recipient with the given mark (see core.Person) unsubscribes, in the
// alphabet of URLs (RFC 4648 §5), without padding; empty if the ring cannot sign. It has no address in it, and does
// not expire. People without a mark have tokens of the first form.
func (r Keyring) Token(recipient, mark int64) string {
	if len(r.keys) == 0 {
		return ""
	}
	key, purpose := r.keys[0], numberPurpose
	token := make([]byte, 0, personSize)
	token = append(token, key.id[:]...)
	token = binary.BigEndian.AppendUint64(token, uint64(recipient))
	if mark != 0 {
		purpose = personPurpose
		token = binary.BigEndian.AppendUint64(token, uint64(mark))
	}
	return base64.RawURLEncoding.EncodeToString(key.sign(purpose, token))
}

// Verify returns the recipient that token unsubscribes, and their mark. ok is false if no secret of the ring has
// signed it.
func (r Keyring) Verify(token string) (recipient, mark int64, ok bool) {
	size, purpose := numberSize, numberPurpose
	if len(token) == base64.RawURLEncoding.EncodedLen(personSize) {
		size, purpose = personSize, personPurpose
	}
	if len(token) != base64.RawURLEncoding.EncodedLen(size) { // the decoder passes over line breaks
		return 0, 0, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != size {
		return 0, 0, false
	}
	content := raw[: size-sha256.Size : size-sha256.Size]
	for _, key := range r.keys {
		if [4]byte(raw) != key.id || !hmac.Equal(raw, key.sign(purpose, content)) {
			continue
		}
		if size == personSize {
			mark = int64(binary.BigEndian.Uint64(content[12:]))
		}
		return int64(binary.BigEndian.Uint64(content[4:])), mark, true
	}
	return 0, 0, false
}

// sign returns content with its signature behind it.
func (k tokenKey) sign(purpose string, content []byte) []byte {
	return signBy(hmac.New(sha256.New, k.secret), purpose, content)
}

// signBy is sign by a MAC that is keyed, and new or reset.
func signBy(mac interface {
	Write([]byte) (int, error)
	Sum([]byte) []byte
}, purpose string, content []byte) []byte {
	mac.Write([]byte(purpose))
	mac.Write(content)
	return mac.Sum(content)
}

// ID names the secret that the ring signs with: 8 hexadecimal digits, which tell secrets apart and do not give them
// away. It is empty if the ring cannot sign.
func (r Keyring) ID() string {
	if len(r.keys) == 0 {
		return ""
	}
	return hex.EncodeToString(r.keys[0].id[:])
}

// IDs name all secrets of the ring, in its order.
func (r Keyring) IDs() []string {
	ids := make([]string, len(r.keys))
	for i, key := range r.keys {
		ids[i] = hex.EncodeToString(key.id[:])
	}
	return ids
}

// Has reports whether the secret of that ID is in the ring.
func (r Keyring) Has(id string) bool { return slices.Contains(r.IDs(), id) }

// TokenFault says what is wrong with a token that [Keyring.Verify] does not take.
type TokenFault string

// The faults.
const (
	// Malformed: it is no token at all. The link was cut, or guessed.
	Malformed TokenFault = "malformed"
	// UnknownSecret: it was signed with a secret that is not in the ring.
	UnknownSecret TokenFault = "unknown_secret"
	// BadSignature: it names a secret of the ring, and was not signed with it. The link was changed, or guessed.
	BadSignature TokenFault = "bad_signature"
)

// Fault says what is wrong with a token that Verify does not take, and the ID of the secret that it names, if any. The
// ID is not to be trusted: the sender may have written anything.
func (r Keyring) Fault(token string) (fault TokenFault, id string) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < numberSize {
		return Malformed, ""
	}
	id = hex.EncodeToString(raw[:4])
	if !r.Has(id) {
		return UnknownSecret, id
	}
	return BadSignature, id
}
