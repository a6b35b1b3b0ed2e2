package links

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// PreferencesPath is what stands between the public URL and a token of a reader's page.
const PreferencesPath = "/preferences/"

// readerPurpose is that of tokens that open a reader's page, and undoPurpose of those that undo unsubscribing.
const (
	readerPurpose = "rfcdigest preferences v1\x00"
	undoPurpose   = "rfcdigest undo v1\x00"
)

// ReaderAge is how long a link to a reader's page is good, and UndoAge how long unsubscribing can be undone.
const (
	ReaderAge = 60 * 24 * time.Hour
	UndoAge   = time.Hour
)

// readerHead is the size of what a token says of its reader, in bytes before it becomes text: the key's ID, the
// recipient's ID, the person's mark, and when it was made. The signature follows.
const (
	readerHead = 4 + 8 + 8 + 8
	readerSize = readerHead + sha256.Size
)

// Reader is a person who may change their preferences, by a token.
type Reader struct {
	Recipient, Mark int64
	// Made is when the token was made, at whole seconds.
	Made time.Time
}

// ReaderToken returns the token by which a reader opens their page; empty if the ring cannot sign.
func (r Keyring) ReaderToken(reader Reader) string { return r.readerToken(readerPurpose, reader) }

// UndoToken returns the token by which a reader undoes that they unsubscribed, and nothing else: who has an old mail can
// unsubscribe by it, and is not to open their page.
func (r Keyring) UndoToken(reader Reader) string { return r.readerToken(undoPurpose, reader) }

func (r Keyring) readerToken(purpose string, reader Reader) string {
	if len(r.keys) == 0 {
		return ""
	}
	token := r.appendReader(make([]byte, 0, readerSize), reader)
	return base64.RawURLEncoding.EncodeToString(r.keys[0].sign(purpose, token))
}

// appendReader returns token with the readerHead of a token that the first key signs behind it.
func (r Keyring) appendReader(token []byte, reader Reader) []byte {
	token = append(token, r.keys[0].id[:]...)
	token = binary.BigEndian.AppendUint64(token, uint64(reader.Recipient))
	token = binary.BigEndian.AppendUint64(token, uint64(reader.Mark))
	return binary.BigEndian.AppendUint64(token, uint64(reader.Made.Unix()))
}

// VerifyReader returns the person of a token. ok is false if no secret of the ring has signed it. How old it may be is
// the caller's to say.
func (r Keyring) VerifyReader(token string) (reader Reader, ok bool) {
	return r.verifyReader(readerPurpose, token)
}

// VerifyUndo is VerifyReader for tokens that undo.
func (r Keyring) VerifyUndo(token string) (reader Reader, ok bool) {
	return r.verifyReader(undoPurpose, token)
}

func (r Keyring) verifyReader(purpose, token string) (reader Reader, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(readerSize) {
		return Reader{}, false
	}
	reader, _, ok = r.openReader(purpose, token, sha256.Size)
	return reader, ok
}

// openReader returns the reader of a token, and what stands between that and the first sum bytes of the signature.
func (r Keyring) openReader(purpose, token string, sum int) (reader Reader, rest string, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < readerHead+sum || len(token) != base64.RawURLEncoding.EncodedLen(len(raw)) { // the decoder passes over line breaks
		return Reader{}, "", false
	}
	content := raw[: len(raw)-sum : len(raw)-sum]
	for _, key := range r.keys {
		if [4]byte(raw) == key.id && hmac.Equal(raw, key.sign(purpose, content)[:len(raw)]) {
			number := func(at int) int64 { return int64(binary.BigEndian.Uint64(content[at:])) }
			return Reader{number(4), number(12), time.Unix(number(20), 0).UTC()}, string(content[readerHead:]), true
		}
	}
	return Reader{}, "", false
}

// Preferences returns the address of a reader's page. It is empty if there are no links.
func (l Links) Preferences(reader Reader) string {
	if l.publicURL == "" {
		return ""
	}
	return l.publicURL + PreferencesPath + l.keyring.ReaderToken(reader)
}
