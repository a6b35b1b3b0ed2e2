package mailfmt

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// appendHeader appends m's header, except for the fields about the body. No value in it can have a
// line break.
func (f *Format) appendHeader(dst []byte, m core.Message, to mailbox, unsubscribe string) []byte {
	// Automatic replies, such as out-of-office, are not sent to automatic mail (RFC 3834 §5).
	dst = append(dst, "Auto-Submitted: auto-generated\r\nDate: "...)
	dst = m.Date.UTC().AppendFormat(dst, time.RFC1123Z)
	dst = append(dst, "\r\n"...)
	// Rules that sort digests do not see personal mail.
	digest := m.Kind != core.PersonalMail
	if digest {
		dst = append(append(dst, f.feedbackFields[m.Kind]...), f.listField...)
	}
	if unsubscribe != "" {
		dst = appendField(dst, "List-Unsubscribe", unsubscribe)
	}
	if m.UnsubscribeURL != "" {
		dst = append(dst, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
	}
	dst = append(dst, "MIME-Version: 1.0\r\n"...)
	dst = appendField(dst, "Message-ID", "<"+m.ID+">")
	if digest {
		dst = append(dst, "Precedence: bulk\r\n"...)
	}
	dst = appendField(dst, "Subject", subject(m.Subject))
	dst = append(dst, f.fromField...)
	return appendField(dst, "To", to.written(displayName(m.To.Name)))
}

// maxHeaderLine is the longest header line in bytes, unless a single word is longer. It is the limit
// for lines with an encoded word (RFC 2047 §2); others should have at most 78 (RFC 5322 §2.1.1). No
// word is so long that a line comes near the hard limit of 998.
const maxHeaderLine = 76

// appendField appends a header field, folded at the spaces of value (RFC 5322 §2.2.3). value must not
// have two spaces in a row: a folded line with nothing on it would end the header.
func appendField(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ':')
	length := len(name) + len(":")
	for first, more := true, true; more; first = false {
		var word string
		word, value, more = strings.Cut(value, " ")
		// A field name alone on its line is valid, but some programs cannot read it: only if the word
		// then fits.
		if short := 1+len(word) <= maxHeaderLine; length+1+len(word) > maxHeaderLine && (short || !first) {
			dst = append(dst, "\r\n"...)
			length = 0
		}
		dst = append(append(dst, ' '), word...)
		length += 1 + len(word)
	}
	return append(dst, "\r\n"...)
}

// maxID is the longest Message-ID in bytes; it stands on one line, with room for the header's name.
const maxID = 900

// checkID reports why id cannot stand between the brackets of a Message-ID (RFC 5322 §3.6.4).
func checkID(id string) error {
	at := strings.IndexByte(id, '@')
	if at < 1 || at == len(id)-1 || len(id) > maxID || strings.Count(id, "@") > 1 {
		return errors.New("message ID: want left@right")
	}
	for i := 0; i < len(id); i++ {
		if c := id[i]; c <= ' ' || c > '~' || strings.IndexByte(`<>()",;\`, c) >= 0 {
			return errors.New("message ID: has a character that cannot stand in it")
		}
	}
	return nil
}

// oneLine returns s in valid UTF-8, on one line: each run of control characters, separators and
// spaces becomes one space, and those at the ends go, as [appendField] needs it.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), separates), " ")
}

// isOneLine reports whether oneLine has nothing to do, as with text that core has cleaned.
func isOneLine(s string) bool {
	gap := true // the last character separates; so does the start
	for _, r := range s {
		if separates(r) && (gap || r != ' ') {
			return false
		}
		gap = r == ' '
	}
	return s == "" || !gap && utf8.ValidString(s)
}

// separates reports whether r separates words.
func separates(r rune) bool {
	return r == ' ' || r == '\u2028' || r == '\u2029' || unicode.IsControl(r)
}

// displayName returns name as it can stand before an address. Mail programs decode what looks like
// an encoded word even in quotes, though RFC 2047 §5 forbids that, so none is left in name. If the
// standard library encodes a name with a backslash, it cannot be read back, so a full-width one takes
// its place.
func displayName(name string) string {
	name = strings.ReplaceAll(oneLine(texts.Clean(name)), "=?", "= ?")
	if !isASCII(name) {
		name = strings.ReplaceAll(name, `\`, "\uFF3C")
	}
	return name
}

// listID names the list that all digests of a domain belong to (RFC 2919).
func listID(brand, domain string) string {
	if strings.HasPrefix(domain, "[") {
		domain = "localhost" // an address literal names no list
	}
	phrase := brand + " digests"
	if strings.ContainsFunc(phrase, func(r rune) bool {
		return r != ' ' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	}) {
		phrase = strings.TrimSuffix((&mail.Address{Name: phrase, Address: "a@b"}).String(), " <a@b>")
	}
	return phrase + " <digest." + domain + ">"
}

// feedbackFields returns the Feedback-ID of each kind of digest from a sender: digest:daily:0123456789ab. Gmail counts complaints
// by each of its fields, and tells the sender whose DKIM signature covers it. The rhythm is a field, since what helps is
// another one. There is none for a reader or a mail: Gmail says nothing of fields that few mails share, and they would tell
// who reads what. The last field has to be the sender's alone, the same in all mail, and 5 to 15 characters long, so it is
// a hash of the address.
func feedbackFields(sender string) (fields [core.PersonalMail][]byte) {
	sum := sha256.Sum256([]byte(strings.ToLower(sender)))
	for kind, rhythm := range [core.PersonalMail]string{core.SomeDigest: "other", core.DailyDigest: "daily", core.WeeklyDigest: "weekly"} {
		fields[kind] = appendField(nil, "Feedback-ID", "digest:"+rhythm+":"+hex.EncodeToString(sum[:6]))
	}
	return fields
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
