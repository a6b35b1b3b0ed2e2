package mailfmt

import (
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core"
)

// appendHeader appends m's header but for the fields that say what its body is. No value in here can
// end its line.
func (f *Format) appendHeader(dst []byte, m core.Message, to mailbox, unsubscribe string) []byte {
	// Out-of-office replies and the like stay away from mail that says nobody wrote it (RFC 3834 §5).
	dst = append(dst, "Auto-Submitted: auto-generated\r\nDate: "...)
	dst = m.Date.UTC().AppendFormat(dst, time.RFC1123Z)
	dst = append(dst, "\r\n"...)
	dst = append(dst, f.listField...)
	if unsubscribe != "" {
		dst = appendField(dst, "List-Unsubscribe", unsubscribe)
	}
	if m.UnsubscribeURL != "" {
		dst = append(dst, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
	}
	dst = append(dst, "MIME-Version: 1.0\r\n"...)
	dst = appendField(dst, "Message-ID", "<"+m.ID+">")
	dst = append(dst, "Precedence: bulk\r\n"...)
	dst = appendField(dst, "Subject", subject(m.Subject))
	dst = append(dst, f.fromField...)
	return appendField(dst, "To", to.written(displayName(m.To.Name)))
}

// maxHeaderLine is the length in bytes that a line of a header keeps to where its words let it. With
// an encoded word on it, it may not be longer (RFC 2047 §2); without one, two more would do (RFC 5322
// §2.1.1). No word is so long that a line comes near the 998 that are the limit for any.
const maxHeaderLine = 76

// appendField appends a header field, folded at the spaces of value (RFC 5322 §2.2.3). There is no
// run of spaces in value: a fold with nothing on it would end the header.
func appendField(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ':')
	length := len(name) + len(":")
	for first, more := true, true; more; first = false {
		var word string
		word, value, more = strings.Cut(value, " ")
		// A name alone on its line is right, but some read it badly: only where that helps the word.
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

// oneLine returns s in valid UTF-8, on one line: runs of control characters, separators and
// spaces become one space, and those at the ends go. Runs of spaces matter: a header is folded at
// them, and a fold with nothing on it would end the header.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), separates), " ")
}

// isOneLine reports whether oneLine has nothing to do, as with all that core has cleaned.
func isOneLine(s string) bool {
	gap := true // what was before separates; so does the start
	for _, r := range s {
		if separates(r) && (gap || r != ' ') {
			return false
		}
		gap = r == ' '
	}
	return s == "" || !gap && utf8.ValidString(s)
}

// separates reports whether r stands between words, of which a header has a line full.
func separates(r rune) bool {
	return r == ' ' || r == '\u2028' || r == '\u2029' || unicode.IsControl(r)
}

// displayName returns name as it can stand before an address. Mail programs decode what looks like
// an encoded word even in quotes, where RFC 2047 §5 forbids it, so none is left there. And an
// encoded name cannot have a backslash in it as the standard library writes it, so that it can be
// read back; the full-width one takes its place.
func displayName(name string) string {
	name = strings.ReplaceAll(oneLine(core.Clean(name)), "=?", "= ?")
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

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
