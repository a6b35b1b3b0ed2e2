package links

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// ReturnKind is what a mail was, to which an address with a token belongs.
type ReturnKind byte

// The kinds. They stand in tokens, so their numbers must not change.
const (
	// ReturnDigest: the ID is that of a row of the ledger.
	ReturnDigest ReturnKind = 1
	// ReturnHeld: the ID is that of a held e-mail.
	ReturnHeld ReturnKind = 2
	// ReturnUnsubscribe: the ID is that of a person, and mail to the address means that they want no more.
	ReturnUnsubscribe ReturnKind = 3
)

// Return is what a token in an address stands for.
type Return struct {
	Kind ReturnKind
	ID   int64
	// Mark is the core.Person.Mark of the recipient. So a token dies with the person, also if their number is used again.
	Mark int64
	// To is the [AddressMark] of the address that the mail was sent to, since a person may have another by the time that
	// it comes back; 0 if it was sent to none.
	To uint16
}

// AddressMark tells addresses of one person apart, and nothing more: one in 65,535 others has the same. It is never 0.
func AddressMark(address string) uint16 {
	sum := sha256.Sum256([]byte(address))
	return max(binary.BigEndian.Uint16(sum[:]), 1)
}

// returnPurpose is signed with every token in an address, so that no token of a link passes for one, nor the other way
// round. It and the form of tokens must not change while mail is on its way: reports come for days.
const returnPurpose = "rfcdigest return path v1\x00"

// The sizes of a token, in bytes before it becomes text: kind, ID, mark, address, and as much of the signature as makes the
// whole a multiple of five, of which base32 leaves no spare bits. 88 bits are more than the least that RFC 2104 §5 allows
// (80), and less than the half that it recommends: each guess is a mail, and an address has to fit into 64 octets.
const (
	returnContent = 1 + 8 + 8 + 2
	returnSum     = 11
)

// ReturnTokenSize is the length of a token in an address. The part before the @ may have 64 octets (RFC 5321 §4.5.3.1.1).
const ReturnTokenSize = (returnContent + returnSum) * 8 / 5

// ReturnToken returns the token for an address to which mail about r comes back: lower case letters and digits, in which
// case means nothing, since servers fold it. It is empty if the ring cannot sign.
func (r Keyring) ReturnToken(about Return) string {
	if len(r.keys) == 0 {
		return ""
	}
	content := make([]byte, 0, returnContent+32)
	content = append(content, byte(about.Kind))
	content = binary.BigEndian.AppendUint64(content, uint64(about.ID))
	content = binary.BigEndian.AppendUint64(content, uint64(about.Mark))
	content = binary.BigEndian.AppendUint16(content, about.To)
	signed := r.keys[0].sign(returnPurpose, content)
	return strings.ToLower(base32.StdEncoding.EncodeToString(signed[:returnContent+returnSum]))
}

// VerifyReturn returns what a token from an address stands for. ok is false if no secret of the ring has signed it.
func (r Keyring) VerifyReturn(token string) (about Return, ok bool) {
	if len(token) != ReturnTokenSize { // the decoder passes over line breaks
		return Return{}, false
	}
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(token))
	if err != nil || len(raw) != returnContent+returnSum {
		return Return{}, false
	}
	content := raw[:returnContent:returnContent]
	for _, key := range r.keys {
		if hmac.Equal(raw, key.sign(returnPurpose, content)[:len(raw)]) {
			return Return{
				Kind: ReturnKind(content[0]),
				ID:   int64(binary.BigEndian.Uint64(content[1:])),
				Mark: int64(binary.BigEndian.Uint64(content[9:])),
				To:   binary.BigEndian.Uint16(content[17:]),
			}, true
		}
	}
	return Return{}, false
}

// FindReturn returns what the first good token in the addresses stands for. It may stand anywhere in the part before the
// @, between characters that tokens do not have, since servers rewrite what is around it: digest+TOKEN@a becomes
// digest-TOKEN@b.
func (r Keyring) FindReturn(addresses ...string) (about Return, ok bool) {
	for _, address := range addresses {
		local := address[:max(0, strings.LastIndexByte(address, '@'))]
		for _, piece := range strings.FieldsFunc(local, isNoTokenLetter) {
			if about, ok := r.VerifyReturn(piece); ok {
				return about, true
			}
		}
	}
	return Return{}, false
}

// isNoTokenLetter reports whether no token has c. The alphabet is that of RFC 4648 §6, without regard to case.
func isNoTokenLetter(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '2' <= c && c <= '7')
}

// ReturnPath is the address to which mail comes back, with a place for a token. The zero value is none.
type ReturnPath struct{ before, after string }

// tokenPlace is where the token goes in the text of a [ReturnPath].
const tokenPlace = "{token}"

// ParseReturnPath reads an address like digest+{token}@mail.example. An error says what is wrong with it.
func ParseReturnPath(address string) (ReturnPath, error) {
	before, after, ok := strings.Cut(address, tokenPlace)
	at := strings.IndexByte(after, '@')
	switch {
	case !ok || at < 0 || strings.Contains(after, tokenPlace):
		return ReturnPath{}, fmt.Errorf("return path %q: want one %s before the @", address, tokenPlace)
	case len(before)+at+ReturnTokenSize > 64:
		return ReturnPath{}, fmt.Errorf("return path %q: leaves no room for the token: at most %d characters beside it before the @", address, 64-ReturnTokenSize)
	case before != "" && !isNoTokenLetter(rune(before[len(before)-1])), !isNoTokenLetter(rune(after[0])):
		return ReturnPath{}, fmt.Errorf("return path %q: want a character like + or - between %s and a letter", address, tokenPlace)
	case !isPlainAddress(before + "x" + after):
		return ReturnPath{}, fmt.Errorf("return path %q is no address", address)
	}
	return ReturnPath{before: before, after: after}, nil
}

// isPlainAddress reports whether an address needs no quotation marks (RFC 5321 §4.1.2) and is in ASCII.
func isPlainAddress(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	return texts.UsableAddress(address) && !strings.ContainsFunc(address, func(c rune) bool { return c > '~' || strings.ContainsRune(`"(),:;<>[]\`, c) }) &&
		!strings.Contains(domain, "@") && !strings.HasPrefix(local, ".") && !strings.HasSuffix(local, ".") && !strings.Contains(local, "..")
}

// IsSet reports whether there is a return path.
func (p ReturnPath) IsSet() bool { return p.after != "" }

// Address returns the address with the token.
func (p ReturnPath) Address(token string) string { return p.before + token + p.after }

// String returns what [ParseReturnPath] read.
func (p ReturnPath) String() string {
	if !p.IsSet() {
		return ""
	}
	return p.Address(tokenPlace)
}
