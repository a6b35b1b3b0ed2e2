package links

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// MutePath is what stands between the public URL and a token by which a reader mutes an RFC.
const MutePath = "/mute/"

// mutePurpose is that of tokens that mute an RFC, and unmutePurpose of those that undo it.
const (
	mutePurpose   = "rfcdigest mute v1\x00"
	unmutePurpose = "rfcdigest unmute v1\x00"
)

// MuteAge is how long a link to mute an RFC is good. Unlike a link to unsubscribe, it need not be good for ever: as long as
// there are mails about an RFC, the latest has a new link. The page behind it shows a title and changes the app's table. So
// it is as careful as the reader's page, and ends with the links to that.
const MuteAge = ReaderAge

// MaxSlug is the longest slug that has a link, in bytes.
const MaxSlug = 200

// muteSum is how much of the signature a token has. A mail has a token for each RFC, so they are short: RFC 2104 §5
// recommends half of the hash at the least.
const muteSum = 16

// hasLink reports whether a slug has a link. A database cannot be asked for one that is no text.
func hasLink(slug string) bool {
	return slug != "" && len(slug) <= MaxSlug && utf8.ValidString(slug) && strings.IndexByte(slug, 0) < 0
}

// Mute returns the address at which a reader mutes the RFC with that slug. It is empty if there are no links, or if the
// slug is empty, too long, or no text.
func (l Links) Mute(reader Reader, slug string) string { return l.Muter(reader)(slug) }

// Muter returns [Links.Mute] for all RFCs in a mail to a reader, at a fraction of the cost. It is for one goroutine.
func (l Links) Muter(reader Reader) func(slug string) string {
	if l.publicURL == "" {
		return func(string) string { return "" }
	}
	mac := hmac.New(sha256.New, l.keyring.keys[0].secret)
	token, address := l.keyring.appendReader(nil, reader), []byte(l.publicURL+MutePath)
	start := len(address)
	return func(slug string) string {
		if !hasLink(slug) {
			return ""
		}
		token = signBy(mac, mutePurpose, append(token[:readerHead], slug...))
		mac.Reset()
		address = base64.RawURLEncoding.AppendEncode(address[:start], token[:readerHead+len(slug)+muteSum])
		return string(address)
	}
}

// VerifyMute returns the person of a token that mutes, and the slug. ok is false if no secret of the ring has signed it.
// How old it may be is the caller's to say.
func (r Keyring) VerifyMute(token string) (reader Reader, slug string, ok bool) {
	return r.openReader(mutePurpose, token, muteSum)
}

// UnmuteToken returns the token by which a reader gives the watch on an RFC the state back that it had before they muted
// it. It is empty if the ring cannot sign, or if the state is as long as none is.
func (r Keyring) UnmuteToken(reader Reader, slug, state string) string {
	if len(r.keys) == 0 || len(state) > MaxSlug {
		return ""
	}
	content := append(r.appendReader(nil, reader), slug+"\x00"+state...) // no slug with a link has a zero byte
	return base64.RawURLEncoding.EncodeToString(r.keys[0].sign(unmutePurpose, content)[:len(content)+muteSum])
}

// VerifyUnmute is VerifyMute for tokens that undo. state is what the watch gets back.
func (r Keyring) VerifyUnmute(token string) (reader Reader, slug, state string, ok bool) {
	reader, rest, ok := r.openReader(unmutePurpose, token, muteSum)
	slug, state, _ = strings.Cut(rest, "\x00")
	return reader, slug, state, ok
}
